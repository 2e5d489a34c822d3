//! Scans a document as a scan of the work tree would scan its file.

use ideoguard::editor::Units;
use ideoguard::error::Result;
use ideoguard::outcome::Outcome;
use ideoguard::scan::{self, Limits};
use ideoguard::text::{Body, Entry, Listing, Scope, TextKind};

use super::diagnostics::{self, Told};
use super::document::Document;
use super::place::Place;
use super::run::LspPlan;
use super::settings::{Settings, Shelf};

/// Returns what is to be told of a document.
pub(super) fn judge(document: &Document, shelf: &mut Shelf, plan: &LspPlan, units: Units) -> Result<Vec<Told>> {
    let place = match &document.place {
        Ok(place) => place,
        Err(why) => return Ok(vec![diagnostics::not_scanned(why)]),
    };
    if !place.is_scanned {
        return Ok(Vec::new());
    }
    if document.text.as_str().len() as u64 > plan.max_bytes {
        return Ok(vec![diagnostics::too_large(plan.max_bytes)]);
    }
    Ok(match shelf.of(plan, place.top.as_deref())? {
        Err(why) => vec![diagnostics::not_scanned(why)],
        Ok(settings) => {
            let outcome = scanned(document, place, settings);
            diagnostics::of(&outcome, &document.text, settings, plan.detail, units)
        }
    })
}

/// Scans the text of a document, all of which counts as new.
fn scanned(document: &Document, place: &Place, settings: &Settings) -> Outcome {
    let entry = Entry {
        path: place.path.clone(),
        kind: TextKind::Content,
        body: Body::Inline(document.text.as_str().as_bytes().to_vec()),
        scope: Scope::All,
        commit: None,
    };
    let listing = Listing { entries: vec![entry], ..Listing::default() };
    let limits = Limits { threads: 1, ..Limits::default() };
    scan::run(&settings.engine, &settings.config.policy, None, listing, &limits)
}
