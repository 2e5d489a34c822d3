//! Looks up what the file of another tool means.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use ideoguard::decide::Policy;
use ideoguard::detect::Engine;
use ideoguard::error::Result;
use ideoguard::finding::{Finding, Secret};
use ideoguard::git::{Mode, Objects, Repository};
use ideoguard::import::{self, Candidate, Form, Proof, Why, Wish, known, meant};
use ideoguard::oid::ObjectId;
use ideoguard::outcome::Outcome;
use ideoguard::path::RepoPath;
use ideoguard::source::Reader;
use ideoguard::text::{Body, Entry, Listing, Loaded, Scope, TextKind};

use super::plan::ScanPlan;
use super::scan::{here, look, real, today};
use super::text_file::{self, Purpose};

/// What the file of another tool comes to.
pub(super) struct Taken {
    /// Which file of which tool it is.
    pub(super) form: Form,
    /// How many entries it has.
    pub(super) entries: usize,
    /// The findings that its entries mean.
    pub(super) found: Vec<Finding>,
    /// What could not be taken over, and why, one line each.
    pub(super) left: Vec<String>,
    /// What the scan of the places that it names learned.
    pub(super) outcome: Outcome,
}

/// The text in which a finding stands: its blob, if it is one, and its path.
type Place = (Option<ObjectId>, RepoPath);

/// The text that an entry names; otherwise why there is none.
type Named = std::result::Result<Entry, &'static str>;

/// Reads the file, scans the places that it names, and finds what is meant there.
///
/// What is known by more than its place is then looked for in everything else.
pub(super) fn look_up(from: &Path, plan: &ScanPlan) -> Result<Taken> {
    let import = import::parse(from, &text_file::read(from, Purpose::Import)?)?;
    let repository = Repository::discover(&here()?)?;
    let top = repository.work_dir().map_or_else(here, |top| Ok(real(top)))?;
    let reader = Reader::new(Some(&repository), None)?;
    let texts = Texts { repository: &repository, objects: repository.objects()?, top: &top };
    let named: Vec<Named> = import.wishes.iter().map(|wish| texts.entry(wish)).collect();

    let engine = super::scan::config(plan, Some(&repository))?.engine();
    let outcome = scan(&engine, &repository, plan, &named);
    let secrets = secrets(&reader, &top, &import.wishes, &outcome.findings);
    let candidates = by_place(&outcome.findings, &secrets);
    let mut found = Vec::new();
    let mut open = Vec::new();
    for (wish, named) in import.wishes.iter().zip(&named) {
        match answer(wish, named, &candidates) {
            Ok(finding) => found.push(finding.clone()),
            Err(why) => open.push((wish, why)),
        }
    }
    let taken = Taken { form: import.form, entries: import.wishes.len(), found, left: Vec::new(), outcome };
    taken.and_elsewhere(&open, plan, &reader)
}

/// Returns the finding that an entry means in the text that it names; otherwise why there is none.
fn answer<'a>(
    wish: &Wish,
    named: &Named,
    candidates: &BTreeMap<Place, Vec<Candidate<'a>>>,
) -> std::result::Result<&'a Finding, String> {
    let entry = named.as_ref().map_err(|why| (*why).to_owned())?;
    let here = candidates.get(&(entry.blob(), entry.path.clone())).map_or(&[][..], Vec::as_slice);
    meant(wish, here).map_err(|why| said(wish, &why))
}

impl Taken {
    /// Looks in everything for what is known by more than its place, and lists what is nowhere.
    fn and_elsewhere(mut self, open: &[(&Wish, String)], plan: &ScanPlan, reader: &Reader) -> Result<Self> {
        let is_known = open.iter().any(|(wish, _)| wish.proof != Proof::Place);
        let mut outcome = if is_known { look(plan)? } else { Outcome::default() };
        let findings = std::mem::take(&mut outcome.findings);
        let secrets = secrets(reader, &here()?, open.iter().map(|(wish, _)| *wish), &findings);
        let all: Vec<Candidate<'_>> = findings.iter().zip(secrets.iter().map(Option::as_ref)).collect();
        for (wish, why) in open {
            match known(&wish.proof, &all) {
                Some(finding) => self.found.push(finding.clone()),
                None => self.left.push(format!("not taken over: {} ({}): {why}", wish.entry, shown(wish))),
            }
        }
        self.outcome = self.outcome.merge(outcome);
        Ok(self)
    }
}

/// Where the texts are that entries name.
struct Texts<'a> {
    repository: &'a Repository,
    objects: Objects,
    /// The top of the work tree, without links.
    top: &'a Path,
}

