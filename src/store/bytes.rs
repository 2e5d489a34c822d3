//! Numbers, texts and object names as bytes, and back: what comes back may be anything.

use crate::oid::ObjectId;

/// Writes one value behind the other.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Writes a number, in as many bytes as it takes, 7 bits each (LEB128).
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push((number & 0x7f) as u8);
    }

    /// Writes how many values follow.
    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// Writes a byte.
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    /// Writes the name of an object.
    pub(super) fn object(&mut self, id: &ObjectId) {
        let bytes = id.as_bytes();
        self.count(bytes.len());
        self.0.extend(bytes);
    }

    /// Writes, in place of the name of an object, that it is the one before.
    pub(super) fn same_object(&mut self) {
        self.count(0);
    }

    /// Returns what was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what [`Writer`] wrote; `None` as soon as it reads anything else.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the beginning of `bytes`.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Reads a byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Reads a number.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Reads a number of 32 bits.
    pub(super) fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    /// Reads how many values follow, of which each takes a byte at least.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    /// Reads a text.
    pub(super) fn text(&mut self) -> Option<String> {
        let count = self.count()?;
        std::str::from_utf8(self.take(count)?).ok().map(str::to_owned)
    }

    /// Reads the name of an object.
    pub(super) fn object(&mut self) -> Option<ObjectId> {
        self.object_or(None)
    }

    /// Reads the name of an object, which may be the one before.
    pub(super) fn object_or(&mut self, before: Option<ObjectId>) -> Option<ObjectId> {
        match self.count()? {
            0 => before,
            count => ObjectId::from_bytes(self.take(count)?),
        }
    }

    /// Reads so many values, each with `read`.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        // A value may take far more memory than bytes: what was not read yet gets no room.
        let mut list = Vec::with_capacity(count.min(4096));
        for _ in 0..count {
            list.push(read(self)?);
        }
        Some(list)
    }

    /// Takes so many bytes.
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Sees to it that nothing is left.
    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(number: u64, text: String, byte: u8, id: [u8; 32]) {
            let id = ObjectId::from_bytes(&id[..if byte < 128 { 20 } else { 32 }]).unwrap();
            let mut writer = Writer::default();
            writer.number(number);
            writer.text(&text);
            writer.byte(byte);
            writer.object(&id);
            let bytes = writer.into_bytes();

            let mut reader = Reader::new(&bytes);

            prop_assert_eq!(reader.number(), Some(number));
            prop_assert_eq!(reader.text(), Some(text));
            prop_assert_eq!(reader.byte(), Some(byte));
            prop_assert_eq!(reader.object(), Some(id));
            prop_assert_eq!(reader.end(), Some(()));
        }
    }

    #[test]
    fn numbers_that_are_too_large_or_cut_are_refused() {
        assert_eq!(Reader::new(&[0xff; 11]).number(), None);
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).number(), None);
        assert_eq!(Reader::new(&[0x80]).number(), None);
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x1f]).small(), None);
    }

    #[test]
    fn more_values_than_bytes_are_refused_before_memory_is_set_aside() {
        let mut writer = Writer::default();
        writer.number(u64::MAX >> 8);
        let bytes = writer.into_bytes();

        assert_eq!(Reader::new(&bytes).list(Reader::byte), None);
        assert_eq!(Reader::new(&bytes).text(), None);
    }
}
