//! The literal that a secret is.

use std::ops::Range;

use crate::editor::language::{Around, Language};

/// Returns what is to be replaced so that the secret at `span` is gone, and what stands around that.
pub(super) fn around(text: &str, span: &Range<usize>, language: &Language) -> Option<(Range<usize>, Around)> {
    if text.get(span.clone())?.contains(['\n', '\r']) {
        return None;
    }
    let line = text[..span.start].rsplit(['\n', '\r']).next().unwrap_or_default();
    let rest = text[span.end..].split(['\n', '\r']).next().unwrap_or_default();
    let open = open_quote(line, language.quotes);
    if let Some(literal) = open.and_then(|quote| quoted(text, span, quote, language)) {
        return Some((literal, Around::Nothing));
    }
    let is_filled_in = |quote| language.inside.is_some_and(|(known, _)| known == quote) && rest.contains(quote);
    match open {
        Some(quote) if is_filled_in(quote) => Some((span.clone(), Around::String)),
        None if language.has_bare_words && is_word_alone(line, rest) => Some((span.clone(), Around::Nothing)),
        Some(_) | None => None,
    }
}

/// Returns the literal with its quotes, if the secret is all that stands between them.
fn quoted(text: &str, span: &Range<usize>, quote: char, language: &Language) -> Option<Range<usize>> {
    let before = text[..span.start].strip_suffix(quote)?;
    let after = text[span.end..].strip_prefix(quote)?;
    // Three of them open a string of another kind, and `r#"` in Rust does.
    if before.ends_with([quote, '#']) || after.starts_with(quote) {
        return None;
    }
    Some(before.len() - prefix(before, language)?..text.len() - after.len())
}

/// Returns how many bytes before a quote belong to the literal; `None` if they change what it is.
fn prefix(before: &str, language: &Language) -> Option<usize> {
    let word = before.len() - before.trim_end_matches(is_word).len();
    let letters = &before[before.len() - word..];
    let is_harmless = letters.chars().all(|letter| language.prefixes.contains(&letter)) && letters.len() < 2;
    is_harmless.then_some(letters.len())
}

/// Returns the quote of the string that is open at the end of a line.
fn open_quote(line: &str, quotes: &[char]) -> Option<char> {
    let mut open = None;
    let mut is_escaped = false;
    for character in line.chars() {
        match open {
            _ if is_escaped => is_escaped = false,
            _ if character == '\\' => is_escaped = true,
            None if quotes.contains(&character) => open = Some(character),
            Some(by) if by == character => open = None,
            None | Some(_) => {}
        }
    }
    open
}

/// Tells whether what stands between these is a word, or the value of an assignment, of a shell.
fn is_word_alone(line: &str, rest: &str) -> bool {
    let begins = line.is_empty() || line.ends_with(['=', ' ', '\t']);
    begins && (rest.is_empty() || rest.starts_with([' ', '\t', ';', '&', '|', ')']))
}

/// Tells whether a character may be part of a word.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use crate::editor::{Language, moved};

    /// What becomes of a text whose secret is `SECRET`.
    fn after(text: &str, id: &str) -> Option<String> {
        let at = text.find("SECRET").expect("a secret");
        let edit = moved(text, &(at..at + 6), Language::of(id, &"x".into())?, "KEY")?;
        let mut text = text.to_owned();
        text.replace_range(edit.span, &edit.text);
        Some(text)
    }

    #[test]
    fn a_whole_literal_goes_with_its_quotes() {
        for (id, text, expected) in [
            ("python", "k = 'SECRET'", "k = os.environ[\"KEY\"]"),
            ("python", "k = f\"SECRET\"", "k = os.environ[\"KEY\"]"),
            ("javascript", "f(`SECRET`)", "f(process.env.KEY)"),
            ("typescript", "k: 'SECRET',", "k: process.env.KEY,"),
            ("go", "k := `SECRET`", "k := os.Getenv(\"KEY\")"),
            ("ruby", "k = 'SECRET'", "k = ENV.fetch(\"KEY\")"),
            ("php", "$k = 'SECRET';", "$k = getenv('KEY');"),
            ("java", "k = \"SECRET\";", "k = System.getenv(\"KEY\");"),
            ("rust", "let k = \"SECRET\";", "let k = std::env::var(\"KEY\").expect(\"KEY is set\");"),
            ("shellscript", "K='SECRET'", "K=\"$KEY\""),
        ] {
            assert_eq!(after(text, id).as_deref(), Some(expected), "{id}: {text}");
        }
    }

    #[test]
    fn a_part_of_a_string_goes_where_variables_are_filled_in() {
        assert_eq!(after("-H \"Api-Key: SECRET\" x", "sh").as_deref(), Some("-H \"Api-Key: ${KEY}\" x"));
        assert_eq!(after("f(`a SECRET`)", "javascript").as_deref(), Some("f(`a ${process.env.KEY}`)"));
        assert_eq!(after("f \"a SECRET\"", "ruby").as_deref(), Some("f \"a #{ENV.fetch(\"KEY\")}\""));
    }

    #[test]
    fn a_bare_word_of_a_shell_goes() {
        assert_eq!(after("K=SECRET\n", "sh").as_deref(), Some("K=\"$KEY\"\n"));
        assert_eq!(after("login SECRET; x", "sh").as_deref(), Some("login \"$KEY\"; x"));
    }

    #[test]
    fn what_would_not_mean_the_same_stays() {
        for (id, text) in [
            ("python", "k = b'SECRET'"),
            ("python", "k = \"\"\"SECRET\"\"\""),
            ("python", "k = 'Bearer SECRET'"),
            ("python", "# SECRET"),
            ("rust", "k = r#\"SECRET\"#"),
            ("ruby", "f 'a SECRET'"),
            ("sh", "x 'a SECRET'"),
            ("sh", "x 'SECRET a'"),
            ("yaml", "k: 'SECRET'"),
        ] {
            assert_eq!(after(text, id), None, "{id}: {text}");
        }
    }
}
