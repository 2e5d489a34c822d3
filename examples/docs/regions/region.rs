//! A part of a page, between `<!-- generated: NAME -->` and `<!-- end -->`.

use std::path::{Path, PathBuf};

use super::{configuration, policy, rules};

/// What ends a part.
const END: &str = "<!-- end -->";

/// All parts.
pub(crate) const ALL: &[Region] = &[
    Region { file: "rules.md", name: "rules", write: rules::catalogue },
    Region { file: "policy.md", name: "keys", write: policy::keys },
    Region { file: "configuration.md", name: "keys", write: configuration::keys },
    Region { file: "configuration.md", name: "words", write: configuration::words },
];

/// A part of a page.
pub(crate) struct Region {
    /// The page, in `docs/src`.
    pub(crate) file: &'static str,
    /// Its name there.
    pub(crate) name: &'static str,
    /// What it is today.
    write: fn() -> String,
}

impl Region {
    /// Returns the path of its page.
    pub(crate) fn page(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src").join(self.file)
    }

    /// Returns the text of its page with the part as it is today.
    pub(crate) fn filled(&self, text: &str) -> String {
        let begin = format!("<!-- generated: {} -->\n", self.name);
        let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{} has no {begin}", self.file));
        let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{} has no {END}", self.file));
        format!("{before}{begin}\n{}\n{END}{after}", (self.write)())
    }
}
