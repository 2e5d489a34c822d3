//! `ideoguard lsp`: secrets in the documents of an editor, told while somebody types.
//!
//! `run` listens, `server` keeps the documents, `judge` scans one of them as a scan of the work tree would,
//! and `diagnostics` and `actions` say in the protocol's words what was found and what can be done.
//! Only this folder names lsp-server and lsp-types. Nothing here writes a file: the editor applies edits.

mod actions;
mod allowing;
mod client;
mod diagnostics;
mod document;
mod judge;
mod place;
mod run;
mod server;
mod settings;
mod uri;
mod wire;

pub(super) use run::{LspPlan, run};
