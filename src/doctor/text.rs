//! The checklist for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::report::wrap::{self, WIDTH};
use crate::report::{Colour, Detail};

use super::check::{Check, Evidence, Verdict};
use super::{Checklist, Topic};

/// How many places of an item are told, unless everything is.
const TOLD: usize = 8;
/// How far what belongs to an item is moved in.
const INDENT: usize = 9;

/// Writes the checklist.
pub fn write(list: &Checklist, detail: Detail, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    for check in &list.checks {
        let is_told = match detail {
            Detail::Quiet => matches!(check.verdict, Verdict::Fail | Verdict::Unknown),
            Detail::Normal | Detail::Verbose => true,
        };
        if is_told {
            item(check, detail, colour, out)?;
        }
    }
    for problem in &list.problems {
        writeln!(out, "{}: {}: {}", painted("problem", AnsiColor::Red, colour), problem.what, problem.error)?;
    }
    if detail == Detail::Quiet {
        return Ok(());
    }
    writeln!(out, "\n{}", sum(list))
}

/// Writes one item.
fn item(check: &Check, detail: Detail, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let (word, paint) = match check.verdict {
        Verdict::Fail => ("FAIL", AnsiColor::Red),
        Verdict::Unknown => ("unknown", AnsiColor::Yellow),
        Verdict::Pass => ("ok", AnsiColor::Green),
        Verdict::NotApplicable => ("n/a", AnsiColor::BrightBlack),
    };
    let gap = " ".repeat(INDENT - word.len());
    let title = Topic::title(check.topic);
    write!(out, "{}{gap}", painted(word, paint, colour))?;
    if detail == Detail::Quiet {
        return writeln!(out, "{title}: {}", check.because);
    }
    if INDENT + title.len() + ": ".len() + check.because.chars().count() <= WIDTH {
        writeln!(out, "{title}: {}", check.because)?;
    } else {
        writeln!(out, "{title}")?;
        moved_in(&check.because, "", out)?;
    }
    let is_told = matches!(check.verdict, Verdict::Fail | Verdict::Unknown) || detail == Detail::Verbose;
    if !is_told {
        return Ok(());
    }
    let most = if detail == Detail::Verbose { usize::MAX } else { TOLD };
    for evidence in check.evidence.iter().take(most) {
        moved_in(&told(evidence), "", out)?;
    }
    let more = check.evidence.len().saturating_sub(most);
    if more > 0 {
        moved_in(&format!("and {more} more; `--verbose` tells all"), "", out)?;
    }
    for step in &check.fix {
        moved_in(step, "fix: ", out)?;
    }
    Ok(())
}

/// Writes a text below an item, broken to fit.
fn moved_in(text: &str, head: &str, out: &mut dyn Write) -> io::Result<()> {
    let width = WIDTH - INDENT - head.len();
    for (at, line) in wrap::lines(text, width).iter().enumerate() {
        let head = if at == 0 { head.to_owned() } else { " ".repeat(head.len()) };
        writeln!(out, "{}{head}{line}", " ".repeat(INDENT))?;
    }
    Ok(())
}

/// Says what an item rests on.
fn told(evidence: &Evidence) -> String {
    match (&evidence.path, evidence.line) {
        (Some(path), Some(line)) => format!("{path}:{line}: {}", evidence.says),
        (Some(path), None) => format!("{path}: {}", evidence.says),
        (None, _) => evidence.says.clone(),
    }
}

/// Says what all of it comes to.
fn sum(list: &Checklist) -> String {
    let count = |verdict: Verdict| list.checks.iter().filter(|check| check.verdict == verdict).count();
    format!(
        "{} items: {} failed, {} unknown, {} passed, {} not applicable",
        list.checks.len(),
        count(Verdict::Fail),
        count(Verdict::Unknown),
        count(Verdict::Pass),
        count(Verdict::NotApplicable)
    )
}

fn painted(word: &str, paint: AnsiColor, colour: Colour) -> String {
    match colour {
        Colour::Plain => word.to_owned(),
        Colour::Ansi => {
            let style: Style = paint.on_default().bold();
            format!("{style}{word}{style:#}")
        }
    }
}
