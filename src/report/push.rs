//! What the one who pushes sees when a push is refused.
//!
//! Git puts `remote: ` before each line of a server's hook, and shows no colour.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::finding::{Finding, Standing, Verdict};
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::path::{Escaped, RepoPath};
use crate::report::groups::{self, Class, Group};
use crate::report::safe::{aside, place, safe, said};
use crate::report::summary::counted;
use crate::report::{mend, wrap};

/// How many secrets are told in full; the rest is counted by file.
const IN_FULL: usize = 5;
/// How many places of one secret are listed.
const PLACES: usize = 3;
/// How many files are listed when findings are counted by file.
const FILES: usize = 10;
/// What git puts before each line of a server's hook.
const REMOTE: usize = "remote: ".len();
/// Columns before the text of a labelled line.
const INDENT: usize = 11;

/// Where a report of a push is read, which decides the form of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// In the terminal of the one who pushes, before anything leaves.
    Here,
    /// There, behind `remote: `, from a plain git server, Gitea, Forgejo or GitHub Enterprise.
    Remote,
    /// The same from GitLab, which shows only lines that begin with `GL-HOOK-ERR:`.
    GitLab,
}

impl Screen {
    /// Returns what begins each line.
    fn prefix(self) -> &'static str {
        match self {
            Self::Here | Self::Remote => "",
            Self::GitLab => "GL-HOOK-ERR: ",
        }
    }

    /// Returns how many columns are left for a line.
    fn width(self) -> usize {
        match self {
            Self::Here => wrap::WIDTH,
            Self::Remote | Self::GitLab => wrap::WIDTH - REMOTE - self.prefix().len(),
        }
    }
}

/// What a push came to, for the one who pushes.
pub struct Told<'a> {
    /// What was found.
    pub outcome: &'a Outcome,
    /// How many findings there are beside these.
    pub more: u64,
    /// Where the commits stand.
    pub places: &'a BTreeMap<ObjectId, Standing>,
    /// Whether the policy lets this pusher answer for a finding.
    pub bypass: Bypass,
    /// Further reasons for the refusal, each a sentence.
    pub reasons: &'a [String],
}

/// Whether the one who pushes may answer for a finding, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bypass {
    /// With a push option.
    Allowed,
    /// With a push option, and a signed push.
    Signed,
    /// Only whoever runs the server may.
    Denied,
    /// At the desk: by allowing it there.
    Local,
}

/// Writes why a push is refused, and how to go on.
pub fn write(told: &Told<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, screen };
    page.everything(told)
}

/// Writes sentences, each in as many lines as it takes.
pub fn say(sentences: &[String], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, screen };
    sentences.iter().try_for_each(|sentence| page.paragraph(sentence))
}

/// A report being written.
struct Page<'a> {
    out: &'a mut dyn Write,
    screen: Screen,
}

