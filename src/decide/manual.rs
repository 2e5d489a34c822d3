//! Pages of documentation: texts in a form that documentation is written in, below a folder of it.
//!
//! A README or a note beside the code is none: there people write how *their* system is run.

use std::ffi::OsStr;
use std::path::Path;

/// The extensions of texts that are made into pages.
const EXTENSIONS: &[&str] = &["md", "mdx", "markdown", "rst", "adoc", "asciidoc"];

/// Folders of documentation, in whatever case.
const FOLDERS: &[&str] = &["doc", "docs", "documentation", "guide", "guides", "manual", "website"];

/// What a page that is read first is called: it stands beside the code also in a folder of documentation.
const FIRST: &str = "readme";

/// Tells whether a file, from the top of its work tree, is a page of documentation.
pub(super) fn is_page(path: &Path) -> bool {
    let is_text = path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known));
    let is_first = path.file_stem().and_then(OsStr::to_str).is_none_or(|stem| starts_with(stem, FIRST));
    let mut folders = path.parent().into_iter().flat_map(Path::components);
    is_text && !is_first && folders.any(|folder| is_folder(folder.as_os_str()))
}

/// Tells whether a folder holds documentation.
fn is_folder(name: &OsStr) -> bool {
    FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
}

/// Tells whether a text begins with a word, in whatever case.
fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_below_a_folder_of_documentation_are_known() {
        for path in [
            "docs/login.md",
            "Documentation/admin/keys.rst",
            "docs/sources/next/http/params.md",
            "website/docs/r/bot.html.markdown",
            "src/content/docs/es/guides/shop.mdx",
            "guides/source/command_line.md",
            "doc/howto.adoc",
        ] {
            assert!(is_page(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn what_stands_beside_the_code_or_is_read_by_a_program_is_none() {
        for path in [
            "README.md",
            "docs/README.md",
            "docs/readme.de.md",
            "RUNBOOK.md",
            "notes/servers.md",
            "docs.md",
            "docs/docker-compose.yml",
            "docs/.env",
            "docs/login.py",
            "docs/login.html",
            "mydocs/login.md",
            "docs-site/login.md",
            "",
        ] {
            assert!(!is_page(Path::new(path)), "{path}");
        }
    }
}
