//! Where a token may begin, looking at a few bytes before it.

/// Says whether a token may begin at `start`: what stands before is no letter or digit, or an escape that ends there.
///
/// In `"\nghp_…"`, `token%3Dghp_…` and `token\u003dghp_…` the letter or digit
/// before the token is the end of an escape, not the middle of a longer word.
pub(super) fn begins_token(text: &[u8], start: usize) -> bool {
    let before = &text[..start];
    match before.last() {
        Some(byte) if byte.is_ascii_alphanumeric() => ends_with_escape(before),
        Some(_) | None => true,
    }
}

/// Says whether the last characters of a text are an escape that stands for no letter or digit.
fn ends_with_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b't' | b'r' | b'f' | b'v' | b'b' | b'a' | b'e' | b'0'] => true,
        // A colour: ESC [ 3 1 m, raw or written as an escape.
        [.., b'0'..=b'9', b'm'] => ends_with_colour(&before[..before.len() - 1]),
        [.., b'\\', b'u', _, _, high, low] | [.., b'\\', b'x' | b'X', high, low] | [.., b'%' | b'=', high, low] => {
            is_separator(*high, *low)
        }
        [.., b'%', b'2', b'5', high, low] => is_separator(*high, *low),
        _ => false,
    }
}

/// Says whether two hexadecimal digits stand for a character that is no letter or digit.
fn is_separator(high: u8, low: u8) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (Some(high), Some(low)) = (digit(high), digit(low)) else {
        return false;
    };
    !(high << 4 | low).is_ascii_alphanumeric()
}

/// Says whether this is `ESC [` and a few digits and semicolons.
fn ends_with_colour(before: &[u8]) -> bool {
    let digits = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    let rest = &before[..before.len() - digits];
    let Some(rest) = rest.strip_suffix(b"[") else {
        return false;
    };
    [b"\x1b".as_slice(), br"\x1b", br"\x1B", br"\u001b", br"\u001B", br"\033", br"\e"]
        .iter()
        .any(|escape| rest.ends_with(escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says whether a token may begin at the end of this text.
    fn after(text: &[u8]) -> bool {
        begins_token(text, text.len())
    }

    #[test]
    fn a_token_begins_at_the_start_and_after_punctuation() {
        for text in [b"".as_slice(), b" ", b"=", b"\"", b"_", b"-", b"/", b"\xff", b"\n"] {
            assert!(after(text), "{text:?}");
        }
    }

    #[test]
    fn a_token_does_not_begin_inside_a_word() {
        for text in [b"a".as_slice(), b"Z", b"9", b"n", b"xn", b"3D", b"003d"] {
            assert!(!after(text), "{text:?}");
        }
    }

    #[test]
    fn a_token_begins_after_an_escaped_newline() {
        for text in [br"\n".as_slice(), br"\t", br"\r", br#""a\\n"#] {
            assert!(after(text), "{text:?}");
        }
    }

    #[test]
    fn a_token_begins_after_an_escaped_sign() {
        for text in [br"\u003d".as_slice(), br"\u0022", br"\x3d", br"\x3D", b"%3D", b"%22", b"%253D", b"=3D"] {
            assert!(after(text), "{text:?}");
        }
    }

    #[test]
    fn a_token_does_not_begin_after_an_escaped_letter() {
        for text in [br"\u0061".as_slice(), br"\x41", b"%41", b"%2541", b"%zz"] {
            assert!(!after(text), "{text:?}");
        }
    }

    #[test]
    fn a_token_begins_after_a_change_of_colour() {
        for text in [b"\x1b[31m".as_slice(), b"\x1b[0;1m", br"\x1b[31m", br"\u001b[32m"] {
            assert!(after(text), "{text:?}");
        }
        assert!(!after(b"[31m"));
    }
}
