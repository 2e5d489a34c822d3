//! The whole scan of a history: gathers, attributes, judges.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::decide::{self, Case, Evidence, Policy};
use crate::detect::Engine;
use crate::error::{Error, Result};
use crate::finding::{Finding, Fingerprint, Reason, Trail, Verdict};
use crate::git::pack::Pack;
use crate::git::{Kind, Objects, Repository};
use crate::history::{Graph, Occurrence, Present, Reach};
use crate::oid::ObjectId;
use crate::outcome::Outcome;
use crate::path::{Escaped, RepoPath};
use crate::reference::Reference;
use crate::scan::Limits;
use crate::scan::hide;
use crate::scan::history::gather::{Gathering, Listed, Watch, in_pool};
use crate::scan::history::memory::Memory;
use crate::scan::history::origins::{self, Asks, Origin, Origins, Question};
use crate::scan::history::remembered;
use crate::scan::history::traced::{Traced, traced};
use crate::scan::history::visit::{Method, Naming, Sum, are_first};
use crate::store::StateKey;
use crate::text::{CommitStamp, Problem, Skip, Skipped, TextKind};

/// The most findings of a repository that are told.
const MOST: usize = 500_000;
/// What trees name is looked up for so many in one task.
const TREES_AT_ONCE: usize = 1024;
/// How many bytes of an object's other paths are told.
const TOLD_PATH_BYTES: usize = 4096;

/// Which findings of a history count.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only what was brought by a commit of this moment or later, in seconds since the epoch.
    pub since: Option<i64>,
    /// Only what these references hold, now or in their history; all if none is named.
    pub refs: Vec<String>,
}

/// What a scan of a history came to.
pub struct Scanned {
    /// Everything it learned, judged and sorted.
    pub outcome: Outcome,
    /// Whether it was ended before its end.
    pub is_cut_off: bool,
}

/// Everything a scan of a history leans on.
#[derive(Clone, Copy)]
pub struct History<'a> {
    /// The rules.
    pub engine: &'a Engine,
    /// What is allowed.
    pub policy: &'a Policy,
    /// The repository.
    pub repository: &'a Repository,
    /// How much may be used.
    pub limits: &'a Limits,
    /// Which findings count.
    pub choice: &'a Choice,
    /// Who follows, and may end it.
    pub watch: &'a dyn Watch,
}

