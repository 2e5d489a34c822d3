//! Do keys stand nowhere but in the environment or a secret store: in no file of the work tree, nowhere in the history?

use crate::finding::{Finding, Verdict as Judged};
use crate::outcome::Outcome;
use crate::report::{EnvFile, counted, env_file};
use crate::text::TextKind;

use super::check::{Check, Evidence, Topic, Verdict};

/// Who issues the keys that this is about.
const PROVIDER: &str = "Ideogram";

/// Answers, from a scan of the work tree and one of the history.
///
/// A file of environment variables that git does not track is where a key may stand.
pub(super) fn check(tree: &Outcome, history: &Outcome, is_tracked: impl Fn(&Finding) -> bool) -> Check {
    let in_tree: Vec<&Finding> = tree
        .findings
        .iter()
        .filter(|finding| !matches!(env_file(&finding.path), EnvFile::Real) || is_tracked(finding))
        .collect();
    let mut leaks: Vec<&Finding> = Vec::new();
    let (mut allowed, mut others) = (0_u64, 0_u64);
    // What the history tells says more of the same place: the commit.
    for finding in history.findings.iter().chain(in_tree) {
        let is_ours = finding.provider == PROVIDER;
        match (&finding.verdict, is_ours) {
            (Judged::Leak, true) if !leaks.iter().any(|known| is_same(known, finding)) => leaks.push(finding),
            (Judged::Leak, false) => others += 1,
            (Judged::Allowed(_), true) => allowed += 1,
            (Judged::Leak | Judged::Allowed(_) | Judged::Warning | Judged::Note(_), _) => {}
        }
    }
    let beside = beside(allowed, others);
    let unread = tree.problems.len() + history.problems.len();
    if leaks.is_empty() && (unread > 0 || tree.failed + history.failed > 0) {
        let because = format!("none was found, but not everything could be read{beside}");
        return Check::new(Topic::Literals, Verdict::Unknown, because)
            .mended_by(["make what is named under `problems` readable, and run this again"]);
    }
    if leaks.is_empty() && tree.scanned + history.scanned == 0 {
        return Check::new(Topic::Literals, Verdict::Unknown, "there is nothing here to read");
    }
    if leaks.is_empty() {
        let scanned = counted(tree.scanned, "file");
        let because = format!("{scanned} and {} of the history hold none{beside}", counted(history.scanned, "object"));
        return Check::new(Topic::Literals, Verdict::Pass, because);
    }
    let mut secrets: Vec<&str> = leaks.iter().map(|finding| finding.fingerprint.as_str()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    let because =
        format!("{} in {}{beside}", counted(secrets.len() as u64, "key"), counted(leaks.len() as u64, "place"));
    let steps = [
        "revoke each of them first, on the API page of your Ideogram account: whoever has fetched it keeps it"
            .to_owned(),
        "keep the new one in the environment (`IDEOGRAM_API_KEY`) or a secret store, and read it from there".to_owned(),
        format!("`ideoguard where {}` says what still holds the old one, and how to take it out", secrets[0]),
    ];
    let evidence = leaks.iter().map(|leak| told(leak, tree.findings.iter().any(|known| is_same(known, leak))));
    Check::new(Topic::Literals, Verdict::Fail, because).resting_on(evidence).mended_by(steps)
}

/// Tells whether two findings are one: the same secret in the same place of the same file.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.fingerprint == other.fingerprint && one.path == other.path && one.place == other.place
}

/// Says what a finding is, and whether it stands in the work tree, too.
fn told(finding: &Finding, is_in_tree: bool) -> Evidence {
    let redacted = &finding.redacted;
    let name = &finding.fingerprint;
    let by = match &finding.commit {
        Some(stamp) => format!(", brought by commit {}", &stamp.id.to_string()[..12]),
        None => String::new(),
    };
    let here = if is_in_tree { ", in the work tree" } else { "" };
    let says = format!("{} {redacted}{here}{by}, {name}", finding.title);
    match finding.kind {
        TextKind::Content => Evidence::at(&finding.path, finding.place.line, says),
        TextKind::Message | TextKind::PathName | TextKind::SymlinkTarget => Evidence::of(&finding.path, says),
    }
}

/// Says what else was found.
fn beside(allowed: u64, others: u64) -> String {
    let allowed = (allowed > 0).then(|| format!("; {allowed} allowed"));
    let secrets = counted(others, "secret");
    let others = (others > 0)
        .then(|| format!("; beside them {secrets} of other providers, which `ideoguard scan --history` names"));
    [allowed, others].into_iter().flatten().collect()
}
