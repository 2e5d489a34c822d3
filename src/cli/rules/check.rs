//! `ideoguard rules check`: the rules of files, put to the test on their own samples.

use ideoguard::detect::Engine;
use ideoguard::finding::Confidence;
use ideoguard::report::counted;
use ideoguard::rules::RuleBook;
use ideoguard::rules::own::Sample;

/// Returns what to say of the rules of files, and whether all pass.
pub(super) fn lines(book: &RuleBook, engine: &Engine) -> (Vec<String>, bool) {
    let failures: Vec<String> = book.samples().iter().filter_map(|sample| failure(engine, sample)).collect();
    let passes = failures.is_empty();
    let mut lines = failures;
    lines.extend(book.remarks().iter().map(|remark| format!("not honoured: {remark}")));
    lines.extend(book.unproven().iter().map(|id| {
        let place = book.place_of(id).unwrap_or_default();
        format!("{place}: `{id}` has no samples: give it `hits` and `misses`")
    }));
    let (rules, samples) = (many(book.rules().len(), "rule"), many(book.samples().len(), "sample"));
    let changes = many(book.changes().len() + book.disabled().len(), "change");
    let verdict = if passes { "all pass" } else { "not all pass" };
    lines.push(format!("{rules}, {changes} of others; {samples}, {verdict}"));
    (lines, passes)
}

/// Says how many of something there are.
fn many(count: usize, noun: &str) -> String {
    counted(count as u64, noun)
}

/// Says how a rule fails a sample, if it does.
fn failure(engine: &Engine, sample: &Sample) -> Option<String> {
    let matches = engine.scan_all(&sample.text);
    let best = matches.iter().filter(|found| found.rule.id == sample.rule).max_by_key(|found| found.confidence);
    let what = match (sample.is_hit, best) {
        (true, Some(found)) if found.confidence >= Confidence::Medium => return None,
        (true, Some(found)) => format!("is a mere hint: {}", found.evidence.join("; ")),
        (true, None) => format!("is not found: {}", why(engine, sample)),
        (false, Some(_)) => "is found, and must not be".to_owned(),
        (false, None) => return None,
    };
    let kind = if sample.is_hit { "hit" } else { "miss" };
    Some(format!("{}: this {kind} of `{}` {what}", sample.place, sample.rule))
}

/// Says why a rule finds nothing in a sample.
fn why(engine: &Engine, sample: &Sample) -> String {
    let nearly = engine.nearly(&sample.text);
    let miss = nearly.iter().find(|one| one.rule == sample.rule).map(|one| one.why.to_string());
    miss.unwrap_or_else(|| "none of its words stands there".to_owned())
}
