//! Listens to the editor, from its greeting to its farewell.

use std::path::PathBuf;

use ideoguard::error::Result;
use ideoguard::report::Detail;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::InitializeParams;
use lsp_types::notification::{Exit, Notification as _};
use lsp_types::request::{Initialize, Request as _, Shutdown};

use super::client::Client;
use super::server::Server;
use super::wire::{self, Inbox, Next};
use crate::cli::args::LspArgs;
use crate::cli::plan::Before;

/// How documents are judged.
pub(in crate::cli) struct LspPlan {
    /// The allow file, when it is not the one at the top of the work tree.
    pub(super) config: Option<PathBuf>,
    /// Which secrets count as there before.
    pub(super) before: Before,
    /// The size in bytes above which a document is not scanned.
    pub(super) max_bytes: u64,
    /// How much is told.
    pub(super) detail: Detail,
}

impl LspPlan {
    /// Plans what was asked for.
    pub(in crate::cli) fn of(args: LspArgs, detail: Detail) -> Self {
        let LspArgs { config, baseline, max_blob_size, stdio: _ } = args;
        Self { config, before: baseline.map_or(Before::Default, Before::File), max_bytes: max_blob_size, detail }
    }
}

/// How far the talk is.
enum Stage<'plan> {
    /// The editor has not said what it can do.
    Greeting,
    /// Documents come and go.
    Serving(Server<'plan>),
    /// The editor has asked for the end.
    Parting,
}

/// Serves an editor; returns the exit code.
///
/// Messages that are here are heard before a document is judged, so that of many changes only the last is.
pub(in crate::cli) fn run(plan: &LspPlan) -> Result<u8> {
    let inbox = Inbox::open();
    let mut stage = Stage::Greeting;
    loop {
        let next = match &mut stage {
            Stage::Serving(server) if server.has_work() => match inbox.poll()? {
                Next::Nothing => {
                    server.work()?;
                    continue;
                }
                next @ (Next::Message(_) | Next::End) => next,
            },
            Stage::Greeting | Stage::Serving(_) | Stage::Parting => inbox.wait()?,
        };
        stage = match next {
            Next::Message(Message::Notification(note)) if note.method == Exit::METHOD => return Ok(stage.code()),
            Next::End => return Ok(stage.code()),
            Next::Message(Message::Request(request)) => stage.request(request, plan)?,
            Next::Message(Message::Notification(note)) => stage.note(note)?,
            Next::Message(Message::Response(_)) | Next::Nothing => stage,
        };
    }
}

impl<'plan> Stage<'plan> {
    /// The exit code when the talk ends here.
    fn code(&self) -> u8 {
        match self {
            Self::Parting => 0,
            Self::Greeting | Self::Serving(_) => 1,
        }
    }

    /// Answers a request; returns how far the talk is then.
    fn request(self, request: Request, plan: &'plan LspPlan) -> Result<Self> {
        match (self, request.method.as_str()) {
            (Self::Greeting, Initialize::METHOD) => greet(request, plan),
            (Self::Serving(_), Shutdown::METHOD) => {
                wire::send(Response::new_ok(request.id, ()))?;
                Ok(Self::Parting)
            }
            (Self::Greeting, _) => {
                wire::refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` comes first")?;
                Ok(Self::Greeting)
            }
            (Self::Serving(server), Initialize::METHOD) => {
                wire::refuse(request.id, ErrorCode::InvalidRequest, "`initialize` comes once")?;
                Ok(Self::Serving(server))
            }
            (Self::Serving(mut server), _) => {
                server.answer(request)?;
                Ok(Self::Serving(server))
            }
            (Self::Parting, _) => {
                wire::refuse(request.id, ErrorCode::InvalidRequest, "after `shutdown` only `exit` comes")?;
                Ok(Self::Parting)
            }
        }
    }

    /// Takes note of what happened; returns how far the talk is then.
    fn note(self, note: Notification) -> Result<Self> {
        match self {
            Self::Serving(mut server) => {
                server.note(note)?;
                Ok(Self::Serving(server))
            }
            Self::Greeting | Self::Parting => Ok(self),
        }
    }
}

/// Answers the greeting of an editor.
fn greet(request: Request, plan: &LspPlan) -> Result<Stage<'_>> {
    let Ok(params) = serde_json::from_value::<InitializeParams>(request.params) else {
        wire::refuse(request.id, ErrorCode::InvalidParams, "the parameters are not those of `initialize`")?;
        return Ok(Stage::Greeting);
    };
    let client = Client::of(&params.capabilities);
    wire::send(Response::new_ok(request.id, client.greeting()))?;
    Ok(Stage::Serving(Server::new(plan, client)))
}
