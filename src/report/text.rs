//! The report for people: what, where, why we believe it, what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{Finding, NoteReason, Verdict};
use crate::outcome::{Outcome, Status};
use crate::path::{Escaped, RepoPath};
use crate::report::groups::{self, Class, Group};
use crate::report::safe::{aside, because, headline, place, safe, said};
use crate::report::summary::{Summary, counted};
use crate::report::{Colour, Detail, Links, Manner, Occasion, fix, json, reach, sarif, wrap};
use crate::rules;
use crate::text::{Problem, Skip, TextKind};

/// How many secrets are told in full; the rest is counted by file.
const IN_FULL: usize = 10;
/// How many places of one secret are listed.
const PLACES: usize = 5;
/// How many files are listed when findings are counted by file.
const FILES: usize = 20;
/// Columns before the text of a labelled line.
const INDENT: usize = 11;

/// The styles of a report; all plain when it is not coloured.
struct Styles {
    /// What blocks, and what went wrong.
    grave: Style,
    /// What warns.
    mild: Style,
    /// Places.
    place: Style,
    /// Labels and asides.
    faint: Style,
}

/// A report being written.
struct Page<'a> {
    /// Where it goes.
    out: &'a mut dyn Write,
    /// How it is worded.
    manner: Manner<'a>,
    /// How it looks.
    styles: Styles,
}

/// Writes the report.
pub(super) fn write(outcome: &Outcome, manner: Manner<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, manner, styles: Styles::of(manner.colour) };
    match manner.detail {
        Detail::Quiet => page.one_line_each(outcome),
        Detail::Normal if is_silent(outcome, manner.occasion) => Ok(()),
        Detail::Normal | Detail::Verbose => page.everything(outcome),
    }
}

/// Writes what a reader must know when the findings went elsewhere: the problems and the summary.
pub fn write_coverage(outcome: &Outcome, manner: Manner<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, manner, styles: Styles::of(manner.colour) };
    page.problems(&outcome.problems)?;
    match manner.detail {
        Detail::Quiet => Ok(()),
        Detail::Normal | Detail::Verbose => page.summary(outcome),
    }
}

/// Tells whether a hook has nothing to say: people keep only hooks that do not chatter.
fn is_silent(outcome: &Outcome, occasion: Occasion) -> bool {
    let says_nothing = |finding: &Finding| match finding.verdict {
        Verdict::Leak | Verdict::Warning | Verdict::Note(NoteReason::Old) => false,
        Verdict::Note(NoteReason::LowConfidence) | Verdict::Allowed(_) => true,
    };
    let is_left_out = outcome.skipped.iter().any(|skipped| matches!(skipped.why, Skip::TooLarge | Skip::SpecialFile));
    is_hook(occasion) && outcome.status() == Status::Clean && !is_left_out && outcome.findings.iter().all(says_nothing)
}

/// Tells whether a commit waits for the answer.
fn is_hook(occasion: Occasion) -> bool {
    match occasion {
        Occasion::Commit | Occasion::Message => true,
        Occasion::Staged | Occasion::Range | Occasion::History | Occasion::Files => false,
    }
}

impl Styles {
    /// Returns the styles of a coloured or plain report.
    fn of(colour: Colour) -> Self {
        match colour {
            Colour::Plain => Self { grave: Style::new(), mild: Style::new(), place: Style::new(), faint: Style::new() },
            Colour::Ansi => Self {
                grave: AnsiColor::Red.on_default().bold(),
                mild: AnsiColor::Yellow.on_default().bold(),
                place: Style::new().bold(),
                faint: Style::new().dimmed(),
            },
        }
    }

    /// Returns the style of a kind of verdict.
    fn class(&self, class: Class) -> Style {
        match class {
            Class::Leak => self.grave,
            Class::Warning => self.mild,
            Class::Note | Class::Allowed => self.faint,
        }
    }
}