impl Texts<'_> {
    /// Returns the text that an entry names; otherwise why there is none.
    fn entry(&self, wish: &Wish) -> Named {
        let path = self.below_top(&wish.path).ok_or("its path leads out of the work tree")?;
        let (kind, body) = match &wish.commit {
            Some(commit) => self.in_commit(commit, &path)?,
            None => (TextKind::Content, self.in_work_tree(&path)?),
        };
        Ok(Entry { path, kind, body, scope: Scope::All, commit: None })
    }

    /// Returns what a commit has at a path.
    fn in_commit(&self, commit: &str, path: &RepoPath) -> std::result::Result<(TextKind, Body), &'static str> {
        let missing = "its commit is not in this repository";
        let commit = self.repository.commit_named(commit).ok().flatten().ok_or(missing)?;
        let version = self.objects.version_at(commit, path).map_err(|_| "its commit cannot be read")?;
        let version = version.ok_or("its commit has no such file")?;
        match version.mode {
            Mode::File => Ok((TextKind::Content, Body::Blob(version.id))),
            Mode::Link => Ok((TextKind::SymlinkTarget, Body::Blob(version.id))),
            Mode::Submodule | Mode::Folder => Err("its commit has no such file"),
        }
    }

    /// Returns a regular file of the work tree.
    fn in_work_tree(&self, path: &RepoPath) -> std::result::Result<Body, &'static str> {
        let file = self.top.join(path.to_os_path());
        match file.canonicalize() {
            Ok(real) if real.starts_with(self.top) && real.is_file() => Ok(Body::File(real)),
            Ok(_) | Err(_) => Err("the work tree has no such file"),
        }
    }

    /// Returns a path from the top of the work tree, if it lies below it.
    fn below_top(&self, path: &RepoPath) -> Option<RepoPath> {
        let path = path.to_os_path();
        let below = if path.is_absolute() { path.strip_prefix(self.top).ok()? } else { &path };
        let parts = below.components().filter(|part| *part != Component::CurDir);
        let whole: Option<PathBuf> = parts.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect();
        whole.filter(|path| !path.as_os_str().is_empty()).map(|path| RepoPath::from(path.as_path()))
    }
}

/// Scans the texts, each once, whatever is allowed in them.
fn scan(engine: &Engine, repository: &Repository, plan: &ScanPlan, named: &[Named]) -> Outcome {
    let mut seen = BTreeSet::new();
    let mut listing = Listing::default();
    for entry in named.iter().flatten() {
        if seen.insert((entry.blob(), entry.path.clone())) {
            listing.entries.push(again(entry));
        }
    }
    let policy = Policy::none(today());
    ideoguard::scan::run(engine, &policy, Some(repository), listing, &plan.limits)
}

/// Returns an entry that names the same text.
fn again(entry: &Entry) -> Entry {
    let body = match &entry.body {
        Body::Blob(id) => Body::Blob(*id),
        Body::File(path) => Body::File(path.clone()),
        Body::Inline(bytes) => Body::Inline(bytes.clone()),
        Body::Stdin => Body::Stdin,
    };
    Entry { path: entry.path.clone(), kind: entry.kind, body, scope: Scope::All, commit: None }
}

/// Gathers findings by the text in which they stand.
fn by_place<'a>(findings: &'a [Finding], secrets: &'a [Option<Secret>]) -> BTreeMap<Place, Vec<Candidate<'a>>> {
    let mut places: BTreeMap<Place, Vec<Candidate<'a>>> = BTreeMap::new();
    for (finding, secret) in findings.iter().zip(secrets) {
        places.entry((finding.blob, finding.path.clone())).or_default().push((finding, secret.as_ref()));
    }
    places
}

/// Reads the secrets of findings again, if any entry knows a secret by its hash; `base` is where their paths begin.
///
/// What is read goes straight into [`Secret`], which can be asked for its hash and nothing else.
fn secrets<'a>(
    reader: &Reader,
    base: &Path,
    wishes: impl IntoIterator<Item = &'a Wish>,
    findings: &[Finding],
) -> Vec<Option<Secret>> {
    if !wishes.into_iter().any(|wish| matches!(wish.proof, Proof::Sha1(_))) {
        return vec![None; findings.len()];
    }
    let body = |finding: &Finding| match finding.blob {
        Some(id) => Body::Blob(id),
        None => Body::File(base.join(finding.path.to_os_path())),
    };
    let mut text = None;
    findings.iter().map(|finding| stretch(reader, &body(finding), finding, &mut text)).collect()
}

/// Reads the stretch of a text in which a finding stands; `None` if it cannot be read.
///
/// `text` holds the text that was read last: of one text, findings come in a row.
fn stretch(reader: &Reader, body: &Body, finding: &Finding, text: &mut Option<(Place, Vec<u8>)>) -> Option<Secret> {
    let place = (finding.blob, finding.path.clone());
    if text.as_ref().is_none_or(|(last, _)| *last != place) {
        match reader.read(body).ok()? {
            Loaded::Whole(whole) => *text = Some((place, whole)),
            Loaded::Stream { read, .. } => return part(read, &finding.span).ok().map(Secret::new),
            Loaded::Skipped(_) => return None,
        }
    }
    let (_, whole) = text.as_ref()?;
    let span = usize::try_from(finding.span.start).ok()?..usize::try_from(finding.span.end).ok()?;
    whole.get(span).map(Secret::new)
}

/// Reads a part of a text that is too large to hold.
fn part(mut read: impl Read, span: &Range<u64>) -> io::Result<Vec<u8>> {
    io::copy(&mut read.by_ref().take(span.start), &mut io::sink())?;
    let mut bytes = Vec::new();
    read.take(span.end - span.start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Says why an entry means nothing that is found.
fn said(wish: &Wish, why: &Why) -> String {
    match (why, &wish.proof) {
        (Why::NothingThere, Proof::Place) => "ideoguard finds nothing on that line".to_owned(),
        (Why::NothingThere, Proof::Fingerprint(_) | Proof::Sha1(_)) => "ideoguard finds no such secret".to_owned(),
        (Why::Others, _) => "ideoguard finds only other secrets".to_owned(),
        (Why::Several(count), _) => {
            format!("{count} secrets stand on that line; `ideoguard allow FINGERPRINT` allows the one that is meant")
        }
    }
}

/// Says which place an entry names; a name that holds a secret is not shown.
fn shown(wish: &Wish) -> String {
    let path = if Engine::built_in().scan(wish.path.as_bytes()).is_empty() {
        wish.path.to_string()
    } else {
        "(not shown: there is a secret in it)".to_owned()
    };
    format!("{path}:{}", wish.lines.start())
}
