//! What is to be changed outside of this machine: told with a command for each.

use ideoguard::error::Result;
use ideoguard::path::RepoPath;
use ideoguard::rotation::commands;

use super::ask::{Answer, stopped};
use super::plan::RotatePlan;
use super::run::{Desk, Open};
use crate::cli::output;

/// The name of the variable where no file says another one.
const NAME: &str = "IDEOGRAM_API_KEY";

/// Tells what is to be changed elsewhere, and waits until it is.
pub(super) fn tell(plan: &RotatePlan, desk: &Desk, open: &Open) -> Result<()> {
    let names = open.state.names();
    let names = if names.is_empty() { vec![NAME] } else { names };
    let file = open.folder.new_key();
    let mut lines = vec!["set the new key wherever else the old one is set: CI, hosting, secret stores".to_owned()];
    if let Some(commands) = commands(&desk.top, &names, &file) {
        lines.extend(commands.into_iter().map(|one| format!("  {}: {}", one.service, one.command)));
    }
    lines.push(format!(
        "until the end it lies in {}; let commands read it from there, it belongs on no command line",
        RepoPath::from(file.as_path())
    ));
    output::say(&lines)?;
    match plan.talk.pause("Is it set everywhere, and do your programs run with it?")? {
        Answer::Go => Ok(()),
        Answer::Stop => Err(stopped()),
    }
}
