//! What the editor can do, and what we do with it.

use ideoguard::editor::Units;
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, InitializeResult,
    PositionEncodingKind, ResourceOperationKind, SaveOptions, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, WorkspaceEditClientCapabilities,
};

/// Which edits an editor applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edits {
    /// Those of documents, whatever version these have.
    Plain,
    /// Those that say for which version of a document they are.
    Versioned,
    /// Those that make a file, too.
    MakingFiles,
}

/// What the editor can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// What columns count.
    pub(super) units: Units,
    /// Whether it applies an edit that comes with an action.
    pub(super) takes_actions: bool,
    /// Which edits it applies.
    pub(super) edits: Edits,
    /// Whether it watches files for us.
    pub(super) watches_files: bool,
}

impl Client {
    /// Reads what the editor says of itself.
    pub(super) fn of(said: &ClientCapabilities) -> Self {
        let actions = said.text_document.as_ref().and_then(|text| text.code_action.as_ref());
        let workspace = said.workspace.as_ref();
        let watching = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        Self {
            units: units(said),
            takes_actions: actions.is_some_and(|actions| actions.code_action_literal_support.is_some()),
            edits: edits(workspace.and_then(|workspace| workspace.workspace_edit.as_ref())),
            watches_files: watching.and_then(|watching| watching.dynamic_registration).unwrap_or(false),
        }
    }

    /// Says what we do for it.
    pub(super) fn greeting(self) -> InitializeResult {
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(SaveOptions { include_text: Some(false) }.into()),
            ..TextDocumentSyncOptions::default()
        };
        let actions = CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        };
        InitializeResult {
            capabilities: ServerCapabilities {
                position_encoding: Some(match self.units {
                    Units::Utf8 => PositionEncodingKind::UTF8,
                    Units::Utf16 => PositionEncodingKind::UTF16,
                }),
                text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
                code_action_provider: self.takes_actions.then_some(CodeActionProviderCapability::Options(actions)),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "ideoguard".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }
}

/// Returns which edits the editor applies.
fn edits(said: Option<&WorkspaceEditClientCapabilities>) -> Edits {
    let operations = said.and_then(|said| said.resource_operations.as_deref()).unwrap_or_default();
    match said.and_then(|said| said.document_changes) {
        Some(true) if operations.contains(&ResourceOperationKind::Create) => Edits::MakingFiles,
        Some(true) => Edits::Versioned,
        Some(false) | None => Edits::Plain,
    }
}

/// Returns what columns count: bytes, as we do ourselves, if the editor can do so, too.
fn units(said: &ClientCapabilities) -> Units {
    let known = said.general.as_ref().and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    if known.contains(&PositionEncodingKind::UTF8) { Units::Utf8 } else { Units::Utf16 }
}
