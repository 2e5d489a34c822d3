//! Limits of a server's scan, kept from outside it: whatever it is doing, it ends in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ideoguard::error::{Error, Result};
use ideoguard::gate::ServerPolicy;

/// How often memory is looked at.
const EACH: Duration = Duration::from_millis(20);

/// Who has decided on the push: the scan or the clock, and never both.
#[derive(Clone, Default)]
pub(super) struct Decision(Arc<AtomicBool>);

impl Decision {
    /// Decides, unless somebody did; who comes second waits for the end of the program.
    pub(super) fn take(&self) {
        while self.0.swap(true, Ordering::SeqCst) {
            thread::park();
        }
    }
}

/// Ends the program as `over` says when a limit of the policy is reached before the decision is taken.
pub(super) fn watch(
    policy: &ServerPolicy,
    start: Instant,
    decision: &Decision,
    over: impl FnOnce(String) -> u8 + Send + 'static,
) -> Result<()> {
    let (deadline, memory) = (policy.deadline, policy.memory);
    if deadline.is_none() && memory.is_none() {
        return Ok(());
    }
    if memory.is_some() && own_memory().is_none() {
        let problem = "`memory`: how much memory is used cannot be told on this system; take the key away";
        return Err(Error::Usage(problem.to_owned()));
    }
    let decision = decision.clone();
    let wait = move || {
        let why = reached(start, deadline, memory);
        decision.take();
        at_once(over(why));
    };
    thread::Builder::new().spawn(wait).map(drop).map_err(Error::io("start", "a thread"))
}

/// Waits until a limit is reached, and says which.
fn reached(start: Instant, deadline: Option<Duration>, memory: Option<u64>) -> String {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_sub(start.elapsed()));
        if let (Some(deadline), Some(Duration::ZERO)) = (deadline, left) {
            return format!("the scan was not done within the deadline of {} ms", deadline.as_millis());
        }
        if let Some(most) = memory.filter(|most| own_memory().is_none_or(|used| used > *most)) {
            return format!("the scan took more memory than {} MiB", most >> 20);
        }
        match (left, memory) {
            (Some(left), None) => thread::sleep(left),
            (Some(left), Some(_)) => thread::sleep(left.min(EACH)),
            (None, _) => thread::sleep(EACH),
        }
    }
}

/// Returns how many bytes of its own the program has: mapped packs are not counted.
fn own_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// Ends the program.
#[expect(clippy::exit, reason = "the scan may be in the middle of anything, and must not go on")]
fn at_once(code: u8) {
    std::process::exit(code.into());
}