impl History<'_> {
    /// Scans every object of the repository, reachable or not.
    pub fn run(self, memory: &mut Memory) -> Result<Scanned> {
        let (references, problems) = self.repository.all_references()?;
        let chosen = self.chosen(&references)?;
        let cut_off = self.repository.shallow()?;
        let mut listed = Listed::of(self.repository)?;
        let state = state_of(&references, &listed, &cut_off);
        // Which paths are looked for depends on what is allowed where.
        let may_remember =
            problems.is_empty() && listed.is_sound() && chosen.is_none() && !self.policy.allows_by_path();
        let objects = self.repository.objects()?;
        if may_remember && let Some((mut sum, origins)) = remembered(&listed, &state, memory) {
            leave_out(&cut_off, &mut sum);
            return Ok(self.told(&objects, sum, &origins, memory));
        }
        let mut sum = self.gathered(&mut listed, &cut_off, problems, memory);
        let graph = std::mem::take(&mut sum.graph);
        let question = Question {
            engine: self.engine,
            graph: &graph,
            references: &references,
            chosen: chosen.as_ref(),
            repository: self.repository,
            asks: &|one, path| {
                if matches!(self.verdict(one, path), Verdict::Allowed(Reason::AllowFile(_))) {
                    Asks::Ever
                } else if decide::is_made_up(self.policy, &case(one, path)) {
                    Asks::Now
                } else {
                    Asks::Nothing
                }
            },
        };
        let Sum { occurrences, problems, .. } = &mut sum;
        let origins = in_pool(self.limits.threads, || origins::of(&question, occurrences, problems))?;
        if may_remember && sum.is_sound() {
            memory.save_result(&state, &remembered::to_bytes(&origins, sum.bytes));
            memory.tidy(listed.packs.iter().map(Pack::checksum), &listed.loose);
        }
        leave_out(&cut_off, &mut sum);
        Ok(self.told(&objects, sum, &origins, memory))
    }

    /// Looks for one secret in all objects, and for everything that keeps it.
    pub fn find(self, fingerprint: &Fingerprint, memory: &mut Memory) -> Result<Traced> {
        let (references, problems) = self.repository.all_references()?;
        let cut_off = self.repository.shallow()?;
        let objects = self.repository.objects()?;
        let mut sum = self.gathered(&mut Listed::of(self.repository)?, &cut_off, problems, memory);
        sum.occurrences.retain(|one| one.found.fingerprint == *fingerprint);
        let traced = traced(self.engine, &references, &sum, &objects)?;
        Ok(Traced { problems: sum.problems, is_cut_off: sum.is_cut_off, ..traced })
    }

    /// Scans all objects, but for what is known of them.
    fn gathered(
        &self,
        listed: &mut Listed,
        cut_off: &HashSet<ObjectId>,
        mut problems: Vec<Problem>,
        memory: &mut Memory,
    ) -> Sum {
        let gathering = Gathering {
            engine: self.engine,
            repository: self.repository,
            limits: self.limits,
            method: Method::ByDelta,
            inside: None,
            watch: self.watch,
            naming: Naming::Fingerprints,
        };
        let mut sum = gathering.all(listed, memory);
        sum.problems.append(&mut problems);
        self.add_missing(&mut sum, listed, cut_off);
        sum
    }

    /// Returns which references were chosen; a name that none has is an error.
    fn chosen(&self, references: &[Reference]) -> Result<Option<BTreeSet<usize>>> {
        if self.choice.refs.is_empty() {
            return Ok(None);
        }
        let mut chosen = BTreeSet::new();
        for name in &self.choice.refs {
            let forms =
                ["", "refs/", "refs/heads/", "refs/tags/", "refs/remotes/"].map(|start| format!("{start}{name}"));
            let is_named = |one: &Reference| forms.iter().any(|form| one.name.as_bytes() == form.as_bytes());
            let before = chosen.len();
            chosen.extend(references.iter().enumerate().filter(|(_, one)| is_named(one)).map(|(at, _)| at));
            if chosen.len() == before {
                return Err(Error::Usage(format!("there is no reference `{}`", Escaped(name.as_bytes()))));
            }
        }
        Ok(Some(chosen))
    }

    /// Tells whether something names an object that is not there.
    fn lacks_any(&self, graph: &Graph, present: &Listed, cut_off: &HashSet<ObjectId>) -> bool {
        let present = Present::of(present.ids(), usize::try_from(present.count()).unwrap_or(usize::MAX));
        let shares = || (0..graph.trees.len()).step_by(TREES_AT_ONCE).collect::<Vec<_>>().into_par_iter();
        let lacks = |first: usize| {
            let end = graph.trees.len().min(first + TREES_AT_ONCE);
            graph.trees.lack_any(first..end, &present)
        };
        graph.lacks_any(&present, cut_off) || in_pool(self.limits.threads, || shares().any(lacks))
    }

    /// Notes the objects that references lead to and that are not there.
    fn add_missing(&self, sum: &mut Sum, present: &Listed, cut_off: &HashSet<ObjectId>) {
        // Nearly always nothing is missing, and then git need not walk the graph. What is missing
        // from objects that nothing leads to was deleted by git itself.
        if sum.is_cut_off || !self.lacks_any(&sum.graph, present, cut_off) {
            return;
        }
        let error = match self.repository.missing_objects() {
            Ok(missing) if missing.is_empty() => return,
            Ok(missing) => {
                sum.planned += missing.len() as u64;
                sum.failed += missing.len() as u64;
                let because = match missing[..] {
                    [one] => format!("1 object that references lead to is missing, {one}"),
                    _ => format!("{} objects that references lead to are missing, first {}", missing.len(), missing[0]),
                };
                Error::Git { doing: "read all objects", what: String::new(), because }
            }
            Err(error) => error,
        };
        sum.problems.push(Problem { what: "all objects".to_owned(), error });
    }

    /// Judges what was found, and says what it comes to.
    fn told(&self, objects: &Objects, sum: Sum, origins: &Origins, memory: &mut Memory) -> Scanned {
        let Sum { planned, scanned, failed, bytes, occurrences, skipped, mut problems, is_cut_off, .. } = sum;
        let mut notices = std::mem::take(&mut memory.notices);
        let mut counted = Vec::new();
        let mut names = Names { engine: self.engine, repository: self.repository, objects, known: HashMap::new() };
        let staged = self.staged(origins);
        let (mut left, mut more) = (0_u64, 0_u64);
        for one in &occurrences {
            let Some(origin) = origins.get(&one.object).filter(|origin| self.counts(origin)) else {
                left += 1;
                continue;
            };
            if counted.len() >= MOST {
                more += 1;
                continue;
            }
            let path = staged.get(&one.object).filter(|_| origin.reach == Reach::Unreachable);
            let origin = path.map_or(Cow::Borrowed(origin), |path| Cow::Owned(of_staged(origin, path)));
            counted.push((one, origin));
        }
        if more > 0 {
            problems.push(Problem { what: "the repository".to_owned(), error: Error::TooMany { more } });
        }
        if left > 0 {
            notices.push(format!("{left} findings are left out: they are not among what was chosen"));
        }
        // Of what is told once, the most public place is told, and of those the first.
        counted.sort_by_key(|(_, origin)| (origin.reach, origin.seconds));
        let mut findings = Vec::with_capacity(counted.len());
        findings.extend(counted.iter().map(|(one, origin)| self.finding(one, origin, &mut names)));
        once_each(&mut findings);
        let mut outcome = Outcome { planned, scanned, failed, bytes, findings, skipped, problems, notices };
        hide::hide(self.engine, &mut outcome);
        crate::scan::twice::once(self.engine, &mut outcome);
        outcome.sort();
        Scanned { outcome, is_cut_off }
    }

    /// Returns what is staged, if something with findings may be there alone.
    ///
    /// It is asked anew in each run: the index is not part of what the store goes by.
    fn staged(&self, origins: &Origins) -> HashMap<ObjectId, RepoPath> {
        if origins.values().all(|origin| origin.reach != Reach::Unreachable) {
            return HashMap::new();
        }
        // Without it, what is only staged is told as something that nothing leads to.
        let mut staged = self.repository.staged_blobs().unwrap_or_default();
        for (_, path) in &mut staged {
            hide::path(self.engine, path);
        }
        staged.into_iter().rev().collect()
    }

    /// Tells whether an origin is among what was chosen.
    fn counts(&self, origin: &Origin) -> bool {
        // What has no date, or one that makes no sense, may be as late as anything.
        let is_before = |since| origin.seconds.is_some_and(|seconds| 0 < seconds && seconds < since);
        let is_late = !self.choice.since.is_some_and(is_before);
        is_late && origin.is_chosen
    }

    fn finding(&self, one: &Occurrence, origin: &Origin, names: &mut Names<'_>) -> Finding {
        let mut paths = paths_of(one, origin, names);
        let first = if one.kind == TextKind::PathName { names.first_commit(&paths[0]) } else { None };
        let verdicts: Vec<Verdict> = paths.iter().map(|path| self.verdict(one, path)).collect();
        let at = first_that_counts(&verdicts);
        let verdict = verdicts.into_iter().nth(at).unwrap_or(Verdict::Leak);
        let path = paths.remove(at);
        let remarks = decide::remarks(self.policy, &case(one, &path));
        let weighed = decide::weigh(self.policy, &case(one, &path));
        let evidence = one.found.evidence.iter().cloned().map(Cow::Owned).chain(weighed.doubt.map(Cow::Borrowed));
        let rule = self.engine.rule(&one.found.rule);
        let own = one.found.advice.iter().cloned().map(Cow::Owned);
        let advice = rule.map(|rule| Cow::Borrowed(rule.advice)).into_iter().chain(own);
        Finding {
            rule: rule.map_or_else(|| one.found.rule.clone().into(), |rule| rule.id.into()),
            provider: rule.map_or("unknown", |rule| rule.provider).into(),
            title: rule.map_or("secret", |rule| rule.title).into(),
            severity: one.found.severity,
            confidence: weighed.confidence,
            path,
            kind: one.kind,
            place: one.place,
            span: one.start..one.end,
            blob: (one.kind == TextKind::Content).then_some(one.object),
            commit: first.or_else(|| origin.stamp.clone()),
            redacted: one.found.redacted.clone(),
            fingerprint: one.found.fingerprint.clone(),
            evidence: evidence.collect(),
            advice: advice.chain(remarks.into_iter().map(Cow::Owned)).collect(),
            verdict,
            trail: Some(Arc::new(Trail {
                repository: None,
                seconds: origin.seconds,
                last: origin.last,
                reach: origin.reach.name(),
                reachable: !matches!(origin.reach, Reach::Unreachable | Reach::Reflog | Reach::Index),
                commits: origin.commits,
                paths: few(paths),
            })),
        }
    }

    fn verdict(&self, one: &Occurrence, path: &RepoPath) -> Verdict {
        super::super::without_secrets(self.engine, decide::judge(self.policy, &case(one, path)))
    }
}

