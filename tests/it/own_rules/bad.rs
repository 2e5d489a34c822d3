//! Rule files that make no sense: named with their place, in bounded time and memory, and never passed over.

use std::path::Path;
use std::time::{Duration, Instant};

use ideoguard::detect::Engine;
use ideoguard::rules::RuleBook;

use super::{ACME, repository, token};

/// What a rule file is refused with.
#[track_caller]
fn refusal(text: &str) -> String {
    let mut book = RuleBook::default();
    book.read(Path::new("rules.toml"), text).expect_err("a refusal").to_string()
}

/// A row with these further lines.
fn row(rest: &str) -> String {
    format!("[[rule]]\nid = 'acme'\ntitle = 'Acme'\n{rest}\n")
}

#[test]
fn a_wrong_rule_file_is_refused_with_its_place() {
    let pattern = "pattern = 'acme_[a-z]{8}'\n";
    let with = |rest: &str| row(&format!("{pattern}{rest}"));
    let texts = [
        "[rule]\nid = 'x'\n".to_owned(),
        "[[rule]]\ntitle = 'Acme'\n".to_owned(),
        row(""),
        row("patern = 'x'"),
        row("pattern = 'acme_[a-'"),
        row("pattern = 'acme_(?=x)'"),
        row("pattern = 'acme_\\1'"),
        row("pattern = '(?:acme[a-z]{900}){900}'"),
        row("pattern = '((((a{9}){9}){9}){9}){9}'"),
        row("pattern = '[a-f0-9]{32}'"),
        row("pattern = '(?:acme)?[a-f0-9]{32}'"),
        with("literals = []"),
        with("literals = ['']"),
        with("literals = ['acme_']\nkeywords = ['acme']"),
        with("alphabet = 'alnumm'"),
        with("proof = 'crc'"),
        with("severity = 'grave'"),
        with("confidence = 'high'\nproven = 'low'"),
        with("entropy = 9"),
        with("entropy = 'much'"),
        with("names = ['acme']"),
        with("value = '[0-9]{8}'"),
        with("names = ['Acme Corp']\nvalue = '[0-9]{8}'"),
        with("names = ['acme']\nvalue = '[0-9]{8'"),
        with("names = ['acme']\nvalue = '(?:[a-z0-9]{90}){90}'"),
        with("documentation = 'http://acme.example'"),
        with("advice = \"a\\nb\""),
        with("follows = ['']"),
        format!("{}{}", with(""), with("")),
        with("").replace("'acme'", "'github-token'"),
        with("").replace("'acme'", "'Acme Token'"),
        "[rules]\ndisable = ['github-tokn']\n".to_owned(),
        "[rules.override.github-tokn]\nseverity = 'low'\n".to_owned(),
        "[rules.override.github-token]\nseverty = 'low'\n".to_owned(),
        "[rules.override.github-token]\nentropy = -1\n".to_owned(),
    ];

    let refusals: Vec<String> = texts.iter().map(|text| refusal(text)).collect();

    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_wrong_rule_file_stops_every_command_and_a_commit() {
    let repo = repository(&row("pattern = 'acme_[a-'"));
    repo.write("app.py", "clean\n").stage().install();

    for words in [&["scan"] as &[&str], &["scan", "--history"], &["rules", "list"], &["rules", "check"]] {
        let ran = repo.ideoguard(words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(".ideoguard.toml:4:11: "), "{words:?}: {}", ran.stderr);
    }
    assert_ne!(repo.try_git(&["commit", "-m", "x"]).code, 0);
}

#[test]
fn files_that_extend_each_other_in_a_ring_or_are_not_there_are_refused_with_the_line() {
    let repo = repository("[rules]\nextend = ['a.toml']\n");
    let missing = repo.ideoguard(&["scan"]);
    repo.write("a.toml", "[rules]\nextend = ['.ideoguard.toml']\n");
    let ring = repo.ideoguard(&["scan"]);

    assert_eq!((missing.code, ring.code), (2, 2));
    assert!(missing.stderr.contains(".ideoguard.toml:2:11: it extends "), "{}", missing.stderr);
    assert!(ring.stderr.contains("a.toml:2:11: the files extend each other in a ring"), "{}", ring.stderr);
}

#[test]
fn a_key_put_where_a_name_belongs_is_not_repeated() {
    let key = crate::fake::ideogram_key(1);
    for text in [row(&format!("{key} = 'x'")), row(&format!("severity = '{key}'")), row(&format!("proof = '{key}'"))] {
        let said = refusal(&format!("{text}pattern = 'acme_'\n"));
        assert!(!said.contains(&key[1..12]), "{said}");
    }
}

#[test]
fn ten_thousand_rules_are_read_and_run_in_bounded_time() {
    let row = |number: u32| {
        let pattern = format!("acme{number:05}_[0-9A-Za-z]{{24}}");
        format!("[[rule]]\nid = 'acme{number:05}'\ntitle = 'Acme'\npattern = '{pattern}'\nentropy = 3\n")
    };
    let rules = (0..10_000).map(row).collect::<Vec<_>>().concat();
    let start = Instant::now();
    let mut book = RuleBook::default();

    book.read(Path::new("rules.toml"), &rules).unwrap();

    let engine = Engine::with(&book);
    let text = format!("{}\nT={}\n", "some words of text\n".repeat(50_000), token(1).replace("acme", "acme09999"));
    let found = engine.scan(text.as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.id, "acme09999");
    // Twenty times what it takes, in a build without optimisation.
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
}

#[test]
fn more_rules_than_can_be_run_are_refused() {
    let rules: String = (0..20_001).map(|number| ACME.replace("acme", &format!("acme{number}"))).collect();

    assert!(refusal(&rules).contains("more rules than can be run"));
}

#[test]
fn patterns_that_are_too_large_together_are_refused() {
    let row = |number: u32| ACME.replace("acme", &format!("acme{number}")).replace("{24}", "{3000}");
    let few = (0..20).map(row).collect::<Vec<_>>().concat();
    let many = (0..600).map(row).collect::<Vec<_>>().concat();

    assert!(RuleBook::default().read(Path::new("rules.toml"), &few).is_ok());
    assert!(refusal(&many).contains("too large together"));
}

#[test]
fn a_pattern_that_would_take_other_engines_years_takes_none() {
    let text = format!("key={}!", "a".repeat(200_000));
    let mut book = RuleBook::default();
    let pattern = "pattern = 'key=(?:a+a+)+$|key=(?:a|aa)+b'";
    book.read(Path::new("rules.toml"), &row(pattern)).unwrap();
    let start = Instant::now();

    assert!(Engine::with(&book).scan(text.as_bytes()).is_empty());

    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn every_name_that_built_in_rules_may_use_may_be_used_in_rule_files() {
    let build = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs")).unwrap();
    for (what, key) in [("ALPHABETS", "alphabet"), ("PROOFS", "proof")] {
        let table = build.split(&format!("const {what}: Names")).nth(1).unwrap().split("];").next().unwrap();
        let names: Vec<&str> = table.split("(\"").skip(1).map(|row| row.split('"').next().unwrap()).collect();
        assert!(names.len() > 3, "{names:?}");
        for name in names {
            let mut book = RuleBook::default();
            let text = row(&format!("pattern = 'acme_[a-z]{{8}}'\n{key} = '{name}'"));
            assert!(book.read(Path::new("rules.toml"), &text).is_ok(), "{key} {name}");
        }
    }
}
