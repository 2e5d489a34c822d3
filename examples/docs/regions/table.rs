//! Tables in Markdown.

/// Writes a table: its head, then its rows.
pub(super) fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows = rows.map(|row| line(&row.map(|cell| cell.replace('|', "\\|"))));
    let head = [line(&head.map(str::to_owned)), line(&[(); N].map(|()| "---".to_owned()))];
    head.into_iter().chain(rows).collect()
}

/// Writes a row.
fn line<const N: usize>(cells: &[String; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Writes a word as code; nothing stays nothing.
pub(super) fn code(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!("`{word}`") }
}

/// Lists words as code.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(code).collect::<Vec<_>>().join(", ")
}
