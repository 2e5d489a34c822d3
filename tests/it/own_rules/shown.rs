//! `rules list`, `show`, `test` and `check`, with rules of one's own.

use super::{ACME, repository, token};
use crate::common::ideoguard_in;
use crate::fake;

#[test]
fn a_rule_of_ones_own_is_listed_with_its_origin_and_shown_with_its_documentation() {
    let repo = repository(&format!("{ACME}documentation = 'https://acme.example/tokens'\n"));

    let list = repo.ideoguard(&["rules", "list"]);
    let show = repo.ideoguard(&["rules", "show", "acme-token"]);

    let line = list.stdout.lines().find(|line| line.starts_with("acme-token ")).unwrap();
    assert!(line.contains("high") && line.contains("Acme token") && line.ends_with(".ideoguard.toml:2)"), "{line}");
    for words in ["its pattern, around `acme_`", "https://acme.example/tokens", ".ideoguard.toml:2"] {
        assert!(show.stdout.contains(words), "{words}: {}", show.stdout);
    }
}

#[test]
fn a_changed_and_a_disabled_rule_say_so() {
    let repo = repository("[rules]\ndisable = ['npm-token']\n[rules.override.github-token]\nseverity = 'low'\n");

    let list = repo.ideoguard(&["rules", "list"]);

    let line = |id: &str| list.stdout.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(line("npm-token").ends_with("(disabled)"), "{}", line("npm-token"));
    let changed = line("github-token");
    assert!(changed.contains(" low ") && changed.ends_with("(changed by a rule file)"), "{changed}");
}

#[test]
fn what_costs_much_and_what_is_cut_short_is_said() {
    let repo = repository("[[rule]]\nid = 'a'\ntitle = 'A'\npattern = '[0-9]{4}-[0-9]{4,}'\n");

    let show = repo.ideoguard(&["rules", "show", "a"]);

    assert!(show.stdout.contains("tried often"), "{}", show.stdout);
    assert!(show.stdout.contains("longer than 512 bytes"), "{}", show.stdout);
}

#[test]
fn a_test_says_line_by_line_what_is_found_what_nearly_and_why_not() {
    let repo = repository(&format!("{ACME}alphabet = 'alnum'\nentropy = 3.5\n"));
    let mut broken = fake::github_token(1);
    broken.push('x');
    let text = format!(
        "A={}\nB=acme_short\nC=x{}\nD={}x\nE=acme_{}\nF=acme_{}\nG={broken}\n",
        token(1),
        token(2),
        token(3),
        "ab".repeat(12),
        "exampletokenof1acme2corp",
    );
    repo.write("sample.env", &text);

    let ran = repo.ideoguard(&["rules", "test", "sample.env"]);
    let piped = ideoguard_in(repo.path(), &["rules", "test", "-"], text.as_bytes());

    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(piped.stdout, ran.stdout.replace("sample.env:", "-:"));
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_test_may_be_of_one_rule() {
    let repo = repository(ACME);
    let text = format!("{}\n{}\n", token(1), fake::github_token(1));

    let ran = ideoguard_in(repo.path(), &["rules", "test", "-", "--rule", "github-token"], text.as_bytes());

    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("-:2:1: github-token: certain: ghp_…(40): "), "{}", ran.stdout);
}

#[test]
fn a_check_runs_the_samples_of_the_rows() {
    let rules = "[[rule]]\nid = 'acme-token'\ntitle = 'Acme token'\npattern = 'acme_[a-z0-9]{8}'\n\
                 hits = ['acme_k3~jx9qw2', 'acme_k3jx', 'other']\nmisses = ['acme_short', 'acme_m4~pt7bz1']\n";
    let repo = repository(rules);

    let ran = repo.ideoguard(&["rules", "check"]);
    repo.write("good.toml", rules.replace(", 'acme_k3jx', 'other'", "").replace(", 'acme_m4~pt7bz1'", ""));
    let good = repo.ideoguard(&["rules", "check", "good.toml"]);

    assert_eq!((ran.code, good.code), (1, 0));
    let told = ran.stdout.replace(&repo.path().canonicalize().unwrap().display().to_string(), "…");
    insta::assert_snapshot!(format!("{told}{}", good.stdout));
}

#[test]
fn a_check_of_nothing_is_no_success() {
    let ran = ideoguard_in(tempfile::tempdir().unwrap().path(), &["rules", "check"], b"");

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no rule file"), "{}", ran.stderr);
}
