//! What can be done about a finding, as edits that the editor applies.

use std::collections::BTreeMap;

use ideoguard::editor::{self, Edit, Text, Units};
use ideoguard::finding::{Finding, Verdict};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::allowing;
use super::client::{Client, Edits};
use super::diagnostics::{Told, range, span};
use super::document::Document;
use super::run::LspPlan;

/// What is known when actions are asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// How documents are judged.
    pub(super) plan: &'a LspPlan,
    /// What the editor can do.
    pub(super) client: Client,
    /// All open documents, by their names.
    pub(super) documents: &'a BTreeMap<String, Document>,
}

/// Returns what can be done about the findings in a stretch of a document.
pub(super) fn of(asked: &Asked<'_>, document: &Document, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    if !asked.client.takes_actions || !wants_fixes(params) {
        return Vec::new();
    }
    let told = document.told.iter().flatten().filter(|told| touch(told.diagnostic.range, params.range));
    let found = told.filter_map(|told| Some((told, told.finding.as_ref()?)));
    let open = found.filter(|(_, finding)| !matches!(finding.verdict, Verdict::Allowed(_)));
    open.flat_map(|(told, finding)| actions(asked, document, told, finding)).collect()
}

/// Returns what can be done about one finding, the best first.
fn actions(asked: &Asked<'_>, document: &Document, told: &Told, finding: &Finding) -> Vec<CodeActionOrCommand> {
    let text = document.text.as_str();
    let language = document.language();
    let name = editor::variable(&document.text, finding);
    let here = |edit: Edit| in_document(asked.client, document, edit);
    let moved = language.and_then(|language| editor::moved(text, &span(finding), language, &name)).map(here);
    let marked = language.and_then(|language| editor::marked(text, &span(finding), language, &finding.rule)).map(here);
    let entered = allowing::entry(asked, document, finding);
    let offers = [
        (format!("Move to environment variable {name}"), moved),
        ("Allow with a reason, in a comment above".to_owned(), marked),
        ("Allow with a reason, in the allow file".to_owned(), entered),
    ];
    let action = |(index, (title, edit)): (usize, (String, Option<WorkspaceEdit>))| {
        let diagnostics = Some(vec![told.diagnostic.clone()]);
        let (kind, is_preferred) = (Some(CodeActionKind::QUICKFIX), (index == 0).then_some(true));
        Some(CodeAction { title, kind, diagnostics, is_preferred, edit: Some(edit?), ..CodeAction::default() })
    };
    offers.into_iter().enumerate().filter_map(action).map(CodeActionOrCommand::CodeAction).collect()
}

/// Returns an edit of an open document.
fn in_document(client: Client, document: &Document, edit: Edit) -> WorkspaceEdit {
    let id = OptionalVersionedTextDocumentIdentifier { uri: document.uri.clone(), version: Some(document.version) };
    alone(client, id, written(&document.text, edit, client.units))
}

/// Writes an edit as the protocol has it.
pub(super) fn written(text: &Text, edit: Edit, units: Units) -> TextEdit {
    TextEdit { range: range(text, &edit.span, units), new_text: edit.text }
}

/// Wraps one edit of one document, with its version where the editor takes that.
pub(super) fn alone(client: Client, id: OptionalVersionedTextDocumentIdentifier, edit: TextEdit) -> WorkspaceEdit {
    if client.edits != Edits::Plain {
        return WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![versioned(id, edit)])),
            ..WorkspaceEdit::default()
        };
    }
    WorkspaceEdit { changes: Some([(id.uri, vec![edit])].into()), ..WorkspaceEdit::default() }
}

/// Joins an edit with the version that it is for.
pub(super) fn versioned(id: OptionalVersionedTextDocumentIdentifier, edit: TextEdit) -> TextDocumentEdit {
    TextDocumentEdit { text_document: id, edits: vec![OneOf::Left(edit)] }
}

/// Tells whether quick fixes are asked for.
fn wants_fixes(params: &CodeActionParams) -> bool {
    let fix = CodeActionKind::QUICKFIX;
    let is_wanted = |kind: &CodeActionKind| kind.as_str().is_empty() || *kind == fix;
    params.context.only.as_ref().is_none_or(|only| only.iter().any(is_wanted))
}

/// Tells whether two stretches overlap or touch.
fn touch(one: lsp_types::Range, other: lsp_types::Range) -> bool {
    let key = |at: Position| (at.line, at.character);
    key(one.start) <= key(other.end) && key(other.start) <= key(one.end)
}
