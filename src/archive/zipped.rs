//! The members of a zip file, as its list at the end names them.

use std::io::{Read, Seek};

use zip::read::ZipFile;
use zip::result::{ZipError, ZipResult};
use zip::{CompressionMethod, ZipArchive};

use super::metered::{Meter, Metered};
use super::unread::Unread;
use super::walk::{Place, Walk};

/// As many bytes of a zip file as are read to find its list, which is held in memory.
const LIST: u64 = 4 << 20;

impl Walk<'_> {
    /// Goes through the members of a zip file.
    pub(super) fn zip(&mut self, place: &Place, source: impl Read + Seek) {
        let meter = Meter::default();
        meter.allow(LIST);
        match ZipArchive::new(Metered { read: source, meter: &meter }) {
            Ok(archive) => self.listed(place, archive, &meter),
            Err(_) if meter.is_over() => self.unread(&place.path, Unread::LongList(LIST)),
            Err(error) => self.unread(&place.path, why(&error)),
        }
    }

    /// Goes through the list.
    fn listed(&mut self, place: &Place, mut archive: ZipArchive<Metered<'_, impl Read + Seek>>, meter: &Meter) {
        meter.allow(u64::MAX);
        for number in 0..archive.len() {
            if !self.may_go_on(place) {
                return;
            }
            let name = archive.by_index_data(number).map(|entry| entry.name_raw().to_vec()).unwrap_or_default();
            self.zipped(place, &name, archive.by_index(number), meter);
        }
        // Of members that share a name, only the last is had.
        if archive.has_duplicate_names() {
            self.unread(&place.path, Unread::SharedNames);
        }
        if begins(&archive) > 0 {
            self.unread(&place.path, Unread::Before);
        }
    }

    /// Goes through one member.
    ///
    /// One that is longer than it says ends there as damaged, one that is shorter is not as it says.
    fn zipped(&mut self, place: &Place, name: &[u8], file: ZipResult<ZipFile<'_, impl Read>>, meter: &Meter) {
        let mut file = match file {
            Ok(file) => file,
            Err(error) => return self.unread(&place.member(name), why(&error)),
        };
        if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return self.unread(&place.member(name), Unread::UnknownMethod);
        }
        let says = file.size();
        let length = self.member(place, name, &mut file, meter);
        if length.is_some_and(|length| length != says) {
            self.unread(&place.member(name), Unread::Damaged);
        }
    }
}

/// Returns where the first member that is listed begins; one zip file before another is not listed.
fn begins<R: Read + Seek>(archive: &ZipArchive<R>) -> u64 {
    let starts = (0..archive.len()).filter_map(|number| Some(archive.by_index_data(number).ok()?.header_start()));
    starts.min().unwrap_or_else(|| archive.central_directory_start())
}

/// Tells why a zip file or a member cannot be read.
fn why(error: &ZipError) -> Unread {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Unread::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Unread::UnknownMethod,
        _ => Unread::Damaged,
    }
}
