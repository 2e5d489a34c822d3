//! What can be mended without asking: lines that `.gitignore` lacks.

use super::env_files::PATTERNS;

/// What is to be added to a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The lines.
    pub lines: Vec<&'static str>,
    /// The whole new content.
    pub content: Vec<u8>,
}

/// The line above ours.
const HEADING: &str = "# Files of environment variables hold keys (ideoguard doctor).";

/// Returns the lines that a `.gitignore` lacks so that environment files are left out, and what it is with them.
///
/// They come last, where they win over what is above. Ends of lines are those that the file has.
#[must_use]
pub fn gitignore(old: &[u8]) -> Addition {
    let end = if memchr::memmem::find(old, b"\r\n").is_some() { "\r\n" } else { "\n" };
    let mut content = old.to_vec();
    if !content.is_empty() {
        if !content.ends_with(b"\n") {
            content.extend_from_slice(end.as_bytes());
        }
        content.extend_from_slice(end.as_bytes());
    }
    for line in std::iter::once(&HEADING).chain(PATTERNS) {
        content.extend_from_slice(line.as_bytes());
        content.extend_from_slice(end.as_bytes());
    }
    Addition { lines: PATTERNS.to_vec(), content }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_below_what_is_there_with_its_ends_of_lines() {
        let text = |old: &[u8]| String::from_utf8(gitignore(old).content).unwrap();

        assert!(text(b"").starts_with(&format!("{HEADING}\n.env\n.env.*\n")));
        assert!(text(b"target").starts_with(&format!("target\n\n{HEADING}\n.env\n")));
        assert!(text(b"target\r\n").starts_with(&format!("target\r\n\r\n{HEADING}\r\n.env\r\n")));
    }
}
