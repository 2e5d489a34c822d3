//! An entry of the allow file, whose reason is left to a person.

use std::path::{Path, PathBuf};

use ideoguard::decide::{self, FILE_NAME};
use ideoguard::editor::{Edit, Text};
use ideoguard::finding::Finding;
use ideoguard::rules::own::is_gitleaks;
use lsp_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OptionalVersionedTextDocumentIdentifier,
    ResourceOp, Uri, WorkspaceEdit,
};

use super::actions::{Asked, alone, versioned, written};
use super::client::Edits;
use super::document::Document;
use super::uri;
use crate::cli::scan::{is_inside, real};
use crate::cli::text_file::{self, Purpose};

/// An allow file as it is now.
struct AllowFile {
    /// Its name.
    id: OptionalVersionedTextDocumentIdentifier,
    /// What stands in it; `None` if it is to be made.
    text: Option<Text>,
}

/// Returns the edit that adds an entry for a finding, with an empty reason: as long as it is empty, the file is
/// refused, and so nothing is allowed.
pub(super) fn entry(asked: &Asked<'_>, document: &Document, finding: &Finding) -> Option<WorkspaceEdit> {
    let file = allow_file(asked, &path(asked, document)?)?;
    let before = file.text.as_ref().map_or("", Text::as_str);
    if is_gitleaks(before) {
        return None;
    }
    let end = before.len();
    let edit = Edit { span: end..end, text: decide::draft(before, &finding.fingerprint) };
    match file.text {
        Some(text) => Some(alone(asked.client, file.id, written(&text, edit, asked.client.units))),
        None if asked.client.edits == Edits::MakingFiles => {
            let edit = written(&Text::new(String::new()), edit, asked.client.units);
            Some(making(file.id, edit))
        }
        None => None,
    }
}

/// Returns the path of the allow file that counts for a document; none that a link leads out of the work tree.
fn path(asked: &Asked<'_>, document: &Document) -> Option<PathBuf> {
    if let Some(named) = &asked.plan.config {
        return Some(real(named));
    }
    let top = document.place.as_ref().ok()?.top.as_ref()?;
    Some(top.join(FILE_NAME)).filter(|path| is_inside(top, path))
}

/// Reads the allow file, as it is in the editor if it is open there.
fn allow_file(asked: &Asked<'_>, path: &Path) -> Option<AllowFile> {
    let is_it = |open: &&Document| uri::path(&open.uri).is_some_and(|open| real(&open) == real(path));
    if let Some(open) = asked.documents.values().find(is_it) {
        return Some(AllowFile { id: named(open.uri.clone(), Some(open.version)), text: Some(open.text.clone()) });
    }
    let id = named(uri::of(path)?, None);
    if path.symlink_metadata().is_err() {
        return Some(AllowFile { id, text: None });
    }
    let text = text_file::read(path, Purpose::AllowFile).ok()?;
    Some(AllowFile { id, text: Some(Text::new(text)) })
}

/// Names a document.
fn named(uri: Uri, version: Option<i32>) -> OptionalVersionedTextDocumentIdentifier {
    OptionalVersionedTextDocumentIdentifier { uri, version }
}

/// Wraps the making of a file and its first edit.
fn making(id: OptionalVersionedTextDocumentIdentifier, edit: lsp_types::TextEdit) -> WorkspaceEdit {
    let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
    let create = CreateFile { uri: id.uri.clone(), options: Some(options), annotation_id: None };
    let operations = vec![
        DocumentChangeOperation::Op(ResourceOp::Create(create)),
        DocumentChangeOperation::Edit(versioned(id, edit)),
    ];
    WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() }
}
