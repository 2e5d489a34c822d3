//! In which form a report is written, and where to; for all commands that report.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};

/// In which form a report is written, and where to.
#[derive(Debug, Group)]
pub(in crate::cli) struct FormArgs {
    /// Form of the report: text, json, jsonl, sarif, gitlab, junit, csv, github, markdown or html
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub(in crate::cli) format: FormatArg,
    /// Fill in this Jinja template instead, with what the JSON report holds
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(in crate::cli) template: Option<PathBuf>,
    /// Write the report to FILE, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum FormatArg {
    /// For people
    Text,
    /// One object with everything
    Json,
    /// One object a line for each finding
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitLab's secret detection report
    Gitlab,
    /// JUnit, for CI services
    Junit,
    /// For spreadsheets
    Csv,
    /// Annotations of a GitHub workflow
    Github,
    /// A summary for pull requests and CI jobs
    Markdown,
    /// One page for whoever cleans up
    Html,
}

/// The form in which something is listed that is no report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ListArg {
    /// For people
    Text,
    /// One object with everything
    Json,
}

/// The form of a list that may be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LinesArg {
    /// For people
    Text,
    /// One object with everything
    Json,
    /// One object a line
    Jsonl,
}
