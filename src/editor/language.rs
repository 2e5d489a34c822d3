//! Languages: how their comments look, and how they read an environment variable.

use crate::path::RepoPath;

/// What is known of a language.
#[derive(Debug)]
pub struct Language {
    /// What editors call it.
    ids: &'static [&'static str],
    /// The ends of its files' names.
    extensions: &'static [&'static str],
    /// What stands before and after a comment; `None` if it has no comments.
    pub(super) comment: Option<(&'static str, &'static str)>,
    /// What quotes its strings may have.
    pub(super) quotes: &'static [char],
    /// Letters that may stand before a quote and change nothing that matters.
    pub(super) prefixes: &'static [char],
    /// How it reads an environment variable, with `NAME` in its place; `None` if that is not known.
    reads: Option<&'static str>,
    /// The quotes in which variables are filled in, and how one is written there.
    pub(super) inside: Option<(char, &'static str)>,
    /// Whether its strings may go without quotes.
    pub(super) has_bare_words: bool,
}

/// What stands around a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Nothing: it is a whole literal.
    Nothing,
    /// More of a string in which variables are filled in.
    String,
}

/// A comment up to the end of the line.
const HASH: Option<(&str, &str)> = Some(("#", ""));
/// A comment up to the end of the line.
const SLASHES: Option<(&str, &str)> = Some(("//", ""));
/// A comment up to the end of the line.
const DASHES: Option<(&str, &str)> = Some(("--", ""));
/// A comment with an end.
const STARS: Option<(&str, &str)> = Some(("/*", " */"));
/// A comment with an end.
const ARROWS: Option<(&str, &str)> = Some(("<!--", " -->"));

/// A language of which nothing is known but how it is told.
const fn plain(
    ids: &'static [&'static str],
    extensions: &'static [&'static str],
    comment: Option<(&'static str, &'static str)>,
) -> Language {
    Language { ids, extensions, comment, quotes: &[], prefixes: &[], reads: None, inside: None, has_bare_words: false }
}

/// A language that reads environment variables.
const fn reading(
    ids: &'static [&'static str],
    extensions: &'static [&'static str],
    comment: Option<(&'static str, &'static str)>,
    quotes: &'static [char],
    reads: &'static str,
) -> Language {
    Language { quotes, reads: Some(reads), ..plain(ids, extensions, comment) }
}

/// All that are known.
const ALL: &[Language] = &[
    Language {
        prefixes: &['r', 'R', 'u', 'U', 'f', 'F'],
        ..reading(&["python"], &["py", "pyi", "pyw"], HASH, &['"', '\''], "os.environ[\"NAME\"]")
    },
    Language {
        inside: Some(('`', "${process.env.NAME}")),
        ..reading(
            &["javascript", "javascriptreact", "typescript", "typescriptreact", "jsx", "tsx"],
            &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
            SLASHES,
            &['"', '\'', '`'],
            "process.env.NAME",
        )
    },
    reading(&["go"], &["go"], SLASHES, &['"', '`'], "os.Getenv(\"NAME\")"),
    Language {
        inside: Some(('"', "#{ENV.fetch(\"NAME\")}")),
        ..reading(&["ruby"], &["rb", "rake", "gemspec"], HASH, &['"', '\''], "ENV.fetch(\"NAME\")")
    },
    reading(&["php"], &["php"], SLASHES, &['"', '\''], "getenv('NAME')"),
    reading(&["java"], &["java"], SLASHES, &['"'], "System.getenv(\"NAME\")"),
    reading(&["rust"], &["rs"], SLASHES, &['"'], "std::env::var(\"NAME\").expect(\"NAME is set\")"),
    Language {
        inside: Some(('"', "${NAME}")),
        has_bare_words: true,
        ..reading(&["shellscript", "sh", "bash", "zsh"], &["sh", "bash", "zsh", "ksh"], HASH, &['"', '\''], "\"$NAME\"")
    },
    plain(&["yaml", "dockercompose", "github-actions-workflow"], &["yaml", "yml"], HASH),
    plain(&["dotenv", "properties", "env"], &["env", "properties"], HASH),
    plain(&["ini", "toml", "conf"], &["ini", "cfg", "conf", "toml"], HASH),
    plain(&["dockerfile", "makefile", "make", "terraform", "hcl"], &["mk", "tf", "tfvars", "hcl"], HASH),
    plain(&["perl", "r", "elixir", "powershell", "julia"], &["pl", "pm", "r", "ex", "exs", "ps1", "jl"], HASH),
    plain(&["c", "cpp", "csharp", "objective-c"], &["c", "h", "cc", "cpp", "hpp", "cs", "m"], SLASHES),
    plain(&["kotlin", "swift", "scala", "dart", "groovy"], &["kt", "kts", "swift", "scala", "dart", "groovy"], SLASHES),
    plain(&["jsonc", "json5"], &["jsonc", "json5"], SLASHES),
    plain(&["sql", "lua", "haskell"], &["sql", "lua", "hs"], DASHES),
    plain(&["css", "scss", "less"], &["css", "scss", "less"], STARS),
    plain(&["html", "xml", "markdown"], &["html", "htm", "xml", "md", "markdown"], ARROWS),
    plain(&["json"], &["json"], None),
];

impl Language {
    /// Returns the language that an editor calls `id`, or that the end of a file's name tells.
    #[must_use]
    pub fn of(id: &str, path: &RepoPath) -> Option<&'static Self> {
        let name = path.to_string();
        let name = name.rsplit('/').next().unwrap_or_default();
        // `.env.local` tells by its begin.
        let extension = if name.starts_with(".env") { "env" } else { name.rsplit_once('.').map_or("", |(_, end)| end) };
        let by_id = || ALL.iter().find(|known| known.ids.contains(&id));
        by_id().or_else(|| ALL.iter().find(|known| known.extensions.contains(&extension)))
    }

    /// Returns the words that read an environment variable.
    pub(super) fn read(&self, name: &str, around: Around) -> Option<String> {
        let words = match around {
            Around::Nothing => self.reads,
            Around::String => self.inside.map(|(_, words)| words),
        };
        words.map(|words| words.replace("NAME", name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_editor_says_counts_before_the_name() {
        let language = |id, path: &str| Language::of(id, &path.into()).map(|known| known.ids[0]);

        assert_eq!(language("python", "a.rb"), Some("python"));
        assert_eq!(language("plaintext", "a/b.rb"), Some("ruby"));
        assert_eq!(language("plaintext", "conf/.env.local"), Some("dotenv"));
        assert_eq!(language("plaintext", "README"), None);
    }

    #[test]
    fn no_name_and_no_end_stands_twice() {
        let mut ids: Vec<&str> = ALL.iter().flat_map(|known| known.ids).copied().collect();
        let mut ends: Vec<&str> = ALL.iter().flat_map(|known| known.extensions).copied().collect();
        for all in [&mut ids, &mut ends] {
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
