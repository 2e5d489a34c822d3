//! What an editor needs: places in a text that changes, and edits that take a secret out or allow it.
//!
//! Nothing here knows a protocol; an edit is a stretch of a text and what stands there instead.

mod language;
mod literal;
mod mark;
mod text;
mod variable;

pub use language::Language;
pub use mark::marked;
pub use text::{Position, Text, Units};
pub use variable::variable;

use std::ops::Range;

/// A change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

/// Returns the edit that reads an environment variable instead of the secret at `span`.
///
/// `None` where the language has no way that is known here, or the secret is only a part of a string.
#[must_use]
pub fn moved(text: &str, span: &Range<usize>, language: &Language, name: &str) -> Option<Edit> {
    let (span, around) = literal::around(text, span, language)?;
    Some(Edit { span, text: language.read(name, around)? })
}
