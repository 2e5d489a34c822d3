//! What can be typed, and its help.

mod allow;
mod audit;
mod baseline;
mod doctor;
mod find;
mod form;
mod hook;
mod install;
mod key;
mod lsp;
mod policy;
mod report;
mod rules;
mod scan;
mod shell;
mod store;
mod webhook;

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

pub(super) use allow::AllowArgs;
pub(super) use audit::{AuditArgs, AuditWhat};
pub(super) use baseline::{AddArgs, BaselineArgs, BaselineWhat, LookArgs, WordsArgs};
pub(super) use doctor::{CheckFormArg, DoctorArgs};
pub(super) use find::{ExplainArgs, WhereArgs};
pub(super) use form::{FormArgs, FormatArg, LinesArg, ListArg};
pub(super) use hook::{HookArg, HookArgs};
pub(super) use install::{HookNameArg, InstallArgs, ServerArg};
pub(super) use key::{ApiArgs, KeyArgs, KeySource, KeyWhat, RoleArg, RotateArgs, StyleArg};
pub(super) use lsp::LspArgs;
pub(super) use policy::{PolicyArgs, PolicyWhat};
pub(super) use report::ReportArgs;
pub(super) use rules::{RulesArgs, RulesWhat};
pub(super) use scan::{HistoryArgs, HowArgs, ScanArgs};
pub(super) use shell::{CompletionsArgs, ManArgs};
pub(super) use store::{StoreArgs, StorePlace, StoreWhat};
pub(super) use webhook::{SecretArgs, SharedArgs, WebhookArgs, WebhookWhat};

/// Keeps Ideogram API keys, and every other secret, out of git.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 80,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ideoguard install                    judge every commit of this repository
  ideoguard scan                       look through the work tree
  ideoguard scan --staged              look at what `git commit` would record
  ideoguard scan --range main..HEAD    look at what a branch adds

Exit codes:
  0  clean: everything was read, and nothing blocks
  1  leaks: something was found that blocks
  2  bad usage or configuration: nothing was scanned
  3  incomplete: something could not be read
A hook refuses the commit on every code but 0."
)]
pub(in crate::cli) struct Args<C: Subcommand = Command> {
    /// Run as if started in DIR; each further -C counts from the one before
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = "Common options")]
    pub(in crate::cli) directory: Vec<OsString>,
    /// When to use colour: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Common options"
    )]
    pub(in crate::cli) color: When,
    /// When to make places and rules links: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Common options"
    )]
    pub(in crate::cli) links: When,
    /// Tell leaks, warnings and problems only, one line each
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Common options")]
    pub(in crate::cli) quiet: bool,
    /// Tell everything: notes, what is allowed, what was skipped
    #[arg(short, long, global = true, help_heading = "Common options")]
    pub(in crate::cli) verbose: bool,
    /// What to do.
    #[command(subcommand)]
    pub(in crate::cli) command: C,
}

/// When to use what only some terminals know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum When {
    /// Where the terminal knows it, and the environment does not say otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Find secrets in files, in what is staged, in commits or in text
    Scan(ScanArgs),
    /// Judge for git, from inside a hook
    Hook(HookArgs),
    /// Put the hooks in place
    #[command(after_help = "\
Examples:
  ideoguard install                       all hooks, in this repository
  ideoguard install --hook pre-commit     this hook only
  ideoguard install --global              in all repositories of this user
  ideoguard install --server /srv/x.git   judge every push to it
  ideoguard install --server=github OUT   write what GitHub Enterprise takes
  ideoguard install --dry-run             say what would be done

A hook that is there already is kept and runs first; `uninstall` puts it back.")]
    Install(InstallArgs),
    /// Take the hooks away, and restore what was there before
    #[command(after_help = "\
Examples:
  ideoguard uninstall                     all hooks, in this repository
  ideoguard uninstall --global            in all repositories of this user
  ideoguard uninstall --server /srv/x.git")]
    Uninstall(InstallArgs),
    /// Allow a secret, knowingly
    Allow(AllowArgs),
    /// Start from what is there: only new secrets block
    Baseline(BaselineArgs),
    /// Show the rules
    Rules(RulesArgs),
    /// Show a server's policy
    Policy(PolicyArgs),
    /// Show or empty the store of what was scanned before
    Store(StoreArgs),
    /// Say why something was found, what allows it, and how to
    Explain(ExplainArgs),
    /// Tell a saved JSON report in another form
    Report(ReportArgs),
    /// Say where a secret still lives, and what takes it out of there
    Where(WhereArgs),
    /// Go through the security checklist for whoever calls Ideogram
    Doctor(DoctorArgs),
    /// Show and verify what was recorded
    Audit(AuditArgs),
    /// Keep track of Ideogram keys: alive, known, too old
    Key(KeyArgs),
    /// Check and sign deliveries of webhooks
    Webhook(WebhookArgs),
    /// Show secrets in an editor, as you type
    Lsp(LspArgs),
    /// Write completions for a shell
    Completions(CompletionsArgs),
    /// Write manual pages
    Man(ManArgs),
}

/// The hooks and nothing else.
#[derive(Debug, Subcommand)]
enum Hooks {
    /// Judge for git, from inside a hook
    Hook(HookArgs),
}

impl Args {
    /// Reads the command line.
    ///
    /// To describe all commands takes longer than to judge a small commit or push. So a hook is read apart; where that
    /// fails, all of them are there to say why. The hook that a server runs for each push is known without a description.
    pub(in crate::cli) fn read() -> Result<Self, clap::Error> {
        if std::env::args_os().skip(1).eq(PRE_RECEIVE) {
            return Ok(Self::pre_receive());
        }
        let is_hook = std::env::args_os().nth(1).is_some_and(|command| command == "hook");
        match is_hook.then(Args::<Hooks>::try_parse) {
            Some(Ok(args)) => Ok(args.into()),
            Some(Err(_)) | None => Self::try_parse(),
        }
    }

    /// Returns what [`PRE_RECEIVE`] means.
    fn pre_receive() -> Self {
        Self {
            directory: Vec::new(),
            color: When::Auto,
            links: When::Auto,
            quiet: false,
            verbose: false,
            command: Command::Hook(HookArgs { hook: HookArg::PreReceive }),
        }
    }
}

/// What a server's hook types: it has no options.
const PRE_RECEIVE: [&str; 2] = ["hook", "pre-receive"];

impl From<Args<Hooks>> for Args {
    fn from(args: Args<Hooks>) -> Self {
        let Args { directory, color, links, quiet, verbose, command: Hooks::Hook(hook) } = args;
        Self { directory, color, links, quiet, verbose, command: Command::Hook(hook) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_types_is_read_without_a_description_as_with_one() {
        let read = Args::<Command>::try_parse_from(["ideoguard"].iter().chain(&PRE_RECEIVE)).expect("it is a command");

        assert_eq!(format!("{:?}", Args::pre_receive()), format!("{read:?}"));
    }
}
