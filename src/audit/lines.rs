//! The lines of a log as they lie on disk, without taking them for entries.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use crate::audit::chain::MAX_LINE;

/// A line as it lies on disk.
#[derive(Debug)]
pub(crate) struct RawLine {
    /// Its bytes, without its end; of one that is too long, the first [`MAX_LINE`].
    pub(crate) bytes: Vec<u8>,
    /// The offset behind it and its end.
    pub(super) after: u64,
    /// Whether it has an end.
    pub(super) is_ended: bool,
    /// Whether it is longer than what is kept of it.
    pub(crate) is_cut: bool,
}

/// Reads lines from an offset on.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    /// What they are read from.
    input: BufReader<R>,
    /// The offset behind what was read.
    at: u64,
}

impl<'a> Lines<&'a File> {
    /// Begins at an offset.
    pub(super) fn from(mut file: &'a File, offset: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { at: offset, ..Lines::of(file) })
    }
}

impl<R: Read> Lines<R> {
    /// Begins where the input stands.
    pub(crate) fn of(input: R) -> Self {
        Self { input: BufReader::with_capacity(1 << 16, input), at: 0 }
    }

    /// Returns the next line, if there is one.
    fn read(&mut self) -> io::Result<Option<RawLine>> {
        let mut line = RawLine { bytes: Vec::new(), after: self.at, is_ended: false, is_cut: false };
        while !line.is_ended {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = MAX_LINE - line.bytes.len();
            line.bytes.extend_from_slice(&part[..part.len().min(room)]);
            line.is_cut |= part.len() > room;
            let used = part.len() + usize::from(end.is_some());
            line.is_ended = end.is_some();
            line.after += used as u64;
            self.input.consume(used);
        }
        self.at = line.after;
        Ok((line.is_ended || !line.bytes.is_empty()).then_some(line))
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = io::Result<RawLine>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Returns the bytes from an offset on, at most `most`.
pub(super) fn bytes_from(mut file: &File, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the line, without its end, that ends right before an offset; `None` if no line of an allowed length does.
pub(super) fn line_before(file: &File, offset: u64) -> io::Result<Option<Vec<u8>>> {
    let mut size: u64 = 4096;
    loop {
        let start = offset.saturating_sub(size);
        let mut bytes = bytes_from(file, start, usize::try_from(offset - start).unwrap_or(usize::MAX))?;
        if bytes.len() as u64 != offset - start || bytes.pop() != Some(b'\n') {
            return Ok(None);
        }
        match memchr::memrchr(b'\n', &bytes) {
            Some(end) => return Ok(Some(bytes.split_off(end + 1))),
            None if start == 0 => return Ok(Some(bytes)),
            None if size > MAX_LINE as u64 => return Ok(None),
            None => size *= 4,
        }
    }
}
