//! The value that a run belongs to: where it begins and ends, and what it is made of.

use std::ops::Range;

use super::runs::is_token;

/// The form of a value, where it has one that says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// No form that we know: a token, if it is random.
    Free,
    /// Hex digits of one case only: a hash, an object id, or a key.
    Hex,
    /// A UUID.
    Uuid,
    /// What says that it is public: a hash such as `sha256-…` in lock files, our own fingerprints, a public key.
    Digest,
    /// Parts joined by dots: a file, a host, a version, a field.
    Dotted,
    /// Parts joined by slashes that are words: a path.
    Path,
    /// A call, an index or a template follows or precedes: it is code, not a value.
    Code,
}

/// Returns the value around a run: standard base64 has `+`, `/` and `=` besides token characters.
pub(super) fn around(text: &[u8], run: &Range<usize>, stretch: &Stretch, longest: usize) -> Range<usize> {
    let start = stretch.range.start.max(run.end.saturating_sub(longest)).min(run.start);
    // The slashes of a URL are no part of what follows them.
    let start = if text[..run.start].ends_with(b"://") { run.start } else { start };
    let start =
        if start == run.start { start } else { start + super::escape::lead(text, start).min(run.start - start) };
    let ceiling = text.len().min(start + longest);
    let mut end = stretch.range.end.min(ceiling);
    let padding = text[end..ceiling].iter().take(2).take_while(|byte| **byte == b'=').count();
    end += padding;
    // A full stop ends a sentence, not a token.
    while end > run.end && text[end - 1] == b'.' {
        end -= 1;
    }
    start..end.max(run.end)
}

/// All characters around a run that a value may have.
///
/// A block of base64 holds many runs. They come in order, so it is measured once.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    range: Range<usize>,
    /// Whether its one value says that it is public.
    is_public: bool,
}

impl Stretch {
    /// Moves on to the stretch around a run that lies behind the last one, as far as a value may reach.
    pub(super) fn reach(&mut self, text: &[u8], run: &Range<usize>, longest: usize) {
        let is_the_same = self.range.start <= run.start && run.start <= self.range.end;
        if !is_the_same {
            let floor = run.end.saturating_sub(longest).min(run.start);
            let before = text[floor..run.start].iter().rposition(|byte| !is_wide(*byte));
            let start = before.map_or(floor, |at| floor + at + 1);
            *self = Self { range: start..run.end, is_public: false };
        }
        let ceiling = text.len().min(run.start + longest);
        if let Some(rest) = text.get(self.range.end..ceiling) {
            self.range.end += rest.iter().position(|byte| !is_wide(*byte)).unwrap_or(rest.len());
        }
    }

    /// Notes that a value says that it is public, which goes for all runs when the value is all of the stretch.
    pub(super) fn is_public_as(&mut self, text: &[u8], value: &Range<usize>, longest: usize) {
        let Range { start, end } = self.range;
        self.is_public = value.start == start + super::escape::lead(text, start) && end - start < longest;
    }

    /// Tells whether a run is a piece of a value that says that it is public.
    pub(super) fn is_public(&self, run: &Range<usize>) -> bool {
        self.is_public && self.range.start <= run.start && run.end <= self.range.end
    }
}

fn is_wide(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'+' | b'/' | b'.')
}

impl Form {
    /// Tells what the value at `value` is.
    pub(super) fn of(text: &[u8], value: &Range<usize>) -> Self {
        let bytes = &text[value.clone()];
        if is_code(text, value) {
            Self::Code
        } else if is_uuid(bytes) {
            Self::Uuid
        } else if is_digest(bytes) || is_public(bytes) || text[..value.start].ends_with(b"ig1:") {
            Self::Digest
        } else if bytes.contains(&b'.') {
            Self::Dotted
        } else if is_hex(bytes) {
            Self::Hex
        } else if is_path(bytes) {
            Self::Path
        } else {
            Self::Free
        }
    }
}

/// Tells whether the signs around a value make it an expression: `f(`, `a[`, `$x`, `{{x}}`, `@x`, `<x>`, `[0-9]{8}`.
fn is_code(text: &[u8], value: &Range<usize>) -> bool {
    let before = value.start.checked_sub(1).map(|at| text[at]);
    let after = text.get(value.end);
    let called = matches!(after, Some(b'(' | b'['));
    let quoted = text[..value.start].ends_with(b"q{");
    let placed = !quoted && matches!((before, after), (Some(b'<' | b'{'), Some(b'>' | b'}')));
    let is_class = before == Some(b'[') && matches!(text[value.end..], [b']', b'{' | b'+' | b'*' | b'?', ..]);
    let scoped = text[value.end..].starts_with(b"::") || text[..value.start].ends_with(b"::");
    called || placed || is_class || scoped || before == Some(b'$') || text[..value.start].ends_with(b"->")
}

/// Tells whether text is a UUID: 8-4-4-4-12 hex digits.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Tells whether text begins with the name of a hash function and a dash (Subresource Integrity).
fn is_digest(text: &[u8]) -> bool {
    [&b"sha1-"[..], b"sha224-", b"sha256-", b"sha384-", b"sha512-", b"md5-", b"blake2b-", b"blake3-"]
        .iter()
        .any(|prefix| text.len() > prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix))
}

