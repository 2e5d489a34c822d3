//! The mark that allows a secret, without the reason that only a person can give.

use std::ops::Range;

use crate::editor::{Edit, Language};

/// What begins a mark of ours.
const MARK: &str = "ideoguard:allow";

/// Returns the edit that puts a mark for `rule` on a line of its own above the secret at `span`.
///
/// Its reason is left open, and until somebody writes one it allows nothing. `None` where the language has no
/// comments, where a comment would end up inside of a line that goes on, and where a mark stands already.
#[must_use]
pub fn marked(text: &str, span: &Range<usize>, language: &Language, rule: &str) -> Option<Edit> {
    let (open, close) = language.comment?;
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    let above = text[..start].trim_end_matches(['\r', '\n']).rsplit('\n').next().unwrap_or_default();
    let is_marked = above.contains(MARK) || line.lines().next().is_some_and(|line| line.contains(MARK));
    if is_marked || above.ends_with('\\') {
        return None;
    }
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(Edit { span: start..start, text: format!("{indent}{open} {MARK}-next-line[{rule}] ...{close}{end}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{Marked, Near, read_marks};

    fn language(id: &str) -> &'static Language {
        Language::of(id, &"x".into()).expect("a known language")
    }

    fn mark(text: &str, id: &str) -> Option<Edit> {
        let at = text.find("SECRET").expect("a secret");
        marked(text, &(at..at + 6), language(id), "some-rule")
    }

    #[test]
    fn a_mark_stands_above_with_the_same_indent_and_line_end() {
        assert_eq!(
            mark("if x:\r\n    k = 'SECRET'\r\n", "python"),
            Some(Edit { span: 7..7, text: "    # ideoguard:allow-next-line[some-rule] ...\r\n".into() })
        );
        let html = mark("SECRET", "html").expect("a mark");
        assert_eq!(html.text, "<!-- ideoguard:allow-next-line[some-rule] ... -->\n");
    }

    #[test]
    fn a_mark_allows_nothing_until_somebody_gives_the_reason() {
        for id in ["python", "go", "css", "html", "sql"] {
            let mark = mark("SECRET", id).expect("a mark").text;
            let filled = mark.replace("...", "made up");
            let read = |text: &str| {
                let near = Near { line_before: text.trim_end().as_bytes(), ..Near::default() };
                read_marks(&near, "some-rule")
            };

            assert_eq!(read(&mark), Marked::WithoutReason);
            assert_eq!(read(&filled), Marked::Allows("made up".into()));
        }
    }

    #[test]
    fn there_is_no_mark_where_it_would_do_harm_or_stands_already() {
        assert_eq!(mark("{\"k\": \"SECRET\"}", "json"), None);
        assert_eq!(mark("curl \\\n  -H SECRET", "sh"), None);
        assert_eq!(mark("# ideoguard:allow-next-line ...\nSECRET", "sh"), None);
        assert_eq!(mark("SECRET # ideoguard:allow", "sh"), None);
    }
}
