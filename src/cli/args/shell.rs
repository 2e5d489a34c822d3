//! `ideoguard completions` and `ideoguard man`: what a shell and a reader of manuals need.

use std::path::PathBuf;

use clap::Args as Group;
use clap_complete::Shell;

/// For which shell.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  eval \"$(ideoguard completions bash)\"    as a line of ~/.bashrc
  ideoguard completions zsh > \"${fpath[1]}/_ideoguard\"
  ideoguard completions fish > ~/.config/fish/completions/ideoguard.fish
  ideoguard completions powershell >> $PROFILE")]
pub(in crate::cli) struct CompletionsArgs {
    /// bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub(in crate::cli) shell: Shell,
}

/// Which manual pages, and where to.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard man | man -l -                       read the first page
  ideoguard man --dir ~/.local/share/man/man1    one page for each command")]
pub(in crate::cli) struct ManArgs {
    /// Write a page for each command into DIR, which is made if need be
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
}