/// Returns which of several verdicts, one for each path, is told: allowed at one path is not allowed at another,
/// and what only warns among tests blocks where it is used.
fn first_that_counts(verdicts: &[Verdict]) -> usize {
    let position = |counts: fn(&Verdict) -> bool| verdicts.iter().position(counts);
    let blocking = position(|verdict| *verdict == Verdict::Leak);
    blocking.or_else(|| position(|verdict| !matches!(verdict, Verdict::Allowed(_)))).unwrap_or_default()
}

/// Returns as many of an object's other paths as are told.
fn few(mut paths: Vec<RepoPath>) -> Vec<RepoPath> {
    let mut bytes = 0;
    let mut fits = |path: &&RepoPath| {
        bytes += path.as_bytes().len();
        bytes <= TOLD_PATH_BYTES
    };
    let count = paths.iter().take_while(|path| fits(path)).count();
    paths.truncate(count);
    paths
}

/// Returns the origin of a blob that nothing holds but the index.
fn of_staged(origin: &Origin, path: &RepoPath) -> Origin {
    Origin { reach: Reach::Index, paths: vec![path.clone()], ..origin.clone() }
}

/// What is known of an occurrence when it is judged: in a history, every line counts.
fn case<'a>(one: &'a Occurrence, path: &'a RepoPath) -> Case<'a> {
    Case {
        rule: &one.found.rule,
        confidence: one.found.confidence,
        severity: one.found.severity,
        evidence: Evidence::Known(&one.found.evidence),
        path,
        fingerprint: &one.found.fingerprint,
        mark: &one.mark,
        is_new: true,
    }
}

