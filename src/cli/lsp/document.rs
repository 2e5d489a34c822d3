//! An open document.

use ideoguard::editor::{Language, Position, Text, Units};
use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri, VersionedTextDocumentIdentifier};

use super::diagnostics::Told;
use super::place::Place;
use super::settings::words;

/// An open document.
pub(super) struct Document {
    /// Its name.
    pub(super) uri: Uri,
    /// Its version, as the editor counts.
    pub(super) version: i32,
    /// What stands in it.
    pub(super) text: Text,
    /// Where it lies, or why that cannot be found out.
    pub(super) place: Result<Place, String>,
    /// What was told of this version; `None` if it was not judged yet.
    pub(super) told: Option<Vec<Told>>,
    /// What the editor calls its language.
    language: String,
}

impl Document {
    /// Takes a document that was opened.
    pub(super) fn opened(item: TextDocumentItem) -> Self {
        let TextDocumentItem { uri, language_id, version, text } = item;
        let place = Place::of(&uri).map_err(|error| words(&error));
        Self { uri, version, text: Text::new(text), place, told: None, language: language_id }
    }

    /// Changes it.
    pub(super) fn change(
        &mut self,
        id: &VersionedTextDocumentIdentifier,
        changes: Vec<TextDocumentContentChangeEvent>,
        units: Units,
    ) {
        for change in changes {
            match change.range {
                Some(range) => {
                    let place = |at: lsp_types::Position| Position { line: at.line, column: at.character };
                    self.text.replace(place(range.start)..place(range.end), units, &change.text);
                }
                None => self.text = Text::new(change.text),
            }
        }
        self.version = id.version;
        self.told = None;
    }

    /// Looks again where it lies, and judges it anew.
    pub(super) fn refresh(&mut self) {
        self.place = Place::of(&self.uri).map_err(|error| words(&error));
        self.told = None;
    }

    /// Returns its language, if that is known.
    pub(super) fn language(&self) -> Option<&'static Language> {
        Language::of(&self.language, &self.place.as_ref().ok()?.path)
    }
}
