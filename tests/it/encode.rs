//! Ways in which texts are written, made without the code under test.
#![allow(dead_code, reason = "each story uses its own part")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Writes each character of a text as an escape of one of seven kinds.
pub(crate) fn escaped(text: &str, kind: usize) -> String {
    let escape = |byte: u8| match kind {
        0 => format!("%{byte:02X}"),
        1 => format!("\\x{byte:02x}"),
        2 => format!("\\u{byte:04x}"),
        3 => format!("\\{byte:03o}"),
        4 => format!("&#{byte};"),
        5 => format!("&#x{byte:x};"),
        _ => format!("\\u{{{byte:x}}}"),
    };
    text.bytes().map(escape).collect::<Vec<_>>().concat()
}

/// How many kinds there are.
pub(crate) const KINDS: usize = 7;

/// Writes bytes as hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Writes bytes as base64 in lines of a width; of none in one line.
pub(crate) fn wrapped(bytes: &[u8], width: usize) -> String {
    let encoded = STANDARD.encode(bytes);
    let width = if width == 0 { encoded.len().max(1) } else { width };
    let lines: Vec<_> = encoded.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
    lines.join("\n")
}

/// Writes each character with so many bytes, the lowest first.
pub(crate) fn wide(text: &str, width: usize) -> Vec<u8> {
    text.bytes().flat_map(|byte| [vec![byte], vec![0; width - 1]].concat()).collect()
}
