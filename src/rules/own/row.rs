//! The rows of a rule file: the form of the built-in ones, checked at once and with their places.

use once_cell::sync::OnceCell;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::super::alphabet::Alphabet;
use super::super::proof::Proof;
use super::super::{Finder, Named, Rule, pattern};
use super::anchors;
use super::check::{EMPTY, graded, id, issuer_word, leaked, one_of, parsed, strings, text};
use super::expression::Parsed;
use super::search::{Floor, Search, Secret};
use crate::config::Source;
use crate::error::Result;
use crate::finding::{Confidence, Severity};

/// The longest word that may stand right before a token.
const LONGEST_BEFORE: usize = 32;
/// What is said of a leaked secret whose row does not say it.
pub(super) const ADVICE: &str = "Revoke it where it was issued, and make a new one.";

/// One `[[rule]]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Its name in reports.
    pub(super) id: Spanned<String>,
    /// What it is, in words.
    title: Spanned<String>,
    /// Who issues such secrets.
    provider: Option<Spanned<String>>,
    /// How much harm a leaked one does.
    severity: Option<Spanned<String>>,
    /// How sure a match is.
    confidence: Option<Spanned<String>>,
    /// How sure a match is whose proof holds.
    proven: Option<Spanned<String>>,
    /// Strings of which every match holds one.
    literals: Option<Spanned<Vec<Spanned<String>>>>,
    /// Words of which one stands near a match, in whatever case.
    keywords: Option<Spanned<Vec<Spanned<String>>>>,
    /// What a match looks like.
    pattern: Option<Spanned<String>>,
    /// The token's own characters.
    alphabet: Option<Spanned<String>>,
    /// Words that may stand right before the token.
    follows: Option<Vec<Spanned<String>>>,
    /// Words of the issuer in the secret's name.
    names: Option<Spanned<Vec<Spanned<String>>>>,
    /// The shape of the whole value that has such a name.
    value: Option<Spanned<String>>,
    /// What is checked beyond the shape.
    proof: Option<Spanned<String>>,
    /// The least entropy of what follows the literal.
    entropy: Option<Spanned<f64>>,
    /// Where the rule looks, as globs of `.gitignore`; `decide` reads them.
    #[serde(rename = "paths")]
    _paths: Option<IgnoredAny>,
    /// Where it does not look; `decide` reads them.
    #[serde(rename = "not_paths")]
    _not_paths: Option<IgnoredAny>,
    /// What to do with a leaked one.
    advice: Option<Spanned<String>>,
    /// Where the format is documented.
    documentation: Option<Spanned<String>>,
    /// Texts in which the rule must find one.
    #[serde(default)]
    pub(super) hits: Vec<Spanned<String>>,
    /// Texts in which it must find none.
    #[serde(default)]
    pub(super) misses: Vec<Spanned<String>>,
}

impl Row {
    /// Checks a row and makes a rule of it, which lives as long as the program.
    pub(super) fn rule(&self, source: Source<'_>) -> Result<Rule> {
        let severity = graded(source, self.severity.as_ref(), Severity::ALL, Severity::name)?;
        let confidence = graded(source, self.confidence.as_ref(), Confidence::ALL, Confidence::name)?;
        let confidence = confidence.unwrap_or(Confidence::High);
        let proven = graded(source, self.proven.as_ref(), Confidence::ALL, Confidence::name)?.unwrap_or(confidence);
        if let Some(proven) = self.proven.as_ref().filter(|_| proven < confidence) {
            return Err(source.error(proven.span(), "a proof makes no match less sure than `confidence`".into()));
        }
        Ok(Rule {
            id: id(source, &self.id)?,
            provider: text(source, self.provider.as_ref(), "own rules")?,
            title: text(source, Some(&self.title), "")?,
            severity: severity.unwrap_or(Severity::High),
            confidence,
            proven,
            finder: self.finder(source)?,
            named: self.named(source)?,
            takes: &[],
            self_made: false,
            advice: text(source, self.advice.as_ref(), ADVICE)?,
            documentation: self.documentation(source)?,
        })
    }

    /// Returns how it is found.
    fn finder(&self, source: Source<'_>) -> Result<Finder> {
        match (&self.pattern, &self.value) {
            (Some(pattern), _) => self.search(source, pattern).map(Finder::Search),
            (None, Some(_)) => Ok(Finder::Name),
            (None, None) => {
                Err(source.error(self.id.span(), "this rule has no `pattern`, and no `value` with `names`".into()))
            }
        }
    }

