//! Names from a repository that try to get out of a report, or to act on whoever reads it.

use std::path::Path;

use ideoguard::finding::{Finding, Reason, Verdict};
use ideoguard::outcome::Outcome;
use ideoguard::report::{Form, Format, Template};

use super::{FORMS, told_plainly};
use crate::report::{finding, outcome, rich, stamp};
use crate::{fake, report};

/// A name that is code in HTML, Markdown, a shell, a spreadsheet, a workflow and a terminal.
const NAME: &str = "=cmd|' /C calc'!A0\r\n::error::x\n</script><script>alert(1)</script><img src=x onerror=alert(2)>\
                    ]]>`x`|[a](javascript:alert(3))@everyone\u{1b}[2J\u{9b}31m\u{202e}\u{7}\u{2028}$(id)&lt;\u{fffe}";

/// A finding whose every text from outside is hostile.
fn hostile(verdict: Verdict) -> Finding {
    let mut found = finding(1, NAME, 1, verdict);
    found.commit = Some(stamp(NAME.as_bytes(), 1));
    found.evidence = vec![NAME.into()];
    found.advice = vec![NAME.into()];
    found.title = NAME.into();
    found.rule = "other-rule".into();
    found.provider = NAME.into();
    found
}

/// An outcome with a hostile leak, warning and allowed finding.
pub(super) fn hostile_outcome() -> Outcome {
    let allowed = Verdict::Allowed(Reason::Mark(NAME.into()));
    let mut outcome = outcome(vec![hostile(Verdict::Leak), hostile(Verdict::Warning), hostile(allowed)]);
    outcome.notices.push(NAME.to_owned());
    outcome
}

#[test]
fn nothing_that_a_terminal_acts_on_is_in_any_form() {
    for format in FORMS {
        let report = told_plainly(format, &hostile_outcome());

        let odd = report.chars().find(|character| {
            (character.is_control() && *character != '\n' && *character != '\r')
                || "\u{202e}\u{2028}".contains(*character)
        });
        assert_eq!(odd, None, "{format:?}");
        assert!(report.contains("other-rule"), "{format:?}");
    }
}

#[test]
fn no_form_holds_a_secret() {
    for format in FORMS {
        let report = told_plainly(format, &rich());

        for seed in 1..=8 {
            assert!(!report.contains(&fake::ideogram_key(seed)[..8]), "{format:?} holds secret {seed}");
        }
        assert!(report.contains(&fake::ideogram_key(1)[..4]), "{format:?} does not name secret 1");
    }
}

#[test]
fn no_line_of_annotations_is_anything_but_a_command_of_ours() {
    let report = told_plainly(Format::Github, &hostile_outcome());

    let names: Vec<&str> = report.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(names, ["::error", "::warning", "::notice"]);
    let properties = report.lines().next().unwrap().split("::").nth(1).unwrap();
    assert_eq!(properties.split(',').count(), 6, "{properties}");
}

#[test]
fn no_cell_of_a_spreadsheet_is_a_formula() {
    let report = told_plainly(Format::Csv, &hostile_outcome());

    let mut rows = csv::Reader::from_reader(report.as_bytes());
    let cells: Vec<String> =
        rows.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(cells.len() > 60);
    assert_eq!(cells.iter().find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), None);
}

/// Returns what Markdown does not take for code: code ends at as many backticks as it began with.
fn outside_of_code(line: &str) -> String {
    let (mut outside, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let fence = "`".repeat(rest[at..].chars().take_while(|character| *character == '`').count());
        let inside = &rest[at + fence.len()..];
        let runs = inside.match_indices(&fence).map(|(end, _)| end);
        let is_whole = |end: &usize| !inside[..*end].ends_with('`') && !inside[end + fence.len()..].starts_with('`');
        let end = runs.into_iter().find(is_whole).expect("the end of the code");
        rest = &inside[end + fence.len()..];
    }
    outside + rest
}

#[test]
fn a_name_is_nothing_but_code_in_markdown() {
    let report = told_plainly(Format::Markdown, &hostile_outcome());

    let row = report.lines().find(|line| line.starts_with("| ❌ leak")).expect("a row");
    let unescaped: Vec<usize> =
        row.match_indices('|').map(|(at, _)| at).filter(|at| *at == 0 || !row[..*at].ends_with('\\')).collect();
    assert_eq!(unescaped.len(), 6, "{row}");
    let outside = outside_of_code(row);
    assert!(
        !outside.contains(['[', '@', '`']) && !outside.contains("<img") && !outside.contains("<script"),
        "{outside}"
    );
    assert!(outside.contains("<br>") && outside.contains("&#60;script&#62;"), "{outside}");
}

#[test]
fn a_template_escapes_by_its_name() {
    let rendered = |name: &str| {
        let template = Template::parse(Path::new(name), "{% for one in findings %}{{ one.path }}{% endfor %}").unwrap();
        let mut out = Vec::new();
        let manner = report::manner(ideoguard::report::Occasion::Files, ideoguard::report::Detail::Normal);
        Form::Template(template).write(&hostile_outcome(), manner, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };

    for name in ["a.html", "a.html.j2", "a.xml"] {
        assert!(!rendered(name).contains("<script>"), "{name}");
    }
    assert!(rendered("a.txt").contains("<script>") && !rendered("a.txt").contains('\u{1b}'));
}
