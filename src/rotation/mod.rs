//! One key takes the place of another: where the old one stands, what was changed, and how far it is.
//!
//! Nothing here asks, tells or records: that is for whoever carries it out. The
//! old key and the new one survive a run that was ended in files of their own,
//! for their owner alone; all else knows them by fingerprint, so that what was
//! changed can be told, gone on with and undone from a state that holds no key.

mod folder;
mod outside;
mod places;
mod state;

pub use folder::Folder;
pub use outside::{Outside, commands};
pub use places::{EnvText, Found, Place, env_files, look};
pub use state::{Known, Rotation, Swap};
