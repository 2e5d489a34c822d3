//! `ideoguard lsp`: what an editor starts.

use std::path::PathBuf;

use clap::Args as Group;

use ideoguard::size;

/// How documents are judged.
#[derive(Debug, Group)]
#[command(after_help = "\
An editor starts it and talks to it over standard input and output, in the
Language Server Protocol. While you type, a secret is underlined before git ever
sees it, with actions to move it to an environment variable or to allow it.

Examples:
  ideoguard lsp                         as the command of a language server
  ideoguard lsp --max-blob-size 1MiB    when typing in large files is slow
  ideoguard lsp -v                      shows what is allowed, too, as hints

Marks, .ideoguard.toml and the baseline of each file's repository count.
It ends with 0 after `shutdown` and `exit`, and with 1 when the editor is gone
without them.")]
pub(in crate::cli) struct LspArgs {
    /// Read this allow file instead of .ideoguard.toml
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Read this baseline instead of .ideoguard/baseline
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Leave out (and say so) documents that are larger: 10MB, 512KiB, …
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = size::parse)]
    pub(in crate::cli) max_blob_size: u64,
    /// Talk over standard input and output, as always; some editors add it
    #[arg(long, hide = true)]
    pub(in crate::cli) stdio: bool,
}
