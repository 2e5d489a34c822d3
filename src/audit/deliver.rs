//! Delivering: what was recorded, sent to another machine, where whoever writes here cannot change it.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::audit::chain::MAX_LINE;
use crate::audit::file::{self, For, Lock};
use crate::audit::head::{Found, Head};
use crate::audit::lines::{self, Lines};
use crate::audit::log::Log;
use crate::audit::standing::fits;
use crate::error::{Error, Result};
use crate::net::{Client, Header, Request, Url};
use crate::webhook::{SIGNATURE_HEADER, SharedSecret, TIMESTAMP_HEADER};

/// How many bytes of lines one request brings at most, but for a single longer line.
const BATCH: usize = 256 << 10;

/// Where the log is delivered to.
#[derive(Debug)]
pub struct Webhook {
    /// The address.
    pub url: Url,
    /// The secret that requests are signed with.
    pub secret: SharedSecret,
    /// How long a delivery may take in all, waiting for another run's included.
    pub limit: Duration,
    /// What makes the requests.
    pub client: Client,
}

/// What a delivery came to.
#[derive(Debug, Default)]
pub struct Delivered {
    /// How many lines were delivered now.
    pub lines: u64,
    /// How many are left for the next time.
    pub left: u64,
    /// Why some are left, if it is not for want of time alone.
    pub problem: Option<Error>,
}

impl Log {
    /// Delivers what was not delivered yet, oldest first, for as long as the webhook's limit allows.
    ///
    /// Each request is a `POST` of whole lines, as they stand in the log. An answer
    /// of 200 to 299 means that they are delivered, which is noted beside the log;
    /// whatever else happens, they are sent again the next time. So a receiver may
    /// see a line twice, and knows it by its `hash`. A log that no longer has the
    /// line that was delivered last is delivered from its beginning.
    ///
    /// An error means that nothing could be tried. `now` tells the time.
    pub fn deliver(&self, webhook: &Webhook, now: impl Fn() -> Timestamp) -> Result<Delivered> {
        self.deliver_within(webhook, webhook.limit, now)
    }

    /// Does the same within another limit.
    pub fn deliver_within(&self, webhook: &Webhook, limit: Duration, now: impl Fn() -> Timestamp) -> Result<Delivered> {
        let start = Instant::now();
        let marker = file::beside(self.path(), ".delivering");
        let marker_file = file::open(&marker, For::Writing(self.access()))?;
        let Some(_one_at_a_time) = file::lock(&marker, marker_file, Lock::Exclusive, limit)? else {
            return Err(Error::Audit {
                doing: "lock the delivery of",
                path: marker,
                because: "it was replaced".into(),
            });
        };
        let mut delivered = Delivered::default();
        loop {
            let Some(batch) = next_batch(self.path())? else { return Ok(delivered) };
            let left = limit.saturating_sub(start.elapsed());
            delivered.left = batch.left;
            if left.is_zero() {
                return Ok(delivered);
            }
            if let Err(problem) =
                post(webhook, &batch.body, now(), left).and_then(|status| taken(webhook, self.path(), status))
            {
                return Ok(Delivered { problem: Some(problem), ..delivered });
            }
            batch.end.write_as(self.path(), SUFFIX, self.access()).map_err(Error::io("write", self.path()))?;
            delivered.lines += batch.count;
            delivered.left -= batch.count;
        }
    }
}

/// How the name of the file ends that says up to where a log was delivered.
const SUFFIX: &str = ".delivered";

/// Lines to be delivered together.
struct Batch {
    /// The lines.
    body: Vec<u8>,
    /// How many they are.
    count: u64,
    /// Up to where the log is delivered with them.
    end: Head,
    /// How many lines were not delivered before, with these.
    left: u64,
}

/// Returns the next lines to be delivered; none if all are.
fn next_batch(log: &Path) -> Result<Option<Batch>> {
    // What stands behind the head is not finished, or is noted in a moment.
    let Found::Head(head) = Head::read(log)? else { return Ok(None) };
    let failed = || Error::io("read", log);
    let file = file::open(log, For::Reading)?;
    let length = file.metadata().map_err(failed())?.len();
    let done = match Head::read_as(log, SUFFIX)? {
        Found::Head(done) if done.bytes <= head.bytes && fits(&file, length, done).map_err(failed())? => done,
        Found::Head(_) | Found::Nothing | Found::Damaged => Head::START,
    };
    if done.bytes >= head.bytes {
        return Ok(None);
    }
    let mut end = done;
    for line in Lines::from(&file, done.bytes).map_err(failed())? {
        let line = line.map_err(failed())?;
        let is_first = end.bytes == done.bytes;
        if !line.is_ended || line.after > head.bytes || (!is_first && line.after - done.bytes > BATCH as u64) {
            break;
        }
        end = Head { lines: end.lines + 1, bytes: line.after, hash: end.hash };
    }
    let size = usize::try_from(end.bytes - done.bytes).unwrap_or(usize::MAX);
    if size == 0 || size > BATCH.max(MAX_LINE) {
        let because = "its lines are not those that the head names; `ideoguard audit verify` says more".to_owned();
        return Err(Error::Audit { doing: "deliver the audit log", path: log.to_owned(), because });
    }
    let body = lines::bytes_from(&file, done.bytes, size).map_err(failed())?;
    let last = lines::line_before(&file, end.bytes).map_err(failed())?;
    let hash = last.and_then(|line| crate::audit::chain::Line::links(&line)).map_or(end.hash, |links| links.hash);
    let left = head.lines.saturating_sub(done.lines).max(end.lines - done.lines);
    Ok(Some(Batch { body, count: end.lines - done.lines, end: Head { hash, ..end }, left }))
}

/// Sends lines; returns the status of the answer.
fn post(webhook: &Webhook, body: &[u8], now: Timestamp, limit: Duration) -> Result<u16> {
    let seconds = now.as_second();
    let (timestamp, signature) = (seconds.to_string(), webhook.secret.sign(Some(seconds), body));
    let headers = [
        Header { name: "Content-Type", value: b"application/x-ndjson" },
        Header { name: TIMESTAMP_HEADER, value: timestamp.as_bytes() },
        Header { name: SIGNATURE_HEADER, value: signature.as_bytes() },
    ];
    let request = Request { url: &webhook.url, headers: &headers, body: Some(body) };
    webhook.client.send_within(&request, limit).map(|answer| answer.status)
}

/// Tells whether lines were taken.
fn taken(webhook: &Webhook, log: &Path, status: u16) -> Result<()> {
    let hint = match status {
        200..=299 => return Ok(()),
        300..=399 => ", which leads elsewhere and is not followed",
        _ => "",
    };
    let because = format!("{} answered with {status}{hint}", webhook.url);
    Err(Error::Audit { doing: "deliver the audit log", path: log.to_owned(), because })
}
