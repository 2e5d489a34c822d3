//! Turns the pattern of a row into a regex: one definition for the program and for `build.rs`.

use regex::bytes::{Regex, RegexBuilder};

/// The most bytes a compiled pattern may take, so that first use stays cheap.
const MAX_COMPILED_BYTES: usize = 256 * 1024;

/// Compiles a pattern: on bytes, in linear time, anchored at the start of what it is tried on.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})")).unicode(false).size_limit(MAX_COMPILED_BYTES).build()
}

/// Makes a pattern one for a whole value, which is its first group: nothing follows that belongs to a value.
pub(crate) fn whole(pattern: &str) -> String {
    format!("({pattern})(?:[^0-9A-Za-z_-]|\\z)")
}
