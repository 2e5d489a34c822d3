//! What one file of code does with webhooks, as far as its tokens tell.

use std::collections::BTreeSet;

use crate::doctor::code::{Kind, Language, Token, words};

use super::operands::{are_signatures, before, behind, closing, has_any, side, words_of};
use super::parts::Part;
use super::tables::{
    AGE, BODY, CLOCK, EQUALITY, ORDER, PLAIN, PUBLIC_KEY, RAW, RAW_OF, REQUESTS, ROUTES, SERIALISE, SURE, SURE_OF,
    TIME_CALLS, VERIFIED, VERIFY,
};

/// What one file of code does with webhooks; lines are one-based.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    /// Where a header of Ideogram's webhooks is named.
    pub(super) header: Option<u64>,
    /// Where a path for Ideogram's webhooks is given a handler.
    pub(super) route: Option<u64>,
    /// Where something that only a handler of requests has is named first.
    pub(super) request: Option<u64>,
    /// Where signatures are compared in constant time, or verified by a public key.
    pub(super) sure: Vec<u64>,
    /// Where they are compared byte for byte.
    pub(super) plain: Vec<u64>,
    /// Which functions with telling names are called or handed over and are not made here.
    pub(super) left_to: Vec<(String, u64)>,
    /// Where the time of sending is named.
    pub(super) timestamp: Option<u64>,
    /// Where an age is compared.
    pub(super) window: Option<u64>,
    /// Where a clock is read.
    pub(super) clock: Option<u64>,
    /// Where the body is taken as it came.
    pub(super) raws: BTreeSet<u64>,
    /// Where a body is made anew from what was taken apart.
    pub(super) made_anew: Option<u64>,
    /// The functions that are made here.
    pub(super) made: BTreeSet<String>,
}

