//! What rules of one's own find, and where they look.

use base64::Engine as _;

use super::{ACME, repository, token};
use crate::common::ideoguard_in;
use crate::fake;

#[test]
fn a_rule_of_the_repository_refuses_a_commit() {
    let repo = repository(ACME);
    repo.write("app.env", format!("A=1\nT={}\n", token(1))).stage().install();

    let commit = repo.try_git(&["commit", "-m", "add"]);

    assert_ne!(commit.code, 0);
    assert!(commit.stderr.contains("Acme token, acme…(29)"), "{}", commit.stderr);
    assert!(commit.stderr.contains("app.env:2:3"), "{}", commit.stderr);
    assert!(!commit.stderr.contains(&token(1)), "{}", commit.stderr);
}

#[test]
fn without_the_rule_file_nothing_is_found() {
    let repo = repository("");
    repo.write("app.env", format!("T={}\n", token(1)));

    assert_eq!(repo.ideoguard(&["scan"]).code, 0);
}

#[test]
fn a_rule_finds_what_is_encoded() {
    let repo = repository(ACME);
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("token: {}", token(1)));
    let utf16: Vec<u8> = format!("T={}\r\n", token(2)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write("a.yaml", format!("data: {base64}\n")).write("b.txt", utf16);

    let ran = repo.ideoguard(&["scan", "-q"]);

    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("a.yaml:1") && ran.stdout.contains("b.txt:1"), "{}", ran.stdout);
}

#[test]
fn a_rule_is_found_in_history_and_named_as_its_row_names_it() {
    let repo = repository(&format!("{ACME}advice = 'Ask Wile E.'\nprovider = 'Acme'\n"));
    repo.write("old.env", format!("T={}\n", token(1))).stage().commit("add");
    repo.git(&["rm", "--quiet", "old.env"]);
    repo.commit("gone");

    for _ in 0..2 {
        let ran = repo.ideoguard(&["scan", "--history"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("Acme token") && ran.stdout.contains("Ask Wile E."), "{}", ran.stdout);
    }
}

#[test]
fn another_rule_file_scans_a_history_anew_and_other_words_of_it_do_not() {
    let repo = repository("");
    repo.write("old.env", format!("T={}\n", token(1))).stage().commit("add");
    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 0);

    repo.write(".ideoguard.toml", ACME);
    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 1);
    repo.write(".ideoguard.toml", format!("# words\n{ACME}\n[[allow]]\npaths = ['old.env']\nreason = 'dead'\n"));
    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 0);
    repo.write(".ideoguard.toml", "");
    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 0);
}

#[test]
fn a_rule_looks_where_its_row_says() {
    let repo = repository(&format!("{ACME}paths = ['config/**', '*.env']\nnot_paths = ['config/samples/']\n"));
    for (seed, path) in (1..).zip(["app.py", "a.env", "config/app.py", "config/samples/app.py"]) {
        repo.write(path, format!("T = '{}'\n", token(seed)));
    }

    let ran = repo.ideoguard(&["scan", "-v"]);

    assert!(ran.stdout.contains("2 leaks, 2 allowed"), "{}", ran.stdout);
    assert!(ran.stdout.contains("the rule `acme-token` does not look at this path"), "{}", ran.stdout);
}

#[test]
fn where_a_rule_does_not_look_it_hides_nothing_that_others_find() {
    let key = fake::github_token(1);
    let rules = "[[rule]]\nid = 'wide'\ntitle = 'Anything'\npattern = 'ghp_\\S+'\nconfidence = 'certain'\n\
                 severity = 'critical'\nnot_paths = ['**']\n";
    let repo = repository(rules);
    repo.write("a.env", format!("T={key}\n"));

    let ran = repo.ideoguard(&["scan", "-q"]);

    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("GitHub access token"), "{}", ran.stdout);
}

#[test]
fn a_rule_that_is_surer_than_the_built_in_ones_blocks_beside_them() {
    let secret = fake::chars(1, fake::BASE62, 32);
    let text = format!("key = {secret}\n");
    let rules = "[[rule]]\nid = 'ours'\ntitle = 'Ours'\npattern = 'key = (?P<secret>\\w+)'\n";

    assert_eq!(ideoguard_in(repository("").path(), &["scan", "--stdin"], text.as_bytes()).code, 0);
    assert_eq!(ideoguard_in(repository(rules).path(), &["scan", "--stdin"], text.as_bytes()).code, 1);
}

