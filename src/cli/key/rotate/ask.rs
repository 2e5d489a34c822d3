//! Whoever is at the terminal: what is told, and what is asked.

use std::io::{self, BufRead, IsTerminal};

use ideoguard::error::{Error, Result};

use crate::cli::output;

/// Whether somebody is there to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    /// Yes, at the terminal.
    Guided,
    /// No: every answer was given before.
    Silent,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Go on.
    Go,
    /// Stop here.
    Stop,
}

impl Talk {
    /// Fails if somebody is to be asked and nobody is there.
    pub(super) fn check(self) -> Result<()> {
        if self == Self::Silent || io::stdin().is_terminal() {
            return Ok(());
        }
        let way = "with `--non-interactive` nothing is asked: the new key comes from `--key-file`, `--key-env` or `--key-stdin`";
        Err(Error::Usage(format!("this asks on a terminal, and there is none; {way}")))
    }

    /// Waits until whoever is there says to go on.
    pub(super) fn pause(self, question: &str) -> Result<Answer> {
        if self == Self::Silent {
            return Ok(Answer::Go);
        }
        let line = asked(&format!("{question} (Enter goes on, q stops here)"))?;
        Ok(if line.is_some_and(|line| line.trim().is_empty()) { Answer::Go } else { Answer::Stop })
    }

    /// Has one of some things chosen; returns its place in the list.
    pub(super) fn choose(question: &str, among: &[String]) -> Result<usize> {
        let lines: Vec<String> = (1..).zip(among).map(|(number, one)| format!("  {number}  {one}")).collect();
        output::say(&lines)?;
        let line = asked(&format!("{question} (its number)"))?.ok_or_else(stopped)?;
        let number: Option<usize> = line.trim().parse().ok();
        let place = number.and_then(|number| number.checked_sub(1)).filter(|place| *place < among.len());
        place.ok_or_else(|| Error::Usage(format!("a number from 1 to {} was asked for", among.len())))
    }
}

/// Asks for a line; `None` at the end of what is typed.
fn asked(question: &str) -> Result<Option<String>> {
    output::say(&[question.to_owned()])?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).map_err(Error::io("read", "the terminal"))?;
    Ok((read > 0).then_some(line))
}

/// Makes an error of an answer to stop.
pub(super) fn stopped() -> Error {
    Error::Interrupted("stopped here; `ideoguard key rotate` goes on, and `--back` goes back".to_owned())
}
