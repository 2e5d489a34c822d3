//! Which block of an indented text, or which section, a line lies in, and which environment that names.

use super::names::Environment;

/// The lines of a text, each with what lies around it.
pub(super) struct Blocks {
    /// For each line, the line that opens the block in which it lies.
    parents: Vec<Option<usize>>,
    /// For each line, the environment that it names as the opening of a block or section.
    opens: Vec<Option<Environment>>,
    /// For each line, the environment that a line in its block names: `environment: production`.
    says: Vec<Option<Environment>>,
    /// For each line, whether its block has a line `environment:`.
    scopes: Vec<bool>,
    /// For each line, whether it is one.
    is_scope: Vec<bool>,
}

impl Blocks {
    /// Takes a text apart by its indentation and its `[sections]`.
    pub(super) fn of(lines: &[&str]) -> Self {
        let count = lines.len();
        let mut blocks = Self {
            parents: vec![None; count],
            opens: vec![None; count],
            says: vec![None; count],
            scopes: vec![false; count],
            is_scope: vec![false; count],
        };
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut section = None;
        for (at, line) in lines.iter().enumerate() {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                blocks.parents[at] = open.last().map(|(line, _)| *line).or(section);
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            open.retain(|(_, outer)| *outer < indent);
            if text.starts_with('[') && text.ends_with(']') {
                section = Some(at);
                blocks.opens[at] = Environment::of_name(text);
                open.clear();
                continue;
            }
            blocks.parents[at] = open.last().map(|(line, _)| *line).or(section);
            blocks.note(at, text);
            open.push((at, indent));
        }
        blocks
    }

    /// Notes what a line says of its block and of those below it.
    fn note(&mut self, at: usize, text: &str) {
        let Some((key, value)) = text.trim_start_matches("- ").split_once([':', '=', '{']) else { return };
        let key = key.trim().trim_matches(['"', '\'']);
        let parent = self.parents[at];
        // `environment: production`, or `environment:` with `name: production` below it.
        self.is_scope[at] = key == "environment";
        let is_inner_name = key == "name" && parent.is_some_and(|parent| self.is_scope[parent]);
        let block = if is_inner_name { parent.and_then(|parent| self.parents[parent]) } else { parent };
        if (self.is_scope[at] || is_inner_name)
            && let Some(block) = block
        {
            self.scopes[block] = true;
            // An expression decides it when it runs.
            let named = if value.contains("${{") { None } else { Environment::of_name(value) };
            self.says[block] = self.says[block].or(named);
        }
        if value.trim().is_empty() || value.trim() == "{" {
            self.opens[at] = Environment::of_name(key);
        }
    }

    /// Returns the lines that open the blocks around a line, the innermost first.
    fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parents[at], |line| self.parents[*line])
    }

    /// Returns the environment that the blocks around a line name, the innermost first.
    pub(super) fn environment(&self, at: usize) -> Option<Environment> {
        self.around(at).find_map(|line| self.says[line].or(self.opens[line]))
    }

    /// Tells whether a block around a line belongs to an environment that has secrets of its own.
    pub(super) fn is_scoped(&self, at: usize) -> bool {
        self.around(at).any(|line| self.scopes[line])
    }
}
