//! The keys of `.ideoguard.toml`, as the documentation tells them; a test holds them to what is read.

/// A table of the file.
#[derive(Debug)]
pub struct Table {
    /// How its head is written.
    pub head: &'static str,
    /// What it is for, in words.
    pub what: &'static str,
    /// Its keys, in the order of the documentation.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is: `text`, `globs`.
    pub value: &'static str,
    /// What it decides, in words.
    pub what: &'static str,
}

/// All tables, in the order of the documentation.
pub const TABLES: &[Table] = &[
    Table { head: "[[allow]]", what: "What may stay; it takes a reason and at least one condition.", keys: ALLOW },
    Table { head: "[tests]", what: "What becomes of findings in the files of tests.", keys: SETTING },
    Table { head: "[documentation]", what: "What becomes of findings in the pages of documentation.", keys: SETTING },
    Table { head: "[rules]", what: "What becomes of rules that are written elsewhere.", keys: RULES },
    Table { head: "[rules.override.ID]", what: "What is changed of one rule.", keys: OVERRIDE },
    Table { head: "[[rule]]", what: "A rule of your own.", keys: RULE },
];

const ALLOW: &[Key] = &[
    key("paths", "globs", "only in files that one of these names, as in `.gitignore`"),
    key("rules", "ids", "only what one of these rules finds"),
    key("fingerprints", "`ig1:…`", "only these secrets"),
    key("reason", "text", "why it is allowed; needed"),
    key("until", "date", "the last day on which it is"),
];

const SETTING: &[Key] = &[key(
    "block",
    "true or false",
    "do keys and passwords that anybody can make up block there, too; without it they warn",
)];

const RULES: &[Key] = &[
    key("disable", "ids", "rules that are switched off"),
    key("extend", "files", "files that are read first, of this form or gitleaks'; everything in them counts"),
    key("lenient", "true or false", "leave out rules of gitleaks that cannot be run, instead of refusing the file"),
    key("override", "tables", "what is changed of rules, by their ids"),
];

const OVERRIDE: &[Key] = &[
    key("severity", "severity", "how much harm a leaked one does"),
    key("confidence", "confidence", "how sure a match is; `high` and `certain` block"),
    key("entropy", "0 to 8", "the least entropy of the secret, in bits a character"),
];

const RULE: &[Key] = &[
    key("id", "text", "its name: lower-case words joined by `-`; needed"),
    key("title", "text", "what it finds, in words; needed"),
    key("provider", "text", "who issues such secrets"),
    key("severity", "severity", "how much harm a leaked one does; `high` without it"),
    key("confidence", "confidence", "how sure a match is; `high` without it"),
    key("proven", "confidence", "how sure a match is whose proof holds"),
    key("literals", "texts", "strings of which every match holds one; without them, what the pattern shows"),
    key("keywords", "texts", "instead of literals: words that stand up to 250 bytes beside a match, in whatever case"),
    key("pattern", "regex", "what a match looks like; the secret is the group `secret`, or else all of it"),
    key("alphabet", "alphabet", "the token's own characters: none of these may follow it"),
    key("follows", "texts", "words that may stand right before the token"),
    key("names", "texts", "instead of a pattern, or beside it: words of the issuer in what a secret is called"),
    key("value", "regex", "the shape of the whole value that has such a name"),
    key("proof", "proof", "what is checked beyond the shape"),
    key("entropy", "0 to 8", "the least entropy of what follows the literal, in bits a character"),
    key("paths", "globs", "the rule looks there alone"),
    key("not_paths", "globs", "the rule does not look there"),
    key("advice", "text", "what to do with a leaked one"),
    key("documentation", "https URL", "where the format is documented"),
    key("hits", "texts", "samples in which the rule must find one; break them with `~`"),
    key("misses", "texts", "samples in which it must find none"),
];

const fn key(name: &'static str, value: &'static str, what: &'static str) -> Key {
    Key { name, value, what }
}
