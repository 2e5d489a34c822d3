//! Where words go: reports to standard output, standard error or a file; errors to standard error.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use ideoguard::error::{Error, Result};
use ideoguard::outcome::{Outcome, Status};
use ideoguard::report::{self, Colour, Detail, Format, Manner, Occasion};

use super::plan::{ScanPlan, Target};
use super::replace;

/// How messages name standard output.
const STDOUT: &str = "standard output";
/// How messages name standard error.
const STDERR: &str = "standard error";

/// Writes the report, and returns the exit code.
///
/// A report that could not be written is a run that nobody can rely on: it is
/// not clean. A reader who closes the pipe has seen enough, and changes nothing.
pub(super) fn report(plan: &ScanPlan, outcome: &Outcome, colour: ColorChoice) -> u8 {
    let status = outcome.status();
    match write(plan, outcome, colour) {
        Ok(()) => status.code(),
        Err(error) => {
            explain(&error, colour);
            match status {
                Status::Leaks => status.code(),
                Status::Clean | Status::Incomplete => Status::Incomplete.code(),
            }
        }
    }
}

/// Writes the report to where it goes; what it does not hold goes to standard error.
fn write(plan: &ScanPlan, outcome: &Outcome, colour: ColorChoice) -> Result<()> {
    let manner = |colour| Manner { occasion: plan.what.occasion(), detail: plan.detail, colour };
    match &plan.target {
        Target::Stdout => {
            let stream = AutoStream::new(io::stdout().lock(), colour);
            let colour = in_effect(stream.current_choice());
            to_stream(STDOUT, stream, |out| plan.format.write(outcome, manner(colour), out))
        }
        Target::Stderr => {
            let stream = AutoStream::new(io::stderr().lock(), colour);
            let colour = in_effect(stream.current_choice());
            to_stream(STDERR, stream, |out| plan.format.write(outcome, manner(colour), out))
        }
        Target::File(path) => {
            let write = |out: &mut dyn Write| plan.format.write(outcome, manner(Colour::Plain), out);
            replace::with(path, write).map_err(Error::io("write", path))
        }
    }?;
    let is_elsewhere = matches!(plan.target, Target::File(_)) || plan.format == Format::Jsonl;
    if is_elsewhere {
        let stream = AutoStream::new(io::stderr().lock(), colour);
        let colour = in_effect(stream.current_choice());
        // Whether anyone reads this or not, the report itself is written.
        let _ = to_stream(STDERR, stream, |out| report::write_coverage(outcome, manner(colour), out));
    }
    Ok(())
}

/// Writes to a stream, whose reader may leave early.
fn to_stream(name: &str, stream: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(stream);
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::io("write", name)),
    }
}

/// Writes lines to standard output.
pub(super) fn say(lines: &[String]) -> Result<()> {
    stream(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))
}

/// Tells on standard error what changes nothing but should be known.
pub(super) fn warn(line: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(io::stderr(), "warning: {line}");
}

/// Writes to standard output what is made while it is written.
pub(super) fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    to_stream(STDOUT, io::stdout().lock(), write)
}

/// Tells on standard error what could not be read.
pub(super) fn problems(outcome: &Outcome, occasion: Occasion, colour: ColorChoice) {
    let stream = AutoStream::new(io::stderr().lock(), colour);
    let manner = Manner { occasion, detail: Detail::Quiet, colour: in_effect(stream.current_choice()) };
    // Nobody is left to be told when this fails; the exit code still says it.
    let _ = to_stream(STDERR, stream, |out| report::write_coverage(outcome, manner, out));
}

/// Explains an error on standard error.
pub(super) fn explain(error: &Error, colour: ColorChoice) {
    let mut out = AutoStream::new(io::stderr().lock(), colour);
    let style: Style = AnsiColor::Red.on_default().bold();
    // Nobody is left to be told when this fails; the exit code still says it.
    let _ = writeln!(out, "{style}error{style:#}: {error}");
    if let Some(hint) = error.hint() {
        let _ = writeln!(out, "  hint: {hint}");
    }
}

/// Tells whether a stream takes colour.
fn in_effect(choice: ColorChoice) -> Colour {
    match choice {
        ColorChoice::Never => Colour::Plain,
        ColorChoice::Always | ColorChoice::AlwaysAnsi | ColorChoice::Auto => Colour::Ansi,
    }
}
