//! Annotations of a GitHub workflow: commands on standard output that mark the lines.

use std::io::{self, Write};

use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::report::groups::{self, Class};
use crate::report::safe::{because, headline, safe, said};
use crate::report::summary::Summary;

/// Writes the report: what blocks first, for GitHub shows ten of each level.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for problem in &outcome.problems {
        let hint = problem.error.hint().map(|hint| format!(" ({})", safe(&hint))).unwrap_or_default();
        command(out, "error", &[("title", "ideoguard: incomplete")], &format!("{}{hint}", said(problem)))?;
    }
    for group in groups::of(&outcome.findings) {
        let Some(level) = level(group.class) else { continue };
        group.findings.iter().try_for_each(|finding| annotation(finding, level, out))?;
    }
    if outcome.failed > 0 || !outcome.problems.is_empty() {
        let words = "what could not be read may hold secrets";
        command(out, "error", &[("title", "ideoguard: incomplete")], words)?;
    }
    command(out, "notice", &[("title", "ideoguard")], &Summary::of(outcome).line())
}

/// Returns the level of a kind of verdict; what was allowed or is old marks no line.
fn level(class: Class) -> Option<&'static str> {
    match class {
        Class::Leak => Some("error"),
        Class::Warning => Some("warning"),
        Class::Note | Class::Allowed => None,
    }
}

/// Marks the place of a finding.
fn annotation(finding: &Finding, level: &str, out: &mut dyn Write) -> io::Result<()> {
    let at = finding.place;
    let path = finding.path.to_string();
    let [line, end_line, column, end_column] =
        [at.line, at.end_line, at.column, at.end_column].map(|number| number.to_string());
    let mut properties = vec![("file", &*path), ("line", &*line), ("endLine", &*end_line)];
    // GitHub takes columns only within one line.
    if at.line == at.end_line {
        properties.extend([("col", &*column), ("endColumn", &*end_column)]);
    }
    let title = safe(&format!("{} ({})", finding.title, finding.rule));
    properties.push(("title", &*title));
    let fingerprint = &finding.fingerprint;
    let commit = finding.commit.as_deref().map(|stamp| format!(", commit {}", stamp.id)).unwrap_or_default();
    let message = format!(
        "{}{commit}: {}\nRevoke it first if it was pushed. If it is no secret: ideoguard allow {fingerprint} --reason \"…\"",
        headline(finding),
        because(finding),
    );
    command(out, level, &properties, &message)
}

/// Writes one workflow command.
fn command(out: &mut dyn Write, name: &str, properties: &[(&str, &str)], message: &str) -> io::Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    writeln!(out, "::{name} {}::{}", properties.join(","), data(message))
}

/// Escapes the message of a command, as the runner undoes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, as the runner undoes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_property_or_begin_a_command() {
        let mut out = Vec::new();

        command(&mut out, "error", &[("file", "a,line=1::x%0A")], "b\n::stop-commands::x").unwrap();

        assert_eq!(String::from_utf8(out).unwrap(), "::error file=a%2Cline=1%3A%3Ax%250A::b%0A::stop-commands::x\n");
    }
}
