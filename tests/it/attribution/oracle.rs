//! Git as the oracle: random histories, trees whole and as deltas.

use std::collections::{BTreeMap, BTreeSet};

use ideoguard::history::{Attribution, HeldBy, Reach};
use ideoguard::oid::ObjectId;
use ideoguard::reference::{RefKind, Reference};

use crate::attribution::graph::{Objects, id};
use crate::attribution::references;
use crate::common::TestRepo;
use crate::fake;

/// Throws of a die, the same for the same seed.
struct Dice {
    throws: Vec<u8>,
    at: usize,
}

impl Dice {
    fn new(seed: u64) -> Self {
        Self { throws: fake::bytes(seed, 1 << 16), at: 0 }
    }

    /// The next throw, below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.at += 2;
        let throw = |at: usize| usize::from(self.throws[at % self.throws.len()]);
        (throw(self.at) << 8 | throw(self.at + 1)) % sides.max(1)
    }
}

/// Makes a history in which the same few texts come and go, move, and are merged.
fn grow(repo: &TestRepo, dice: &mut Dice, steps: usize) {
    repo.write("f0", "text 0").stage().commit("start");
    for step in 0..steps {
        match dice.below(8) {
            0 => drop(repo.try_git(&["checkout", "--quiet", "-B", &format!("b{}", dice.below(6)), "HEAD~1"])),
            1 => drop(repo.try_git(&["checkout", "--quiet", "--orphan", &format!("o{step}")])),
            2 => {
                let branches = repo.git(&["for-each-ref", "--format=%(refname)", "refs/heads"]);
                let count = branches.lines().count();
                let picked: Vec<&str> =
                    (0..=dice.below(2)).filter_map(|_| branches.lines().nth(dice.below(count))).collect();
                let words = ["merge", "--quiet", "--no-commit", "--allow-unrelated-histories", "-Xours"];
                if repo.try_git(&[words.as_slice(), &picked].concat()).code != 0 {
                    repo.try_git(&["merge", "--abort"]);
                    repo.try_git(&["reset", "--quiet", "--hard"]);
                }
            }
            _ => {}
        }
        for _ in 0..=dice.below(3) {
            let folder = ["", "d/", "d/e/", "g/", "g/h/i/"][dice.below(5)];
            let path = format!("{folder}f{}", dice.below(12));
            match dice.below(4) {
                0 => drop(std::fs::remove_file(repo.at(&path))),
                1 => drop(std::fs::rename(repo.at(&path), repo.at(&format!("f{}", dice.below(12))))),
                _ => drop(repo.write(&path, format!("text {}", dice.below(30)))),
            }
        }
        let date = format!("{} +0000", 1_000_000_000 + dice.below(400) * 10);
        repo.stage();
        let commit = crate::common::hermetic("git", repo.path())
            .args(["commit", "--quiet", "--allow-empty", "--message", &format!("step {step}")])
            .env("GIT_COMMITTER_DATE", date)
            .output();
        assert!(commit.expect("git runs").status.success());
        if dice.below(6) == 0 {
            repo.try_git(&["tag", "--force", &format!("t{}", dice.below(4)), "HEAD~1"]);
        }
    }
}

/// What git says of a commit: its parents, and what its tree holds at which paths.
struct Told {
    parents: Vec<ObjectId>,
    paths: BTreeMap<ObjectId, BTreeSet<String>>,
}

/// Asks git for the commits that some references lead to, each behind its parents.
fn told(repo: &TestRepo, words: &[&str]) -> Vec<(ObjectId, Told)> {
    let list = repo.git(&[&["rev-list", "--reverse", "--topo-order", "--parents"], words].concat());
    let commit = |line: &str| {
        let mut ids = line.split(' ').map(id);
        let commit = ids.next().expect("a commit");
        let mut paths: BTreeMap<ObjectId, BTreeSet<String>> = BTreeMap::new();
        for row in repo.git(&["ls-tree", "-r", "-t", &commit.to_string()]).lines() {
            let (columns, path) = row.split_once('\t').expect("a path");
            paths.entry(id(columns.rsplit(' ').next().expect("an id"))).or_default().insert(path.to_owned());
        }
        let root = id(&repo.git(&["rev-parse", &format!("{commit}^{{tree}}")]));
        paths.entry(root).or_default().insert(String::new());
        paths.entry(commit).or_default();
        (commit, Told { parents: ids.collect(), paths })
    };
    list.lines().map(commit).collect()
}

