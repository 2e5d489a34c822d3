//! The open documents, and what the editor asks about them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use ideoguard::error::Result;
use lsp_server::{ErrorCode, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument,
    Initialized, Notification as Kind, PublishDiagnostics,
};
use lsp_types::request::{CodeActionRequest, RegisterCapability, Request as _};
use lsp_types::{
    CodeActionParams, DidChangeTextDocumentParams, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher,
    GlobPattern, MessageType, PublishDiagnosticsParams, Registration, RegistrationParams, Uri,
};

use super::actions::{self, Asked};
use super::client::Client;
use super::document::Document;
use super::judge::judge;
use super::run::LspPlan;
use super::settings::Shelf;
use super::{uri, wire};

/// Files that change what counts, as the editor is asked to watch them.
const WATCHED: [&str; 3] = ["**/*.toml", "**/.ideoguard/baseline", "**/.gitignore"];

/// The open documents, and what is known of their repositories.
pub(super) struct Server<'plan> {
    plan: &'plan LspPlan,
    client: Client,
    documents: BTreeMap<String, Document>,
    shelf: Shelf,
}

impl<'plan> Server<'plan> {
    /// Begins without documents.
    pub(super) fn new(plan: &'plan LspPlan, client: Client) -> Self {
        Self { plan, client, documents: BTreeMap::new(), shelf: Shelf::default() }
    }

    /// Tells whether a document waits to be judged.
    pub(super) fn has_work(&self) -> bool {
        self.documents.values().any(|document| document.told.is_none())
    }

    /// Judges one document that waits.
    pub(super) fn work(&mut self) -> Result<()> {
        match self.documents.values().find(|document| document.told.is_none()).map(|document| document.uri.clone()) {
            Some(uri) => self.judge(uri.as_str()),
            None => Ok(()),
        }
    }

    /// Judges a document unless that is done, and tells what is found.
    fn judge(&mut self, name: &str) -> Result<()> {
        let Some(document) = self.documents.get_mut(name).filter(|document| document.told.is_none()) else {
            return Ok(());
        };
        let told = judge(document, &mut self.shelf, self.plan, self.client.units)?;
        let diagnostics = told.iter().map(|told| told.diagnostic.clone()).collect();
        document.told = Some(told);
        let (uri, version) = (document.uri.clone(), Some(document.version));
        wire::notify::<PublishDiagnostics>(PublishDiagnosticsParams { uri, diagnostics, version })
    }

    /// Answers a request.
    pub(super) fn answer(&mut self, request: Request) -> Result<()> {
        let Request { id, method, params } = request;
        if method != CodeActionRequest::METHOD {
            return wire::refuse(id, ErrorCode::MethodNotFound, "ideoguard does not do that");
        }
        let Ok(params) = serde_json::from_value::<CodeActionParams>(params) else {
            return wire::refuse(id, ErrorCode::InvalidParams, "the parameters are not those of this request");
        };
        let name = params.text_document.uri.as_str();
        self.judge(name)?;
        let open = self.documents.get(name);
        let asked = Asked { plan: self.plan, client: self.client, documents: &self.documents };
        let actions = open.map(|document| actions::of(&asked, document, &params)).unwrap_or_default();
        wire::send(Response::new_ok(id, actions))
    }

    /// Takes note of what happened.
    pub(super) fn note(&mut self, note: Notification) -> Result<()> {
        match note.method.as_str() {
            Initialized::METHOD => self.watch(),
            DidOpenTextDocument::METHOD => with::<DidOpenTextDocument>(note, |params| {
                let document = Document::opened(params.text_document);
                self.documents.insert(document.uri.as_str().to_owned(), document);
                Ok(())
            }),
            DidChangeTextDocument::METHOD => with::<DidChangeTextDocument>(note, |params| self.change(params)),
            DidSaveTextDocument::METHOD => with::<DidSaveTextDocument>(note, |params| {
                self.saved(&params.text_document.uri);
                Ok(())
            }),
            DidCloseTextDocument::METHOD => {
                with::<DidCloseTextDocument>(note, |params| self.close(params.text_document.uri))
            }
            DidChangeWatchedFiles::METHOD => {
                self.reload();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Changes a document.
    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<()> {
        let Some(document) = self.documents.get_mut(params.text_document.uri.as_str()) else {
            return wire::show(
                MessageType::WARNING,
                "ideoguard was told of a change in a document that is not open".into(),
            );
        };
        document.change(&params.text_document, params.content_changes, self.client.units);
        Ok(())
    }

    /// Closes a document, of which nothing is told any more.
    fn close(&mut self, uri: Uri) -> Result<()> {
        self.documents.remove(uri.as_str());
        let params = PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None };
        wire::notify::<PublishDiagnostics>(params)
    }

    /// Looks again at a document that was saved, and at all of them if others depend on it.
    fn saved(&mut self, uri: &Uri) {
        if uri::path(uri).is_some_and(|path| is_watched(&path)) {
            self.reload();
        } else if let Some(document) = self.documents.get_mut(uri.as_str()) {
            document.refresh();
        }
    }

    /// Reads everything again that counts for documents.
    fn reload(&mut self) {
        self.shelf.clear();
        self.documents.values_mut().for_each(Document::refresh);
    }

    /// Asks the editor to say when a file changes that counts for others, where it can.
    fn watch(&self) -> Result<()> {
        if !self.client.watches_files {
            return Ok(());
        }
        let watchers =
            WATCHED.map(|glob| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.into() };
        let registration = Registration {
            id: "settings".to_owned(),
            method: DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        let id = "watch".to_owned().into();
        wire::send(Request::new(id, RegisterCapability::METHOD.to_owned(), params))
    }
}

/// Tells whether a file changes what counts for others; rule files are TOML, whatever they are called.
fn is_watched(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == OsStr::new("toml"))
        || path.ends_with(".ideoguard/baseline")
        || path.ends_with(".gitignore")
}

/// Reads the parameters of a notification and does something with them; if they make no sense, the user is told.
fn with<N: Kind>(note: Notification, act: impl FnOnce(N::Params) -> Result<()>) -> Result<()> {
    match serde_json::from_value(note.params) {
        Ok(params) => act(params),
        // What is wrong with them is not said: they hold text of a document.
        Err(_) => wire::show(MessageType::ERROR, format!("ideoguard does not understand the editor's `{}`", N::METHOD)),
    }
}
