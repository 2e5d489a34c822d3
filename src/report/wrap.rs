//! Breaks text into lines that fit a terminal.

/// Widest line of a report for people, where its words allow it.
pub const WIDTH: usize = 80;

/// Breaks text at its spaces into lines of at most `width` characters.
///
/// A word that is longer stays whole, and so does what stands between
/// backticks: both are there to be copied.
#[must_use]
pub fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(_) | None => lines.push(word),
        }
    }
    lines
}

/// Splits text at its spaces, but not between backticks.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if is_open => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => words.push(word.to_owned()),
        }
        is_open ^= word.matches('`').count() % 2 == 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_spaces() {
        assert_eq!(lines("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(lines("", 9), Vec::<String>::new());
    }

    #[test]
    fn what_is_to_be_copied_stays_whole() {
        assert_eq!(lines("run `git add file` now", 9), ["run", "`git add file`", "now"]);
        assert_eq!(lines("a https://example.org/long b", 9), ["a", "https://example.org/long", "b"]);
    }
}