    /// Makes its pattern one that is tried around words.
    fn search(&self, source: Source<'_>, pattern: &Spanned<String>) -> Result<Search> {
        let parsed = parsed(source, pattern)?;
        let words = self.words(source, pattern, &parsed)?;
        let proof = self.proof(source)?;
        Ok(Search {
            words: words.strings,
            any_case: words.any_case,
            holds_word: words.inside,
            secret: parsed.expression.facts.secret.map_or(Secret::Whole, Secret::Group),
            expression: parsed.expression,
            alphabet: one_of(source, self.alphabet.as_ref(), Alphabet::NAMED, "alphabet")?,
            follows: self.follows(source)?,
            proof,
            floor: self.floor(source)?,
            needs: Vec::new(),
            is_told: true,
        })
    }

    /// Returns the words around which the pattern is tried: those of the row, or those that the pattern shows.
    fn words(&self, source: Source<'_>, pattern: &Spanned<String>, parsed: &Parsed) -> Result<Words> {
        match (&self.literals, &self.keywords) {
            (Some(_), Some(keywords)) => {
                Err(source.error(keywords.span(), "say `literals` or `keywords`, not both".into()))
            }
            (Some(literals), None) => Ok(Words { strings: strings(source, literals)?, any_case: false, inside: true }),
            (None, Some(keywords)) => Ok(Words { strings: strings(source, keywords)?, any_case: true, inside: false }),
            (None, None) => {
                let shown = anchors::sets_of(&parsed.hir).into_iter().next();
                let strings = shown.ok_or_else(|| source.error(pattern.span(), NO_WORD.into()))?;
                Ok(Words { strings, any_case: true, inside: true })
            }
        }
    }

    /// Returns the words that may stand right before the token.
    fn follows(&self, source: Source<'_>) -> Result<&'static [&'static str]> {
        let check = |word: &Spanned<String>| match word.get_ref().len() {
            1..=LONGEST_BEFORE => Ok(leaked(word.get_ref())),
            _ => Err(source.error(word.span(), format!("such a word has 1 to {LONGEST_BEFORE} bytes"))),
        };
        let words = self.follows.iter().flatten().map(check).collect::<Result<Vec<_>>>()?;
        Ok(words.leak())
    }

    /// Returns how random the secret must be.
    fn floor(&self, source: Source<'_>) -> Result<Floor> {
        match &self.entropy {
            None => Ok(Floor::None),
            Some(bits) if (0.0..=8.0).contains(bits.get_ref()) => Ok(Floor::Rest(*bits.get_ref())),
            Some(bits) => Err(source.error(bits.span(), "entropy is a number of bits a character, 0 to 8".into())),
        }
    }

    /// Returns what is checked beyond the shape.
    fn proof(&self, source: Source<'_>) -> Result<Proof> {
        Ok(one_of(source, self.proof.as_ref(), Proof::NAMED, "proof")?.unwrap_or(Proof::None))
    }

    /// Returns how it is found by its name.
    fn named(&self, source: Source<'_>) -> Result<Option<Named>> {
        let (names, value) = match (&self.names, &self.value) {
            (None, None) => return Ok(None),
            (Some(names), Some(value)) => (names, value),
            (Some(names), None) => {
                return Err(source.error(names.span(), "`names` need a `value`: the shape of the whole value".into()));
            }
            (None, Some(value)) => {
                return Err(source.error(value.span(), "a `value` needs `names`: words in what it is called".into()));
            }
        };
        let words = names.get_ref().iter().map(|name| issuer_word(source, name)).collect::<Result<Vec<_>>>()?;
        if words.is_empty() {
            return Err(source.error(names.span(), EMPTY.into()));
        }
        parsed(source, value)?;
        pattern::compile(&pattern::whole(value.get_ref())).map_err(|_| {
            source.error(value.span(), "this shape is too large once its repetitions are written out".into())
        })?;
        let proof = if self.pattern.is_some() { Proof::None } else { self.proof(source)? };
        Ok(Some(Named { words: words.leak(), value: leaked(value.get_ref()), proof, compiled: OnceCell::new() }))
    }

    /// Returns where the format is documented.
    fn documentation(&self, source: Source<'_>) -> Result<&'static str> {
        match &self.documentation {
            Some(url) if !url.get_ref().starts_with("https://") => {
                Err(source.error(url.span(), "the documentation is no https URL".into()))
            }
            url => text(source, url.as_ref(), ""),
        }
    }
}

/// Words around which a pattern is tried.
struct Words {
    strings: Vec<Vec<u8>>,
    any_case: bool,
    inside: bool,
}

const NO_WORD: &str = "a rule is tried around strings that every match holds, and this pattern shows none; \
                       say `literals` that it holds, or `keywords` that stand near it";