/// Returns the paths of an occurrence, at least one; where none is known, how messages call the object.
fn paths_of(one: &Occurrence, origin: &Origin, names: &mut Names<'_>) -> Vec<RepoPath> {
    let object = one.object;
    let is_commit = origin.stamp.as_ref().is_some_and(|stamp| stamp.id == object);
    match one.kind {
        TextKind::Message if is_commit => vec![RepoPath::new(format!("commit {object}"))],
        TextKind::Message => vec![RepoPath::new(format!("object {object}"))],
        TextKind::PathName => names.paths(one, &origin.paths),
        TextKind::Content | TextKind::SymlinkTarget if origin.paths.is_empty() => {
            vec![RepoPath::new(format!("blob {object}"))]
        }
        TextKind::Content | TextKind::SymlinkTarget => origin.paths.clone(),
    }
}

/// Finds the names in which secrets stand: an occurrence says only in which tree.
struct Names<'a> {
    engine: &'a Engine,
    repository: &'a Repository,
    objects: &'a Objects,
    /// The names with secrets in each tree that was looked at.
    known: HashMap<ObjectId, Vec<(Fingerprint, Vec<u8>)>>,
}

impl Names<'_> {
    /// Returns the commit that brings a path.
    ///
    /// An occurrence names the tree in which a walk met the name first, which need not be the
    /// first that has it. Names with secrets are few, so git is asked for each.
    fn first_commit(&self, path: &RepoPath) -> Option<Arc<CommitStamp>> {
        let id = self.repository.first_commit_at(path).ok()??;
        Some(hide::signed(self.engine, &self.objects.commit(id).ok()?.stamp))
    }

    /// Returns the full paths of a name in a tree that is found in these folders.
    fn paths(&mut self, one: &Occurrence, folders: &[RepoPath]) -> Vec<RepoPath> {
        let tree = one.object;
        let found = self.known.entry(tree).or_insert_with(|| named(self.engine, self.objects, tree));
        let name = found.iter().find(|(fingerprint, _)| *fingerprint == one.found.fingerprint);
        let name = name.map_or_else(|| format!("a name in tree {tree}").into_bytes(), |(_, name)| name.clone());
        let join = |folder: &RepoPath| match folder.as_bytes() {
            b"" => RepoPath::new(name.clone()),
            folder => RepoPath::new([folder, b"/", &name].concat()),
        };
        if folders.is_empty() { vec![RepoPath::new(name)] } else { folders.iter().map(join).collect() }
    }
}

