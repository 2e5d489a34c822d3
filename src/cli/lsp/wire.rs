//! Messages from and to the editor.

use std::io::{self, BufRead, ErrorKind, Read};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;

use ideoguard::error::{Error, Result};
use lsp_server::{ErrorCode, Message, RequestId, Response};
use lsp_types::notification::{LogMessage, Notification, ShowMessage};
use lsp_types::{LogMessageParams, MessageType, ShowMessageParams};

/// The most bytes of a message: so many are set aside as soon as they are announced.
const MOST_BYTES: u64 = 1 << 30;
/// The most bytes of what stands before a message.
const MOST_HEADER_BYTES: u64 = 64 << 10;

/// What came from the editor.
pub(super) enum Next {
    /// A message.
    Message(Message),
    /// None so far.
    Nothing,
    /// None ever again.
    End,
}

/// Messages from the editor, which a thread of their own reads: so the newest are known before work begins.
pub(super) struct Inbox(Receiver<io::Result<Message>>);

impl Inbox {
    /// Begins to read standard input.
    pub(super) fn open() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || read(&sender));
        Self(receiver)
    }

    /// Waits for the next message.
    pub(super) fn wait(&self) -> Result<Next> {
        self.0.recv().map_or(Ok(Next::End), understood)
    }

    /// Returns the next message if it is here already.
    pub(super) fn poll(&self) -> Result<Next> {
        match self.0.try_recv() {
            Ok(read) => understood(read),
            Err(TryRecvError::Empty) => Ok(Next::Nothing),
            Err(TryRecvError::Disconnected) => Ok(Next::End),
        }
    }
}

/// Reads messages up to the end, or to the first that is none.
fn read(sender: &Sender<io::Result<Message>>) {
    let mut input = io::stdin().lock();
    while let Some(message) = message(&mut input).transpose() {
        let is_last = message.is_err();
        if sender.send(message).is_err() || is_last {
            return;
        }
    }
}

/// Reads a message, unless it announces more than can be meant.
fn message(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut headers = Vec::new();
    let mut bounded = input.take(MOST_HEADER_BYTES);
    while bounded.read_until(b'\n', &mut headers)? > 0 && headers.ends_with(b"\r\n") && !headers.ends_with(b"\n\r\n") {}
    if announced(&headers) > MOST_BYTES {
        return Err(ErrorKind::InvalidData.into());
    }
    Message::read(&mut headers.as_slice().chain(input))
}

/// Returns how many bytes headers announce at most; what makes no sense is left to the library.
fn announced(headers: &[u8]) -> u64 {
    let headers = String::from_utf8_lossy(headers).to_ascii_lowercase();
    let lengths = headers.lines().filter_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    lengths.max().unwrap_or_default()
}

/// Explains what is no message, without the words of the library: they repeat the message, and with it a secret.
fn understood(read: io::Result<Message>) -> Result<Next> {
    read.map(Next::Message).map_err(|error| match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => Error::Usage(
            "what came on standard input is no message of the Language Server Protocol; `ideoguard lsp` is started \
             by an editor, and the README says how"
                .into(),
        ),
        _ => Error::io("read", "standard input")(error),
    })
}

/// Sends a message.
pub(super) fn send(message: impl Into<Message>) -> Result<()> {
    message.into().write(&mut io::stdout().lock()).map_err(Error::io("write", "standard output"))
}

/// Sends a notification.
pub(super) fn notify<N: Notification>(params: N::Params) -> Result<()> {
    send(lsp_server::Notification::new(N::METHOD.to_owned(), params))
}

/// Shows the user a message.
pub(super) fn show(typ: MessageType, message: String) -> Result<()> {
    notify::<ShowMessage>(ShowMessageParams { typ, message })
}

/// Adds a line to what the editor logs of us.
pub(super) fn log(message: String) -> Result<()> {
    notify::<LogMessage>(LogMessageParams { typ: MessageType::INFO, message })
}

/// Refuses a request.
pub(super) fn refuse(id: RequestId, code: ErrorCode, why: &str) -> Result<()> {
    send(Response::new_err(id, code as i32, why.to_owned()))
}
