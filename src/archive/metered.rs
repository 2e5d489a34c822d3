//! A reader that counts what is taken from it, and can be told to give no more.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};

/// How much was taken from an archive.
#[derive(Debug)]
pub(super) struct Meter {
    /// How many bytes so far.
    taken: Cell<u64>,
    /// How many there may be.
    most: Cell<u64>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { taken: Cell::new(0), most: Cell::new(u64::MAX) }
    }
}

impl Meter {
    /// Returns how many bytes were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Lets so many more bytes be taken; more is an error.
    pub(super) fn allow(&self, more: u64) {
        self.most.set(self.taken().saturating_add(more));
    }

    /// Tells whether more was asked for than was allowed.
    pub(super) fn is_over(&self) -> bool {
        self.taken() > self.most.get()
    }

    /// Counts bytes.
    fn count(&self, bytes: usize) -> io::Result<usize> {
        self.taken.set(self.taken().saturating_add(bytes as u64));
        if self.is_over() {
            return Err(io::Error::other("more is read than makes sense"));
        }
        Ok(bytes)
    }
}

/// A reader with a meter.
pub(super) struct Metered<'m, R> {
    /// Where the bytes come from.
    pub(super) read: R,
    /// What counts them.
    pub(super) meter: &'m Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.read.read(into).and_then(|got| self.meter.count(got))
    }
}

impl<R: Seek> Seek for Metered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.read.seek(to)
    }
}
