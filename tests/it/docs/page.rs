//! A page taken apart: its blocks of code, each with what stands above it in comments.

/// A page.
pub(super) struct Page {
    /// Its path.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// Its blocks, in order.
    pub(super) blocks: Vec<Block>,
}

/// A fenced block of code.
#[derive(Default)]
pub(super) struct Block {
    /// The one-based line of its fence.
    pub(super) line: usize,
    /// The word behind the fence: `sh`, or `sh,norun`.
    pub(super) language: String,
    /// The comments right above it: `<!-- file: app.py -->` is `("file", "app.py")`.
    pub(super) marks: Vec<(String, String)>,
    /// How far its fence is indented.
    indent: usize,
    /// Its lines, without that indentation.
    pub(super) lines: Vec<String>,
}

impl Page {
    /// Reads a page.
    pub(super) fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(super::source(path)).unwrap();
        let (mut blocks, mut marks, mut open) = (Vec::new(), Vec::new(), None::<Block>);
        for (index, line) in text.lines().enumerate() {
            let (indent, words) = (line.len() - line.trim_start().len(), line.trim());
            match (&mut open, words.strip_prefix("```")) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.lines.push(line.get(block.indent..).unwrap_or("").to_owned()),
                (None, Some(language)) => {
                    let (language, marks) = (language.to_owned(), std::mem::take(&mut marks));
                    open = Some(Block { line: index + 1, language, marks, indent, lines: Vec::new() });
                }
                (None, None) => match mark(words) {
                    Some(mark) => marks.push(mark),
                    None => marks.clear(),
                },
            }
        }
        assert!(open.is_none(), "{path}: a block has no end");
        Self { path: path.to_owned(), text, blocks }
    }

    /// The text outside of blocks of code.
    pub(super) fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }

    /// The scenes in which it is told.
    pub(super) fn scenes(&self) -> Vec<&str> {
        self.blocks.iter().filter_map(|block| block.mark("scene")).collect()
    }
}

impl Block {
    /// The value of a comment above it.
    pub(super) fn mark(&self, name: &str) -> Option<&str> {
        self.marks.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a comment of the form `<!-- name: value -->`.
fn mark(line: &str) -> Option<(String, String)> {
    let (name, value) = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.split_once(':')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}
