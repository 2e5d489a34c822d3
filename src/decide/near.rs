//! What is looked at around a finding.

/// The text around a finding, for marks; the secret itself is not in it.
///
/// So a mark inside a secret cannot count, and no reason taken from a mark can
/// hold the secret it allows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Near<'a> {
    /// The line up to the secret; of a long line, the last 1,024 bytes.
    pub before: &'a [u8],
    /// The rest of the line after the secret; of a long line, the first 1,024 bytes.
    pub after: &'a [u8],
    /// The line before the one on which the secret begins.
    pub line_before: &'a [u8],
}
