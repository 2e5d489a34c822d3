//! Shows the rules, and puts them to the test.

mod check;
mod show;
mod test;

use ideoguard::config::meant;
use ideoguard::error::{Error, Result};
use ideoguard::path::RepoPath;
use ideoguard::rules::{Rule, RuleBook, built_in};

use super::plan::{RulesPlan, Shown};
use super::{output, scan};

/// Shows what was asked for; returns the exit code.
pub(super) fn run(plan: &RulesPlan) -> Result<u8> {
    let config = scan::rules_here(plan.config.as_deref())?;
    let (engine, book) = (config.engine(), &config.rules);
    let lines = match &plan.what {
        Shown::List => show::list(book, &engine),
        Shown::One(id) => show::one(find(id, book)?, book, &engine),
        Shown::Test(file, rule) => {
            let rule = rule.as_deref().map(|id| find(id, book)).transpose()?;
            test::lines(&engine, file, rule.map(|rule| rule.id))?
        }
        Shown::Check if config.files == 0 => {
            return Err(Error::Usage(
                "there is no rule file here to check; name one: `ideoguard rules check FILE`".into(),
            ));
        }
        Shown::Check => {
            let (lines, passes) = check::lines(book, &engine);
            output::say(&lines)?;
            return Ok(u8::from(!passes));
        }
    };
    output::say(&lines)?;
    Ok(0)
}

/// Finds a rule by its id.
fn find(id: &str, book: &RuleBook) -> Result<&'static Rule> {
    book.rule(id).ok_or_else(|| {
        let known = built_in().chain(book.rules().iter().copied()).map(|rule| rule.id);
        let meant = meant(id, known).map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
        Error::Usage(format!("there is no rule `{}`{meant}; `ideoguard rules list` shows all", RepoPath::from(id)))
    })
}
