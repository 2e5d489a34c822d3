//! Shows the rules.

use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use ideoguard::report::wrap;
use ideoguard::rules::{self, Finder, Rule};

use super::output;
use super::plan::RulesPlan;

/// Shows what was asked for; returns the exit code.
pub(super) fn run(plan: &RulesPlan) -> Result<u8> {
    match plan {
        RulesPlan::List => output::say(&list())?,
        RulesPlan::Show(id) => output::say(&show(find(id)?))?,
    }
    Ok(0)
}

/// Finds a rule by its id.
fn find(id: &str) -> Result<&'static Rule> {
    rules::by_id(id).ok_or_else(|| {
        let meant = meant(id).map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
        Error::Usage(format!("there is no rule `{}`{meant}; `ideoguard rules list` shows all", RepoPath::from(id)))
    })
}

/// How alike two names are at least, from 0 to 1, if one is taken for a slip of the other.
const ALIKE: f64 = 0.8;

/// Returns the rule that a mistyped name may have meant.
fn meant(id: &str) -> Option<&'static str> {
    let alike = rules::BUILT_IN.iter().map(|rule| (strsim::jaro(id, rule.id), rule.id));
    let nearest = alike.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (nearest.0 >= ALIKE).then_some(nearest.1)
}

/// Returns one line for each rule, in columns.
fn list() -> Vec<String> {
    let width = rules::BUILT_IN.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &Rule| format!("{:width$}  {:8}  {}", rule.id, rule.severity.name(), rule.title);
    rules::BUILT_IN.iter().map(line).collect()
}

/// Returns what is known of a rule.
fn show(rule: &Rule) -> Vec<String> {
    let facts = [
        ("provider", rule.provider),
        ("severity", rule.severity.name()),
        ("confidence", rule.confidence.name()),
        ("when leaked", rule.advice),
        ("documentation", rule.documentation),
    ];
    let mut lines = vec![format!("{}: {}", rule.id, rule.title)];
    lines.extend(facts.iter().flat_map(|(label, text)| fact(label, text)));
    lines.extend(fact("found by", &found_by(rule)));
    lines
}

/// Says how a rule finds its secrets.
fn found_by(rule: &Rule) -> String {
    let form = match &rule.finder {
        Finder::Shape(shape) => Some(format!("its form, which has {}", any_of(shape.literals))),
        Finder::Name => None,
        Finder::Code => Some("what stands beside it".to_owned()),
    };
    let name = rule.named.as_ref().map(|named| format!("a name with {}, and its form", any_of(named.words)));
    [form, name].into_iter().flatten().collect::<Vec<_>>().join("; or by ")
}

/// As many words of a list as are shown.
const SHOWN: usize = 6;

/// Lists words, of which one is enough.
fn any_of(words: &[&str]) -> String {
    let shown: Vec<_> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    let more = if words.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(" or "))
}

/// Columns before the text of a fact.
const INDENT: usize = 17;

/// Returns a label and a text beside it, in as many lines as it takes.
fn fact(label: &str, text: &str) -> Vec<String> {
    let lines = wrap::lines(text, wrap::WIDTH - INDENT);
    let line = |(index, line): (usize, &String)| {
        let label = if index == 0 { label } else { "" };
        format!("  {label:width$}{line}", width = INDENT - 2)
    };
    lines.iter().enumerate().map(line).collect()
}
