//! Where words go: reports to standard output, standard error or a file; errors to standard error.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use ideoguard::error::{Error, Result};
use ideoguard::git::Repository;
use ideoguard::outcome::{Outcome, Status};
use ideoguard::report::{self, Colour, Detail, Form, Format, Links, Manner, Occasion, Times, wrap};
use supports_hyperlinks::Stream;
use terminal_size::{Height, Width};

use super::telling::{Linking, Target, Telling, now};
use super::{replace, unsaid};

/// Fewest columns that lines are broken for.
const NARROWEST: usize = 40;
/// Most columns that lines are broken for: longer ones are hard to read.
const WIDEST: usize = 100;

/// How messages name standard output.
const STDOUT: &str = "standard output";
/// How messages name standard error.
const STDERR: &str = "standard error";

/// Writes the report, and returns the exit code.
///
/// A report that could not be written is a run that nobody can rely on: it is
/// not clean. A reader who closes the pipe has seen enough, and changes nothing.
pub(super) fn report(telling: &Telling, occasion: Occasion, outcome: &Outcome, colour: ColorChoice) -> u8 {
    let status = outcome.status();
    match tell(telling, occasion, outcome, colour) {
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
pub(super) fn tell(telling: &Telling, occasion: Occasion, outcome: &Outcome, colour: ColorChoice) -> Result<()> {
    let times = Times { began: telling.began, ended: now() };
    let detail = telling.detail;
    let top = top_for_links(telling.links, occasion, outcome);
    let links = |stream, colour| links(telling.links, stream, colour, top.as_deref());
    match &telling.target {
        Target::Stdout => {
            let stream = AutoStream::new(io::stdout().lock(), colour);
            let colour = in_effect(stream.current_choice());
            let width = width(terminal_size::terminal_size_of(io::stdout()));
            let manner = Manner { occasion, detail, colour, width, links: links(Stream::Stdout, colour), times };
            to_stream(STDOUT, stream, |out| telling.form.write(outcome, manner, out))
        }
        Target::Stderr => {
            let stream = AutoStream::new(io::stderr().lock(), colour);
            let colour = in_effect(stream.current_choice());
            let width = width(terminal_size::terminal_size_of(io::stderr()));
            let manner = Manner { occasion, detail, colour, width, links: links(Stream::Stderr, colour), times };
            to_stream(STDERR, stream, |out| telling.form.write(outcome, manner, out))
        }
        Target::File(path) => {
            let colour = Colour::Plain;
            let manner = Manner { occasion, detail, colour, width: wrap::WIDTH, links: Links::None, times };
            let write = |out: &mut dyn Write| telling.form.write(outcome, manner, out);
            replace::with(path, write).map_err(Error::io("write", path))
        }
    }?;
    let tells_problems = !matches!(telling.form, Form::Template(_) | Form::Format(Format::Jsonl));
    let is_elsewhere = matches!(telling.target, Target::File(_)) || !tells_problems;
    if is_elsewhere {
        coverage(outcome, occasion, detail, colour);
    }
    Ok(())
}

/// Tells on standard error how much was read, and what could not be.
fn coverage(outcome: &Outcome, occasion: Occasion, detail: Detail, colour: ColorChoice) {
    let stream = AutoStream::new(io::stderr().lock(), colour);
    let colour = in_effect(stream.current_choice());
    let width = width(terminal_size::terminal_size_of(io::stderr()));
    let manner = Manner { occasion, detail, colour, width, links: Links::None, times: Times::default() };
    // Nobody is left to be told when this fails; the exit code still says it.
    let _ = to_stream(STDERR, stream, |out| report::write_coverage(outcome, manner, out));
}

/// Returns how wide lines are: as wide as the terminal, but still easy to read.
fn width(terminal: Option<(Width, Height)>) -> usize {
    terminal.map_or(wrap::WIDTH, |(Width(columns), _)| usize::from(columns).clamp(NARROWEST, WIDEST))
}

/// Returns the folder at which the paths of a report begin, where there may be links to its files.
fn top_for_links(linking: Linking, occasion: Occasion, outcome: &Outcome) -> Option<PathBuf> {
    let may_be = [Stream::Stdout, Stream::Stderr].into_iter().any(|stream| is_wanted(linking, stream));
    if !may_be || outcome.findings.is_empty() {
        return None;
    }
    let here = std::env::current_dir().ok()?;
    match occasion {
        Occasion::Commit | Occasion::Staged => Some(Repository::discover(&here).ok()?.work_dir()?.to_owned()),
        Occasion::Message | Occasion::Range | Occasion::History | Occasion::Files => Some(here),
    }
}

/// Tells whether links are wanted on a stream.
fn is_wanted(linking: Linking, stream: Stream) -> bool {
    match linking {
        Linking::Auto => supports_hyperlinks::on(stream),
        Linking::Always => true,
        Linking::Never => false,
    }
}

/// Returns what words lead to: something only where the terminal knows links, or they are asked for.
fn links(linking: Linking, stream: Stream, colour: Colour, top: Option<&Path>) -> Links<'_> {
    match top {
        Some(top) if is_wanted(linking, stream) && colour == Colour::Ansi => Links::From(top),
        Some(_) | None => Links::None,
    }
}

/// Writes to a stream, whose reader may leave early.
fn to_stream(name: &str, stream: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(stream);
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::io("write", name)),
    }
}

/// Writes a page to standard output, in colour where that is shown.
pub(super) fn page(colour: ColorChoice, write: impl FnOnce(Colour, &mut dyn Write) -> io::Result<()>) -> Result<()> {
    let stream = AutoStream::new(io::stdout().lock(), colour);
    let colour = in_effect(stream.current_choice());
    to_stream(STDOUT, stream, |out| write(colour, out))
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

/// Writes bytes to standard output.
pub(super) fn bytes(bytes: &[u8]) -> Result<()> {
    to_stream(STDOUT, io::stdout().lock(), |out| out.write_all(bytes))
}

/// Says beside a report, on standard error, what was done.
pub(super) fn remark(line: &str) {
    // Whether anyone reads this or not, it is done.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Tells on standard error what could not be read.
pub(super) fn problems(outcome: &Outcome, occasion: Occasion, colour: ColorChoice) {
    coverage(outcome, occasion, Detail::Quiet, colour);
}

/// Explains an error on standard error, without the secrets that were typed.
pub(super) fn explain(error: &Error, colour: ColorChoice) {
    let mut out = AutoStream::new(io::stderr().lock(), colour);
    let style: Style = AnsiColor::Red.on_default().bold();
    // Nobody is left to be told when this fails; the exit code still says it.
    let _ = writeln!(out, "{style}error{style:#}: {}", unsaid::text(&error.to_string()));
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
