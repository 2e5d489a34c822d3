//! How far a long scan is, and its end by Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ideoguard::error::{Error, Result};
use ideoguard::scan::history::Watch;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plan::Progress;

/// Shows how far scans are, and ends them when the user asks.
///
/// Threads meet here, in counters that are only shown: what is found does not pass through.
pub(super) struct Follow {
    bar: ProgressBar,
    bytes: AtomicU64,
    found: AtomicU64,
    is_over: Arc<AtomicBool>,
}

impl Follow {
    /// Begins to follow; from here on, Ctrl-C ends the scan instead of the program.
    pub(super) fn new(progress: Progress) -> Result<Self> {
        let target = match progress {
            // Hidden by itself where standard error is no terminal.
            Progress::Shown => ProgressDrawTarget::stderr(),
            Progress::Hidden => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let form = "{bar:24} {human_pos} of {human_len} objects, {msg}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_over);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                // Asked twice: at once.
                at_once();
            }
        })
        .map_err(|error| Error::Usage(format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(Self { bar, bytes: AtomicU64::new(0), found: AtomicU64::new(0), is_over })
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Ends the program.
#[expect(clippy::exit, reason = "whoever asks twice does not want to wait for anything")]
fn at_once() {
    std::process::exit(130);
}

impl Watch for Follow {
    fn expect(&self, objects: u64) {
        self.bar.inc_length(objects);
    }

    fn step(&self, objects: u64, bytes: u64, found: u64) -> bool {
        if objects > 0 {
            let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
            let found = self.found.fetch_add(found, Ordering::Relaxed) + found;
            self.bar.inc(objects);
            self.bar.set_message(format!("{}, {found} findings", HumanBytes(bytes)));
        }
        !self.is_over.load(Ordering::Relaxed)
    }
}
