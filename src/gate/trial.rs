//! A server's hooks put to the test: pushes that must be refused, and clean ones that must not.
//!
//! Every secret is made up when the test runs, and each push has one of its own.

use crate::error::Result;
use crate::git::{Kind, Scratch};
use crate::oid::ObjectId;

/// The 64 characters of unpadded base64url, in which Ideogram writes its keys.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The characters of a key as issued.
const KEY_CHARACTERS: usize = 86;
/// Who makes the commits.
const WHO: &str = "ideoguard doctor <doctor@example.org> 1000000000 +0000";
/// The file that the commits change.
const FILE: &[u8] = b"ideoguard-doctor.txt";
/// The branch that is made first.
const BRANCH: &str = "refs/heads/ideoguard-doctor";

/// What a hook must do with a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// Refuse it.
    Refuse,
    /// Let it pass.
    Pass,
}

/// What became of one push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// What was pushed, in words.
    pub name: &'static str,
    /// What should have become of it.
    pub must: Must,
    /// Whether it passed.
    pub has_passed: bool,
    /// What whoever pushes read.
    pub said: Vec<u8>,
}

impl Trial {
    /// Tells whether the hooks did as they must.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.has_passed == (self.must == Must::Pass)
    }
}

/// What is pushed: objects, each with the reference that is to name it; the last one counts.
type Updates = Vec<(Option<ObjectId>, String)>;

