//! The text of one member, which ends where a bound or the archive says so.

use std::io::{self, ErrorKind, Read};

use super::bounds::Budget;
use super::metered::Meter;
use super::unread::Unread;

/// How many bytes are unpacked before the bounds are looked at again.
const STEP: usize = 64 << 10;

/// The text of a member. It never fails: it ends, and then tells why.
pub(super) struct Limited<'a> {
    /// Where the bytes come from.
    read: &'a mut dyn Read,
    /// What counts the bytes that they are packed in.
    meter: &'a Meter,
    /// What the meter said when the member began.
    before: u64,
    /// How many bytes there were so far.
    length: u64,
    budget: &'a Budget,
    /// Why it ended before its end.
    stopped: Option<Unread>,
}

impl<'a> Limited<'a> {
    /// Begins a member.
    pub(super) fn new(read: &'a mut dyn Read, meter: &'a Meter, budget: &'a Budget) -> Self {
        Self { read, meter, before: meter.taken(), length: 0, budget, stopped: None }
    }

    /// Reads what nobody has read yet, and returns the length of the whole; or why there is more of it.
    pub(super) fn finish(mut self) -> Result<u64, Unread> {
        // It never fails.
        let _ = io::copy(&mut self, &mut io::sink());
        self.stopped.map_or(Ok(self.length), Err)
    }

    /// Counts bytes, and returns which bound they break.
    fn count(&mut self, bytes: usize) -> Option<Unread> {
        let bounds = &self.budget.bounds;
        self.length += bytes as u64;
        let packed = self.meter.taken() - self.before;
        if !self.budget.spend_bytes(bytes as u64) {
            return Some(Unread::TooManyBytes(bounds.bytes));
        }
        let is_dense = self.length > bounds.free && self.length > packed.saturating_mul(bounds.ratio);
        is_dense.then_some(Unread::TooDense(bounds.ratio))
    }
}

impl Read for Limited<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stopped.is_some() {
            return Ok(0);
        }
        let step = into.len().min(STEP);
        match self.read.read(&mut into[..step]) {
            Ok(got) => {
                self.stopped = self.count(got);
                Ok(got)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(_) => {
                self.stopped = Some(Unread::Damaged);
                Ok(0)
            }
        }
    }
}
