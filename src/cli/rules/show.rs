//! `ideoguard rules list` and `rules show`.

use ideoguard::detect::Engine;
use ideoguard::path::Escaped;
use ideoguard::report::wrap;
use ideoguard::rules::MAX_MATCH;
use ideoguard::rules::{Finder, Rule, RuleBook, Search, built_in};

/// As many words of a list as are shown.
const SHOWN: usize = 6;
/// Columns before the text of a fact.
const INDENT: usize = 17;
/// Shorter words stand in so many places that a rule is tried often.
const SHORT: usize = 3;

/// Returns one line for each rule, in columns.
pub(super) fn list(book: &RuleBook, engine: &Engine) -> Vec<String> {
    let all: Vec<&Rule> = built_in().chain(book.rules().iter().copied()).collect();
    let width = all.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &&Rule| {
        let rule = engine.rule(rule.id).unwrap_or(rule);
        let remark = remark(rule, book);
        format!("{:width$}  {:8}  {}{remark}", rule.id, rule.severity.name(), Escaped(rule.title.as_bytes()))
    };
    all.iter().map(line).collect()
}

/// Says where a rule comes from, or what became of it, if a file says anything of it.
fn remark(rule: &Rule, book: &RuleBook) -> String {
    let place = book.place_of(rule.id).map(|place| format!("from {place}"));
    let changed = book.changes().contains_key(rule.id).then(|| "changed by a rule file".to_owned());
    let off = book.disabled().contains(rule.id).then(|| "disabled".to_owned());
    let costs = own_search(book, rule).filter(|search| is_dear(search)).map(|_| "tried often".to_owned());
    let all: Vec<String> = [place, changed, off, costs].into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!("  ({})", all.join(", ")) }
}

/// Returns what is known of a rule.
pub(super) fn one(rule: &Rule, book: &RuleBook, engine: &Engine) -> Vec<String> {
    let said = engine.rule(rule.id).unwrap_or(rule);
    let mut facts = vec![
        ("provider", said.provider.to_owned()),
        ("severity", said.severity.name().to_owned()),
        ("confidence", said.confidence.name().to_owned()),
        ("when leaked", said.advice.to_owned()),
        ("documentation", said.documentation.to_owned()),
        ("found by", found_by(rule)),
    ];
    facts.extend(book.place_of(rule.id).map(|place| ("written in", place.to_owned())));
    facts.extend(book.changes().get(rule.id).map(|_| ("changed", "by a rule file".to_owned())));
    facts.extend(book.disabled().get(rule.id).map(|_| ("disabled", "by a rule file".to_owned())));
    facts.extend(own_search(book, rule).and_then(costs).map(|costs| ("costs", costs)));
    facts.retain(|(_, text)| !text.is_empty());
    let mut lines = vec![format!("{}: {}", said.id, Escaped(said.title.as_bytes()))];
    lines.extend(facts.iter().flat_map(|(label, text)| fact(label, &Escaped(text.as_bytes()).to_string())));
    lines
}

/// Returns how a rule of a file searches.
fn own_search<'a>(book: &'a RuleBook, rule: &Rule) -> Option<&'a Search> {
    match book.rules().iter().find(|own| own.id == rule.id).map(|own| &own.finder) {
        Some(Finder::Search(search)) => Some(search),
        Some(Finder::Shape(_) | Finder::Name | Finder::Code) | None => None,
    }
}

/// Tells whether a rule is tried in very many places.
fn is_dear(search: &Search) -> bool {
    search.words.iter().any(|word| word.len() < SHORT)
}

/// Says what a rule costs, and what it cannot find.
fn costs(search: &Search) -> Option<String> {
    let dear = is_dear(search).then(|| "it is tried often: a longer literal makes it cheaper".to_owned());
    let long = search
        .may_be_longer_than(MAX_MATCH)
        .then(|| format!("of a match that is longer than {MAX_MATCH} bytes, only the beginning is seen"));
    let all: Vec<String> = [dear, long].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Says how a rule finds its secrets.
fn found_by(rule: &Rule) -> String {
    let form = match &rule.finder {
        Finder::Shape(shape) => Some(format!("its form, which has {}", any_of(shape.literals.iter().copied()))),
        Finder::Search(search) => {
            let words: Vec<String> = search.shown_words().collect();
            Some(format!("its pattern, around {}", any_of(words.iter().map(String::as_str))))
        }
        Finder::Name => None,
        Finder::Code => Some("what stands beside it".to_owned()),
    };
    let name =
        rule.named.as_ref().map(|named| format!("a name with {}, and its form", any_of(named.words.iter().copied())));
    [form, name].into_iter().flatten().collect::<Vec<_>>().join("; or by ")
}

/// Lists words, of which one is enough.
fn any_of<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if words.len() > SHOWN { ", …" } else { "" };
    let shown: Vec<_> = words.take(SHOWN).map(|word| format!("`{word}`")).collect();
    format!("{}{more}", shown.join(" or "))
}

/// Returns a label and a text beside it, in as many lines as it takes.
fn fact(label: &str, text: &str) -> Vec<String> {
    let lines = wrap::lines(text, wrap::WIDTH - INDENT);
    let line = |(index, line): (usize, &String)| {
        let label = if index == 0 { label } else { "" };
        format!("  {label:width$}{line}", width = INDENT - 2)
    };
    lines.iter().enumerate().map(line).collect()
}
