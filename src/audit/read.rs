//! Reading a log, line by line.

use std::ops::ControlFlow;
use std::path::Path;

use crate::audit::chain::Line;
use crate::audit::file::{self, For};
use crate::audit::lines::Lines;
use crate::error::{Error, Result};

/// Reads the lines of a log: for each that has an end, calls `look` with its number from 1, its bytes, and what it says.
///
/// It reads on for as long as that says so. What a line says is `None` where it is not an entry; [`crate::audit::verify()`] says more about that.
pub fn each_line(path: &Path, mut look: impl FnMut(u64, &[u8], Option<Line>) -> ControlFlow<()>) -> Result<()> {
    let file = file::open(path, For::Reading)?;
    let lines = Lines::from(&file, 0).map_err(Error::io("read", path))?;
    for (number, line) in (1..).zip(lines) {
        let line = line.map_err(Error::io("read", path))?;
        // A line without its end is being written, or was not finished.
        if line.is_ended && look(number, &line.bytes, Line::parse(&line.bytes)).is_break() {
            break;
        }
    }
    Ok(())
}
