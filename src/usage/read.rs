//! Reading logs, a line at a time: memory does not grow with them.

use std::io::{self, Read};
use std::path::Path;

use crate::audit::Lines;
use crate::detect::Engine;
use crate::finding::Confidence;
use crate::keys::Registry;
use crate::usage::call::Call;
use crate::usage::entry::find;
use crate::usage::tally::Usage;

/// Counts the entries of one log, which messages name `file`; `environment` is that of entries which name none.
pub fn read(
    usage: &mut Usage,
    file: &Path,
    log: impl Read,
    engine: &Engine,
    registry: &Registry,
    environment: Option<&str>,
) -> io::Result<()> {
    for (number, line) in (1..).zip(Lines::of(log)) {
        let line = line?;
        let Some(found) = find(&line.bytes) else {
            usage.others += 1;
            continue;
        };
        if holds_secret(engine, &line.bytes) {
            usage.secret(file, number);
        }
        match found {
            _ if line.is_cut => usage.broken(file, number, "is too long".to_owned()),
            Err(why) => usage.broken(file, number, why),
            Ok(entry) => usage.count(Call::of(&entry, registry, environment)),
        }
    }
    Ok(())
}

/// Tells whether a line holds what is likely enough to be a secret.
fn holds_secret(engine: &Engine, line: &[u8]) -> bool {
    engine.scan(line).iter().any(|found| found.confidence >= Confidence::High)
}
