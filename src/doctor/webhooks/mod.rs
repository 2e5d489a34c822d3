//! Do the handlers of Ideogram's webhooks verify signatures, in constant time, with a replay window, over the bytes that came?
//!
//! Nothing is run. A handler is a file that names a header of Ideogram's
//! webhooks, gives their path a handler, or lies at such a path; what it leaves
//! to functions of other files is looked for there, by name. Of several handlers
//! in one file each is judged by itself (`parts.rs`); a file that others lean on
//! is one: of two handlers in it, the better one may hide the worse. Whether the
//! answer of a comparison is heeded is not seen. Where nothing tells, the
//! verdict is `unknown`, with the place.

mod facts;
mod operands;
mod parts;
mod tables;

use std::collections::BTreeMap;

use crate::path::RepoPath;

use super::check::{Check, Evidence, Topic, Verdict};
use super::code::{Language, Token, words};
use super::names::told;
use facts::Facts;
use parts::parts;

/// What was found in all files of code.
#[derive(Debug, Default)]
pub(super) struct Webhooks {
    /// The facts of each file that a handler may lean on.
    files: BTreeMap<RepoPath, Facts>,
    /// The facts of each handler in a file that has several.
    split: BTreeMap<RepoPath, Vec<Facts>>,
}

/// How many times a function may leave it to another one.
const DEEPEST: usize = 3;

impl Webhooks {
    /// Looks at one file of code.
    pub(super) fn look(&mut self, path: &RepoPath, tokens: &[Token<'_>], language: Language) {
        self.files.insert(path.clone(), Facts::of(tokens, language));
        let parts: Vec<Facts> = parts(tokens, language).iter().map(|part| Facts::of_part(part, language)).collect();
        if !parts.is_empty() {
            self.split.insert(path.clone(), parts);
        }
    }

    /// Returns the handlers, each with its facts and those of all it leans on.
    fn handlers(&self) -> Vec<Handler<'_>> {
        let is_handler = |path: &RepoPath, facts: &Facts| {
            let at_path = facts::is_webhook(&words(&path.to_string())) && facts.request.is_some();
            facts.header.is_some() || facts.route.is_some() || at_path
        };
        let handlers = self.files.iter().filter(|(path, facts)| is_handler(path, facts));
        let mut handlers: Vec<Handler<'_>> = handlers
            .flat_map(|(path, facts)| {
                let parts = self.split.get(path).map_or(std::slice::from_ref(facts), Vec::as_slice);
                parts.iter().map(|own| self.handler(path, own))
            })
            .collect();
        // A file that another handler leans on is judged with it.
        let leaned: Vec<&RepoPath> = handlers.iter().flat_map(|one| one.files[1..].iter().copied()).collect();
        handlers.retain(|one| !leaned.contains(&one.files[0]) || self.files[one.files[0]].route.is_some());
        handlers
    }

    /// Gathers the files that one handler leans on.
    fn handler<'a>(&'a self, path: &'a RepoPath, own: &'a Facts) -> Handler<'a> {
        let mut files = vec![path];
        let mut open = Vec::new();
        let mut names = own.left_to.clone();
        for _ in 0..DEEPEST {
            let mut next = Vec::new();
            for (name, line) in std::mem::take(&mut names) {
                let made = self.files.iter().filter(|(_, facts)| facts.made.contains(&name)).map(|(path, _)| path);
                let made: Vec<&RepoPath> = made.collect();
                if made.is_empty() {
                    open.push((name, line));
                }
                for file in made {
                    if !files.contains(&file) {
                        files.push(file);
                        next.extend(self.files[file].left_to.iter().cloned());
                    }
                }
            }
            names = next;
        }
        Handler { all: self, own, files, open }
    }

    /// Answers.
    pub(super) fn check(&self) -> Check {
        let handlers = self.handlers();
        if handlers.is_empty() {
            return Check::new(Topic::Webhooks, Verdict::NotApplicable, "no handler of Ideogram's webhooks is here");
        }
        let points: Vec<Point> = handlers.iter().flat_map(Handler::points).collect();
        let verdict = points.iter().map(|point| point.verdict).min().unwrap_or(Verdict::Unknown);
        let because = match verdict {
            Verdict::Fail => "a handler takes what it should refuse",
            Verdict::Unknown => "it cannot be told of every handler",
            Verdict::Pass | Verdict::NotApplicable => "signatures, age and bytes are checked",
        };
        let steps = points.iter().filter(|point| point.verdict != Verdict::Pass).map(|point| point.aspect.fix());
        Check::new(Topic::Webhooks, verdict, because)
            .mended_by(steps.collect::<Vec<_>>())
            .resting_on(points.into_iter().map(|point| point.evidence))
    }
}

/// A handler with the files that it leans on.
struct Handler<'a> {
    all: &'a Webhooks,
    /// Its own facts, which need not be all of its file's.
    own: &'a Facts,
    /// Its own file first.
    files: Vec<&'a RepoPath>,
    /// The functions that it leaves it to and that no file makes, with the line.
    open: Vec<(String, u64)>,
}

/// What is asked of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    /// Is the signature checked, and in constant time?
    Signature,
    /// Is what is old refused?
    Window,
    /// Are the bytes checked that came?
    Bytes,
}

/// The answer to one of these.
struct Point {
    aspect: Aspect,
    verdict: Verdict,
    evidence: Evidence,
}

