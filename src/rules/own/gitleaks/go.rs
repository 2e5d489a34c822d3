//! Go's regular expressions in our dialect, where the two write the same thing differently.

/// Translates a pattern; what Go knows and we do not is left as it is, and refused when it is parsed.
pub(super) fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '\\' => escape(rest, &mut out),
            '[' => class(rest, &mut out),
            '{' if !is_count(rest) => literal(rest, &mut out),
            _ => copied(rest, next.len_utf8(), &mut out),
        };
    }
    out
}

/// Copies so many bytes, and returns the rest.
fn copied<'a>(text: &'a str, bytes: usize, out: &mut String) -> &'a str {
    let (head, rest) = text.split_at(bytes);
    out.push_str(head);
    rest
}

/// Escapes the first character, a sign of ASCII, and returns the rest.
fn literal<'a>(text: &'a str, out: &mut String) -> &'a str {
    out.push('\\');
    copied(text, 1, out)
}

/// Copies an escape; `\Q…\E` stands for its text.
fn escape<'a>(text: &'a str, out: &mut String) -> &'a str {
    let Some(quoted) = text.strip_prefix("\\Q") else {
        let bytes = 1 + text[1..].chars().next().map_or(0, char::len_utf8);
        return copied(text, bytes, out);
    };
    let (inside, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
    out.push_str(&regex_syntax::escape(inside));
    rest
}

/// Tells whether a brace begins a count of repetitions; in Go it is a brace otherwise.
fn is_count(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

/// Copies a class, in which our dialect has operators that Go has not.
fn class<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut rest = copied(text, 1, out);
    let mut is_first = true;
    if rest.starts_with('^') {
        rest = copied(rest, 1, out);
    }
    while let Some(next) = rest.chars().next() {
        rest = match next {
            ']' if !is_first => return copied(rest, 1, out),
            '\\' => escape(rest, out),
            '[' if rest.starts_with("[:") && rest.contains(":]") => {
                let end = rest.find(":]").map_or(rest.len(), |at| at + 2);
                copied(rest, end, out)
            }
            '[' | ']' | '&' | '~' => literal(rest, out),
            // A range that begins or ends with the sign that stands between its ends.
            '-' if rest.starts_with("--") && is_first => literal(rest, out),
            '-' if rest.starts_with("--") => literal(copied(rest, 1, out), out),
            _ => copied(rest, next.len_utf8(), out),
        };
        is_first = false;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::RegexBuilder;

    #[track_caller]
    fn fits(pattern: &str, texts: &[&str], others: &[&str]) {
        let pattern = format!("\\A(?:{})\\z", translated(pattern));
        let regex = RegexBuilder::new(&pattern).unicode(false).build().unwrap();
        for text in texts {
            assert!(regex.is_match(text.as_bytes()), "{pattern} fits {text}");
        }
        for text in others {
            assert!(!regex.is_match(text.as_bytes()), "{pattern} does not fit {text}");
        }
    }

    #[test]
    fn what_both_write_alike_stays_as_it_is() {
        for pattern in [r"(?i)\b[\w.-]{0,50}?(?:key)[\s'\x60]{1,}", r"[^\]a]+", "a{2}b{2,}c{2,3}", "[[:alpha:]_]"] {
            assert_eq!(translated(pattern), pattern);
        }
    }

    #[test]
    fn signs_in_a_class_are_signs() {
        fits("[a[b]", &["a", "[", "b"], &["]"]);
        fits("[a&&b]", &["a", "&", "b"], &["c"]);
        fits("[a~~b]", &["a", "~"], &["-"]);
        fits("[+--]", &["+", ",", "-"], &["."]);
        fits("[--/]", &["-", ".", "/"], &["+"]);
        fits("[]a]", &["]", "a"], &["["]);
    }

    #[test]
    fn a_brace_that_counts_nothing_is_a_brace() {
        fits(r"\${[a-z]+}", &["${abc}"], &["$abc"]);
        fits("{{,3}", &["{{,3}"], &["{"]);
    }

    #[test]
    fn quoted_text_stands_for_itself() {
        fits(r"\Qa.b*\E+", &["a.b*"], &["axb*"]);
        fits(r"\Qa.b", &["a.b"], &["axb"]);
    }
}
