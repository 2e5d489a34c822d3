//! The handlers of one file, each with what it uses of the file and nothing of the others.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::doctor::code::{Kind, Language, Token, words};

use super::facts::{is_made, is_webhook};
use super::tables::ROUTES;

/// A stretch of a file's tokens: a function, or a route with its handler.
struct Stretch<'a> {
    /// What a function is called; of a route, its path.
    name: &'a str,
    /// Its tokens.
    range: Range<usize>,
}

/// A file, taken apart.
struct File<'a, 't> {
    tokens: &'t [Token<'a>],
    /// The functions that are made in it.
    functions: Vec<Stretch<'a>>,
    /// The routes of Ideogram's webhooks with a handler in it.
    routes: Vec<Stretch<'a>>,
}

/// A file with more functions was made by a program, and is judged as one.
const MOST: usize = 1000;

/// A handler.
pub(super) struct Part<'a> {
    /// The one-based line of its route.
    pub(super) line: u64,
    /// Its tokens.
    pub(super) tokens: Vec<Token<'a>>,
}

/// Returns each handler, if there are several: its own tokens, those of the functions that it names, and so on,
/// and what stands in no function, with the functions that it names.
pub(super) fn parts<'a>(tokens: &[Token<'a>], language: Language) -> Vec<Part<'a>> {
    // Nearly all files end here.
    if (0..tokens.len()).filter_map(|at| path_at(tokens, at)).nth(1).is_none() {
        return Vec::new();
    }
    let functions = functions(tokens, language);
    if functions.len() > MOST {
        return Vec::new();
    }
    let routes = routes(tokens, language, &functions);
    // Those of one path handle the same deliveries, one after the other.
    let paths: BTreeSet<&str> = routes.iter().map(|route| route.name).collect();
    if paths.len() < 2 {
        return Vec::new();
    }
    let file = File { tokens, functions, routes };
    paths.into_iter().map(|path| file.part(path)).collect()
}

impl<'a> File<'a, '_> {
    /// Returns the handler of a path.
    fn part(&self, path: &str) -> Part<'a> {
        let (own, others): (Vec<&Stretch<'_>>, Vec<_>) = self.routes.iter().partition(|route| route.name == path);
        // Routes may stand in a function, as in Go's `main`.
        let is_others = |at: &usize| others.iter().any(|route| route.range.contains(at));
        let names =
            |name: &str, range: &Range<usize>| range.clone().any(|at| !is_others(&at) && self.tokens[at].is_word(name));
        let mut taken = self.shared(&others);
        taken.extend(own.iter().map(|route| route.range.clone()));
        let mut at = 0;
        while let Some(range) = taken.get(at).cloned() {
            let is_new = |one: &&Stretch<'_>| names(one.name, &range) && !taken.contains(&one.range);
            let next: Vec<Range<usize>> = self.functions.iter().filter(is_new).map(|one| one.range.clone()).collect();
            taken.extend(next);
            at += 1;
        }
        let is_free = |at: &usize| !self.stretches().any(|one| one.range.contains(at));
        let is_part = |at: &usize| taken.iter().any(|range| range.contains(at)) || is_free(at);
        let tokens = (0..self.tokens.len()).filter(|at| is_part(at) && !is_others(at)).map(|at| self.tokens[at]);
        Part { line: own.first().map_or(1, |route| self.tokens[route.range.start].line), tokens: tokens.collect() }
    }

    /// Returns the functions that code outside of all functions names: they serve all handlers.
    ///
    /// That it also names a handler, to export it, does not make that serve the others.
    fn shared(&self, others: &[&Stretch<'_>]) -> Vec<Range<usize>> {
        let is_named = |one: &Stretch<'_>, range: &Range<usize>| {
            self.tokens[range.clone()].iter().any(|token| token.is_word(one.name))
        };
        let is_others = |one: &Stretch<'_>| others.iter().any(|route| is_named(one, &route.range));
        let is_free = |at: &usize| !self.stretches().any(|one| one.range.contains(at));
        let free: BTreeSet<&str> =
            (0..self.tokens.len()).filter(is_free).map(|at| self.tokens[at]).map(|token| token.text).collect();
        let is_shared = |one: &&Stretch<'_>| free.contains(one.name) && !is_others(one);
        self.functions.iter().filter(is_shared).map(|one| one.range.clone()).collect()
    }

    /// Returns all routes and functions.
    fn stretches(&self) -> impl Iterator<Item = &Stretch<'a>> {
        self.routes.iter().chain(&self.functions)
    }
}

