//! Reports in a form that the user writes: a Jinja template, which is given what the JSON report holds.
//!
//! A template reads no files and starts nothing. Its text sees every value with
//! what a terminal acts on escaped; in a template whose name ends in `.html` or
//! `.xml`, with or without `.j2`, values are escaped for that, too.

use std::io::{self, Write};
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::outcome::Outcome;
use crate::path::Escaped;
use crate::report::json;
use crate::report::safe::safe;

/// A template that is known to make sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its file's name, whose ending says how values are escaped.
    name: String,
    /// Its text.
    text: String,
}

impl Template {
    /// Reads a template; an error names the line.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let template = Self { name, text: text.to_owned() };
        let mut known = environment();
        match known.add_template(&template.name, &template.text) {
            Ok(()) => Ok(template),
            Err(error) => Err(Error::Config {
                path: file.to_owned(),
                line: error.line().unwrap_or(0),
                column: 0,
                problem: format!("this template makes no sense: {}", words(&error)),
            }),
        }
    }

    /// Writes the report.
    pub(super) fn write(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let mut values = serde_json::to_value(json::report(outcome))?;
        clean(&mut values);
        let mut known = environment();
        let failed = |error: minijinja::Error| {
            let line = error.line().map(|line| format!(":{line}")).unwrap_or_default();
            io::Error::other(format!("template {}{line}: {}", Escaped(self.name.as_bytes()), words(&error)))
        };
        known.add_template(&self.name, &self.text).map_err(failed)?;
        let template = known.get_template(&self.name).map_err(failed)?;
        // Whole in memory first: half a report is none.
        let report = template.render(minijinja::Value::from(minijinja::value::Serde(values))).map_err(failed)?;
        out.write_all(report.as_bytes())
    }
}

/// Returns an environment without a loader, so that a template reaches no file, in which an unknown name is an error.
fn environment() -> Environment<'static> {
    let mut known = Environment::new();
    known.set_undefined_behavior(UndefinedBehavior::Strict);
    known.set_syntax(syntax());
    known.set_auto_escape_callback(escape);
    known
}

/// Returns Jinja's syntax, with blocks on lines of their own leaving no empty line.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .unwrap_or_default()
}

/// Decides by a template's name how its values are escaped.
fn escape(name: &str) -> AutoEscape {
    let name = name.strip_suffix(".j2").or_else(|| name.strip_suffix(".jinja")).unwrap_or(name);
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" | "htm" | "xhtml" | "xml" | "svg" => AutoEscape::Html,
        "json" | "yaml" | "yml" | "js" => AutoEscape::Json,
        _ => AutoEscape::None,
    }
}

/// Escapes what a terminal acts on in every text of a value.
fn clean(value: &mut Value) {
    match value {
        Value::String(text) => *text = safe(text),
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(fields) => fields.values_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Says what is wrong with a template.
fn words(error: &minijinja::Error) -> String {
    let kind = error.kind().to_string();
    safe(&error.detail().map_or_else(|| kind.clone(), |detail| format!("{kind}: {detail}")))
}
