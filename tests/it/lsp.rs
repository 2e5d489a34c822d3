//! The language server: what an editor is told while somebody types, and what its actions do.

mod actions;
mod editor;
mod protocol;
mod settings;
mod typing;
