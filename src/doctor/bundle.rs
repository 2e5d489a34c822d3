//! Is no key handed to browsers: by a variable's prefix, by a bundler's settings, in what was built?

use crate::finding::{Confidence, Finding};
use crate::outcome::Outcome;
use crate::path::RepoPath;

use super::check::{Check, Evidence, Topic, Verdict};
use super::code::{Kind, Token};
use super::names::{is_key_name, is_public_key_name, told};
use super::project::{file_name, is_bundle};

/// What was found of one file.
pub(super) type Found = Vec<Evidence>;

/// Looks for names in code, outside of comments.
pub(super) fn in_code(path: &RepoPath, found: &[Token<'_>]) -> Found {
    let mut nesting = is_setting(path).then(Nesting::default);
    let mut evidence = Vec::new();
    for (at, token) in found.iter().enumerate() {
        if token.kind == Kind::Sign {
            if let Some(nesting) = &mut nesting {
                nesting.step(found, at);
            }
            continue;
        }
        let is_written = nesting.as_ref().is_some_and(Nesting::is_written);
        for name in names_in(token.text) {
            if is_public_key_name(name) {
                evidence.push(Evidence::at(path, token.line, public(name)));
            } else if is_written && is_key_name(name) {
                let says = format!(
                    "{} is named in a bundler's settings, which write it into the code for browsers",
                    told(name)
                );
                evidence.push(Evidence::at(path, token.line, says));
            }
        }
    }
    evidence
}

/// Looks for names in lines; what stands behind a `#` is a comment.
pub(super) fn in_config(path: &RepoPath, text: &str) -> Found {
    let mut evidence = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim_start();
        if text.starts_with('#') || text.starts_with("//") {
            continue;
        }
        let names = names_in(text).filter(|name| is_public_key_name(name));
        evidence.extend(names.map(|name| Evidence::at(path, line, public(name))));
    }
    evidence
}

fn public(name: &str) -> String {
    format!("{} is written into the code for browsers by its prefix", told(name))
}

/// The brackets around a place in a bundler's settings: for each, whether what it holds is written into the bundle.
#[derive(Debug, Default)]
struct Nesting {
    open: Vec<bool>,
}

/// What holds values that are written into the bundle: `env` in Next.js, `define` in Vite, plugins in webpack, `public` in Nuxt.
const WRITTEN: &[&str] = &["env", "define", "DefinePlugin", "EnvironmentPlugin", "public", "publicRuntimeConfig"];

impl Nesting {
    /// Takes in a sign.
    fn step(&mut self, found: &[Token<'_>], at: usize) {
        match found[at].text {
            "(" | "[" | "{" => {
                let before = |back: usize| at.checked_sub(back).map(|at| &found[at]);
                let is_labelled = before(1).is_some_and(|sign| sign.is_sign(":") || sign.is_sign("="));
                let label = before(if is_labelled { 2 } else { 1 });
                // `env (…)` is a call, as `loadEnv(…)` is.
                let counts = is_labelled || found[at].is_sign("(");
                let label = label.filter(|_| counts).map_or("", |label| label.text);
                let is_call = found[at].is_sign("(") && !label.ends_with("Plugin");
                self.open.push(self.is_written() || (!is_call && WRITTEN.contains(&label)));
            }
            ")" | "]" | "}" => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// Tells whether what stands here is written into the bundle.
    fn is_written(&self) -> bool {
        self.open.last() == Some(&true)
    }
}

/// Tells whether a file is the settings of a bundler.
pub(super) fn is_setting(path: &RepoPath) -> bool {
    let name = file_name(path);
    let starts: [&[u8]; 7] = [
        b"vite.config.", b"webpack.config.", b"next.config.", b"rollup.config.", b"esbuild.", b"rspack.config.",
        b"nuxt.config.",
    ];
    starts.iter().any(|start| name.starts_with(start))
}

/// Returns the names in a text.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_').filter(|name| !name.is_empty())
}

/// Answers, from the names that were found, and from scans of the work tree and of what was built.
pub(super) fn check(named: Vec<Evidence>, tree: &Outcome, built: &Outcome, has_client: bool) -> Check {
    let is_key = |finding: &&Finding| finding.provider == "Ideogram" && finding.confidence >= Confidence::High;
    let in_tree = tree.findings.iter().filter(|finding| is_bundle(&finding.path));
    let keys: Vec<Evidence> = in_tree.chain(&built.findings).filter(is_key).map(told_key).collect();
    if named.is_empty() && keys.is_empty() {
        if !built.problems.is_empty() {
            return Check::new(Topic::Bundle, Verdict::Unknown, "not all that was built could be read");
        }
        let looked = has_client || built.scanned > 0;
        let because = if looked {
            "no variable for browsers is named after a key, and no folder that browsers get holds one"
        } else {
            "there is no code for browsers here"
        };
        return Check::new(Topic::Bundle, if looked { Verdict::Pass } else { Verdict::NotApplicable }, because);
    }
    let mut steps = Vec::new();
    if !keys.is_empty() {
        steps.push("revoke the key: whoever opened the page has it; then delete the folder and build again");
    }
    steps.push("call Ideogram from a server (an API route, a function) that reads `IDEOGRAM_API_KEY`, and let the browser call that");
    if !named.is_empty() {
        steps.push("rename the variable so that it has no public prefix, and take it out of the bundler's settings");
    }
    let because = match (named.is_empty(), keys.is_empty()) {
        (false, true) => "a key is named for browsers",
        (true, false) => "a key stands in what browsers get",
        (_, _) => "a key is named for browsers, and one stands in what they get",
    };
    Check::new(Topic::Bundle, Verdict::Fail, because).resting_on(named).resting_on(keys).mended_by(steps)
}

fn told_key(finding: &Finding) -> Evidence {
    let says = format!("{} {}, {}", finding.title, finding.redacted, finding.fingerprint);
    Evidence::at(&finding.path, finding.place.line, says)
}