/// A push to be made.
struct Case {
    name: &'static str,
    must: Must,
    make: fn(&mut Maker<'_>) -> Result<Updates>,
}

/// All pushes, in order: the first one makes the branch that others go on with.
const CASES: &[Case] = &[
    pass("a clean commit on a new branch", |maker| {
        let commit = maker.commit("clean\n")?;
        maker.base = Some(commit);
        to(commit, BRANCH)
    }),
    pass("a clean commit on a branch that is there", |maker| to(maker.commit("still clean\n")?, BRANCH)),
    refuse("a key in a file, on a branch that is there", |maker| {
        let line = maker.line();
        to(maker.commit(&line)?, BRANCH)
    }),
    refuse("a key in a file, on a new branch", |maker| {
        let line = maker.line();
        to(maker.commit(&line)?, "refs/heads/ideoguard-doctor-new")
    }),
    refuse("a key that the next commit takes away", |maker| {
        let line = maker.line();
        let first = maker.commit(&line)?;
        let clean = maker.tree(b"100644", b"clean\n")?;
        to(maker.commit_of(clean, &[first], "take it away\n")?, BRANCH)
    }),
    refuse("a key that only a merge adds", |maker| {
        let (one, two) = (maker.commit("one\n")?, maker.commit("two\n")?);
        let line = maker.line();
        let tree = maker.tree(b"100644", line.as_bytes())?;
        to(maker.commit_of(tree, &[one, two], "merge\n")?, BRANCH)
    }),
    refuse("a key in the message of a commit", |maker| {
        let line = maker.line();
        let tree = maker.tree(b"100644", b"clean\n")?;
        to(maker.commit_of(tree, &maker.parents(), &line)?, BRANCH)
    }),
    refuse("a key in the name of an author", |maker| {
        let tree = maker.tree(b"100644", b"clean\n")?;
        let text = format!("tree {tree}\nauthor {} <a@example.org> 0 +0000\ncommitter {WHO}\n\nclean\n", maker.word());
        to(maker.scratch.store(Kind::Commit, text.as_bytes())?, "refs/heads/ideoguard-doctor-new")
    }),
    refuse("a key in the message of a tag", |maker| {
        let (commit, line) = (maker.commit("clean\n")?, maker.line());
        to(maker.tag(commit, "commit", &line)?, "refs/tags/ideoguard-doctor-1")
    }),
    refuse("a key in a tag below another", |maker| {
        let (commit, line) = (maker.commit("clean\n")?, maker.line());
        let inner = maker.tag(commit, "commit", &line)?;
        to(maker.tag(inner, "tag", "clean\n")?, "refs/tags/ideoguard-doctor-2")
    }),
    refuse("a key in a blob that a tag names", |maker| {
        let line = maker.line();
        to(maker.scratch.store(Kind::Blob, line.as_bytes())?, "refs/tags/ideoguard-doctor-3")
    }),
    refuse("a key in a tree that a tag names", |maker| {
        let line = maker.line();
        to(maker.tree(b"100644", line.as_bytes())?, "refs/tags/ideoguard-doctor-4")
    }),
    refuse("a key in a note", |maker| {
        let line = maker.line();
        let tree = maker.tree(b"100644", line.as_bytes())?;
        to(maker.commit_of(tree, &[], "notes\n")?, "refs/notes/ideoguard-doctor")
    }),
    refuse("a key in a branch without a past", |maker| {
        let line = maker.line();
        let tree = maker.tree(b"100644", line.as_bytes())?;
        to(maker.commit_of(tree, &[], "root\n")?, "refs/heads/ideoguard-doctor-root")
    }),
    refuse("a key under a reference that is no branch or tag", |maker| {
        let line = maker.line();
        to(maker.commit(&line)?, "refs/ideoguard-doctor/any")
    }),
    refuse("a key as the target of a link", |maker| {
        let word = maker.word();
        let tree = maker.tree(b"120000", word.as_bytes())?;
        to(maker.commit_of(tree, &maker.parents(), "link\n")?, BRANCH)
    }),
    refuse("a key in the name of a file", |maker| {
        let (blob, name) = (maker.scratch.store(Kind::Blob, b"clean\n")?, maker.word());
        let tree = maker.tree_with(b"100644", name.as_bytes(), blob)?;
        to(maker.commit_of(tree, &maker.parents(), "name\n")?, BRANCH)
    }),
    refuse("a key in the second of two branches", |maker| {
        let (clean, line) = (maker.commit("clean\n")?, maker.line());
        let commit = maker.commit(&line)?;
        Ok(vec![(Some(clean), format!("{BRANCH}-one")), (Some(commit), format!("{BRANCH}-two"))])
    }),
    refuse("a key fifty commits back", |maker| {
        let line = maker.line();
        let mut commit = maker.commit(&line)?;
        let clean = maker.tree(b"100644", b"clean\n")?;
        for number in 0..50 {
            commit = maker.commit_of(clean, &[commit], &format!("clean {number}\n"))?;
        }
        to(commit, BRANCH)
    }),
    refuse("a key in UTF-16", |maker| {
        let text: Vec<u8> = maker.line().encode_utf16().flat_map(u16::to_le_bytes).collect();
        to(maker.commit_bytes(&[b"\xff\xfe".as_slice(), &text].concat())?, BRANCH)
    }),
    refuse("a key in a file with zero bytes", |maker| {
        let line = maker.line();
        to(maker.commit_bytes(&[b"\0\x01\0".as_slice(), line.as_bytes(), b"\0"].concat())?, BRANCH)
    }),
    refuse("a key that attributes keep out of diffs", |maker| {
        let line = maker.line();
        let tree = maker.tree(b"100644", line.as_bytes())?;
        maker.with_file(tree, b".gitattributes", b"* -diff\n")
    }),
    refuse("a key with marks beside it that allow it", |maker| {
        let line = maker.line();
        to(maker.commit(&format!("{} # ideoguard:allow gitleaks:allow made up\n", line.trim_end()))?, BRANCH)
    }),
    refuse("a key with an allow file in the same push", |maker| {
        let line = maker.line();
        let tree = maker.tree(b"100644", line.as_bytes())?;
        maker.with_file(tree, b".ideoguard.toml", b"[[allow]]\npaths = [\"**\"]\nreason = \"mine\"\n")
    }),
    pass("a clean tag", |maker| {
        let commit = maker.commit("clean\n")?;
        to(maker.tag(commit, "commit", "clean\n")?, "refs/tags/ideoguard-doctor-clean")
    }),
    pass("a branch that brings nothing new", |maker| {
        let base = maker.base;
        Ok(vec![(base, "refs/heads/ideoguard-doctor-same".to_owned())])
    }),
    pass("a deletion", |_| Ok(vec![(None, "refs/heads/ideoguard-doctor-same".to_owned())])),
];

/// Makes all pushes to a scratch copy, and tells what became of each; `random` makes the secrets.
pub fn run(scratch: &Scratch, random: &mut dyn FnMut() -> u64) -> Result<Vec<Trial>> {
    let mut maker = Maker { scratch, random, base: scratch.head, base_tree: base_tree(scratch)? };
    let trial = |case: &Case| {
        let updates = (case.make)(&mut maker)?;
        let answer = scratch.push(&updates)?;
        Ok(Trial { name: case.name, must: case.must, has_passed: answer.has_landed, said: answer.said })
    };
    CASES.iter().map(trial).collect()
}

/// A push that must be refused.
const fn refuse(name: &'static str, make: fn(&mut Maker<'_>) -> Result<Updates>) -> Case {
    Case { name, must: Must::Refuse, make }
}

/// A push that must pass.
const fn pass(name: &'static str, make: fn(&mut Maker<'_>) -> Result<Updates>) -> Case {
    Case { name, must: Must::Pass, make }
}

/// One object to one reference.
#[expect(clippy::unnecessary_wraps, reason = "the makers end with it")]
fn to(id: ObjectId, reference: &str) -> Result<Updates> {
    Ok(vec![(Some(id), reference.to_owned())])
}

/// Returns the rows of the tree that HEAD has at the server, as git stores them.
fn base_tree(scratch: &Scratch) -> Result<Vec<u8>> {
    scratch.head.map_or(Ok(Vec::new()), |head| scratch.tree_of(head))
}

