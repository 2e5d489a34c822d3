//! All references, for now by git.
use crate::error::Result;
use crate::git::Repository;
use crate::oid::ObjectId;
use crate::path::RepoPath;
use crate::reference::{RefKind, Reference};
use crate::text::Problem;

impl Repository {
    /// Returns all references.
    pub fn all_references(&self) -> Result<(Vec<Reference>, Vec<Problem>)> {
        let out =
            self.plumbing.run("list the references", "", &["for-each-ref", "--format=%(objectname) %(refname)"])?;
        let mut all: Vec<Reference> = out
            .split(|b| *b == b'\n')
            .filter_map(|line| {
                let (id, name) = line.split_at_checked(self.format.len() * 2)?;
                let name = &name[1..];
                let kind = if name.starts_with(b"refs/heads/") {
                    RefKind::Branch
                } else if name.starts_with(b"refs/tags/") {
                    RefKind::Tag
                } else if name.starts_with(b"refs/remotes/") {
                    RefKind::RemoteBranch
                } else if name.starts_with(b"refs/notes/") {
                    RefKind::Notes
                } else {
                    RefKind::Other
                };
                Some(Reference { kind, name: RepoPath::new(name), target: ObjectId::from_hex(id)? })
            })
            .collect();
        all.sort();
        Ok((all, Vec::new()))
    }
}
