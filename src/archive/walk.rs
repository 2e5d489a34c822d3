//! Goes through an archive, and the archives in it.

use std::io::{Cursor, Read, Seek};

use flate2::read::MultiGzDecoder;
use tar::Archive;

use crate::path::RepoPath;

use super::bounds::{Bounds, Budget};
use super::format::{Format, peek};
use super::limited::Limited;
use super::metered::{Meter, Metered};
use super::unread::Unread;

/// What an archive turns out to hold.
pub enum Part<'p> {
    /// A member's name, as it stands in the archive.
    Name(&'p RepoPath, &'p [u8]),
    /// A member's text, to where it can be read. Reading it never fails.
    Text(&'p RepoPath, &'p mut dyn Read),
    /// What was not read, or not to its end.
    Unread(&'p RepoPath, Unread),
}

/// Unpacks an archive that is shown as `path`, and tells of every part of it, in order.
///
/// A member is shown as `ARCHIVE!MEMBER`, and the text in a gzip file as its name without `.gz`.
/// The archive itself is not told: its own bytes are the caller's.
pub fn unpack(
    format: Format,
    source: impl Read + Seek,
    path: &RepoPath,
    bounds: Bounds,
    tell: &mut dyn FnMut(Part<'_>),
) {
    let budget = Budget::new(bounds);
    let mut walk = Walk { budget: &budget, has_ended: false, tell };
    let place = Place { path: path.clone(), depth: 1 };
    match format {
        Format::Gzip => walk.gzip(&place, source),
        Format::Tar => walk.tar(&place, source),
        Format::Zip => walk.zip(&place, source),
    }
}

/// Where an archive is.
pub(super) struct Place {
    /// What it is shown as.
    pub(super) path: RepoPath,
    /// How many archives deep its members lie.
    depth: usize,
}

impl Place {
    /// Returns what a member is shown as.
    pub(super) fn member(&self, name: &[u8]) -> RepoPath {
        RepoPath::new([self.path.as_bytes(), b"!", name].concat())
    }
}

/// What is said of the walk so far.
pub(super) struct Walk<'w> {
    /// What is left of the bounds.
    pub(super) budget: &'w Budget,
    /// Whether nothing more is read.
    pub(super) has_ended: bool,
    tell: &'w mut dyn FnMut(Part<'_>),
}

