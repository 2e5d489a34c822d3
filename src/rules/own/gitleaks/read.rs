//! Puts together what such a configuration comes to.

use std::path::Path;

use toml::Spanned;

use super::super::book::RuleBook;
use super::super::check::leaked;
use super::super::excuse::{Excuse, OfPath, OfText, Target};
use super::super::expression::Expression;
use super::raw::{self, Raw, RawList, RawRule};
use super::row;
use crate::config::{Lines, Source, escaped, shown};
use crate::error::{Error, Result};
use crate::path::RepoPath;
use crate::rules::Finder;

/// Adds what a configuration says to what is known; what cannot be run is left out if that is `lenient`.
pub(in super::super) fn read(book: &mut RuleBook, path: &Path, text: &str, is_lenient: bool) -> Result<()> {
    let source = Source { path, text };
    let raw = raw::parsed(source)?;
    let mut reading = Reading { book, source, lines: Lines::of(text), is_lenient };
    reading.note_unknown();
    for rule in &raw.rules {
        reading.rule(rule)?;
    }
    reading.check_needs(&raw)?;
    for id in &raw.extend.disabled_rules {
        reading.disable(id);
    }
    for list in raw.allowlist.iter().chain(&raw.allowlists) {
        reading.list(list, None)?;
    }
    reading.book.digest(text);
    Ok(())
}

/// A configuration that is read.
struct Reading<'a> {
    book: &'a mut RuleBook,
    source: Source<'a>,
    lines: Lines,
    is_lenient: bool,
}

