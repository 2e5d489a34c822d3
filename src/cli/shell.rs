//! Completions for shells, and manual pages.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use ideoguard::error::{Error, Result};

use super::args::Args;
use super::output;

/// Writes completions; returns the exit code.
pub(super) fn completions(shell: Shell) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut <Args>::command(), "ideoguard", &mut script);
    output::bytes(&script)?;
    Ok(0)
}

/// Writes manual pages: one for each command into a folder, or the first to standard output.
pub(super) fn man(folder: Option<&Path>) -> Result<u8> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        Man::new(<Args>::command()).render(&mut page).map_err(Error::io("write", "standard output"))?;
        output::bytes(&page)?;
        return Ok(0);
    };
    pages(folder).map_err(Error::io("write", folder))?;
    Ok(0)
}

/// Writes a page for each command.
fn pages(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(<Args>::command(), folder)
}