/// Returns the names in a tree in which secrets stand.
fn named(engine: &Engine, objects: &Objects, tree: ObjectId) -> Vec<(Fingerprint, Vec<u8>)> {
    let bytes = objects.whole(Kind::Tree, tree).unwrap_or_default();
    let mut found = Vec::new();
    for name in super::trees::names(&bytes, tree.as_bytes().len()) {
        found.extend(engine.scan(name).iter().map(|one| (Fingerprint::of(&one.secret), name.to_vec())));
    }
    found
}

/// Drops findings that say the same of the same place: a name that many trees have, an object in two packs.
fn once_each(findings: &mut Vec<Finding>) {
    let key = |one: &'_ Finding| {
        let object = if one.kind == TextKind::PathName { None } else { one.blob };
        (one.span.start, one.span.end, object)
    };
    let is_first = are_first(findings.iter().map(|one| (key(one), &one.path, &one.rule, &one.fingerprint)));
    let mut is_first = is_first.into_iter();
    findings.retain(|_| is_first.next().unwrap_or(true));
}

/// Notes the history that a shallow clone does not have.
fn leave_out(cut_off: &HashSet<ObjectId>, sum: &mut Sum) {
    for id in cut_off {
        sum.planned += 1;
        let path = RepoPath::new(format!("history before commit {id}"));
        sum.skipped.push(Skipped { path, why: Skip::CutOff });
    }
}

/// Names everything that origins depend on: the references and the objects that are there.
fn state_of(references: &[Reference], listed: &Listed, cut_off: &HashSet<ObjectId>) -> StateKey {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    for one in references {
        add(one.name.as_bytes());
        add(one.target.as_bytes());
        add(&[one.kind as u8]);
    }
    cut_off.iter().collect::<BTreeSet<_>>().into_iter().for_each(|id| add(id.as_bytes()));
    add(b"objects");
    listed.packs.iter().for_each(|pack| add(pack.checksum()));
    listed.loose.iter().for_each(|id| add(id.as_bytes()));
    StateKey(hash.finalize().into())
}

/// Returns what earlier runs learned, if they learned all there is.
fn remembered(listed: &Listed, state: &StateKey, memory: &mut Memory) -> Option<(Sum, Origins)> {
    let (origins, bytes) = remembered::from_bytes(&memory.result(state)?)?;
    let mut sum = Sum { planned: listed.count(), bytes, ..Sum::default() };
    for pack in &listed.packs {
        let work = memory.pack(pack.checksum()).filter(crate::store::PackWork::is_whole)?;
        sum.scanned += work.objects;
        sum.occurrences.extend(work.occurrences);
    }
    sum.once_each();
    let loose = memory.loose(&listed.loose);
    sum.scanned += loose.objects.len() as u64;
    sum.occurrences.extend(loose.occurrences);
    (loose.objects.len() == listed.loose.len() && sum.scanned == sum.planned).then_some((sum, origins))
}