/// Tells whether text begins as public keys and certificates do, in base64 without their marks.
fn is_public(text: &[u8]) -> bool {
    const KEYS: [&[u8]; 6] = [
        b"MIIBIjANBgkqhkiG", b"MIICIjANBgkqhkiG", b"MIGfMA0GCSqGSIb3", b"MFkwEwYHKoZIzj0", b"MHYwEAYHKoZIzj0",
        b"MCowBQYDK2V",
    ];
    // Two sequences with lengths of two bytes each.
    let is_certificate = text.starts_with(b"MII") && text.get(6..8) == Some(b"CC");
    is_certificate || KEYS.iter().any(|key| text.starts_with(key))
}

fn is_hex(text: &[u8]) -> bool {
    let is_one_case = || !text.iter().any(u8::is_ascii_lowercase) || !text.iter().any(u8::is_ascii_uppercase);
    text.iter().all(u8::is_ascii_hexdigit) && is_one_case()
}

/// Tells whether text is a path: a slash at its beginning, or between short parts.
///
/// Random base64 has a slash every 64 characters, a path has one every few.
fn is_path(text: &[u8]) -> bool {
    let slashes = memchr::memchr_iter(b'/', text).count();
    slashes > 0 && (text[0] == b'/' || slashes * 16 > text.len())
}

#[cfg(test)]
mod tests {
    use super::super::random::Spread;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hex_has_digits_and_letters_of_one_case(text in "[0-9a-f]{0,9}[A-F]{0,3}[g-]?|[A-F0-9]{0,9}") {
            let spread = Spread::of(text.as_bytes());
            let is_of_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(is_hex(text.as_bytes()), is_of_hex && (spread.lower == 0 || spread.upper == 0));
        }
    }

    fn value(text: &str, run: &str) -> String {
        let at = text.find(run).unwrap();
        text[value_of(text.as_bytes(), &(at..at + run.len()), 512)].to_owned()
    }

    /// Measures the stretch of this run alone.
    fn value_of(text: &[u8], run: &Range<usize>, longest: usize) -> Range<usize> {
        let mut stretch = Stretch::default();
        stretch.reach(text, run, longest);
        around(text, run, &stretch, longest)
    }

    proptest! {
        #[test]
        fn runs_that_share_a_stretch_have_the_values_that_each_has_alone(
            text in "((sha512-)?[a-z0-9]{10,20}[+/.=: ]{0,3}|://|\\\\n){0,8}",
            longest in 24_usize..60,
        ) {
            let text = text.as_bytes();
            let mut stretch = Stretch::default();
            for run in crate::detect::runs::runs(text).filter(|run| run.len() <= longest) {
                let (alone, known) = (value_of(text, &run, longest), stretch.is_public(&run));
                prop_assert!(!known || Form::of(text, &alone) == Form::Digest);
                stretch.reach(text, &run, longest);
                prop_assert_eq!(&around(text, &run, &stretch, longest), &alone);
                if Form::of(text, &alone) == Form::Digest {
                    stretch.is_public_as(text, &alone, longest);
                }
            }
        }
    }

    fn form(text: &str, value: &str) -> Form {
        let at = text.find(value).unwrap();
        Form::of(text.as_bytes(), &(at..at + value.len()))
    }

    #[test]
    fn a_value_has_the_signs_of_base64_and_no_others() {
        assert_eq!(value("k=\"ab+c/0123456789abcdef==\";", "0123456789abcdef"), "ab+c/0123456789abcdef==");
        assert_eq!(value("KEY=0123456789abcdef, x", "0123456789abcdef"), "0123456789abcdef");
        assert_eq!(value("It is 0123456789abcdef.", "0123456789abcdef"), "0123456789abcdef");
        assert_eq!(value("?key=0123456789abcdef&x=1", "0123456789abcdef"), "0123456789abcdef");
    }

    #[test]
    fn forms_are_told_apart() {
        assert_eq!(
            form("id: 123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            Form::Uuid
        );
        assert_eq!(form("0123456789abcdef", "0123456789abcdef"), Form::Hex);
        assert_eq!(form("0123456789abcdeF", "0123456789abcdeF"), Form::Free);
        assert_eq!(form("MIIBIjANBgkqhkiG9w0B", "MIIBIjANBgkqhkiG9w0B"), Form::Digest);
        assert_eq!(form("MIIEvwIBADANBgkqhkiG", "MIIEvwIBADANBgkqhkiG"), Form::Free);
        assert_eq!(form("a.b.c", "a.b.c"), Form::Dotted);
        assert_eq!(form("src/lib/token2", "src/lib/token2"), Form::Path);
        assert_eq!(form("x = generate_token_32()", "generate_token_32"), Form::Code);
        assert_eq!(form("x = ${SOME_NAME}", "SOME_NAME"), Form::Code);
        assert_eq!(form("<your_key_1234>", "your_key_1234"), Form::Code);
    }
}
