//! Are calls to Ideogram recorded, and are the records well formed?
//!
//! The schema is that of Ideogram's security guide: `timestamp`, `action`
//! (`ideogram.api.call`), `userId`, `resource`, `result` (`success` or
//! `failure`), and `metadata` if there is any, as JSON behind `[AUDIT]`.

use crate::audit::Verified;
use crate::path::RepoPath;
use crate::usage::{MARK, MEMBERS, wrong_with};

use super::check::{Check, Evidence, Topic, Verdict};
use super::code::{Kind, Token, words};

/// What an entry of a call is named.
const ACTION: &str = "ideogram.api.call";
/// How many tokens around a mark its entry is looked for: about forty lines to each side.
const AROUND: usize = 300;

/// What was found in the files.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Where code calls Ideogram.
    calls: Vec<Evidence>,
    /// Where code writes an entry with all members.
    whole: Vec<Evidence>,
    /// Where code seems to write an entry and some members are missing.
    broken: Vec<Evidence>,
}

impl Records {
    /// Looks at one file of code.
    pub(super) fn look(&mut self, path: &RepoPath, found: &[Token<'_>]) {
        let calls = found.iter().find(|token| token.kind == Kind::Str && is_host(token.text));
        self.calls.extend(calls.map(|token| Evidence::at(path, token.line, "Ideogram's API is named")));
        for at in places(found) {
            let missing = missing(found, at);
            let line = found[at].line;
            if missing.is_empty() {
                self.whole.push(Evidence::at(path, line, "an audit line with all members is written"));
            } else {
                let says = format!("an audit line is written without {}", missing.join(", "));
                self.broken.push(Evidence::at(path, line, says));
            }
        }
    }

    /// Looks at one file of what an application wrote.
    pub(super) fn look_at_log(&mut self, path: &RepoPath, text: &str) {
        let mut count = 0;
        for (number, line) in (1..).zip(text.lines()) {
            let Some((_, entry)) = line.split_once(MARK) else { continue };
            match wrong_with(entry.trim()) {
                None => count += 1,
                Some(wrong) => self.broken.push(Evidence::at(path, number, format!("the audit line {wrong}"))),
            }
        }
        if count > 0 {
            self.whole.push(Evidence::of(path, "audit lines that are well formed"));
        }
    }
}

/// Tells whether a text names the host of Ideogram's API.
fn is_host(text: &str) -> bool {
    text.contains("api.ideogram.ai") || text.contains("api.ideogram.com")
}

/// Returns the places at which an entry is written: the mark, or else the action.
fn places(found: &[Token<'_>]) -> Vec<usize> {
    let named = |wanted: &str| -> Vec<usize> {
        let is_it = |token: &Token<'_>| token.kind == Kind::Str && token.text.contains(wanted);
        (0..found.len()).filter(|at| is_it(&found[*at])).collect()
    };
    let marks = named(MARK);
    if marks.is_empty() { named(ACTION) } else { marks }
}

/// Returns the members that are not named around a place.
///
/// A function that logs an entry which it is given has them in its types or in the calls around it; names count in any
/// spelling, so `user_id` is `userId` as long as the entry is turned into it.
fn missing(found: &[Token<'_>], at: usize) -> Vec<&'static str> {
    let around = &found[at.saturating_sub(AROUND)..(at + AROUND).min(found.len())];
    let has = |member: &str| {
        let wanted = words(member);
        around.iter().any(|token| {
            let is_name = token.kind == Kind::Word || (token.kind == Kind::Str && token.text.len() <= 400);
            is_name && (words(token.text) == wanted || (token.kind == Kind::Str && inner_has(token.text, &wanted)))
        })
    };
    MEMBERS.iter().copied().filter(|member| !has(member)).collect()
}

/// Tells whether a string names a member among other text: tags of Go, JSON in a format string.
fn inner_has(text: &str, wanted: &[String]) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .any(|name| words(name) == wanted)
}

/// Answers.
///
/// Our own audit log, if there is one, must be whole; it holds no calls of an application, so it stands for no audit line.
pub(super) fn check(records: Records, log: Option<&Verified>) -> Check {
    let Records { calls, whole, broken } = records;
    if let Some(log) = log.filter(|log| !log.faults.is_empty()) {
        let faults = log.faults.iter().map(|fault| Evidence::says(format!("the audit log of ideoguard: {fault}")));
        return Check::new(Topic::Audit, Verdict::Fail, "the audit log of ideoguard is not as it was written")
            .resting_on(faults)
            .mended_by(["`ideoguard audit verify` says more; find out who changed it"]);
    }
    if !broken.is_empty() {
        return Check::new(Topic::Audit, Verdict::Fail, "there are audit lines that are not well formed")
            .resting_on(broken)
            .resting_on(whole)
            .mended_by([format!(
                "write each entry with `{}`, `result` being `success` or `failure`",
                MEMBERS.join("`, `")
            )]);
    }
    if !whole.is_empty() {
        return Check::new(Topic::Audit, Verdict::Pass, "audit lines are written").resting_on(whole);
    }
    if calls.is_empty() {
        return Check::new(Topic::Audit, Verdict::NotApplicable, "no code here calls Ideogram");
    }
    Check::new(Topic::Audit, Verdict::Fail, "Ideogram is called, and no audit line is written")
        .resting_on(calls)
        .mended_by([format!(
            "after each call, log `{MARK}` and a JSON object with `{}`: `action` is `{ACTION}`, `result` is `success` or \
             `failure`, and no member holds a key",
            MEMBERS.join("`, `")
        )])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::code::{Language, tokens};

    fn looked(path: &str, text: &str) -> Check {
        let path = RepoPath::from(path);
        let mut records = Records::default();
        records.look(&path, &tokens(text, Language::of(&path).unwrap()));
        check(records, None)
    }

    #[test]
    fn an_entry_with_all_members_passes_in_any_spelling() {
        let code = "log('[AUDIT]', JSON.stringify({ timestamp: now(), action: 'ideogram.api.call', userId, resource: path, result }))";

        assert_eq!(looked("a.ts", code).verdict, Verdict::Pass);
        let code =
            "entry = {'timestamp': t, 'action': 'ideogram.api.call', 'user_id': u, 'resource': r, 'result': 'success'}";
        assert_eq!(looked("a.py", code).verdict, Verdict::Pass);
    }

    #[test]
    fn members_that_are_missing_are_named() {
        let check = looked("a.ts", "console.log('[AUDIT]', { timestamp, action, resource })");

        assert_eq!(check.verdict, Verdict::Fail);
        assert_eq!(check.evidence[0].says, "an audit line is written without userId, result");
    }

    #[test]
    fn a_call_without_any_entry_fails_and_no_call_does_not() {
        assert_eq!(looked("a.js", "fetch('https://api.ideogram.ai/v1/x')").verdict, Verdict::Fail);
        assert_eq!(looked("a.js", "// https://api.ideogram.ai").verdict, Verdict::NotApplicable);
    }

    #[test]
    fn lines_of_a_log_are_read() {
        let mut records = Records::default();
        let good = r#"x [AUDIT] {"timestamp":"t","action":"a","userId":"u","resource":"r","result":"success"}"#;
        records.look_at_log(&"app.log".into(), good);
        assert_eq!(check(records, None).verdict, Verdict::Pass);

        let mut records = Records::default();
        records.look_at_log(&"app.log".into(), "[AUDIT] {\"timestamp\":\"t\"}\n[AUDIT] no\n");
        let check = check(records, None);
        let says: Vec<&str> = check.evidence.iter().map(|one| one.says.as_str()).collect();
        assert_eq!(says, ["the audit line lacks action, userId, resource, result", "the audit line is not JSON"]);
    }
}