/// Makes what is pushed.
struct Maker<'a> {
    scratch: &'a Scratch,
    random: &'a mut dyn FnMut() -> u64,
    /// The commit on which others are made.
    base: Option<ObjectId>,
    /// Its tree, as git stores it.
    base_tree: Vec<u8>,
}

impl Maker<'_> {
    /// Makes up a key, with the name that goes before it.
    fn word(&mut self) -> String {
        let character = |_| char::from(ALPHABET[usize::try_from((self.random)() % 64).unwrap_or_default()]);
        let mut key: String = (0..KEY_CHARACTERS - 1).map(character).collect();
        // 64 bytes leave four bits over, which are zero.
        key.push('A');
        format!("IDEOGRAM_API_KEY={key}")
    }

    /// Makes up a line of a file.
    fn line(&mut self) -> String {
        self.word() + "\n"
    }

    /// Makes a commit that changes one file.
    fn commit(&self, text: &str) -> Result<ObjectId> {
        self.commit_bytes(text.as_bytes())
    }

    /// Makes a commit that changes one file.
    fn commit_bytes(&self, bytes: &[u8]) -> Result<ObjectId> {
        let tree = self.tree(b"100644", bytes)?;
        self.commit_of(tree, &self.parents(), "a push of ideoguard doctor\n")
    }

    /// Makes a commit of a tree.
    fn commit_of(&self, tree: ObjectId, parents: &[ObjectId], message: &str) -> Result<ObjectId> {
        let parents: Vec<String> = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
        let text = format!("tree {tree}\n{}author {WHO}\ncommitter {WHO}\n\n{message}", parents.concat());
        self.scratch.store(Kind::Commit, text.as_bytes())
    }

    /// Makes a tag.
    fn tag(&self, target: ObjectId, kind: &str, message: &str) -> Result<ObjectId> {
        let text = format!("object {target}\ntype {kind}\ntag ideoguard-doctor\ntagger {WHO}\n\n{message}");
        self.scratch.store(Kind::Tag, text.as_bytes())
    }

    /// Returns the parents of a commit on the branch.
    fn parents(&self) -> Vec<ObjectId> {
        self.base.into_iter().collect()
    }

    /// Makes a tree like the server's, with our file in it.
    fn tree(&self, mode: &[u8], content: &[u8]) -> Result<ObjectId> {
        self.tree_with(mode, FILE, self.scratch.store(Kind::Blob, content)?)
    }

    /// Makes a tree like the server's, with one more row.
    fn tree_with(&self, mode: &[u8], name: &[u8], blob: ObjectId) -> Result<ObjectId> {
        self.scratch.store(Kind::Tree, &with_row(&self.base_tree, mode, name, blob))
    }

    /// Pushes a commit of a tree with one more file.
    fn with_file(&self, tree: ObjectId, name: &[u8], content: &[u8]) -> Result<Updates> {
        let blob = self.scratch.store(Kind::Blob, content)?;
        let rows = with_row(&self.scratch.tree_of(tree)?, b"100644", name, blob);
        let tree = self.scratch.store(Kind::Tree, &rows)?;
        to(self.commit_of(tree, &self.parents(), "a push of ideoguard doctor\n")?, BRANCH)
    }
}

/// Puts a row of a file into a tree, in git's order, instead of one with its name.
fn with_row(tree: &[u8], mode: &[u8], name: &[u8], id: ObjectId) -> Vec<u8> {
    let row = [mode, b" ", name, b"\0", id.as_bytes()].concat();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut rest = tree;
    while let Some(end) = memchr::memchr(0, rest) {
        let (there, next) = rest.split_at((end + 1 + id.as_bytes().len()).min(rest.len()));
        let space = memchr::memchr(b' ', &rest[..end]).unwrap_or(end);
        let other = rest[..end].get(space + 1..).unwrap_or_default();
        // Git sorts a folder as if its name ended with a slash.
        let is_folder = rest.starts_with(b"4") || rest.starts_with(b"04");
        let key = [other, if is_folder { b"/" } else { b"" }].concat();
        if other != name {
            if key.as_slice() < name { before.extend_from_slice(there) } else { after.extend_from_slice(there) }
        }
        rest = next;
    }
    [before, row, after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_finds_its_place_as_git_sorts_them() {
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let row = |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", id.as_bytes()].concat();
        let tree = [row("40000", "a"), row("100644", "c"), row("40000", "e.d"), row("40000", "e")].concat();

        let seen = with_row(&tree, b"100644", b"e", id);
        let between = with_row(&tree, b"100644", b"a.b", id);

        assert_eq!(seen, [row("40000", "a"), row("100644", "c"), row("100644", "e"), row("40000", "e.d")].concat());
        // `a.b` comes before the folder `a/`.
        assert!(between.starts_with(&row("100644", "a.b")));
    }
}
