//! `ideoguard doctor`: what to put to the test.

use std::path::PathBuf;

use clap::Args as Group;

/// What to put to the test.
#[derive(Debug, Group)]
pub(in crate::cli) struct DoctorArgs {
    /// The hooks of this repository of a server: made-up secrets are pushed to a
    /// scratch copy of it
    #[arg(long, value_name = "REPO", required = true)]
    pub(in crate::cli) server: PathBuf,
}
