//! Escape sequences that end where a token begins.

/// Returns how many bytes at `start` still belong to an escape sequence that began before it.
///
/// In `\nKEY`, `\u003dKEY`, `\x3dKEY` and `%3DKEY` the letters and digits after
/// the backslash or percent sign look like the beginning of the token.
pub(super) fn tail(text: &[u8], start: usize) -> usize {
    let Some(sign) = start.checked_sub(1).map(|at| text[at]) else { return 0 };
    let rest = &text[start..];
    let hex = |range: std::ops::Range<usize>| rest.get(range).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
    match (sign, rest.first()) {
        (b'\\', Some(b'n' | b'r' | b't')) => 1,
        (b'\\', Some(b'u')) if hex(1..5) => 5,
        (b'\\', Some(b'x')) if hex(1..3) => 3,
        (b'%', _) if hex(0..2) => 2,
        _ => 0,
    }
}

/// Returns how many bytes at the beginning of a run of token characters are no part of the token.
///
/// Beside an escape's tail: the `-` of a shell's `${NAME:-default}`, and the end of a change of colour.
pub(super) fn lead(text: &[u8], start: usize) -> usize {
    let length = tail(text, start);
    if length > 0 {
        return length;
    }
    let (before, run) = (&text[start.saturating_sub(LEAD)..start], &text[start..]);
    if run.starts_with(b"-") && is_expansion(before) { 1 } else { colour(before, run) }
}

/// How far back a beginning is looked at: the name of a variable.
const LEAD: usize = 64;

/// Tells whether a text ends in `${NAME:`.
fn is_expansion(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b":") else { return false };
    let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    name > 0 && before[..before.len() - name].ends_with(b"${")
}

/// Returns the length of the end of `ESC[0;1m` at the beginning of a run.
fn colour(before: &[u8], run: &[u8]) -> usize {
    let is_part = |byte: &&u8| byte.is_ascii_digit() || **byte == b';';
    let parts = before.iter().rev().take_while(is_part).count();
    let Some(introducer) = before[..before.len() - parts].strip_suffix(b"[") else { return 0 };
    let digits = run.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_escape =
        [&b"\x1b"[..], b"\\x1b", b"\\u001b", b"\\033", b"\\e"].iter().any(|sign| introducer.ends_with(sign));
    if is_escape && digits < 4 && run.get(digits) == Some(&b'm') { digits + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_a_token_is_measured() {
        assert_eq!(lead(b"${KEY:-token", 6), 1);
        assert_eq!(lead(b"\x1b[1mtoken", 2), 2);
        assert_eq!(lead(b"\\u001b[0;31mtoken", 9), 3);
        assert_eq!(lead(b"\\ntoken", 1), 1);
    }

    #[test]
    fn a_token_may_begin_with_a_dash_or_a_digit() {
        assert_eq!(lead(b"KEY:-token", 4), 0);
        assert_eq!(lead(b"a[1mtoken", 2), 0);
    }

    #[test]
    fn the_tail_of_each_kind_of_escape_is_measured() {
        assert_eq!(tail(b"\\nKEY", 1), 1);
        assert_eq!(tail(b"\\u003dKEY", 1), 5);
        assert_eq!(tail(b"\\x3dKEY", 1), 3);
        assert_eq!(tail(b"%3DKEY", 1), 2);
    }

    #[test]
    fn a_plain_beginning_has_no_tail() {
        assert_eq!(tail(b"=nKEY", 1), 0);
        assert_eq!(tail(b"nKEY", 0), 0);
        assert_eq!(tail(b"\\", 1), 0);
        assert_eq!(tail(b"%Key", 1), 0);
    }
}
