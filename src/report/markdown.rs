//! A summary in Markdown: for the comment of a pull request and the summary of a CI job.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::outcome::Outcome;
use crate::path::Escaped;
use crate::report::groups::{self, Class, Group};
use crate::report::json::reason;
use crate::report::safe::{place, safe, said};
use crate::report::summary::{Summary, counted};

/// The longest summary, in bytes: a comment on GitHub takes 65,536 characters.
const MOST: usize = 60_000;
/// How many places of one secret are listed.
const PLACES: usize = 3;
/// How many problems are listed.
const PROBLEMS: usize = 20;

/// Writes the report.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut page = format!("## {}\n\n", title(outcome));
    let _ = writeln!(page, "{}.", text(&Summary::of(outcome).line()));
    problems(outcome, &mut page);
    let groups = groups::of(&outcome.findings);
    let (told, counted): (Vec<&Group<'_>>, Vec<&Group<'_>>) =
        groups.iter().partition(|group| group.class <= Class::Warning);
    table(&told, &mut page);
    folded(&counted, &mut page);
    if told.iter().any(|group| group.class == Class::Leak) {
        page.push_str(
            "\nRevoke a secret that was pushed before anything else: a later commit that removes it leaves it in \
             history, and whoever has fetched it keeps it.\n\
             If one is no secret, allow it with a reason: `ideoguard allow FINGERPRINT --reason \"…\"`.\n",
        );
    }
    out.write_all(page.as_bytes())
}

/// Says in one line what the scan comes to.
fn title(outcome: &Outcome) -> String {
    let summary = Summary::of(outcome);
    let is_incomplete = outcome.failed > 0 || !outcome.problems.is_empty();
    match (summary.leaks, is_incomplete) {
        (0, false) if summary.warnings > 0 => {
            format!("⚠️ ideoguard: no leaks, {}", counted(summary.warnings, "warning"))
        }
        (0, false) => "✅ ideoguard: no leaks".to_owned(),
        (0, true) => "❌ ideoguard: incomplete, not everything could be read".to_owned(),
        (leaks, false) => format!("❌ ideoguard: {}", counted(leaks, "leak")),
        (leaks, true) => format!("❌ ideoguard: {}, and not everything could be read", counted(leaks, "leak")),
    }
}

/// Lists what could not be read.
fn problems(outcome: &Outcome, page: &mut String) {
    if outcome.failed == 0 && outcome.problems.is_empty() {
        return;
    }
    page.push_str("\n**Incomplete:** what could not be read may hold secrets.\n\n");
    for problem in outcome.problems.iter().take(PROBLEMS) {
        let _ = writeln!(page, "- {}", code(&cut(&said(problem))));
    }
    if outcome.problems.len() > PROBLEMS {
        let _ = writeln!(page, "- and {} more", outcome.problems.len() - PROBLEMS);
    }
}

/// Writes what blocks and what warns, a row for each secret.
fn table(groups: &[&Group<'_>], page: &mut String) {
    if groups.is_empty() {
        return;
    }
    page.push_str("\n| | secret | where | severity | fingerprint |\n| --- | --- | --- | --- | --- |\n");
    for (index, group) in groups.iter().enumerate() {
        let row = row(group);
        if page.len() + row.len() > MOST {
            let _ = write!(page, "\nand {}\n", counted((groups.len() - index) as u64, "more secret"));
            return;
        }
        page.push_str(&row);
    }
}

/// Writes one secret as a row.
fn row(group: &Group<'_>) -> String {
    let first = group.first();
    let mut places: Vec<String> = Vec::new();
    for finding in &group.findings {
        let place = code(&cut(&place(finding)));
        if !places.contains(&place) && places.len() < PLACES {
            places.push(place);
        }
    }
    let more = group.findings.len().saturating_sub(places.len());
    if more > 0 {
        places.push(format!("and {more} more"));
    }
    if let Some(stamp) = first.commit.as_deref() {
        let commit = stamp.id.to_string();
        places.push(format!("commit {} by {}", code(&commit[..12]), code(&cut(&Escaped(&stamp.author).to_string()))));
    }
    format!(
        "| {} | {}<br>{} {} | {} | {} | {} |\n",
        match group.class {
            Class::Leak => "❌ leak",
            Class::Warning => "⚠️ warning",
            Class::Note => "note",
            Class::Allowed => "allowed",
        },
        text(&safe(&first.title)),
        code(&safe(&first.redacted)),
        code(&safe(&first.rule)),
        places.join("<br>"),
        first.severity.name(),
        code(first.fingerprint.as_str()),
    )
}

/// Counts what does not block and need not be seen, by its reason.
fn folded(groups: &[&Group<'_>], page: &mut String) {
    let mut counts: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for finding in groups.iter().flat_map(|group| &group.findings) {
        let reason = reason(&finding.verdict).unwrap_or_default();
        *counts.entry(cut(&safe(&reason))).or_default() += 1;
    }
    if counts.is_empty() {
        return;
    }
    page.push_str("\n<details><summary>Notes and what is allowed</summary>\n\n");
    for (index, (reason, count)) in counts.iter().enumerate() {
        let row = format!("- {count} × {}\n", code(reason));
        if page.len() + row.len() > MOST {
            let _ = writeln!(page, "- and {}", counted((counts.len() - index) as u64, "more reason"));
            break;
        }
        page.push_str(&row);
    }
    page.push_str("\n</details>\n");
}

/// Cuts a text that would fill the page.
fn cut(text: &str) -> String {
    const MOST_CHARACTERS: usize = 300;
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(MOST_CHARACTERS).chain(['…']).collect()
}

/// Writes a text as code, in which nothing is a link, a name to be told or a mark; also inside a table.
fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A backtick at an end would join the fence; the spaces beside it are not shown.
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    // In a table, what parts the cells is found before the code is.
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}

/// Writes a text as itself: of what Markdown or HTML reads as marks, nothing is left.
fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '+' | '!' | '|' | '&' | '~' | '@'
            | '$' => {
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a.py"), "`a.py`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn text_holds_no_marks() {
        assert_eq!(text("<b>@me *x*"), "&#60;b&#62;&#64;me &#42;x&#42;");
    }
}
