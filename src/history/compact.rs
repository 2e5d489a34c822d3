//! What trees hold, in few bytes: there are millions of entries.
//!
//! A number is written 7 bits a byte, the lowest first, as the difference from what
//! it most likely is.

use crate::history::{Copied, Fresh};

/// Writes fresh entries.
pub(super) fn write_fresh(fresh: impl IntoIterator<Item = Fresh>, out: &mut Vec<u8>) {
    let mut at = 0;
    for Fresh { prefix, at: next } in fresh {
        out.extend_from_slice(&prefix.to_be_bytes());
        write(next.wrapping_sub(at), out);
        at = next;
    }
}

/// Writes stretches that were copied.
pub(super) fn write_copies(copies: impl IntoIterator<Item = Copied>, out: &mut Vec<u8>) {
    let mut last = Copied { from: 0, to: 0, len: 0 };
    for copied in copies {
        write(folded(copied.from.wrapping_sub(last.from.wrapping_add(last.len))), out);
        write(copied.to.wrapping_sub(last.to.wrapping_add(last.len)), out);
        write(copied.len, out);
        last = copied;
    }
}

/// Reads what [`write_fresh`] wrote.
pub(super) struct FreshOf<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: u32,
}

impl Iterator for FreshOf<'_> {
    type Item = Fresh;

    fn next(&mut self) -> Option<Fresh> {
        let (prefix, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        self.at = self.at.wrapping_add(read(&mut self.bytes)?);
        Some(Fresh { prefix: u64::from_be_bytes(*prefix), at: self.at })
    }
}

/// Reads what [`write_copies`] wrote.
pub(super) struct CopiesOf<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) last: Copied,
}

impl Iterator for CopiesOf<'_> {
    type Item = Copied;

    fn next(&mut self) -> Option<Copied> {
        let from = unfolded(read(&mut self.bytes)?).wrapping_add(self.last.from.wrapping_add(self.last.len));
        let to = read(&mut self.bytes)?.wrapping_add(self.last.to.wrapping_add(self.last.len));
        self.last = Copied { from, to, len: read(&mut self.bytes)? };
        Some(self.last)
    }
}

/// Makes small numbers of those that are a little below zero, too.
fn folded(number: u32) -> u32 {
    number << 1 ^ if number >> 31 == 1 { u32::MAX } else { 0 }
}

fn unfolded(number: u32) -> u32 {
    number >> 1 ^ if number & 1 == 1 { u32::MAX } else { 0 }
}

fn write(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = u32> {
        prop_oneof![0..200_u32, any::<u32>(), Just(u32::MAX), Just(1 << 31)]
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back_the_same(
            entries in prop::collection::vec((any::<u64>(), number()), 0..20),
            stretches in prop::collection::vec((number(), number(), number()), 0..20),
        ) {
            let fresh: Vec<Fresh> = entries.into_iter().map(|(prefix, at)| Fresh { prefix, at }).collect();
            let copies: Vec<Copied> = stretches.into_iter().map(|(from, to, len)| Copied { from, to, len }).collect();
            let (mut first, mut second) = (Vec::new(), Vec::new());
            write_fresh(fresh.iter().copied(), &mut first);
            write_copies(copies.iter().copied(), &mut second);

            let last = Copied { from: 0, to: 0, len: 0 };
            prop_assert_eq!(FreshOf { bytes: &first, at: 0 }.collect::<Vec<_>>(), fresh);
            prop_assert_eq!(CopiesOf { bytes: &second, last }.collect::<Vec<_>>(), copies);
        }
    }
}
