//! What a log looks like, whatever its head says.

use std::fs::File;
use std::io;

use crate::audit::chain::{Hash, Line};
use crate::audit::lines::Lines;
use crate::audit::verify::Fault;

/// What a log looks like.
#[derive(Debug)]
pub(super) struct Shape {
    /// How many lines it has, a torn one not counted.
    pub(super) lines: u64,
    /// The hash of the last one.
    pub(super) last: Hash,
    /// The offset behind the last line that has an end.
    pub(super) end: u64,
    /// How many bytes stand behind that.
    pub(super) torn: u64,
    /// The number of the line that the head ends with, if it is there.
    pub(super) head_at: Option<u64>,
    /// Whether the line is there whose hash was noted elsewhere.
    pub(super) has_noted: bool,
    /// What was done to its lines.
    pub(super) faults: Vec<Fault>,
}

/// The hashes that are looked for on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    /// The one that the head ends with.
    pub(super) head: Option<Hash>,
    /// The one that was noted elsewhere.
    pub(super) noted: Option<Hash>,
}

/// Reads a log that is whole, in memory that does not grow with it; `None` as soon as a line is not chained to the one before.
pub(super) fn of_whole(file: &File, sought: Sought) -> io::Result<Option<Shape>> {
    let mut shape =
        Shape { lines: 0, last: Hash::START, end: 0, torn: 0, head_at: None, has_noted: false, faults: Vec::new() };
    for line in Lines::from(file, 0)? {
        let line = line?;
        if !line.is_ended {
            shape.torn = line.after - shape.end;
            break;
        }
        let links = Line::links(&line.bytes).filter(|links| links.is_true && links.prev == shape.last);
        let Some(links) = links else { return Ok(None) };
        shape.take(links.hash, line.after, sought);
    }
    Ok(Some(shape))
}

impl Shape {
    /// Takes in the next line.
    fn take(&mut self, hash: Hash, after: u64, sought: Sought) {
        (self.lines, self.last, self.end) = (self.lines + 1, hash, after);
        self.has_noted |= sought.noted == Some(hash);
        if sought.head == Some(hash) {
            self.head_at = Some(self.lines);
        }
    }
}