impl Facts {
    /// Reads the tokens of a file.
    pub(super) fn of(tokens: &[Token<'_>], language: Language) -> Self {
        let mut facts = Self::default();
        let has_public_key = tokens.iter().any(|token| token.kind != Kind::Sign && PUBLIC_KEY.contains(&token.text));
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                Kind::Word => facts.word(tokens, at, has_public_key),
                Kind::Str => facts.string(tokens, at),
                Kind::Sign => facts.sign(tokens, at),
            }
        }
        facts.body_of(tokens, language);
        let mut told = BTreeSet::new();
        let made = &facts.made;
        facts.left_to.retain(|(name, _)| !made.contains(name) && told.insert(name.clone()));
        facts
    }

    /// Reads the tokens of one handler among several.
    pub(super) fn of_part(part: &Part<'_>, language: Language) -> Self {
        Self { route: Some(part.line), ..Self::of(&part.tokens, language) }
    }

    /// Takes in a name.
    fn word(&mut self, tokens: &[Token<'_>], at: usize, has_public_key: bool) {
        let Token { text, line, .. } = tokens[at];
        let is_call = tokens.get(at + 1).is_some_and(|next| next.is_sign("("));
        let owner = owner(tokens, at);
        let is_sure = SURE.contains(&text)
            || owner.is_some_and(|owner| SURE_OF.contains(&(owner, text)))
            || (has_public_key && is_call && matches!(text, "verify" | "Verify"));
        let is_made = is_made(tokens, at);
        if is_made {
            self.made.insert(text.to_owned());
        }
        let parts = words(text);
        if is_sure && (is_call || !is_import(tokens, at)) {
            self.sure.push(line);
        } else if is_call && PLAIN.contains(&text) && compares_signatures(tokens, at) {
            self.plain.push(line);
        } else if !is_made
            && has_any(&parts, VERIFY)
            && has_any(&parts, VERIFIED)
            && is_function_name(text)
            && !is_import(tokens, at)
        {
            self.left_to.push((text.to_owned(), line));
        }
        if REQUESTS.contains(&text) || text.ends_with("Controller") {
            self.request.get_or_insert(line);
        }
        // The time of a line in a log is not the time of sending.
        let is_made_now = tokens.get(at + 1).is_some_and(|next| next.is_sign(":"))
            && tokens.get(at + 2).is_some_and(|value| ["new", "Date", "datetime", "time"].contains(&value.text));
        if parts.iter().any(|part| part == "timestamp") && !is_made_now {
            self.timestamp.get_or_insert(line);
        }
        if is_header(&parts) {
            self.header.get_or_insert(line);
        }
        // Ruby's `Time.now` needs no brackets.
        if CLOCK.contains(&text) && (is_call || owner.is_some()) {
            self.clock.get_or_insert(line);
        }
        if TIME_CALLS.contains(&text) {
            self.window.get_or_insert(line);
        }
        if RAW.contains(&text) || owner.is_some_and(|owner| RAW_OF.contains(&(owner, text))) {
            self.raws.insert(line);
        }
        if is_call || text == "to_json" {
            self.serialised(tokens, at);
        }
        if is_call && ROUTES.contains(&text) {
            self.routed(tokens, at + 2, closing(tokens, at + 1));
        } else if text == "post" && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Str) {
            // Ruby, without brackets.
            self.routed(tokens, at + 1, at + 8);
        }
    }

    /// Takes in the words of a call that gives a path a handler.
    fn routed(&mut self, tokens: &[Token<'_>], start: usize, end: usize) {
        let inner = &tokens[start.min(tokens.len())..end.clamp(start, tokens.len()).min(tokens.len())];
        // Annotations name it: `@PostMapping(path = "…")`.
        let path = inner.iter().take(4).find(|token| token.kind == Kind::Str);
        let Some(path) = path.filter(|path| is_webhook(&words(path.text))) else { return };
        self.route.get_or_insert(path.line);
        // Who handles it may be made elsewhere; what is written in place is not handed over.
        let before = |at: usize, back: usize| at.checked_sub(back).map(|at| &inner[at]);
        let is_in_place = |at: usize| {
            let token = &inner[at];
            let is_list = token.is_sign("(") && before(at, 1).is_some_and(|last| last.is_sign(","));
            is_list
                || ["=>", "{", "|"].iter().any(|sign| token.is_sign(sign))
                || ["function", "func", "fn", "async", "lambda", "do"].iter().any(|word| token.is_word(word))
        };
        for (at, token) in inner.iter().enumerate().take_while(|(at, _)| !is_in_place(*at)) {
            // Of `hooks.handle` the last name counts, and a call hands over what it returns.
            let is_whole = inner.get(at + 1).is_none_or(|next| next.is_sign(",") || next.is_sign(")"));
            // Laravel: `[IdeogramController::class, 'receive']`.
            let is_method = before(at, 2).is_some_and(|word| word.is_word("class"));
            match token.kind {
                Kind::Word if is_whole && is_function_name(token.text) && token.text != "class" => {
                    self.left_to.push((token.text.to_owned(), token.line));
                }
                // Rails: `to: 'webhooks#ideogram'`; Laravel: `'IdeogramController@webhook'`.
                Kind::Str if is_method || token.text.contains(['#', '@']) => {
                    let name = token.text.rsplit(['#', '@']).next().unwrap_or_default();
                    self.left_to.push((name.to_owned(), token.line));
                }
                Kind::Word | Kind::Str | Kind::Sign => {}
            }
        }
    }

    /// Takes in a text.
    fn string(&mut self, tokens: &[Token<'_>], at: usize) {
        let Token { text, line, .. } = tokens[at];
        if text.len() > 120 {
            return;
        }
        let parts = words(text);
        if is_header(&parts) {
            self.header.get_or_insert(line);
        }
        if is_header(&parts) && parts.iter().any(|part| part == "timestamp") {
            self.timestamp.get_or_insert(line);
        }
        if RAW.contains(&text) {
            self.raws.insert(line);
        }
    }

    /// Takes in an operator.
    fn sign(&mut self, tokens: &[Token<'_>], at: usize) {
        let Token { text, line, .. } = tokens[at];
        if EQUALITY.contains(&text) {
            let (one, other) = (before(tokens, at), behind(tokens, at + 1));
            let sides = (&tokens[one], &tokens[other]);
            // The answer of a comparison in constant time is compared with a number.
            let is_answer = [sides.0, sides.1].iter().any(|side| side.iter().any(|token| SURE.contains(&token.text)));
            if !is_answer && are_signatures(side(sides.0), side(sides.1)) {
                self.plain.push(line);
            }
        } else if ORDER.contains(&text) {
            let words = words_of(&tokens[before(tokens, at).start..behind(tokens, at + 1).end]);
            if has_any(&words, AGE) {
                self.window.get_or_insert(line);
            }
        }
    }

    /// Takes in a call that makes text of a body.
    fn serialised(&mut self, tokens: &[Token<'_>], at: usize) {
        if !SERIALISE.contains(&tokens[at].text) {
            return;
        }
        let of = if tokens[at].text == "to_json" {
            before(tokens, at + 1)
        } else {
            at + 2..closing(tokens, at + 1).max(at + 2)
        };
        let of = &tokens[of.start.min(tokens.len())..of.end.min(tokens.len())];
        let names: Vec<&str> = of.iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect();
        let is_body = names.iter().any(|name| words(name).last().is_some_and(|word| BODY.contains(&word.as_str())));
        // An answer is built in place: `JSON.stringify({ ok: true })`.
        if is_body && !of.first().is_some_and(|first| first.is_sign("{")) {
            self.made_anew.get_or_insert(tokens[at].line);
        }
    }

    /// Notes the forms in which some languages hand over a body as it came.
    fn body_of(&mut self, tokens: &[Token<'_>], language: Language) {
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
            let is_raw = match language {
                // Django's `request.body`, Starlette's `await request.body()`.
                Language::Python => token.text == "body" && owner(tokens, at) == Some("request"),
                // Spring's `@RequestBody byte[]` and `@RequestBody String`.
                Language::Java => {
                    token.text == "RequestBody"
                        && tokens[at + 1..]
                            .iter()
                            .take(4)
                            .any(|next| matches!(next.text, "byte" | "String" | "ByteArray"))
                }
                Language::JavaScript | Language::Go | Language::Ruby | Language::Php => false,
            };
            if is_raw {
                self.raws.insert(token.line);
            }
        }
    }
}

/// Tells whether a call of a comparing function is given a signature.
fn compares_signatures(tokens: &[Token<'_>], at: usize) -> bool {
    let receiver = before(tokens, at.saturating_sub(usize::from(owner(tokens, at).is_some())));
    let arguments = at + 2..closing(tokens, at + 1).max(at + 2);
    let arguments = &tokens[arguments.start.min(tokens.len())..arguments.end.min(tokens.len())];
    let mut sides: Vec<_> = arguments.split(|token| token.is_sign(",")).map(side).collect();
    if sides.len() == 1 && owner(tokens, at).is_some() {
        sides.push(side(&tokens[receiver]));
    }
    sides.len() == 2 && are_signatures(sides[0], sides[1])
}

/// Returns the name before a member's dot.
fn owner<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let link = tokens.get(at.checked_sub(1)?)?;
    let is_link = link.kind == Kind::Sign && matches!(link.text, "." | "?." | "->" | "::");
    let name = tokens.get(at.checked_sub(2)?)?;
    (is_link && name.kind != Kind::Str).then_some(name.text)
}

/// How many tokens around a name are looked at to tell what it stands in; a program's one-line file has no end.
const NEAR: usize = 40;

/// Tells whether a name stands in an import, where nothing is done with it.
fn is_import(tokens: &[Token<'_>], at: usize) -> bool {
    let line = tokens[at].line;
    let same_line = tokens[..at].iter().rev().take(NEAR).take_while(|token| token.line == line);
    same_line.into_iter().any(|token| token.is_word("import") || token.is_word("from") || token.is_word("use"))
        || tokens[at..].windows(2).take(12).any(|pair| {
            let is_source = pair[0].is_word("from") && pair[1].kind == Kind::Str;
            is_source || (pair[0].is_word("require") && pair[1].is_sign("("))
        })
}

/// Words before a name that make a function of it.
const MAKERS: &[&str] = &["function", "def", "func", "fun", "fn"];

/// Tells whether a function or method of this name is made here.
pub(super) fn is_made(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| &tokens[at]);
    if before.is_some_and(|token| token.kind == Kind::Word && MAKERS.contains(&token.text)) {
        return true;
    }
    let next = |ahead: usize| tokens.get(at + ahead);
    // Go: `func (h *Handler) name(`.
    let is_go_method =
        before.is_some_and(|token| token.is_sign(")")) && next(1).is_some_and(|token| token.is_sign("("));
    if is_go_method {
        let start = (at.saturating_sub(NEAR)..at).rfind(|at| tokens[*at].is_sign("("));
        if start.and_then(|start| start.checked_sub(1)).is_some_and(|at| tokens[at].is_word("func")) {
            return true;
        }
    }
    // `const name = (…) =>`, `const name = async function`.
    let is_bound = before.is_some_and(|token| ["const", "let", "var"].iter().any(|word| token.is_word(word)));
    if is_bound && tokens[at..].iter().take(NEAR).any(|token| token.is_sign("=>") || token.is_word("function")) {
        return true;
    }
    // A method: its brackets, then its body.
    let is_member =
        before.is_some_and(|token| token.kind == Kind::Sign && matches!(token.text, "." | "?." | "->" | "::"));
    let is_method = !is_member && next(1).is_some_and(|token| token.is_sign("("));
    is_method && {
        let behind = tokens.get(closing(tokens, at + 1) + 1);
        behind.is_some_and(|token| token.is_sign("{") || token.is_word("throws"))
            && !matches!(tokens[at].text, "if" | "for" | "while" | "switch" | "catch" | "foreach" | "elseif")
    }
}

/// Tells whether a name may be a function's: no constant, no type.
fn is_function_name(name: &str) -> bool {
    name.chars().any(|character| character.is_ascii_lowercase()) && name.len() > 3
}

/// Tells whether words are those of a header of Ideogram's webhooks: `X-Ideogram-Webhook-Signature`, `HTTP_X_IDEOGRAM_TIMESTAMP`.
fn is_header(parts: &[String]) -> bool {
    let at = parts.iter().position(|part| part == "ideogram");
    let is_x = at.and_then(|at| at.checked_sub(1)).is_some_and(|before| parts[before] == "x");
    is_x && has_any(parts, &["signature", "timestamp", "webhook"])
}

/// Tells whether words name Ideogram's webhooks.
pub(super) fn is_webhook(parts: &[String]) -> bool {
    has_any(parts, &["ideogram"]) && has_any(parts, &["webhook", "webhooks", "hook", "hooks", "callback", "callbacks"])
}