impl Aspect {
    fn fix(self) -> &'static str {
        match self {
            Self::Signature => {
                "verify `X-Ideogram-Webhook-Signature` before anything else: Ed25519 with Ideogram's public keys, or for a \
                 shared secret HMAC-SHA-256 compared with `timingSafeEqual`, `hmac.compare_digest`, `hmac.Equal`, \
                 `secure_compare`, `hash_equals` or `MessageDigest.isEqual`, never with `==`"
            }
            Self::Window => {
                "compare the timestamp that is signed with the clock, and refuse what is more than 5 minutes away: \
                 without that, an old delivery can be sent again"
            }
            Self::Bytes => {
                "verify the bytes of the body as they came (`express.raw`, `request.text()`, `get_data()`, `io.ReadAll`, \
                 `raw_post`, `php://input`), not JSON that was made anew"
            }
        }
    }
}

impl Handler<'_> {
    fn facts(&self) -> impl Iterator<Item = (&RepoPath, &Facts)> {
        let leaned = self.files[1..].iter().map(|path| (*path, &self.all.files[*path]));
        std::iter::once((self.files[0], self.own)).chain(leaned)
    }

    /// Returns the first place that some file of the handler has.
    fn place(&self, of: impl Fn(&Facts) -> Option<u64>) -> Option<(&RepoPath, u64)> {
        self.facts().find_map(|(path, facts)| Some((path, of(facts)?)))
    }

    /// Returns where the handler begins.
    fn start(&self) -> (&RepoPath, u64) {
        let of = |facts: &Facts| facts.route.or(facts.header).or(facts.request);
        self.place(of).unwrap_or((self.files[0], 1))
    }

    /// Answers all that is asked.
    fn points(&self) -> Vec<Point> {
        let signature = self.signature();
        if signature.iter().any(|point| point.verdict != Verdict::Pass) && self.place(first_check).is_none() {
            return signature;
        }
        signature.into_iter().chain([self.window(), self.bytes()]).collect()
    }

    fn signature(&self) -> Vec<Point> {
        let point = |verdict, (path, line): (&RepoPath, u64), says: String| Point {
            aspect: Aspect::Signature,
            verdict,
            evidence: Evidence::at(path, line, says),
        };
        let plain = self.facts().flat_map(|(path, facts)| facts.plain.iter().map(move |line| (path, *line)));
        let plain: Vec<Point> = plain
            .map(|at| {
                point(
                    Verdict::Fail,
                    at,
                    "a signature is compared byte for byte, so its time tells how much is right".to_owned(),
                )
            })
            .collect();
        if !plain.is_empty() {
            return plain;
        }
        if let Some(at) = self.place(|facts| facts.sure.first().copied()) {
            return vec![point(Verdict::Pass, at, "the signature is compared in constant time".to_owned())];
        }
        if let Some((name, line)) = self.open.first() {
            let says = format!("it is left to `{}`, which is not here to look at", told(name));
            return vec![point(Verdict::Unknown, (self.files[0], *line), says)];
        }
        let is_served = self.place(|facts| facts.route.or(facts.request)).is_some();
        if is_served {
            return vec![point(Verdict::Fail, self.start(), "a handler checks no signature".to_owned())];
        }
        vec![point(
            Verdict::Unknown,
            self.start(),
            "a header of Ideogram's webhooks is named, and no check is seen".to_owned(),
        )]
    }

    fn window(&self) -> Point {
        let point = |verdict, (path, line): (&RepoPath, u64), says: &str| Point {
            aspect: Aspect::Window,
            verdict,
            evidence: Evidence::at(path, line, says),
        };
        let timestamp = self.place(|facts| facts.timestamp);
        let has_clock = self.place(|facts| facts.clock).is_some();
        match (timestamp, self.place(|facts| facts.window)) {
            (Some(_), Some(at)) if has_clock => point(Verdict::Pass, at, "the age of a delivery is compared"),
            (_, _) if !self.open.is_empty() => point(
                Verdict::Unknown,
                (self.files[0], self.open[0].1),
                "whether old deliveries are refused is left to code that is not here",
            ),
            (Some(at), _) => point(
                Verdict::Fail,
                at,
                "the timestamp is named, and never compared with the clock: old deliveries pass",
            ),
            (None, _) => point(Verdict::Fail, self.start(), "no timestamp is read: old deliveries pass"),
        }
    }

    fn bytes(&self) -> Point {
        let point = |verdict, (path, line): (&RepoPath, u64), says: &str| Point {
            aspect: Aspect::Bytes,
            verdict,
            evidence: Evidence::at(path, line, says),
        };
        // `req.rawBody || JSON.stringify(req.body)`
        let falls_back = |facts: &Facts| facts.made_anew.filter(|line| facts.raws.contains(line));
        if let Some(at) = self.place(falls_back) {
            return point(
                Verdict::Unknown,
                at,
                "where the body is not there as it came, one that was made anew is taken",
            );
        }
        if let Some(at) = self.place(|facts| facts.raws.first().copied()) {
            return point(Verdict::Pass, at, "the body is taken as it came");
        }
        if let Some(at) = self.place(|facts| facts.made_anew) {
            return point(
                Verdict::Fail,
                at,
                "the body is made anew from what was taken apart, so its bytes may differ from those that were signed",
            );
        }
        point(Verdict::Unknown, self.start(), "whether the bytes are checked that came cannot be told")
    }
}

/// Returns where a file checks a signature, well or not.
fn first_check(facts: &Facts) -> Option<u64> {
    facts.sure.first().or(facts.plain.first()).copied()
}
