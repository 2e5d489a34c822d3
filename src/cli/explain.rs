//! Explains a finding: why it was found, what was decided, and how to allow it.

use anstream::ColorChoice;
use ideoguard::error::{Error, Result};
use ideoguard::finding::Finding;
use ideoguard::outcome::Outcome;
use ideoguard::report;

use super::plan::{ExplainPlan, ScanPlan, What};
use super::{output, scan};

/// Finds the secret and explains it; returns the exit code.
pub(super) fn run(plan: &ExplainPlan, colour: ColorChoice) -> Result<u8> {
    let mut looked_at = Vec::new();
    let mut is_complete = true;
    for one in &plan.scans {
        let Some(outcome) = look(one)? else { continue };
        let found: Vec<&Finding> =
            outcome.findings.iter().filter(|finding| finding.fingerprint == plan.fingerprint).collect();
        if !found.is_empty() {
            let page = report::explanation(&found, one.what.occasion(), one.telling.detail);
            output::say(&[page.trim_end().to_owned()])?;
            output::problems(&outcome, one.what.occasion(), colour);
            return Ok(0);
        }
        output::problems(&outcome, one.what.occasion(), colour);
        is_complete &= outcome.problems.is_empty() && outcome.failed == 0;
        looked_at.push(name(&one.what));
    }
    let nothing = format!("no finding in {} has the fingerprint {}", looked_at.join(", in "), plan.fingerprint);
    if is_complete {
        return Err(Error::Usage(format!("{nothing}; is it of another repository?")));
    }
    Err(Error::Incomplete(format!("{nothing}, and not everything could be read")))
}

/// Scans; `None` where there is nothing of this kind to scan.
fn look(plan: &ScanPlan) -> Result<Option<Outcome>> {
    match scan::look(plan) {
        Ok(outcome) => Ok(Some(outcome)),
        // A bare repository has neither a work tree nor an index, and it has a history.
        Err(Error::Usage(_)) if matches!(plan.what, What::Staged | What::WorkTree(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Says what was looked at.
fn name(what: &What) -> &'static str {
    match what {
        What::Staged => "what is staged",
        What::History(_) => "history",
        What::WorkTree(_) | What::Paths(..) | What::Commit | What::Message(_) | What::Range(..) | What::Stdin(_) => {
            "the work tree"
        }
    }
}
