//! JUnit's XML, which every CI service shows as a list of tests.
//!
//! One test case says how much was read and fails if that was not everything;
//! each finding is another one: a leak fails, and what does not block is skipped.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::report::groups::Class;
use crate::report::json::reason;
use crate::report::safe::{advice, aside, because, headline, place, safe, said};
use crate::report::summary::Summary;

/// How a finding is told in one word of JUnit.
enum Told {
    /// It fails.
    Failure,
    /// It is there, and does not fail.
    Skipped,
}

/// Writes the report.
pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    let summary = Summary::of(outcome);
    let errors = usize::from(is_incomplete(outcome));
    let counts = [
        ("tests", outcome.findings.len() + 1),
        ("failures", usize::try_from(summary.leaks).unwrap_or(usize::MAX)),
        ("errors", errors),
    ];
    let skipped = outcome.findings.len() - counts[1].1;
    let mut suites = BytesStart::new("testsuites");
    suites.push_attribute(("name", "ideoguard"));
    for (name, count) in counts {
        suites.push_attribute((name, &*count.to_string()));
    }
    let mut suite = BytesStart::new("testsuite");
    suite.push_attribute(("name", "ideoguard"));
    for (name, count) in counts {
        suite.push_attribute((name, &*count.to_string()));
    }
    suite.push_attribute(("skipped", &*skipped.to_string()));
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(suites))?;
    xml.write_event(Event::Start(suite))?;
    coverage(outcome, &summary, &mut xml)?;
    outcome.findings.iter().try_for_each(|finding| case(finding, &mut xml))?;
    xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(xml.into_inner())
}

/// Tells whether something could not be read.
fn is_incomplete(outcome: &Outcome) -> bool {
    outcome.failed > 0 || !outcome.problems.is_empty()
}

/// Writes the case that says how much was read.
fn coverage(outcome: &Outcome, summary: &Summary, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let case =
        xml.create_element("testcase").with_attributes([("classname", "ideoguard"), ("name", "everything was read")]);
    case.write_inner_content(|xml| {
        if is_incomplete(outcome) {
            let lines: Vec<String> = outcome.problems.iter().map(said).collect();
            let message = ("message", "incomplete: what could not be read may hold secrets");
            let error = xml.create_element("error").with_attributes([message, ("type", "incomplete")]);
            error.write_text_content(BytesText::new(&plain(&lines.join("\n"))))?;
        }
        xml.create_element("system-out").write_text_content(BytesText::new(&plain(&summary.line())))?;
        Ok(())
    })?;
    Ok(())
}

/// Writes a finding as a case.
fn case(finding: &Finding, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let class = Class::of(&finding.verdict);
    let (path, line) = (plain(&finding.path.to_string()), finding.place.line.to_string());
    let name = plain(&format!("{} at {}{}", safe(&finding.rule), place(finding), aside(finding.kind)));
    let rule = plain(&safe(&finding.rule));
    let case = xml.create_element("testcase").with_attributes([
        ("classname", &*path),
        ("name", &*name),
        ("file", &*path),
        ("line", &*line),
    ]);
    case.write_inner_content(|xml| {
        let reason = reason(&finding.verdict).map(|reason| format!(", {}", safe(&reason))).unwrap_or_default();
        let message = plain(&format!("{}: {}{reason}", class.name(), headline(finding)));
        match told(class) {
            Told::Failure => {
                let attributes = [("message", &*message), ("type", &*rule)];
                let failure = xml.create_element("failure").with_attributes(attributes);
                failure.write_text_content(BytesText::new(&plain(&details(finding))))?;
            }
            Told::Skipped => {
                xml.create_element("skipped").with_attribute(("message", &*message)).write_empty()?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// Says whether a kind of verdict fails.
fn told(class: Class) -> Told {
    match class {
        Class::Leak => Told::Failure,
        Class::Warning | Class::Note | Class::Allowed => Told::Skipped,
    }
}

/// Says all that is known of a finding.
fn details(finding: &Finding) -> String {
    let commit = finding.commit.as_deref().map(|stamp| format!("\ncommit: {}", stamp.id)).unwrap_or_default();
    format!(
        "at: {}\nbecause: {}\nrule: {} ({}, {})\nadvice: {}{commit}\nallow: ideoguard allow {} --reason \"…\"",
        place(finding),
        because(finding),
        safe(&finding.rule),
        finding.severity.name(),
        finding.confidence.name(),
        advice(finding),
        finding.fingerprint,
    )
}

/// Leaves out the two characters that XML does not know and a terminal does not mind.
fn plain(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
