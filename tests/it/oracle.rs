//! Git as the oracle: which lines are new, and which texts, on random edits and histories.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::TestRepo;
use crate::fake;

/// Throws of a die, the same for the same seed.
struct Dice {
    throws: Vec<u8>,
    at: usize,
}

impl Dice {
    /// Dice for a seed.
    fn new(seed: u64) -> Self {
        Self { throws: fake::bytes(seed, 4096), at: 0 }
    }

    /// The next throw, below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.at += 1;
        usize::from(self.throws[self.at % self.throws.len()]) % sides.max(1)
    }
}

/// Files whose lines hold keys, no key twice.
struct Edits {
    dice: Dice,
    keys: u64,
    files: BTreeMap<String, Vec<String>>,
}

impl Edits {
    /// No files yet.
    fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), keys: seed * 100_000, files: BTreeMap::new() }
    }

    /// A line: most hold a new key, some are such as stand in many files.
    fn line(&mut self) -> String {
        self.keys += 1;
        match self.dice.below(5) {
            0 => "\n".to_owned(),
            1 => "}\n".to_owned(),
            _ => format!("IDEOGRAM_API_KEY = \"{}\"\n", fake::ideogram_key(self.keys)),
        }
    }

    /// Changes one file: makes it, or adds, takes away or moves lines.
    ///
    /// No name comes twice in two folders: that a file moved is another story.
    fn edit(&mut self, repo: &TestRepo) {
        let number = self.dice.below(9);
        let path = format!("d{}/f{number}", number % 3);
        let mut lines = self.files.remove(&path).unwrap_or_default();
        for _ in 0..=self.dice.below(4) {
            let at = self.dice.below(lines.len() + 1);
            match self.dice.below(6) {
                0 if at < lines.len() => drop(lines.remove(at)),
                1 if at < lines.len() => {
                    let line = lines.remove(at);
                    lines.insert(self.dice.below(lines.len() + 1), line);
                }
                2 => lines.rotate_left(at),
                _ => lines.insert(at, self.line()),
            }
        }
        repo.write(&path, lines.concat());
        self.files.insert(path, lines);
    }

    /// Takes what git has put into the work tree for what the files hold.
    fn reload(&mut self, repo: &TestRepo) {
        for (path, lines) in &mut self.files {
            let text = std::fs::read_to_string(repo.at(path)).unwrap_or_default();
            *lines = text.split_inclusive('\n').map(str::to_owned).collect();
        }
    }
}

/// A place: path and line.
type Place = (String, u64);

/// Options that keep a diff from depending on anything but its two sides.
const PLAIN: [&str; 6] =
    ["--unified=0", "--no-renames", "--text", "--no-indent-heuristic", "--diff-algorithm=myers", "--src-prefix=a/"];

/// Returns the places that git says are new, of those that hold a key.
fn added(repo: &TestRepo, words: &[&str]) -> BTreeSet<Place> {
    let diff = repo.git(&[words, &PLAIN].concat());
    let (mut path, mut line, mut found) = (String::new(), 0, BTreeSet::new());
    for text in diff.lines() {
        if let Some(name) = text.strip_prefix("+++ b/") {
            name.clone_into(&mut path);
        } else if let Some(hunk) = text.strip_prefix("@@ ") {
            let new = hunk.split(' ').nth(1).unwrap().trim_start_matches('+');
            line = new.split(',').next().unwrap().parse().unwrap();
        } else if text.starts_with('+') && !text.starts_with("+++ ") {
            if text.contains("IDEOGRAM") {
                found.insert((path.clone(), line));
            }
            line += 1;
        }
    }
    found
}

