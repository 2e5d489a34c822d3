//! The command line: arguments become a plan, the plan is carried out, errors are explained.

mod allow;
mod args;
mod audit;
mod baseline;
mod config;
mod doctor;
mod explain;
mod framework;
mod gate;
mod history;
mod import;
mod install;
mod key;
mod lsp;
mod net;
mod output;
mod plan;
mod planning;
mod progress;
mod record;
mod refused;
mod replace;
mod report;
mod request;
mod rules;
mod scan;
mod secret_file;
mod shell;
#[cfg(all(target_os = "linux", target_env = "gnu", not(test)))]
mod start;
mod store;
mod telling;
mod text_file;
mod trial;
mod unsaid;
mod user;
mod webhook;

use std::panic::resume_unwind;
use std::thread;

use anstream::ColorChoice;

use args::Args;
use ideoguard::error::{Error, Result};
use plan::Plan;

/// Does what the arguments ask for, and returns the exit code.
pub(crate) fn run() -> u8 {
    match Args::read() {
        Ok(args) => carry_out(args),
        Err(stop) => refused::tell(&stop),
    }
}

/// Carries out what was asked for; an error is explained on standard error.
fn carry_out(args: Args) -> u8 {
    let colour = args.colour();
    let done = args.into_plan().and_then(|plan| execute(&plan, colour));
    done.unwrap_or_else(|error| {
        output::explain(&error, colour);
        error.exit_code()
    })
}

/// Carries out a plan.
fn execute(plan: &Plan, colour: ColorChoice) -> Result<u8> {
    match plan {
        Plan::Scan(plan) => scan::run(plan, colour),
        Plan::Allow(plan) => allow::run(plan),
        Plan::Baseline(plan) => baseline::run(plan, colour),
        Plan::Rules(plan) => rules::run(plan),
        Plan::Explain(plan) => explain::run(plan, colour),
        Plan::Report(plan) => report::run(plan, colour),
        Plan::Where(plan) => history::find(plan, colour),
        Plan::Doctor(plan) => apart(|| doctor::run(plan, colour)),
        Plan::Install(request) => install::run(request),
        Plan::Uninstall(request) => install::undo(request),
        Plan::StoreInfo(place) => store::info(place),
        Plan::StoreClear(place) => store::clear(place),
        Plan::Gate(plan) => gate::run(plan, colour),
        Plan::Policy(plan) => gate::check(plan),
        Plan::Trial(server) => trial::run(server),
        Plan::Audit(plan) => audit::run(plan),
        Plan::Key(plan) => key::run(plan, colour),
        Plan::Webhook(plan) => webhook::run(plan),
        Plan::Lsp(plan) => lsp::run(plan),
        Plan::Completions(shell) => shell::completions(*shell),
        Plan::Man(folder) => shell::man(folder.as_deref()),
    }
}

/// Does something on a thread of its own: the system takes back what it leaves on its stack, such as parts of keys.
fn apart<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| {
        let started = thread::Builder::new().spawn_scoped(scope, work).map_err(Error::io("start", "a thread"))?;
        started.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
