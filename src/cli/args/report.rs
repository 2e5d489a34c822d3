//! `ideoguard report`: which saved report to tell in another form.

use std::path::PathBuf;

use clap::Args as Group;

use super::FormArgs;

/// Which saved report to tell, and in which form.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  ideoguard scan --history --format json --output results.json
  ideoguard report results.json --html --output report.html
  ideoguard report results.json --format sarif --output results.sarif
  ideoguard report results.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  ideoguard report results.json --template list.txt.j2

A template sees schema, tool, summary, findings, problems, skipped and notices,
reaches no file, and escapes by its name: .html and .xml, .json, or not.
Exit code 0 means that the report was written, whatever it tells.")]
pub(in crate::cli) struct ReportArgs {
    /// A report that `--format json` saved; - is standard input
    #[arg(value_name = "RESULTS")]
    pub(in crate::cli) results: PathBuf,
    /// The same as --format html
    #[arg(long, conflicts_with_all = ["format", "template"])]
    pub(in crate::cli) html: bool,
    /// In which form, and where to.
    #[command(flatten)]
    pub(in crate::cli) form: FormArgs,
}