/// Compares all that an attribution says with what git told.
fn compare(
    attribution: &Attribution<'_>,
    objects: &Objects,
    references: &[Reference],
    repo: &TestRepo,
    told: &[(ObjectId, Told)],
) {
    let by_id: BTreeMap<ObjectId, &Told> = told.iter().map(|(id, told)| (*id, told)).collect();
    let ever: Vec<BTreeSet<ObjectId>> = references
        .iter()
        .map(|reference| {
            let list = repo.git(&["rev-list", "--objects", &reference.target.to_string()]);
            list.lines().map(|line| id(line.split(' ').next().expect("an id"))).collect()
        })
        .collect();
    for (object, (kind, _)) in &objects.0 {
        let holds = |commit: &ObjectId| by_id[commit].paths.contains_key(object);
        let holding: Vec<ObjectId> = told.iter().map(|(commit, _)| *commit).filter(holds).collect();
        let new = |commit: &&ObjectId| !by_id[*commit].parents.iter().any(holds);
        let introductions: BTreeSet<ObjectId> = holding.iter().filter(new).copied().collect();
        let origin = attribution.origin(*object).expect("it was wanted");

        assert_eq!(origin.commits, holding.len(), "{kind} {object}");
        assert_eq!(attribution.introductions(*object).into_iter().collect::<BTreeSet<_>>(), introductions);
        assert!(origin.first.is_none_or(|first| introductions.contains(&first)), "{kind} {object}");
        let held: Vec<(usize, HeldBy)> = attribution.holders(*object).collect();
        let expected: Vec<(usize, HeldBy)> = (0..references.len())
            .filter(|index| ever[*index].contains(object))
            .map(|index| (index, if holds(&references[index].target) { HeldBy::Tip } else { HeldBy::History }))
            .collect();
        assert_eq!(held, expected, "{kind} {object}");
        let is_branch = |index: usize| references[index].kind == RefKind::Branch;
        let reach = match expected.iter().map(|(index, held)| (!is_branch(*index), *held)).min() {
            Some((false, HeldBy::Tip)) => Reach::Tip,
            Some((false, HeldBy::History)) => Reach::History,
            Some((true, _)) => Reach::Tag,
            None => Reach::Unreachable,
        };
        assert_eq!(origin.reach, reach, "{kind} {object}");
        let all: BTreeSet<String> =
            told.iter().filter_map(|(_, told)| told.paths.get(object)).flatten().cloned().collect();
        let found = attribution.all_paths(*object, 10_000, |tree| objects.tree(tree)).expect("trees");
        assert_eq!(found.found.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), all, "{kind} {object}");
        for commit in holding.iter().take(3) {
            let found = attribution.paths(*commit, *object, |tree| objects.tree(tree)).expect("trees");
            let found: BTreeSet<String> = found.found.iter().map(ToString::to_string).collect();
            assert_eq!(found, by_id[commit].paths[object], "{kind} {object} in {commit}");
        }
    }
}

#[test]
fn who_holds_what_is_what_git_says_with_trees_whole_and_as_deltas() {
    for seed in 1..=3 {
        let repo = TestRepo::new();
        let mut dice = Dice::new(seed);
        grow(&repo, &mut dice, 30);
        let objects = Objects::of(&repo);
        let references = references(&repo);
        let everything: Vec<ObjectId> = objects.0.keys().copied().collect();
        // Commits that an amend or a moved branch left behind count, too.
        let commits: Vec<String> = objects.of_kind("commit").map(|(id, _)| id.to_string()).collect();
        let told = told(&repo, &commits.iter().map(String::as_str).collect::<Vec<_>>());
        let trees = objects.of_kind("tree").count();
        let mut order: Vec<usize> = (0..trees).collect();
        let whole = objects.whole_graph();
        compare(&Attribution::of(&whole, &references, &everything), &objects, &references, &repo, &told);

        for _ in 0..2 {
            (0..trees).rev().for_each(|last| order.swap(last, dice.below(last + 1)));
            let graph = objects.delta_graph(&order, |before| (dice.below(8) > 0).then(|| dice.below(before)));

            compare(&Attribution::of(&graph, &references, &everything), &objects, &references, &repo, &told);
        }
    }
}

#[test]
fn of_some_objects_the_same_is_said_as_of_all() {
    let repo = TestRepo::new();
    let mut dice = Dice::new(9);
    grow(&repo, &mut dice, 40);
    let objects = Objects::of(&repo);
    let references = references(&repo);
    let everything: Vec<ObjectId> = objects.0.keys().copied().collect();
    let whole = objects.whole_graph();
    let all = Attribution::of(&whole, &references, &everything);
    let order: Vec<usize> = (0..objects.of_kind("tree").count()).collect();
    let mut graph = objects.delta_graph(&order, |before| (dice.below(8) > 0).then(|| dice.below(before)));
    graph.commits.reverse();
    graph.commits.extend_from_within(..5);

    for object in &everything {
        let one = Attribution::of(&graph, &references, &[*object]);

        assert_eq!(one.origin(*object), all.origin(*object));
        assert_eq!(one.introductions(*object), all.introductions(*object));
    }
}
