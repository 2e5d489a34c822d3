//! The commands of a page as one shell script, and what became of each.

use std::fs;

use super::page::{Block, Page};
use super::scene::{self, Scene};

/// What stands before an exit code: no command writes it.
const MARK: char = '\u{1e}';

/// Something that a page lets its reader do.
struct Step {
    /// Where it stands.
    line: usize,
    /// What is done, for a shell.
    shell: String,
    /// How it must end.
    code: i32,
    /// What it must print, if the page shows that.
    shown: Option<String>,
}

/// Follows a page from its first block to its last; returns what differs from what it says.
pub(super) fn follow(page: &Page) -> Vec<String> {
    let scene = Scene::set(&page.scenes());
    let steps: Vec<Step> = page.blocks.iter().flat_map(steps).collect();
    let ends = run(&steps, &scene);
    let mut problems: Vec<String> =
        steps.iter().zip(&ends).filter_map(|(step, end)| problem(page, step, end)).collect();
    if ends.len() < steps.len() {
        problems.push(format!("{}:{}: the shell stopped here", page.path, steps[ends.len()].line));
    }
    problems
}

/// What a block lets the reader do: nothing, if it only shows something.
fn steps(block: &Block) -> Vec<Step> {
    let mut steps = told(block);
    if let (Some(scene), Some(first)) = (block.mark("scene"), steps.first_mut()) {
        first.shell = format!("cd \"$HOME/{}\" || exit\n{}", scene::start(scene), first.shell);
    }
    steps
}

/// What a block lets the reader do, wherever that is.
fn told(block: &Block) -> Vec<Step> {
    if let Some(path) = block.mark("file") {
        return vec![file(block, path)];
    }
    let mut steps = match block.language.as_str() {
        "sh" => commands(block),
        "console" => session(block),
        _ => Vec::new(),
    };
    let codes = block.mark("ends").unwrap_or_default();
    for (step, code) in steps.iter_mut().zip(codes.split_whitespace()) {
        step.code = code.parse().unwrap();
    }
    steps
}

/// Writes the block into a file.
fn file(block: &Block, path: &str) -> Step {
    let text = block.lines.join("\n");
    let shell = format!("mkdir -p \"$(dirname '{path}')\" && cat >'{path}' <<'END OF FILE'\n{text}\nEND OF FILE");
    Step { line: block.line, shell, code: 0, shown: None }
}

/// Reads a block of commands, one a line; a line that ends in `\` goes on.
fn commands(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for (line, text) in (block.line + 1..).zip(&block.lines) {
        match steps.last_mut().filter(|_| goes_on) {
            Some(step) => step.shell.extend(["\n", text]),
            None if text.is_empty() => {}
            None => steps.push(Step { line, shell: text.clone(), code: 0, shown: None }),
        }
        goes_on = text.ends_with('\\');
    }
    steps
}

/// Reads a block of commands behind `$ `, each with what it prints below it.
fn session(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, text) in (block.line + 1..).zip(&block.lines) {
        if let Some(command) = text.strip_prefix("$ ") {
            steps.push(Step { line, shell: command.to_owned(), code: 0, shown: Some(String::new()) });
        } else if let Some(Step { shown: Some(shown), .. }) = steps.last_mut() {
            shown.extend([text, "\n"]);
        }
    }
    steps
}

/// Runs all steps in one shell; returns what each printed, and its exit code.
fn run(steps: &[Step], scene: &Scene) -> Vec<(String, i32)> {
    let line =
        |step: &Step| format!("{}\nprintf '\\036%s\\036' \"$?\"\n", step.shell.replace("ig1:…", &scene.fingerprint));
    let script = tempfile::NamedTempFile::new().unwrap();
    fs::write(script.path(), format!("exec 2>&1\n{}", steps.iter().map(line).collect::<String>())).unwrap();
    let output = scene.command("sh").arg(script.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let parts: Vec<&str> = text.split(MARK).collect();
    parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].parse().unwrap())).collect()
}

/// Says how a step ended otherwise than its page says.
fn problem(page: &Page, step: &Step, (printed, code): &(String, i32)) -> Option<String> {
    let is_shown = step.shown.as_ref().is_none_or(|shown| is_like(printed, shown));
    if *code == step.code && is_shown {
        return None;
    }
    let wanted = step.shown.as_deref().map(|shown| format!(", and the page shows:\n{shown}")).unwrap_or_default();
    let place = format!("{}:{}", page.path, step.line);
    Some(format!("{place}: `{}` ended with {code}, not {}:\n{printed}{wanted}", step.shell, step.code))
}

/// Compares what was printed with what a page shows, where `…` is anything on a line, and any lines if alone.
fn is_like(printed: &str, shown: &str) -> bool {
    let line = |line: &str| match line.trim() {
        "…" => "(?:.*\n)*".to_owned(),
        _ => regex::escape(line.trim_end()).replace('…', ".*") + "[ \t]*\n",
    };
    let pattern: String = shown.trim_end().lines().map(line).collect();
    let printed = printed.trim_end();
    let printed = if printed.is_empty() { String::new() } else { format!("{printed}\n") };
    regex::Regex::new(&format!("^{pattern}$")).unwrap().is_match(&printed)
}

#[test]
fn what_is_shown_is_compared_but_for_what_is_left_out() {
    assert!(is_like("one\ntwo\n", "one\ntwo"));
    assert!(is_like("took 3 ms\n", "took … ms"));
    assert!(is_like("one\ntwo\nthree\n", "one\n…\nthree"));
    assert!(!is_like("one\ntwo\n", "one"));
    assert!(!is_like("one\n", "…two"));
}
