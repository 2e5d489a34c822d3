//! How a report is told, and where: decided from the arguments.

use std::path::PathBuf;

use ideoguard::error::Result;
use ideoguard::report::{Detail, Form, Format, Template};

use super::args::{FormArgs, FormatArg};
use super::text_file::{self, Purpose};

/// How a report is told, and where.
pub(super) struct Telling {
    /// Its form.
    pub(super) form: Form,
    /// How much a report for people tells.
    pub(super) detail: Detail,
    /// Where it goes.
    pub(super) target: Target,
    /// When a report for people makes links.
    pub(super) links: Linking,
    /// When the run began, in seconds since the epoch.
    pub(super) began: i64,
}

/// When a report for people makes links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linking {
    /// Where the terminal knows them.
    Auto,
    /// Wherever there is colour.
    Always,
    /// Never.
    Never,
}

/// Where a report goes.
pub(super) enum Target {
    /// Standard output.
    Stdout,
    /// Standard error: git shows what a hook writes there.
    Stderr,
    /// A file.
    File(PathBuf),
}

/// How reports for people look.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// How much they tell.
    pub(super) detail: Detail,
    /// When they make links.
    pub(super) links: Linking,
}

/// Plans how a report is told; an output file takes the place of `stream`.
pub(super) fn of(args: FormArgs, look: Look, stream: Target) -> Result<Telling> {
    let form = match args.template {
        Some(file) => Form::Template(Template::parse(&file, &text_file::read(&file, Purpose::Template)?)?),
        None => Form::Format(format(args.format)),
    };
    let target = args.output.map_or(stream, Target::File);
    Ok(Telling { form, detail: look.detail, target, links: look.links, began: now() })
}

/// Plans a report for people.
pub(super) fn plain(detail: Detail) -> Telling {
    let form = Form::Format(Format::Text);
    Telling { form, detail, target: Target::Stdout, links: Linking::Auto, began: now() }
}

/// Returns the present moment, in seconds since the epoch.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Returns the form that was asked for.
fn format(format: FormatArg) -> Format {
    match format {
        FormatArg::Text => Format::Text,
        FormatArg::Json => Format::Json,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Sarif => Format::Sarif,
        FormatArg::Gitlab => Format::Gitlab,
        FormatArg::Junit => Format::Junit,
        FormatArg::Csv => Format::Csv,
        FormatArg::Github => Format::Github,
        FormatArg::Markdown => Format::Markdown,
        FormatArg::Html => Format::Html,
    }
}
