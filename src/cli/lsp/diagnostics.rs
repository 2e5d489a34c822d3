//! Findings in the protocol's words.

use std::ops::Range;

use ideoguard::editor::{Text, Units};
use ideoguard::finding::{Finding, Verdict};
use ideoguard::outcome::Outcome;
use ideoguard::report::{self, Detail};
use lsp_types::{CodeDescription, Diagnostic, DiagnosticSeverity, NumberOrString, Position};

use super::settings::Settings;

/// Who says it.
const SOURCE: &str = "ideoguard";

/// Something that is told of a document.
pub(super) struct Told {
    /// How it is told.
    pub(super) diagnostic: Diagnostic,
    /// What was found; `None` for a word about the document.
    pub(super) finding: Option<Finding>,
}

/// Returns what is told of what was found; notes and what is allowed only in detail.
pub(super) fn of(outcome: &Outcome, text: &Text, settings: &Settings, detail: Detail, units: Units) -> Vec<Told> {
    let found = outcome.findings.iter().filter_map(|finding| {
        let severity = severity(&finding.verdict, detail)?;
        let diagnostic = Diagnostic {
            range: range(text, &span(finding), units),
            severity: Some(severity),
            code: Some(NumberOrString::String(finding.rule.to_string())),
            code_description: documentation(finding, settings),
            source: Some(SOURCE.to_owned()),
            message: report::brief(finding),
            data: Some(serde_json::json!({ "fingerprint": finding.fingerprint.as_str() })),
            ..Diagnostic::default()
        };
        Some(Told { diagnostic, finding: Some(finding.clone()) })
    });
    let problems = outcome.problems.iter().map(|problem| word("incomplete", format!("incomplete: {}", problem.error)));
    found.chain(problems).collect()
}

/// Says that a document is not scanned, and why.
pub(super) fn not_scanned(why: &str) -> Told {
    word("not-scanned", format!("not scanned: {why}"))
}

/// Says that a document is too large to be scanned at each change.
pub(super) fn too_large(most: u64) -> Told {
    let way = "`ideoguard scan` and the hooks do scan it; `--max-blob-size` of `ideoguard lsp` changes the limit";
    word("too-large", format!("not scanned while you type: larger than {}; {way}", report::size(most)))
}

/// Returns the bytes of a finding.
pub(super) fn span(finding: &Finding) -> Range<usize> {
    let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    at(finding.span.start)..at(finding.span.end)
}

/// Returns a stretch of a text as the protocol has it.
pub(super) fn range(text: &Text, span: &Range<usize>, units: Units) -> lsp_types::Range {
    let at = |offset| {
        let place = text.position(offset, units);
        Position { line: place.line, character: place.column }
    };
    lsp_types::Range { start: at(span.start), end: at(span.end) }
}

/// Tells something of a whole document, at its begin.
fn word(code: &str, message: String) -> Told {
    let diagnostic = Diagnostic {
        severity: Some(DiagnosticSeverity::WARNING),
        code: Some(NumberOrString::String(code.to_owned())),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    };
    Told { diagnostic, finding: None }
}

/// Returns how grave a verdict is; `None` if it is not told.
fn severity(verdict: &Verdict, detail: Detail) -> Option<DiagnosticSeverity> {
    match (verdict, detail) {
        (Verdict::Leak, _) => Some(DiagnosticSeverity::ERROR),
        (Verdict::Warning, _) => Some(DiagnosticSeverity::WARNING),
        (Verdict::Note(_) | Verdict::Allowed(_), Detail::Verbose) => Some(DiagnosticSeverity::HINT),
        (Verdict::Note(_) | Verdict::Allowed(_), Detail::Quiet | Detail::Normal) => None,
    }
}

/// Returns where a rule is documented.
fn documentation(finding: &Finding, settings: &Settings) -> Option<CodeDescription> {
    let rule = settings.config.rules.rule(&finding.rule)?;
    let is_page = rule.documentation.starts_with("https://") || rule.documentation.starts_with("http://");
    let href = is_page.then(|| rule.documentation.parse().ok())??;
    Some(CodeDescription { href })
}
