//! The graph of a test repository, read through git, and with made-up deltas.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use ideoguard::error::Error;
use ideoguard::history::{CommitNode, Copied, Fresh, Graph, TagNode};
use ideoguard::oid::ObjectId;

use crate::common::{TestRepo, hermetic};

/// All objects of a repository, by kind and name.
pub(crate) struct Objects(pub(crate) BTreeMap<ObjectId, (String, Vec<u8>)>);

impl Objects {
    /// Reads all objects, unreachable ones too.
    #[track_caller]
    pub(crate) fn of(repo: &TestRepo) -> Self {
        let mut child = hermetic("git", repo.path())
            .args(["cat-file", "--batch-all-objects", "--batch"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("git runs");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (mut objects, mut line) = (BTreeMap::new(), String::new());
        while out.read_line(&mut line).expect("a line") > 0 {
            let words: Vec<&str> = line.split_whitespace().collect();
            let mut bytes = vec![0; words[2].parse::<usize>().expect("a size") + 1];
            out.read_exact(&mut bytes).expect("an object");
            bytes.pop();
            objects.insert(id(words[0]), (words[1].to_owned(), bytes));
            line.clear();
        }
        assert!(child.wait().expect("git ends").success());
        Self(objects)
    }

    /// Returns the objects of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (ObjectId, &'a [u8])> {
        let same = self.0.iter().filter(move |(_, (other, _))| other == kind);
        same.map(|(id, (_, bytes))| (*id, bytes.as_slice()))
    }

    /// Reads a tree, for the library.
    pub(crate) fn tree(&self, id: ObjectId) -> Result<Vec<u8>, Error> {
        let missing = || Error::Usage(format!("no tree {id}"));
        self.0.get(&id).filter(|(kind, _)| kind == "tree").map(|(_, bytes)| bytes.clone()).ok_or_else(missing)
    }

    /// Makes the graph, all trees whole.
    pub(crate) fn whole_graph(&self) -> Graph {
        let mut graph = self.graph_without_trees();
        for (id, bytes) in self.of_kind("tree") {
            graph.trees.add_whole(id, places(bytes, id).into_iter().map(|at| fresh(bytes, at)));
        }
        graph
    }

    /// Makes the graph, with each tree stored against one before where `choose` names one for it.
    ///
    /// `order` mixes the trees; `choose` is given how many trees come before.
    pub(crate) fn delta_graph(&self, order: &[usize], mut choose: impl FnMut(usize) -> Option<usize>) -> Graph {
        let mut graph = self.graph_without_trees();
        let trees: Vec<_> = self.of_kind("tree").collect();
        for (index, at) in order.iter().enumerate() {
            let (id, bytes) = trees[*at];
            let Some(base) = choose(index).filter(|base| *base < index) else {
                graph.trees.add_whole(id, places(bytes, id).into_iter().map(|at| fresh(bytes, at)));
                continue;
            };
            let copies = copies(trees[order[base]].1, bytes);
            let id_len = id.as_bytes().len();
            let is_copied = |at: &u32| {
                let (at, end) = (*at as usize, *at as usize + id_len);
                copies.iter().any(|copy| copy.to as usize <= at && end <= (copy.to + copy.len) as usize)
            };
            let new = places(bytes, id).into_iter().filter(|at| !is_copied(at)).map(|at| fresh(bytes, at));
            let new: Vec<Fresh> = new.collect();
            graph.trees.add_delta(id, u32::try_from(base).unwrap(), new, copies);
        }
        graph
    }

    fn graph_without_trees(&self) -> Graph {
        let mut graph = Graph::default();
        graph.commits.extend(self.of_kind("commit").map(|(id, bytes)| commit(id, bytes)));
        for (id, bytes) in self.of_kind("tag") {
            graph.tags.push(TagNode { id, target: header(bytes, "object").map(|hex| self::id(&hex)).next().unwrap() });
        }
        graph
    }
}

/// Reads an object name.
#[track_caller]
pub(crate) fn id(hex: &str) -> ObjectId {
    ObjectId::from_hex(hex.trim().as_bytes()).unwrap_or_else(|| panic!("an object name: {hex}"))
}

/// Returns the values of a header.
fn header<'a>(bytes: &'a [u8], name: &'a str) -> impl Iterator<Item = String> + 'a {
    let lines = bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    lines.filter_map(move |line| String::from_utf8_lossy(line).strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
}

fn commit(id: ObjectId, bytes: &[u8]) -> CommitNode {
    let committer = header(bytes, "committer").next().expect("a committer");
    CommitNode {
        id,
        tree: self::id(&header(bytes, "tree").next().expect("a tree")),
        parents: header(bytes, "parent").map(|hex| self::id(&hex)).collect(),
        seconds: committer.rsplit(' ').nth(1).expect("a date").parse().expect("seconds"),
    }
}

/// Returns where the object names of a tree begin.
fn places(bytes: &[u8], id: ObjectId) -> Vec<u32> {
    let (mut places, mut at) = (Vec::new(), 0);
    while let Some(end) = bytes[at..].iter().position(|byte| *byte == 0) {
        places.push(u32::try_from(at + end + 1).unwrap());
        at += end + 1 + id.as_bytes().len();
    }
    places
}

fn fresh(bytes: &[u8], at: u32) -> Fresh {
    let prefix = bytes[at as usize..at as usize + 8].try_into().unwrap();
    Fresh { prefix: u64::from_be_bytes(prefix), at }
}

/// Finds stretches of `bytes` that stand in `base`, of 8 bytes at least, as git's own deltas do: greedily.
fn copies(base: &[u8], bytes: &[u8]) -> Vec<Copied> {
    const LEAST: usize = 8;
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    for (at, window) in base.windows(LEAST).enumerate() {
        seen.entry(window).or_insert(at);
    }
    let (mut copies, mut to) = (Vec::new(), 0);
    while to + LEAST <= bytes.len() {
        let Some(from) = seen.get(&bytes[to..to + LEAST]).copied() else {
            to += 1;
            continue;
        };
        let len = base[from..].iter().zip(&bytes[to..]).take_while(|(one, other)| one == other).count();
        let small = |number: usize| u32::try_from(number).unwrap();
        copies.push(Copied { from: small(from), to: small(to), len: small(len) });
        to += len;
    }
    copies
}