impl Reading<'_> {
    /// Names a place in the file.
    fn place(&self, offset: usize) -> String {
        format!("{}:{}", RepoPath::from(self.source.path), self.lines.line(offset))
    }

    /// Notes what is not honoured.
    fn remark(&mut self, offset: usize, what: &str) {
        let place = self.place(offset);
        self.book.remark(format!("{place}: {what}"));
    }

    /// Notes the keys that are not understood.
    fn note_unknown(&mut self) {
        for key in raw::unknown(self.source.text) {
            let path = RepoPath::from(self.source.path);
            let what = match key.rsplit('.').next().unwrap_or_default() {
                "validate" | "analyze" | "revoke" => "nothing is asked of other machines",
                "tokenEfficiency" | "prefilter" | "filter" => "what it would let go is found",
                "url" => "nothing is fetched",
                _ => "it is not understood",
            };
            self.book.remark(format!("{path}: `{}`: {what}", shown(&key)));
        }
    }

    /// Adds a rule, and what it allows.
    fn rule(&mut self, raw: &RawRule) -> Result<()> {
        let id = row::id(raw.id.get_ref());
        match (&raw.regex, &raw.path) {
            (Some(regex), _) => match row::rule(self.source, raw, regex) {
                Ok(rule) => {
                    let place = self.place(raw.id.span().start);
                    self.book.put(rule, place).map_err(|problem| self.source.error(raw.id.span(), problem))?;
                }
                Err(error) => return self.leave_out(raw, error),
            },
            (None, Some(path)) => {
                let problem = "this rule finds files by their names alone, which no rule here does".to_owned();
                return self.leave_out(raw, self.source.error(path.span(), problem));
            }
            (None, None) if self.book.place_of(&id).is_none() => {
                let what = format!("`{}` changes a rule that is not in these files, so it changes nothing", shown(&id));
                self.remark(raw.id.span().start, &what);
                return Ok(());
            }
            (None, None) => {}
        }
        self.note_filter(raw);
        self.note_keywords(raw, &id);
        if let Some(path) = &raw.path {
            self.only_at(path, &id)?;
        }
        for list in raw.allowlist.iter().chain(&raw.allowlists) {
            self.list(list, Some(&id))?;
        }
        Ok(())
    }

    /// Leaves out a rule that cannot be run, or refuses the file.
    fn leave_out(&mut self, raw: &RawRule, error: Error) -> Result<()> {
        let Error::Config { path, line, column, problem } = error else { return Err(error) };
        if !self.is_lenient {
            let way = "a rule file that extends this one may say `lenient = true` in `[rules]` to go on without it";
            return Err(Error::Config { path, line, column, problem: format!("{problem}; {way}") });
        }
        let what = format!("`{}` is left out: {problem}", shown(raw.id.get_ref()));
        self.remark(raw.id.span().start, &what);
        Ok(())
    }

    /// Notes a filter that says more than what an entropy must be.
    fn note_filter(&mut self, raw: &RawRule) {
        let Some(filter) = &raw.filter else { return };
        if row::entropy_of(filter.get_ref()).is_none() {
            let what =
                format!("the filter of `{}` is not evaluated: what it would let go is found", shown(raw.id.get_ref()));
            self.remark(filter.span().start, &what);
        }
    }

    /// Notes keywords that need not be part of what is matched.
    fn note_keywords(&mut self, raw: &RawRule, id: &str) {
        let stands_near = match self.book.rule(id).map(|rule| &rule.finder) {
            Some(Finder::Search(search)) => !search.holds_word,
            Some(Finder::Shape(_) | Finder::Name | Finder::Code) | None => false,
        };
        if stands_near {
            let what = format!(
                "the keywords of `{}` count within 250 bytes of a match, not in all of a file",
                shown(raw.id.get_ref())
            );
            self.remark(raw.id.span().start, &what);
        }
    }

    /// Sees to it that what a rule needs is there.
    fn check_needs(&mut self, raw: &Raw) -> Result<()> {
        for rule in &raw.rules {
            for need in rule.required.iter().chain(&rule.components) {
                if self.book.place_of(&row::id(need.id.get_ref())).is_none() {
                    let problem = format!("there is no rule `{}` in these files", shown(need.id.get_ref()));
                    return Err(self.source.error(need.id.span(), problem));
                }
            }
        }
        Ok(())
    }

    /// Switches off a rule of the file that this one extends.
    fn disable(&mut self, raw: &Spanned<String>) {
        let id = row::id(raw.get_ref());
        if let Some(rule) = self.book.rules().iter().find(|rule| rule.id == id) {
            self.book.disable(rule.id);
            return;
        }
        let name = shown(raw.get_ref());
        let way = "`[rules] disable` of a rule file switches built-in ones off";
        self.remark(raw.span().start, &format!("`{name}` is no rule of these files; {way}"));
    }

    /// Lets a rule look at some paths alone.
    fn only_at(&mut self, path: &Spanned<String>, id: &str) -> Result<()> {
        let paths = OfPath { patterns: vec![row::parsed(self.source, path)?.expression], is_other: true };
        self.book.excuse(Excuse {
            rules: Some(vec![leaked(id)]),
            text: None,
            paths: Some(paths),
            evidence: "",
            reason: format!("the rule `{id}` does not look at this path"),
        });
        Ok(())
    }

    /// Adds an allow list, of one rule or of those that it names.
    fn list(&mut self, list: &Spanned<RawList>, owner: Option<&str>) -> Result<()> {
        let raw = list.get_ref();
        let condition = raw.condition.as_ref().map(|word| (word, word.get_ref().to_ascii_uppercase()));
        let is_and = match condition.as_ref().map(|(word, text)| (word, &**text)) {
            None | Some((_, "" | "OR" | "||")) => false,
            Some((_, "AND" | "&&")) => true,
            Some((word, _)) => return Err(self.source.error(word.span(), "a condition is AND or OR".into())),
        };
        if raw.commits.is_empty() && raw.paths.is_empty() && raw.regexes.is_empty() && raw.stopwords.is_empty() {
            let problem = "this allow list says nothing: give it `paths`, `regexes` or `stopwords`";
            return Err(self.source.error(list.span(), problem.into()));
        }
        if !raw.commits.is_empty() {
            self.remark(list.span().start, "commits of an allow list do not count: what they brought is found");
            // Then not all of its conditions can hold.
            if is_and || (raw.paths.is_empty() && raw.regexes.is_empty() && raw.stopwords.is_empty()) {
                return Ok(());
            }
        }
        let rules = self.rules_of(raw, owner);
        let (text, paths) = (self.of_text(raw, is_and)?, self.of_path(raw)?);
        let reason = reason(raw);
        let evidence = leaked(&format!("allow list {} fits its text: {reason}", self.book.excuses().len() + 1));
        let excuse = |text, paths| Excuse { rules: rules.clone(), text, paths, evidence, reason: reason.clone() };
        match (text, paths) {
            (Some(text), Some(paths)) if !is_and => {
                self.book.excuse(excuse(Some(text), None));
                self.book.excuse(excuse(None, Some(paths)));
            }
            (text, paths) => self.book.excuse(excuse(text, paths)),
        }
        Ok(())
    }

    /// Returns the rules that an allow list is for; all if it names none.
    fn rules_of(&mut self, raw: &RawList, owner: Option<&str>) -> Option<Vec<&'static str>> {
        if let Some(owner) = owner {
            return Some(vec![leaked(owner)]);
        }
        for target in &raw.target_rules {
            if self.book.place_of(&row::id(target.get_ref())).is_none() {
                let what =
                    format!("an allow list is for `{}`, which is no rule of these files", shown(target.get_ref()));
                self.remark(target.span().start, &what);
            }
        }
        let named = raw.target_rules.iter().map(|target| leaked(&row::id(target.get_ref()))).collect::<Vec<_>>();
        (!named.is_empty()).then_some(named)
    }

    /// Reads what it asks of a text.
    fn of_text(&self, raw: &RawList, is_and: bool) -> Result<Option<OfText>> {
        if raw.regexes.is_empty() && raw.stopwords.is_empty() {
            return Ok(None);
        }
        let target = match raw.regex_target.as_ref().map(|target| (target, target.get_ref().as_str())) {
            None | Some((_, "" | "secret")) => Target::Secret,
            Some((_, "match")) => Target::Match,
            Some((_, "line")) => Target::Line,
            Some((target, _)) => {
                return Err(self.source.error(target.span(), "a regexTarget is secret, match or line".into()));
            }
        };
        Ok(Some(OfText {
            patterns: self.patterns(&raw.regexes)?,
            target,
            words: raw.stopwords.iter().map(|word| word.get_ref().to_ascii_lowercase().into_bytes()).collect(),
            both: is_and && !raw.regexes.is_empty() && !raw.stopwords.is_empty(),
        }))
    }

    /// Reads what it asks of a path.
    fn of_path(&self, raw: &RawList) -> Result<Option<OfPath>> {
        if raw.paths.is_empty() {
            return Ok(None);
        }
        Ok(Some(OfPath { patterns: self.patterns(&raw.paths)?, is_other: false }))
    }

    /// Parses patterns.
    fn patterns(&self, raw: &[Spanned<String>]) -> Result<Vec<Expression>> {
        raw.iter().map(|pattern| row::parsed(self.source, pattern).map(|parsed| parsed.expression)).collect()
    }
}

/// Returns why an allow list allows what it does.
fn reason(raw: &RawList) -> String {
    let words = raw.description.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().take(200).collect();
    if words.is_empty() { "an allow list of a gitleaks configuration".to_owned() } else { escaped(&words) }
}
