//! Tells a saved report in another form.

use std::io::Read;
use std::path::Path;

use anstream::ColorChoice;
use ideoguard::error::{Error, Result};
use ideoguard::outcome::Outcome;
use ideoguard::report::{self, Occasion};

use super::output;
use super::plan::ReportPlan;
use super::text_file::{self, Purpose};

/// Reads the report and tells it; returns the exit code.
pub(super) fn run(plan: &ReportPlan, colour: ColorChoice) -> Result<u8> {
    let text = text(&plan.results)?;
    let outcome = report::read(&plan.results, &text)?;
    output::tell(&plan.telling, occasion(&outcome), &outcome, colour)?;
    Ok(0)
}

/// Reads the text of a report.
fn text(results: &Path) -> Result<String> {
    if results != Path::new("-") {
        return text_file::read(results, Purpose::Results);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(Error::io("read", results))?;
    Ok(text)
}

/// Tells what was scanned, as far as a report shows it.
fn occasion(outcome: &Outcome) -> Occasion {
    if outcome.findings.iter().any(|finding| finding.trail.is_some()) {
        Occasion::History
    } else if outcome.findings.iter().any(|finding| finding.commit.is_some()) {
        Occasion::Range
    } else {
        Occasion::Files
    }
}