impl Page<'_> {
    fn everything(&mut self, told: &Told<'_>) -> io::Result<()> {
        let groups = groups::of(&told.outcome.findings);
        let leaks: Vec<&Group<'_>> = groups.iter().filter(|group| group.class == Class::Leak).collect();
        self.paragraph(&heading(&leaks, told))?;
        for reason in told.reasons {
            self.paragraph(reason)?;
        }
        for group in leaks.iter().take(IN_FULL) {
            self.line("")?;
            self.group(group, told)?;
        }
        self.rest(&leaks[leaks.len().min(IN_FULL)..])?;
        for problem in &told.outcome.problems {
            self.paragraph(&format!("problem: {}", said(problem)))?;
            if let Some(hint) = problem.error.hint() {
                self.paragraph(&format!("  hint: {hint}"))?;
            }
        }
        if !leaks.is_empty() {
            self.line("")?;
            self.ways(&leaks, told)?;
        }
        Ok(())
    }

    /// Writes one secret with all that is known of it.
    fn group(&mut self, group: &Group<'_>, told: &Told<'_>) -> io::Result<()> {
        let first = group.first();
        self.paragraph(&format!("leak: {}, {}", first.title, first.redacted))?;
        for (index, finding) in group.findings.iter().take(PLACES).enumerate() {
            let is_reference = finding.commit.is_none() && finding.path.as_bytes().starts_with(b"refs/");
            let at = if is_reference {
                finding.path.to_string()
            } else {
                format!("{}{}", place(finding), aside(finding.kind))
            };
            self.labelled(if index == 0 { "at" } else { "" }, &at)?;
        }
        if group.findings.len() > PLACES {
            let more = (group.findings.len() - PLACES) as u64;
            self.labelled("", &format!("and {}", counted(more, "more place")))?;
        }
        self.commit(first, told)?;
        self.labelled("because", &first.evidence.join("; "))?;
        for step in mend::steps(&group.findings, told.places) {
            self.labelled("fix", &step)?;
        }
        for text in unique(group.findings.iter().flat_map(|finding| &finding.advice).map(|text| safe(text))) {
            self.labelled("advice", &text)?;
        }
        self.labelled("name", first.fingerprint.as_str())
    }

    /// Writes which commit brings a finding, and to which reference.
    fn commit(&mut self, finding: &Finding, told: &Told<'_>) -> io::Result<()> {
        let Some(stamp) = finding.commit.as_deref() else { return Ok(()) };
        let id = mend::short(stamp.id);
        let Some(standing) = told.places.get(&stamp.id) else {
            return self.labelled("commit", &format!("{id} by {}", Escaped(&stamp.author)));
        };
        let subject = standing.subject.as_ref().map(|subject| format!(" \"{}\"", Escaped(cut(subject))));
        self.labelled("commit", &format!("{id}{}", subject.unwrap_or_default()))?;
        let others = match standing.others {
            0 => String::new(),
            others => format!(" and {}", counted(others as u64, "more reference")),
        };
        self.labelled("on", &format!("{}{others}", standing.reference))
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
        self.line("")?;
        self.paragraph(&format!("{}, by file:", counted(by_file.values().sum(), "more leak")))?;
        for (path, count) in by_file.iter().take(FILES) {
            self.line(&format!("{count:>6}  {path}"))?;
        }
        if by_file.len() > FILES {
            self.line(&format!("        and {}", counted((by_file.len() - FILES) as u64, "more file")))?;
        }
        Ok(())
    }

    /// Says how to go on.
    fn ways(&mut self, leaks: &[&Group<'_>], told: &Told<'_>) -> io::Result<()> {
        let first = leaks[0].first().fingerprint.as_str();
        let which = if leaks.len() == 1 { "it is" } else { "one is" };
        match told.bypass {
            Bypass::Allowed | Bypass::Signed => {
                let signed = if told.bypass == Bypass::Signed { " --signed" } else { "" };
                self.paragraph(&format!("If {which} no secret, and you answer for it: `git push{signed}` with"))?;
                self.line(&format!("  -o 'ideoguard.bypass={first};reason=WHY'"))
            }
            Bypass::Denied => {
                self.paragraph(&format!("If {which} no secret, whoever runs this server can allow it by that name."))
            }
            Bypass::Local => {
                self.paragraph(&format!("If {which} no secret, allow it:"))?;
                self.line(&format!("  ideoguard allow {first} --reason \"…\""))
            }
        }
    }

    /// Writes a label and text beside it, in as many lines as it takes.
    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        for (index, line) in wrap::lines(text, self.screen.width() - INDENT).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            self.line(&format!("  {label:<width$}{line}", width = INDENT - 2))?;
        }
        Ok(())
    }

    /// Writes a sentence in as many lines as it takes.
    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        let lines = wrap::lines(text, self.screen.width());
        lines.iter().try_for_each(|line| self.line(line))
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}{text}", self.screen.prefix())
    }
}

/// Says in one line what a push is refused for.
fn heading(leaks: &[&Group<'_>], told: &Told<'_>) -> String {
    let commits: BTreeSet<ObjectId> = leaks
        .iter()
        .flat_map(|group| &group.findings)
        .filter_map(|finding| finding.commit.as_ref().map(|stamp| stamp.id))
        .collect();
    let least = if told.more > 0 { "at least " } else { "" };
    let secrets = format!("{least}{}", counted(leaks.len() as u64, "secret"));
    match (leaks.len(), commits.len()) {
        (0, _) if told.outcome.problems.is_empty() => "ideoguard: this push is refused.".to_owned(),
        (0, _) => "ideoguard: this push is refused, since not all of it could be read.".to_owned(),
        (_, 0) => format!("ideoguard: this push is refused, it holds {secrets}."),
        (_, count) => {
            format!("ideoguard: this push is refused, it holds {secrets} in {}.", counted(count as u64, "commit"))
        }
    }
}

/// Returns as much of a subject as fits a line.
fn cut(subject: &[u8]) -> &[u8] {
    &subject[..subject.len().min(50)]
}

/// Returns texts in their order, each once.
fn unique(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(text.clone())).collect()
}

/// Tells whether something in an outcome blocks.
#[must_use]
pub fn blocks(outcome: &Outcome) -> bool {
    outcome.findings.iter().any(|finding| finding.verdict == Verdict::Leak)
}
