//! Reads the allow file and the baseline: the library judges their texts, and reads nothing itself.

use std::fs;
use std::io;
use std::path::Path;

use ideoguard::error::{Error, Result};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It says what is allowed.
    AllowFile,
    /// It lists what was there before.
    Baseline,
    /// Another tool wrote it.
    Import,
    /// It lists keys.
    Registry,
    /// It is a template for reports.
    Template,
    /// It is a report that was saved.
    Results,
}

impl Purpose {
    /// What the file is, in words.
    fn name(self) -> &'static str {
        match self {
            Self::AllowFile => "an allow file",
            Self::Baseline => "a baseline",
            Self::Import | Self::Results => "a report",
            Self::Registry => "a registry of keys",
            Self::Template => "a template",
        }
    }

    /// Largest such file that is read, in MiB; one that is larger is a mistake.
    fn most_mib(self) -> u64 {
        match self {
            Self::AllowFile | Self::Registry | Self::Template => 8,
            Self::Baseline | Self::Import => 256,
            Self::Results => 4096,
        }
    }

    /// What to say when there is no such file.
    fn missing(self) -> &'static str {
        match self {
            Self::AllowFile | Self::Import | Self::Registry | Self::Template | Self::Results => "there is no such file",
            Self::Baseline => "there is no such file; `ideoguard baseline create` makes one",
        }
    }
}

/// Reads the text of such a file, which must be a regular file, of a sensible size, in UTF-8.
pub(super) fn read(path: &Path, purpose: Purpose) -> Result<String> {
    let at = |line: usize, problem: String| Error::Config { path: path.to_owned(), line, column: 0, problem };
    let failed = |error: io::Error| match (purpose, error.kind()) {
        (_, io::ErrorKind::NotFound) => at(0, purpose.missing().into()),
        // Without it nothing is judged as was meant, and nothing is scanned.
        (Purpose::Baseline, _) => at(0, format!("this baseline could not be read: {error}")),
        (Purpose::AllowFile | Purpose::Import | Purpose::Registry | Purpose::Template | Purpose::Results, _) => {
            Error::io("read", path)(error)
        }
    };
    let metadata = fs::metadata(path).map_err(failed)?;
    // A FIFO would never end.
    if !metadata.is_file() {
        return Err(at(0, "this is no regular file".into()));
    }
    let most = purpose.most_mib();
    if metadata.len() > most << 20 {
        return Err(at(0, format!("this is larger than {most} MiB, too large for {}", purpose.name())));
    }
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        at(memchr::memchr_iter(b'\n', valid).count() + 1, "this is not UTF-8".into())
    })
}