/// Words that begin a function that has no name.
const NAMELESS: &[&str] = &["function", "func", "fn", "lambda", "async"];

/// Finds the routes that give a path of Ideogram's webhooks a handler in this file, with the handler where it follows.
fn routes<'a>(tokens: &[Token<'a>], language: Language, functions: &[Stretch<'_>]) -> Vec<Stretch<'a>> {
    let route = |at: usize| {
        let path = path_at(tokens, at)?;
        let end = matching(tokens, at + 1);
        let is_annotation = tokens[..at].iter().rev().take(4).any(|token| token.is_sign("@"));
        let inner = &tokens[at..end];
        let is_here = |token: &Token<'_>| {
            token.is_sign("=>")
                || NAMELESS.iter().any(|word| token.is_word(word))
                || functions.iter().any(|one| token.is_word(one.name))
        };
        let range = at..if is_annotation { body_end(tokens, end, language) } else { end + 1 };
        let is_handled = is_annotation || inner.iter().any(is_here);
        is_handled.then_some(Stretch { name: path, range })
    };
    (0..tokens.len()).filter_map(route).collect()
}

/// Returns the path of Ideogram's webhooks to which a call gives a handler, if it is such a call.
fn path_at<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let token = tokens[at];
    // What is used serves all that comes after it.
    let is_call = token.kind == Kind::Word && ROUTES.contains(&token.text) && token.text != "use";
    if !is_call || !tokens.get(at + 1).is_some_and(|next| next.is_sign("(")) {
        return None;
    }
    let path = tokens[at + 2..].iter().take(4).find(|token| token.kind == Kind::Str)?;
    is_webhook(&words(path.text)).then_some(path.text)
}

/// Finds the functions that are made in a file.
fn functions<'a>(tokens: &[Token<'a>], language: Language) -> Vec<Stretch<'a>> {
    let is_function = |at: &usize| tokens[*at].kind == Kind::Word && is_made(tokens, *at);
    let stretch = |at: usize| Stretch { name: tokens[at].text, range: at..body_end(tokens, at, language) };
    (0..tokens.len()).filter(is_function).map(stretch).collect()
}

/// Returns where the function ends that begins at, or follows, a token.
fn body_end(tokens: &[Token<'_>], at: usize, language: Language) -> usize {
    let mut rest = at + 1..tokens.len();
    match language {
        // Blocks without braces: up to the next function but one, counted from an annotation.
        Language::Python | Language::Ruby => {
            let is_maker =
                |at: &usize| tokens[*at].is_word("def") || tokens[*at].is_word("class") || tokens[*at].is_sign("@");
            let own = if tokens[at].kind == Kind::Sign {
                rest.find(|at| tokens[*at].is_word("def")).unwrap_or(at)
            } else {
                at
            };
            (own + 1..tokens.len()).find(is_maker).unwrap_or(tokens.len())
        }
        Language::JavaScript | Language::Go | Language::Php | Language::Java => {
            // Behind the brackets of its parameters.
            let open = rest.find(|at| tokens[*at].is_sign("("));
            let behind = open.map_or(at, |open| matching(tokens, open));
            let body = (behind..tokens.len()).find(|at| tokens[*at].is_sign("{"));
            body.map_or(tokens.len(), |body| matching(tokens, body) + 1)
        }
    }
}

/// Returns the sign that closes what another one opens; the last token if nothing does.
fn matching(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open).filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}
