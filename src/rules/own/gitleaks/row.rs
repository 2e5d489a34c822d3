//! A rule of such a configuration, made one of ours.

use toml::Spanned;

use super::super::super::proof::Proof;
use super::super::super::{Finder, Rule};
use super::super::anchors::{self, LONGEST, Set};
use super::super::check::{MOST_TEXT, leaked};
use super::super::expression::{Expression, Parsed};
use super::super::row::ADVICE;
use super::super::search::{Floor, Need, Search, Secret};
use super::go;
use super::raw::{RawNeed, RawRule};
use crate::config::{Source, escaped};
use crate::error::{Error, Result};
use crate::finding::{Confidence, Severity};
use crate::rules::by_id;

/// What the filter of a rule may say that is understood: that a secret's entropy is too low.
const ENTROPY: [&str; 3] =
    ["entropy(finding.secret)<=", "filter.entropy(finding[\"secret\"])<=", "filter.entropy(finding.secret)<="];

/// Returns our id for a rule: in our form, and none that a built-in rule has.
pub(super) fn id(raw: &str) -> String {
    let sign = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '-' };
    let id: String = raw.bytes().take(80).map(sign).collect();
    if by_id(&id).is_some() { format!("gitleaks-{id}") } else { id }
}

/// Makes a rule of one with a pattern.
pub(super) fn rule(source: Source<'_>, raw: &RawRule, regex: &Spanned<String>) -> Result<Rule> {
    let parsed = parsed(source, regex)?;
    let words = words(source, raw, regex, &parsed)?;
    let name = id(raw.id.get_ref());
    if name.is_empty() {
        return Err(source.error(raw.id.span(), "this rule has no id".into()));
    }
    let search = Search {
        words: words.strings,
        any_case: true,
        holds_word: words.inside,
        secret: secret(source, raw, &parsed)?,
        expression: parsed.expression,
        alphabet: None,
        follows: &[],
        proof: Proof::None,
        floor: floor(raw),
        needs: raw.required.iter().chain(&raw.components).map(|need| needed(source, need)).collect::<Result<_>>()?,
        is_told: !raw.skip_report,
    };
    Ok(Rule {
        id: leaked(&name),
        provider: "own rules",
        title: leaked(&title(raw, &name)),
        severity: Severity::High,
        confidence: Confidence::High,
        proven: Confidence::High,
        finder: Finder::Search(search),
        named: None,
        takes: &[],
        self_made: false,
        advice: ADVICE,
        documentation: "",
    })
}

/// Parses a pattern of Go; an error names its place in the file.
pub(super) fn parsed(source: Source<'_>, pattern: &Spanned<String>) -> Result<Parsed> {
    let refused = |problem: String| source.error(pattern.span(), escaped(&problem));
    Expression::parse(&go::translated(pattern.get_ref())).map_err(refused)
}

/// Words around which a pattern is tried, and whether a match holds them.
struct Words {
    strings: Set,
    inside: bool,
}

/// Returns the words around which a pattern is tried: those that it shows, if they imply its keywords; else these.
fn words(source: Source<'_>, raw: &RawRule, regex: &Spanned<String>, parsed: &Parsed) -> Result<Words> {
    let lower = |word: &Spanned<String>| word.get_ref().to_ascii_lowercase().into_bytes();
    let keywords: Set = raw.keywords.iter().map(lower).filter(|word| !word.is_empty()).collect();
    let implies = |set: &Set| {
        let holds_one = |string: &Vec<u8>| keywords.iter().any(|word| memchr::memmem::find(string, word).is_some());
        keywords.is_empty() || set.iter().all(holds_one)
    };
    if let Some(strings) = anchors::sets_of(&parsed.hir).into_iter().find(implies) {
        return Ok(Words { strings, inside: true });
    }
    if keywords.is_empty() {
        return Err(source.error(regex.span(), NO_WORD.into()));
    }
    let strings = keywords.into_iter().map(|word| word[..word.len().min(LONGEST)].to_vec()).collect();
    Ok(Words { strings, inside: false })
}

const NO_WORD: &str = "a rule is tried around strings that every match holds, and this pattern shows none; \
                       give it `keywords` that stand near a match";

/// Returns which group is the secret: the one that is named, or the first that takes part.
fn secret(source: Source<'_>, raw: &RawRule, parsed: &Parsed) -> Result<Secret> {
    let groups = parsed.expression.facts.groups;
    match &raw.secret_group {
        Some(number) if *number.get_ref() > groups => {
            Err(source.error(number.span(), format!("the pattern has {groups} groups, and not so many")))
        }
        Some(number) if *number.get_ref() > 0 => Ok(Secret::Group(*number.get_ref())),
        Some(_) | None if groups > 0 => Ok(Secret::FirstGroup),
        Some(_) | None => Ok(Secret::Whole),
    }
}

/// Returns how random the secret must be: as `entropy` says, or a filter that says nothing else.
fn floor(raw: &RawRule) -> Floor {
    let bits = raw.entropy.filter(|bits| *bits > 0.0).or_else(|| entropy_of(raw.filter.as_ref()?.get_ref()));
    bits.map_or(Floor::None, Floor::Above)
}

/// Reads a filter that says that a secret's entropy is too low, and nothing else.
pub(super) fn entropy_of(filter: &str) -> Option<f64> {
    let plain: String = filter.split_whitespace().collect();
    ENTROPY.iter().find_map(|form| plain.strip_prefix(form))?.parse().ok()
}

/// Reads what a rule needs beside it.
fn needed(source: Source<'_>, raw: &RawNeed) -> Result<Need> {
    let mut need = Need { rule: leaked(&id(raw.id.get_ref())), lines: raw.within_lines, columns: raw.within_columns };
    for part in raw.within.iter().flat_map(|within| within.get_ref().split(',')) {
        let part = part.trim();
        let number = |unit: char| part.strip_suffix(unit).and_then(|number| number.parse().ok());
        match (number('L'), number('C')) {
            (Some(lines), _) => need.lines = Some(lines),
            (None, Some(columns)) => need.columns = Some(columns),
            (None, None) => return Err(wrong_within(source, raw)),
        }
    }
    Ok(need)
}

fn wrong_within(source: Source<'_>, raw: &RawNeed) -> Error {
    let span = raw.within.as_ref().map_or(0..0, Spanned::span);
    source.error(span, "write numbers of lines and columns, as in `5L,100C`".into())
}

/// Returns what reports call it.
fn title(raw: &RawRule, id: &str) -> String {
    let words: Vec<&str> = raw.description.as_deref().unwrap_or_default().split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|letter| !letter.is_control()).take(MOST_TEXT / 4).collect();
    if line.is_empty() { id.to_owned() } else { line }
}
