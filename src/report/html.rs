//! One page that needs nothing else: for whoever cleans up after a scan of many repositories.
//!
//! The page holds its data as JSON in a block that no browser runs. Its script
//! puts text into the page as text, never as markup, and a policy in the page
//! lets the browser run that script and that style only, and load nothing.

use std::collections::HashMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::path::Escaped;
use crate::report::groups::Class;
use crate::report::json::{reason, without_controls};
use crate::report::reach::REACHES;
use crate::report::safe::{safe, said};
use crate::report::summary::Summary;
use crate::report::{Times, VERSION, rule_table};
use crate::rules;

/// The page, with places for the rest.
const PAGE: &str = include_str!("html/page.html");
/// How it looks.
const STYLE: &str = include_str!("html/style.css");
/// What it does, in parts that lean on those before.
const SCRIPTS: [&str; 6] = [
    include_str!("html/base.js"),
    include_str!("html/data.js"),
    include_str!("html/filter.js"),
    include_str!("html/overview.js"),
    include_str!("html/table.js"),
    include_str!("html/start.js"),
];

/// Writes the page.
pub(super) fn write(outcome: &Outcome, times: Times, out: &mut dyn Write) -> io::Result<()> {
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPTS.concat());
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(STYLE)
    );
    let summary = Summary::of(outcome).line();
    let data = in_script(&serde_json::to_string(&data(outcome, times))?);
    let mut rest = PAGE;
    for (mark, text) in [
        ("{POLICY}", &policy),
        ("{STYLE}", &STYLE.to_owned()),
        ("{SUMMARY}", &summary),
        ("{DATA}", &data),
        ("{SCRIPT}", &script),
    ] {
        // The marks come in this order, once each; what was put in is not looked at again.
        let Some((before, after)) = rest.split_once(mark) else {
            return Err(io::Error::other("the page has lost a place"));
        };
        out.write_all(before.as_bytes())?;
        out.write_all(text.as_bytes())?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// Returns the name of a script or style by which a policy allows it.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Makes JSON safe inside a script element: nothing in it can end the element or begin a comment.
fn in_script(json: &str) -> String {
    without_controls(json).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Texts, each once, known by their number.
#[derive(Default)]
struct Texts {
    /// The texts in the order of their numbers.
    list: Vec<String>,
    /// Their numbers.
    numbers: HashMap<String, usize>,
}

impl Texts {
    /// Returns the number of a text.
    fn number(&mut self, text: String) -> usize {
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        self.numbers.insert(text.clone(), self.list.len());
        self.list.push(text);
        self.list.len() - 1
    }
}

/// Returns all that the page shows; `html/data.js` reads it.
fn data(outcome: &Outcome, times: Times) -> Value {
    let table = rule_table(&outcome.findings);
    let ids: Vec<&str> = table.iter().map(|finding| &*finding.rule).collect();
    let mut texts = Texts::default();
    let rows: Vec<Value> = outcome.findings.iter().map(|finding| row(finding, &ids, &mut texts)).collect();
    let summary = Summary::of(outcome);
    let trouble = |problem| {
        let problem: &crate::text::Problem = problem;
        json!([said(problem), problem.error.hint().map(|hint| safe(&hint))])
    };
    json!({
        "version": VERSION,
        "began": times.began,
        "ended": times.ended,
        "line": summary.line(),
        "incomplete": outcome.failed > 0 || !outcome.problems.is_empty(),
        "problems": outcome.problems.iter().map(trouble).collect::<Vec<_>>(),
        "notices": outcome.notices.iter().map(|notice| safe(notice)).collect::<Vec<_>>(),
        "reaches": REACHES,
        "rules": table.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
        "texts": texts.list,
        "rows": rows,
    })
}

/// Writes out the rule of a finding.
fn rule(finding: &Finding) -> Value {
    let documentation = rules::by_id(&finding.rule).map(|rule| rule.documentation);
    json!([safe(&finding.rule), safe(&finding.title), safe(&finding.provider), documentation])
}

/// Writes out a finding as a row of numbers; those of texts count from 0, and -1 stands for none.
fn row(finding: &Finding, ids: &[&str], texts: &mut Texts) -> Value {
    let trail = finding.trail.as_deref();
    let commit = finding.commit.as_deref();
    let mut text = |text: Option<String>| text.map_or(json!(-1), |text| json!(texts.number(text)));
    let words =
        |words: &[std::borrow::Cow<'static, str>]| words.iter().map(|word| safe(word)).collect::<Vec<_>>().join("\n");
    let reach = trail.and_then(|trail| REACHES.iter().position(|(name, _)| *name == trail.reach));
    let others = trail.map(|trail| &trail.paths[..]).unwrap_or_default();
    let others: Vec<Value> = others.iter().map(|path| text(Some(path.to_string()))).collect();
    json!([
        ids.binary_search(&&*finding.rule).unwrap_or_default(),
        finding.severity as u8,
        finding.confidence as u8,
        Class::of(&finding.verdict) as u8,
        text(Some(finding.path.to_string())),
        text(Some(finding.kind.name().to_owned())),
        finding.place.line,
        finding.place.column,
        text(commit.map(|stamp| stamp.id.to_string())),
        text(commit.map(|stamp| Escaped(&stamp.author).to_string())),
        text(commit.map(|stamp| safe(&stamp.date))),
        reach.map_or(json!(-1), |reach| json!(reach)),
        trail.map_or(0, |trail| trail.commits),
        trail.and_then(|trail| trail.seconds),
        trail.and_then(|trail| trail.last),
        text(trail.and_then(|trail| trail.repository.as_ref()).map(ToString::to_string)),
        text(Some(safe(&finding.redacted))),
        text(Some(finding.fingerprint.to_string())),
        text(reason(&finding.verdict).map(|reason| safe(&reason))),
        text(Some(words(&finding.evidence))),
        text(Some(words(&finding.advice))),
        text(finding.blob.map(|id| id.to_string())),
        others,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_element() {
        let json = in_script("\"</script><!-- &amp; \u{2028}\"");

        assert_eq!(json, "\"\\u003c/script\\u003e\\u003c!-- \\u0026amp; \\u2028\"");
    }

    #[test]
    fn the_page_has_its_places_once_and_in_order() {
        let places = ["{POLICY}", "{STYLE}", "{SUMMARY}", "{DATA}", "{SCRIPT}"].map(|mark| PAGE.find(mark));

        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    }

    #[test]
    fn the_script_never_makes_markup_of_text() {
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!SCRIPTS.concat().contains(word), "{word}");
        }
        assert!(!SCRIPTS.concat().contains("</script") && !STYLE.contains("</style"));
    }
}
