//! Rules of one's own: read from files, and held to the same contracts as those that are built in.
//!
//! A rule of a file is a pattern that is tried around its *words*: strings of which
//! one stands in every match, or near it. How far a try looks is bounded by
//! construction ([`Search`]), so that whoever writes a pattern cannot break what
//! windows and histories rest on (`detect::locality`): whether a stretch is a match
//! depends on the bytes within sight of it, whatever the pattern says.
//!
//! Rules live as long as the program, as the built-in ones do: what is read is leaked, once a file.

mod anchors;
mod book;
mod check;
mod excuse;
mod expression;
mod file;
mod gitleaks;
mod row;
mod search;
mod words;

pub use book::{Change, RuleBook, Sample};
pub use excuse::Excuse;
pub use file::{Extended, extended};
pub use gitleaks::is_one as is_gitleaks;
pub use search::{Hit, Need, Search, Sight};
pub use words::{alphabets, proofs};