#[test]
fn a_secret_that_a_built_in_rule_finds_as_surely_is_told_once() {
    let rules = "[[rule]]\nid = 'ours'\ntitle = 'Ours'\npattern = 'ghp_\\w{36}'\n";
    let repo = repository(rules);
    let text = format!("T={}\n", fake::github_token(1));

    let both = ideoguard_in(repo.path(), &["scan", "--stdin"], text.as_bytes());
    repo.write(".ideoguard.toml", format!("{rules}[rules]\ndisable = ['github-token']\n"));
    let ours = ideoguard_in(repo.path(), &["scan", "--stdin"], text.as_bytes());

    assert!(both.stdout.contains("GitHub access token") && both.stdout.contains("1 leak"), "{}", both.stdout);
    assert!(ours.stdout.contains("leak: Ours") && ours.stdout.contains("1 leak"), "{}", ours.stdout);
}

#[test]
fn what_is_allowed_of_a_built_in_rule_is_not_allowed_of_ones_own() {
    let rules = "[[rule]]\nid = 'ours'\ntitle = 'Ours'\npattern = 'ghp_\\w{36}'\n";
    let repo = repository(&format!("{rules}[[allow]]\nrules = ['github-token']\nreason = 'ours are told'\n"));
    repo.write("a.env", fake::github_token(1)).stage().commit("add");

    for words in [&["scan", "-v"] as &[&str], &["scan", "-v", "--history"]] {
        let ran = repo.ideoguard(words);
        assert!(ran.stdout.contains("leak: Ours"), "{words:?}: {}", ran.stdout);
        assert!(ran.stdout.contains("1 leak, 1 allowed"), "{words:?}: {}", ran.stdout);
    }
}

#[test]
fn a_short_name_of_a_file_may_be_found_too() {
    let repo = repository("[[rule]]\nid = 'number'\ntitle = 'Number'\npattern = '[0-9]-[0-9]{2}'\n");
    repo.write("7-35", "nothing\n").stage().commit("add");

    assert_eq!(repo.ideoguard(&["scan", "--history"]).code, 1);
}

#[test]
fn a_built_in_rule_can_be_made_surer_graver_or_pickier() {
    let secret = fake::chars(1, fake::BASE62, 32);
    let text = format!("key = {secret}\n");
    let scan = |rules: &str| ideoguard_in(repository(rules).path(), &["scan", "--stdin", "-v"], text.as_bytes());
    let found = scan("[rules.override.generic-secret]\nconfidence = 'high'\nseverity = 'critical'\n");
    let picky = scan("[rules.override.generic-secret]\nconfidence = 'high'\nentropy = 7.9\n");

    assert_eq!(found.code, 1);
    assert!(found.stdout.contains("generic-secret (critical, high)"), "{}", found.stdout);
    assert_eq!(picky.code, 0);
    assert!(picky.stdout.contains("it is less random"), "{}", picky.stdout);
}

#[test]
fn an_override_does_not_make_a_failed_proof_sure() {
    let mut token = fake::github_token(1);
    let last = token.pop().unwrap();
    token.push(if last == 'a' { 'b' } else { 'a' });
    let repo = repository("[rules.override.github-token]\nconfidence = 'certain'\n");

    let ran = ideoguard_in(repo.path(), &["scan", "--stdin", "-v"], format!("T={token}\n").as_bytes());

    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("note: "), "{}", ran.stdout);
}

#[test]
fn rules_that_go_by_a_name_find_what_has_it() {
    let rules = "[[rule]]\nid = 'acme-key'\ntitle = 'Acme key'\nnames = ['acme']\nvalue = '[0-9a-f]{32}'\n";
    let secret = fake::chars(1, "0123456789abcdef", 32);
    let text = format!("ACME_API_KEY={secret}\nOTHER_API_KEY={secret}\n");

    let ran = ideoguard_in(repository(rules).path(), &["scan", "--stdin"], text.as_bytes());

    assert!(ran.stdout.contains("Acme key"), "{}", ran.stdout);
    assert!(ran.stdout.contains("standard input:1:14"), "{}", ran.stdout);
}

#[test]
fn files_that_are_extended_bring_their_rules_and_what_they_allow() {
    let repo = repository("[rules]\nextend = ['shared/rules.toml']\n[rules.override.acme-token]\nseverity = 'low'\n");
    let shared = format!("{ACME}[[allow]]\npaths = ['samples/']\nreason = 'made up'\n");
    repo.write("shared/rules.toml", shared);
    repo.write("a.env", token(1)).write("samples/a.env", token(2));

    let ran = repo.ideoguard(&["scan", "-v"]);

    assert!(ran.stdout.contains("1 leak, 1 allowed"), "{}", ran.stdout);
    assert!(ran.stdout.contains("acme-token (low, high)"), "{}", ran.stdout);
}

#[test]
fn an_allow_entry_may_name_a_rule_of_ones_own() {
    let repo = repository(&format!("{ACME}[[allow]]\nrules = ['acme-token']\nreason = 'a toy'\n"));
    repo.write("a.env", token(1));

    assert_eq!(repo.ideoguard(&["scan"]).code, 0);
}