impl Walk<'_> {
    /// Tells a text.
    fn text(&mut self, path: &RepoPath, read: &mut dyn Read) {
        (self.tell)(Part::Text(path, read));
    }

    /// Tells that something was not read; once all has ended, what follows from that is not told.
    pub(super) fn unread(&mut self, path: &RepoPath, why: Unread) {
        if !self.has_ended {
            (self.tell)(Part::Unread(path, why));
        }
        self.has_ended |= why.ends_all();
    }

    /// Begins with the next member; tells whether there may be one more.
    pub(super) fn may_go_on(&mut self, archive: &Place) -> bool {
        if !self.has_ended && !self.budget.spend_member() {
            self.unread(&archive.path, Unread::TooManyMembers(self.budget.bounds.members));
        }
        !self.has_ended
    }

    /// Goes through a member, and returns its length if all of it was read.
    pub(super) fn member(&mut self, archive: &Place, name: &[u8], read: &mut dyn Read, meter: &Meter) -> Option<u64> {
        let path = archive.member(name);
        (self.tell)(Part::Name(&path, name));
        let mut limited = Limited::new(read, meter, self.budget);
        self.content(&path, archive.depth, &mut limited);
        limited.finish().map_err(|why| self.unread(&path, why)).ok()
    }

    /// Goes through the content of a member that lies so many archives deep.
    fn content(&mut self, path: &RepoPath, depth: usize, read: &mut dyn Read) {
        let Ok((format, mut read)) = peek(read) else { return self.unread(path, Unread::Damaged) };
        let inner = Place { path: path.clone(), depth: depth + 1 };
        match format {
            None => self.text(path, &mut read),
            Some(_) if depth >= self.budget.bounds.depth => {
                self.text(path, &mut read);
                self.unread(path, Unread::TooDeep(self.budget.bounds.depth));
            }
            Some(Format::Gzip) => self.gzip(&inner, &mut read as &mut dyn Read),
            Some(Format::Tar) => self.tar(&inner, &mut read as &mut dyn Read),
            Some(Format::Zip) => self.held(&inner, &mut read),
        }
    }

    /// Goes through a zip file that lies in an archive, and through its own bytes, which may hold a text as it is.
    fn held(&mut self, place: &Place, read: &mut dyn Read) {
        let most = self.budget.bounds.held;
        let mut bytes = Vec::new();
        // What comes out of an archive never fails.
        let _ = read.take(most + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > most {
            self.text(&place.path, &mut bytes.as_slice().chain(read));
            return self.unread(&place.path, Unread::TooLarge(most));
        }
        self.text(&place.path, &mut bytes.as_slice());
        self.zip(place, Cursor::new(bytes.as_slice()));
    }

    /// Goes through what a gzip file holds; a tar file in it is no archive of its own.
    fn gzip(&mut self, place: &Place, source: impl Read) {
        if !self.may_go_on(place) {
            return;
        }
        let meter = Meter::default();
        let mut decoder = MultiGzDecoder::new(Metered { read: source, meter: &meter });
        let mut limited = Limited::new(&mut decoder, &meter, self.budget);
        match peek(&mut limited) {
            Ok((Some(Format::Tar), mut read)) => self.tar(place, &mut read as &mut dyn Read),
            Ok((_, mut read)) => self.content(&place.member(stem(place.path.as_bytes())), place.depth, &mut read),
            Err(_) => self.unread(&place.path, Unread::Damaged),
        }
        if let Err(why) = limited.finish() {
            self.unread(&place.path, why);
        }
    }

    /// Goes through the members of a tar file.
    fn tar(&mut self, place: &Place, source: impl Read) {
        let meter = Meter::default();
        let mut archive = Archive::new(Metered { read: source, meter: &meter });
        // Zeros end a tar file, and another may follow.
        archive.set_ignore_zeros(true);
        let Ok(mut entries) = archive.entries() else { return self.unread(&place.path, Unread::Damaged) };
        loop {
            meter.allow(HEADERS);
            let Some(entry) = entries.next() else { return };
            meter.allow(u64::MAX);
            let Ok(entry) = entry else { return self.unread(&place.path, Unread::Damaged) };
            if !self.may_go_on(place) {
                return;
            }
            if !self.taped(place, entry, &meter) {
                return self.unread(&place.path, Unread::Rest);
            }
        }
    }

    /// Goes through a member of a tar file; tells whether what follows it can be read.
    fn taped(&mut self, place: &Place, entry: tar::Entry<'_, impl Read>, meter: &Meter) -> bool {
        let name = entry.path_bytes().into_owned();
        let target = entry.link_name_bytes().unwrap_or_default().into_owned();
        let length = entry.size().saturating_add(target.len() as u64);
        let read = self.member(place, &name, &mut target.as_slice().chain(entry), meter);
        if read.is_some_and(|read| read < length) {
            self.unread(&place.member(&name), Unread::Damaged);
        }
        read == Some(length)
    }
}

/// As many bytes of a tar file as the headers of one member may have: long names and attributes are held in memory.
const HEADERS: u64 = 1 << 20;

/// Returns the name of what a gzip file holds.
fn stem(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'!')).next().unwrap_or(path);
    name.strip_suffix(b".gz").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::GzEncoder;

    /// Goes through a gzip file in bounds, and returns how many bytes were told and what was not.
    fn told(text: &[u8], bounds: Bounds) -> (u64, Vec<Unread>) {
        let mut packed = Vec::new();
        GzEncoder::new(text, Compression::fast()).read_to_end(&mut packed).unwrap();
        let (mut bytes, mut unread) = (0, Vec::new());
        unpack(Format::Gzip, Cursor::new(packed), &RepoPath::from("a"), bounds, &mut |part| match part {
            Part::Text(_, read) => bytes += std::io::copy(read, &mut std::io::sink()).unwrap(),
            Part::Unread(_, why) => unread.push(why),
            Part::Name(..) => {}
        });
        (bytes, unread)
    }

    #[test]
    fn as_many_bytes_are_unpacked_as_the_bounds_say() {
        let text = [b'x'; 1000];

        assert_eq!(told(&text, Bounds { bytes: 1000, ..Bounds::default() }), (1000, vec![]));
        assert_eq!(told(&text, Bounds { bytes: 999, ..Bounds::default() }).1, [Unread::TooManyBytes(999)]);
    }

    #[test]
    fn a_text_may_be_dense_while_it_is_short() {
        let text = vec![b'x'; 100_000];
        let (ratio, free) = (10, text.len() as u64);

        assert_eq!(told(&text, Bounds { ratio, free, ..Bounds::default() }), (100_000, vec![]));
        assert_eq!(told(&text, Bounds { ratio, free: free - 1, ..Bounds::default() }).1, [Unread::TooDense(10)]);
    }

    #[test]
    fn an_archive_in_another_is_held_up_to_the_bound() {
        let text = [&b"PK\x05\x06"[..], &[0; 18]].concat();

        assert_eq!(told(&text, Bounds { held: 22, ..Bounds::default() }), (22, vec![]));
        assert_eq!(told(&text, Bounds { held: 21, ..Bounds::default() }), (22, vec![Unread::TooLarge(21)]));
    }
}