/// Runs a scan, and returns its findings.
fn findings(repo: &TestRepo, words: &[&str]) -> Vec<serde_json::Value> {
    let ran = repo.ideoguard(&[&["scan", "--format", "jsonl", "--threads", "2"], words].concat());
    assert!(ran.code < 2, "{}", ran.stderr);
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Returns one field of a finding as text.
fn field(finding: &serde_json::Value, name: &str) -> String {
    finding[name].as_str().expect("text").to_owned()
}

/// Returns where a finding is.
fn place(finding: &serde_json::Value) -> Place {
    (field(finding, "path"), finding["line"].as_u64().expect("a number"))
}

/// Returns the path and the name of each text that git says is staged.
fn staged_blobs(repo: &TestRepo) -> BTreeSet<(String, String)> {
    let raw = repo.git(&["diff", "--cached", "--raw", "--no-renames", "--no-abbrev", "--diff-filter=AMT"]);
    let row = |line: &str| {
        let (columns, path) = line.split_once('\t').expect("a path");
        (path.to_owned(), columns.split(' ').nth(3).expect("an id").to_owned())
    };
    raw.lines().map(row).collect()
}

#[test]
fn what_blocks_a_commit_are_the_keys_on_lines_that_git_calls_added() {
    let mut seen = 0;
    for seed in 1..=5 {
        let repo = TestRepo::new();
        let mut edits = Edits::new(seed);
        (0..20).for_each(|_| edits.edit(&repo));
        repo.stage().commit("base");
        for round in 0..4 {
            (0..=round * 3).for_each(|_| edits.edit(&repo));
            if round > 0 {
                repo.stage();
            }
            // What is not staged must not count.
            edits.edit(&repo);

            let found = findings(&repo, &["--staged"]);
            let leaks: BTreeSet<_> = found.iter().filter(|finding| finding["verdict"] == "leak").map(place).collect();

            let added = added(&repo, &["diff", "--cached"]);
            assert_eq!(leaks, added, "seed {seed}, round {round}");
            seen += added.len();
            if round == 2 {
                repo.commit("next");
            }
        }
    }
    assert!(seen > 100, "the story is about something");
}

#[test]
fn the_texts_that_are_read_for_a_commit_are_those_that_git_calls_changed() {
    for seed in 11..=13 {
        let repo = TestRepo::new();
        let mut edits = Edits::new(seed);
        (0..20).for_each(|_| edits.edit(&repo));
        repo.stage().commit("base");
        (0..4).for_each(|_| edits.edit(&repo));
        repo.stage();
        (0..4).for_each(|_| edits.edit(&repo));

        let found = findings(&repo, &["--staged"]);

        let read: BTreeSet<_> = found.iter().map(|finding| (field(finding, "path"), field(finding, "blob"))).collect();
        let has_key = |(_, blob): &(String, String)| repo.git(&["cat-file", "blob", blob]).contains("IDEOGRAM");
        let expected: BTreeSet<_> = staged_blobs(&repo).into_iter().filter(has_key).collect();
        assert_eq!(read, expected, "seed {seed}");
    }
}

/// Makes a history of branches and merges, some of which add lines of their own.
fn grow(repo: &TestRepo, seed: u64) {
    let mut edits = Edits::new(seed);
    (0..12).for_each(|_| edits.edit(repo));
    repo.stage().commit("start");
    repo.git(&["tag", "base"]);
    for step in 0..18 {
        match edits.dice.below(4) {
            0 => drop(repo.try_git(&["checkout", "--quiet", "-b", &format!("b{step}"), "HEAD~1"])),
            1 => {
                let side = if step % 2 == 0 { "-Xours" } else { "-Xtheirs" };
                let others = repo.git(&["for-each-ref", "--format=%(refname)", "refs/heads"]);
                let other = others.lines().nth(edits.dice.below(others.lines().count())).expect("a branch");
                let merge = repo.try_git(&["merge", "--quiet", "--no-ff", "--no-commit", side, other]);
                if merge.code != 0 {
                    repo.try_git(&["merge", "--abort"]);
                }
            }
            _ => {}
        }
        edits.reload(repo);
        if edits.dice.below(3) > 0 {
            edits.edit(repo);
        }
        repo.stage().commit(&format!("step {step}"));
    }
}

/// Returns the places that git says each commit of a range adds: against all of its parents.
fn added_by_commits(repo: &TestRepo, range: &str) -> BTreeSet<(String, Place)> {
    let mut found = BTreeSet::new();
    for line in repo.git(&["rev-list", "--parents", range]).lines() {
        let (commit, parents) = line.split_once(' ').expect("a parent");
        let against = |parent: &str| added(repo, &["diff-tree", "-p", parent, commit]);
        let new = parents.split(' ').map(against).reduce(|one, other| &one & &other).expect("a parent");
        found.extend(new.into_iter().map(|place| (commit.to_owned(), place)));
    }
    found
}

#[test]
fn what_a_range_leaks_are_the_keys_on_lines_that_no_parent_has() {
    let (mut seen, mut merges) = (0, 0);
    for seed in 21..=26 {
        let repo = TestRepo::new();
        grow(&repo, seed);

        let found = findings(&repo, &["--range", "base..HEAD"]);
        let leaks: BTreeSet<_> = found
            .iter()
            .filter(|finding| finding["verdict"] == "leak")
            .map(|finding| (field(finding, "commit"), place(finding)))
            .collect();

        let added = added_by_commits(&repo, "base..HEAD");
        assert_eq!(leaks, added, "seed {seed}");
        seen += added.len();
        merges += repo.git(&["rev-list", "--merges", "base..HEAD"]).lines().count();
    }
    assert!(seen > 50 && merges > 3, "the story is about something: {seen}, {merges}");
}