impl Page<'_> {
    /// Writes what blocks or warns in one line each, and the problems.
    fn one_line_each(&mut self, outcome: &Outcome) -> io::Result<()> {
        for finding in &outcome.findings {
            let class = Class::of(&finding.verdict);
            if class <= Class::Warning {
                let style = self.styles.class(class);
                writeln!(
                    self.out,
                    "{}: {style}{}{style:#}: {} ({}, {})",
                    place(finding),
                    class.name(),
                    safe(&finding.title),
                    safe(&finding.rule),
                    finding.fingerprint
                )?;
            }
        }
        self.problems(&outcome.problems)
    }

    /// Writes the whole report.
    fn everything(&mut self, outcome: &Outcome) -> io::Result<()> {
        let groups = groups::of(&outcome.findings);
        let shown: Vec<&Group<'_>> = groups.iter().filter(|group| self.shows(group.class)).collect();
        let in_full = match self.manner.detail {
            Detail::Verbose => shown.len(),
            Detail::Quiet | Detail::Normal => shown.len().min(IN_FULL),
        };
        for group in &shown[..in_full] {
            self.group(group)?;
        }
        self.rest(&shown[in_full..])?;
        if shown.iter().any(|group| group.class <= Class::Warning && group.first().kind == TextKind::Content) {
            writeln!(self.out, "If one is no secret, allow it as shown, or by a comment on its line:")?;
            writeln!(self.out, "  ideoguard:allow REASON\n")?;
        }
        self.asides(outcome)?;
        self.problems(&outcome.problems)?;
        self.summary(outcome)
    }

    /// Tells whether findings of a kind are shown.
    fn shows(&self, class: Class) -> bool {
        match self.manner.detail {
            Detail::Verbose => true,
            Detail::Quiet | Detail::Normal => class <= Class::Warning,
        }
    }

    /// Writes one secret with all that is known of it.
    fn group(&mut self, group: &Group<'_>) -> io::Result<()> {
        let first = group.first();
        let style = self.styles.class(group.class);
        writeln!(self.out, "{style}{}{style:#}: {}", group.class.name(), headline(first))?;
        self.places(group)?;
        self.commit(first)?;
        self.trail(group)?;
        self.labelled("because", &because(first))?;
        let rating = format!("{} ({}, {})", safe(&first.rule), first.severity.name(), first.confidence.name());
        self.label("rule")?;
        let documentation = rules::by_id(&first.rule).map(|rule| rule.documentation.to_owned());
        writeln!(self.out, "{}", self.linked(&rating, documentation))?;
        if let Some(reason) = json::reason(&first.verdict) {
            self.labelled("reason", &safe(&reason))?;
        }
        if group.class <= Class::Warning {
            self.way_out(group)?;
        }
        writeln!(self.out)
    }

    /// Writes where a secret stands.
    fn places(&mut self, group: &Group<'_>) -> io::Result<()> {
        let mut places = group.findings.clone();
        if self.manner.detail != Detail::Verbose {
            // Each version of a file in a history may have the secret, mostly on the same line.
            let mut seen = BTreeSet::new();
            places.retain(|finding| seen.insert(place(finding)));
        }
        let limit = match self.manner.detail {
            Detail::Verbose => places.len(),
            Detail::Quiet | Detail::Normal => PLACES,
        };
        let style = self.styles.place;
        for (index, finding) in places.iter().take(limit).enumerate() {
            let label = if index == 0 { "at" } else { "" };
            self.label(label)?;
            let place = self.linked(&place(finding), self.file(finding));
            writeln!(self.out, "{style}{place}{style:#}{}", aside(finding.kind))?;
        }
        let more = places.len().saturating_sub(limit) as u64;
        if more == 0 {
            return Ok(());
        }
        self.labelled("", &format!("and {} ({} lists them)", counted(more, "more place"), self.more()))
    }

    /// Makes words lead to a URI, where there is one and the terminal knows links (OSC 8).
    fn linked(&self, words: &str, uri: Option<String>) -> String {
        match (self.manner.links, uri) {
            (Links::From(_), Some(uri)) => format!("\x1b]8;;{uri}\x1b\\{words}\x1b]8;;\x1b\\"),
            (Links::From(_) | Links::None, _) => words.to_owned(),
        }
    }

    /// Returns the URI of the file in which a finding stands, unless it may be there no more.
    fn file(&self, finding: &Finding) -> Option<String> {
        let (Links::From(top), TextKind::Content | TextKind::PathName | TextKind::SymlinkTarget) =
            (self.manner.links, finding.kind)
        else {
            return None;
        };
        match self.manner.occasion {
            Occasion::Commit | Occasion::Staged | Occasion::Files => {
                let path = top.join(finding.path.to_os_path());
                Some(format!("file://{}", sarif::uri(&RepoPath::from(path.as_path()))))
            }
            Occasion::Message | Occasion::Range | Occasion::History => None,
        }
    }

    /// Writes which commit brings a secret.
    fn commit(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(stamp) = finding.commit.as_deref() else {
            return Ok(());
        };
        self.labelled("commit", &format!("{} by {}, {}", stamp.id, Escaped(&stamp.author), safe(&stamp.date)))
    }

    /// Writes how a secret can still be reached.
    fn trail(&mut self, group: &Group<'_>) -> io::Result<()> {
        let trails = group.findings.iter().filter_map(|finding| finding.trail.as_deref());
        let Some(words) = reach::most_public(trails) else {
            return Ok(());
        };
        let objects = counted(group.findings.len() as u64, "place");
        self.labelled("held", &format!("{words}; {objects} in all of history"))
    }

    /// Writes how to be rid of a secret, and how to allow what is none.
    fn way_out(&mut self, group: &Group<'_>) -> io::Result<()> {
        let first = group.first();
        let steps = fix::steps(&group.findings, self.manner.occasion);
        self.items("fix", &steps)?;
        let mut advice: Vec<String> = Vec::new();
        for text in group.findings.iter().flat_map(|finding| &finding.advice) {
            let text = safe(text);
            if !advice.contains(&text) {
                advice.push(text);
            }
        }
        self.items("advice", &advice)?;
        self.label("allow")?;
        writeln!(self.out, "ideoguard allow {} --reason \"…\"", first.fingerprint)
    }

    /// Counts by file what is not told in full.
    fn rest(&mut self, groups: &[&Group<'_>]) -> io::Result<()> {
        let mut by_file: BTreeMap<&RepoPath, u64> = BTreeMap::new();
        for finding in groups.iter().flat_map(|group| &group.findings) {
            *by_file.entry(&finding.path).or_default() += 1;
        }
        if by_file.is_empty() {
            return Ok(());
        }
        let total = by_file.values().sum();
        writeln!(self.out, "{}, by file ({} shows all):", counted(total, "more finding"), self.more())?;
        for (path, count) in by_file.iter().take(FILES) {
            writeln!(self.out, "{count:>6}  {path}")?;
        }
        if by_file.len() > FILES {
            writeln!(self.out, "        and {}", counted((by_file.len() - FILES) as u64, "more file"))?;
        }
        writeln!(self.out)
    }

    /// Writes what is told with `-v`, and in short what is not.
    fn asides(&mut self, outcome: &Outcome) -> io::Result<()> {
        if self.manner.detail == Detail::Verbose {
            return self.left_out(outcome);
        }
        // A hook runs unasked and says no more than it must; whoever scans a history wants to know how it was done.
        if self.manner.occasion == Occasion::History {
            self.notices(outcome)?;
        }
        let is_old = |finding: &&Finding| finding.verdict == Verdict::Note(NoteReason::Old);
        let old: Vec<&Finding> = outcome.findings.iter().filter(is_old).collect();
        match (old.as_slice(), self.manner.occasion) {
            ([], _) => Ok(()),
            // Nobody gave the hook its options, and once the commit is made nothing is staged to look at again.
            ([first, ..], Occasion::Commit) => {
                let count = counted(old.len() as u64, "secret");
                writeln!(self.out, "{count} in git already, on untouched lines, first at {}", place(first))
            }
            ([_], _) => writeln!(self.out, "1 secret stands on a line that is not new (`-v` shows it)"),
            (_, _) => writeln!(self.out, "{} secrets stand on lines that are not new (`-v` shows them)", old.len()),
        }
    }

    /// Says how to see more: in a hook, what is staged can be scanned again.
    fn more(&self) -> &'static str {
        match self.manner.occasion {
            Occasion::Commit => "`ideoguard scan --staged -v`",
            Occasion::Message | Occasion::Staged | Occasion::Range | Occasion::History | Occasion::Files => "`-v`",
        }
    }

    /// Writes what was left out, and the notices.
    fn left_out(&mut self, outcome: &Outcome) -> io::Result<()> {
        let style = self.styles.faint;
        for skipped in &outcome.skipped {
            writeln!(self.out, "{style}skipped{style:#}: {} ({})", skipped.path, skipped.why.name())?;
        }
        self.notices(outcome)
    }

    fn notices(&mut self, outcome: &Outcome) -> io::Result<()> {
        let style = self.styles.faint;
        for notice in &outcome.notices {
            writeln!(self.out, "{style}notice{style:#}: {}", safe(notice))?;
        }
        Ok(())
    }

    /// Writes what could not be read.
    fn problems(&mut self, problems: &[Problem]) -> io::Result<()> {
        let style = self.styles.grave;
        for problem in problems {
            writeln!(self.out, "{style}problem{style:#}: {}", said(problem))?;
            if let Some(hint) = problem.error.hint() {
                writeln!(self.out, "  hint: {}", safe(&hint))?;
            }
        }
        Ok(())
    }

    /// Writes the last lines: the sum, and what it means.
    fn summary(&mut self, outcome: &Outcome) -> io::Result<()> {
        writeln!(self.out, "{}", Summary::of(outcome).line())?;
        let style = self.styles.grave;
        let is_incomplete = outcome.failed > 0 || !outcome.problems.is_empty();
        if is_incomplete {
            writeln!(self.out, "{style}incomplete{style:#}: what could not be read may hold secrets")?;
        }
        if is_hook(self.manner.occasion) && outcome.status() != Status::Clean {
            writeln!(self.out, "{style}The commit is refused.{style:#}")?;
        }
        Ok(())
    }

    /// Writes a label and a list beside it; several items get a dash each.
    fn items(&mut self, label: &str, items: &[String]) -> io::Result<()> {
        if let [item] = items {
            return self.labelled(label, item);
        }
        let mut label = label;
        for item in items {
            for (index, line) in wrap::lines(item, self.manner.width - INDENT - 2).iter().enumerate() {
                self.label(std::mem::take(&mut label))?;
                writeln!(self.out, "{} {line}", if index == 0 { "-" } else { " " })?;
            }
        }
        Ok(())
    }

    /// Writes a label and text beside it, in as many lines as it takes.
    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        for (index, line) in wrap::lines(text, self.manner.width - INDENT).iter().enumerate() {
            self.label(if index == 0 { label } else { "" })?;
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Writes a label, and leaves the line open.
    fn label(&mut self, label: &str) -> io::Result<()> {
        let style = self.styles.faint;
        write!(self.out, "  {style}{label:<width$}{style:#}", width = INDENT - 2)
    }
}
