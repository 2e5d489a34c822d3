//! Configurations of gitleaks and betterleaks, read as they are.

use super::{repository, token};
use crate::common::{Ran, TestRepo, ideoguard_in};
use crate::fake;

/// A configuration with one rule.
const CONFIG: &str = "title = 'ours'\n[extend]\nuseDefault = true\n[[rules]]\nid = 'acme'\n\
                      description = 'Acme token'\nregex = '''acme_([0-9A-Za-z]{24})'''\nkeywords = ['acme_']\n";

/// A repository with such a configuration.
fn with(config: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitleaks.toml", config);
    repo
}

/// Scans text with such a configuration.
fn scan(config: &str, text: &str) -> Ran {
    ideoguard_in(with(config).path(), &["scan", "--stdin", "-v", "--config", ".gitleaks.toml"], text.as_bytes())
}

/// How many leaks a scan of text finds.
#[track_caller]
fn leaks(config: &str, text: &str) -> usize {
    let ran = scan(config, text);
    assert!(ran.code < 2, "{}", ran.stderr);
    ran.stdout.lines().filter(|line| line.starts_with("leak: ")).count()
}

/// What a configuration is refused with.
#[track_caller]
fn refusal(config: &str) -> String {
    let ran = scan(config, "x");
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    ran.stderr
}

#[test]
fn a_rule_finds_its_secret_which_is_the_first_group() {
    let ran = scan(CONFIG, &format!("T={}\n", token(1)));

    assert!(ran.stdout.contains(&format!("leak: Acme token, {}…(24)", &token(1)[5..9])), "{}", ran.stdout);
    assert!(ran.stdout.contains("standard input:1:8"), "{}", ran.stdout);
}

#[test]
fn the_built_in_rules_go_on() {
    assert_eq!(leaks(CONFIG, &format!("T={}\n", fake::github_token(1))), 1);
}

#[test]
fn a_secret_group_is_the_secret_and_must_be_there() {
    let config =
        |group| format!("[[rules]]\nid = 'a'\nregex = 'acme(_)(\\w{{4}})(\\w{{20}})'\nsecretGroup = {group}\n");

    assert!(scan(&config(3), &token(1)).stdout.contains("…(20)"));
    assert!(refusal(&config(4)).contains(".gitleaks.toml:4:15: the pattern has 3 groups"));
}

#[test]
fn an_entropy_is_exceeded_or_the_secret_is_none() {
    let config = |bits: f64| format!("{CONFIG}entropy = {bits}\n");
    let text = "acme_k3Jx~9Qw2Jk3x~2Qw9wQ29~x3kJ".replace('~', "");

    assert_eq!((leaks(&config(1.9), &token(1)), leaks(&config(5.9), &token(1))), (1, 0));
    // Eight characters, each as often as the others, have three bits.
    assert_eq!((leaks(&config(2.99), &text), leaks(&config(3.0), &text)), (1, 0));
    let filter = |bits| format!("{CONFIG}filter = 'entropy(finding.secret) <= {bits}'\n");
    assert_eq!((leaks(&filter(1.9), &token(1)), leaks(&filter(5.9), &token(1))), (1, 0));
}

#[test]
fn keywords_count_in_any_case_and_near_a_match() {
    let config = "[[rules]]\nid = 'a'\nregex = '\\b[0-9a-f]{32}\\b'\nkeywords = ['Mailer']\n";
    let secret = fake::chars(1, "0123456789abcdef", 32);

    assert_eq!(leaks(config, &format!("MAILER = {secret}\n")), 1);
    assert_eq!(leaks(config, &format!("other = {secret}\n")), 0);
    let check = with(config).ideoguard(&["rules", "check", ".gitleaks.toml"]);
    assert!(check.stdout.contains("the keywords of `a` count within 250 bytes of a match"), "{}", check.stdout);
}

#[test]
fn a_rule_with_a_path_looks_there_alone() {
    let repo = with(&format!("{CONFIG}path = '''\\.env$'''\n"));
    repo.write("conf/a.env", token(1)).write("a.py", token(2)).stage().commit("add");

    for words in [&["scan", "-v"] as &[&str], &["scan", "-v", "--history"]] {
        let ran = repo.ideoguard(&[words, &["--config", ".gitleaks.toml"]].concat());
        assert!(ran.stdout.contains("1 leak, 1 allowed"), "{words:?}: {}", ran.stdout);
        assert!(ran.stdout.contains("the rule `acme` does not look at this path"), "{}", ran.stdout);
    }
}

#[test]
fn allow_lists_of_a_rule_let_go_what_one_condition_fits() {
    let secret = &token(1)[5..];
    let list = |rest: &str| format!("{CONFIG}[[rules.allowlists]]\ndescription = 'known'\n{rest}\n");
    let text = format!("{} # sample\n", token(1));
    for rest in [
        format!("regexes = ['^{}']", &secret[..6]),
        format!("regexes = ['nothing', '{}$']", &secret[20..]),
        format!("stopwords = ['{}']", secret[4..9].to_uppercase()),
        format!("regexes = ['nothing']\nstopwords = ['{}']", &secret[4..9]),
        "regexTarget = 'match'\nregexes = ['^acme_']".to_owned(),
        "regexTarget = 'line'\nregexes = ['# sample$']".to_owned(),
    ] {
        let ran = scan(&list(&rest), &text);
        assert_eq!(ran.code, 0, "{rest}: {}", ran.stdout);
        assert!(ran.stdout.contains("fits its text: known"), "{rest}: {}", ran.stdout);
    }
    for rest in [
        "regexes = ['^acme_']".to_owned(),
        "regexTarget = 'match'\nregexes = ['sample']".to_owned(),
        format!("condition = 'AND'\nregexes = ['nothing']\nstopwords = ['{}']", &secret[4..9]),
        "stopwords = ['acme_']".to_owned(),
    ] {
        assert_eq!(leaks(&list(&rest), &text), 1, "{rest}");
    }
}

#[test]
fn an_allow_list_may_ask_for_text_and_path_together() {
    let list =
        "[[rules.allowlists]]\ncondition = 'AND'\nregexTarget = 'line'\nregexes = ['sample']\npaths = ['^docs/']\n";
    let repo = with(&format!("{CONFIG}{list}"));
    repo.write("docs/a.md", format!("{} sample", token(1))).write("docs/b.md", token(2));
    repo.write("src/a.py", format!("{} sample", token(3))).stage().commit("add");

    for _ in 0..2 {
        for words in [&["scan", "-v"] as &[&str], &["scan", "-v", "--history"]] {
            let ran = repo.ideoguard(&[words, &["--config", ".gitleaks.toml"]].concat());
            assert!(ran.stdout.contains("2 leaks, 1 allowed"), "{words:?}: {}", ran.stdout);
        }
    }
}

#[test]
fn global_allow_lists_are_for_all_rules_or_for_those_that_they_name() {
    let text = format!("{}\n{}\n", token(1), fake::github_token(1));
    let list = |rest: &str| format!("{CONFIG}[[allowlists]]\nregexTarget = 'line'\nregexes = ['.']\n{rest}\n");

    assert_eq!(leaks(&list(""), &text), 0);
    assert_eq!(leaks(&list("targetRules = ['acme']"), &text), 1);
    let old = format!("{CONFIG}[allowlist]\npaths = ['input$']\n");
    assert_eq!(leaks(&old, &text), 0);
}

#[test]
fn a_composite_rule_needs_its_parts_near() {
    let config = |within: &str| {
        format!(
            "[[rules]]\nid = 'pair'\nregex = 'thing=(\\w{{16}})'\n[[rules.required]]\nid = 'part'\n{within}\n\
             [[rules]]\nid = 'part'\nregex = 'user=\\w+'\nskipReport = true\n"
        )
    };
    let secret = fake::chars(1, fake::BASE62, 16);
    let near = format!("user=wile\n\nthing={secret}\n");
    let far = format!("user=wile\n{}thing={secret}\n", "\n".repeat(9));
    let alone = format!("thing={secret}\n");
    let ours = |within: &str, text: &str| {
        scan(&config(within), text)
            .stdout
            .lines()
            .filter(|line| *line == format!("leak: pair, {}…(16)", &secret[..4]))
            .count()
    };

    assert_eq!((ours("", &near), ours("", &far), ours("", &alone)), (1, 1, 0));
    assert_eq!((ours("withinLines = 5", &near), ours("withinLines = 5", &far)), (1, 0));
    assert_eq!((ours("withinColumns = 3", &near), ours("withinColumns = 3", &format!("  {near}"))), (1, 1));
    assert_eq!(ours("withinColumns = 1", &near.replace("user", "     user")), 0);
    let two =
        config("").replace("[[rules.required]]\nid = 'part'\n", "components = [{ id = 'part', within = '5L,90C' }]");
    assert_eq!(scan(&two, &near).code, 1);
    assert!(!scan(&two, &far).stdout.contains("leak: pair"));
    assert!(refusal(&config("").replace("'part'\n\n", "'parts'\n\n")).contains("there is no rule `parts`"));
}

#[test]
fn a_file_that_is_extended_is_changed_by_the_one_that_extends_it() {
    let repo = with(
        "[extend]\npath = 'base.toml'\ndisabledRules = ['other']\n[[rules]]\nid = 'acme'\n\
                     [[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['sample']\n",
    );
    let other = "[[rules]]\nid = 'other'\nregex = 'other_\\w{20}'\n";
    repo.write("base.toml", format!("{CONFIG}{other}"));
    let text = format!("{}\n{} sample\nother_{}\n", token(1), token(2), fake::chars(3, fake::BASE62, 20));

    let ran = ideoguard_in(repo.path(), &["scan", "--stdin", "-v", "--config", ".gitleaks.toml"], text.as_bytes());

    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("leak: ")).count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("the rule `other` is disabled"), "{}", ran.stdout);
}

#[test]
fn our_own_file_may_extend_one_and_change_its_rules() {
    let repo = repository("[rules]\nextend = ['.gitleaks.toml']\n[rules.override.acme]\nseverity = 'low'\n");
    repo.write(".gitleaks.toml", CONFIG).write("a.env", token(1));

    let ran = repo.ideoguard(&["scan"]);

    assert!(ran.stdout.contains("acme (low, high)"), "{}", ran.stdout);
}

#[test]
fn a_rule_called_as_a_built_in_one_gets_another_name() {
    let repo = with(&CONFIG.replace("'acme'", "'npm-token'"));

    let list = repo.ideoguard(&["rules", "list", "--config", ".gitleaks.toml"]);

    assert!(list.stdout.contains("gitleaks-npm-token"), "{}", list.stdout);
}

#[test]
fn what_cannot_be_honoured_is_listed_and_counted() {
    let config = format!(
        "prefilter = 'true'\n{CONFIG}tokenEfficiency = true\nvalidate = 'x'\nfilter = 'finding.secret == \"x\"'\n\
         tags = ['a']\nsevrity = 'x'\n[[rules.allowlists]]\ncommits = ['0123abcd']\n\
         [[rules]]\nid = 'generic-api-key'\n[[rules.allowlists]]\nregexes = ['x']\n\
         [[allowlists]]\ntargetRules = ['nobody']\nstopwords = ['x']\n"
    );
    let repo =
        with(&config.replace("useDefault = true", "useDefault = true\ndisabledRules = ['jwt-base64']\nurl = 'x'"));

    let check = repo.ideoguard(&["rules", "check", ".gitleaks.toml"]);
    let scan = repo.ideoguard(&["scan", "--config", ".gitleaks.toml"]);

    assert_eq!(check.code, 0, "{}", check.stderr);
    insta::assert_snapshot!(check.stdout);
    let told = format!("{}{}", scan.stdout, scan.stderr);
    assert!(told.contains("things in the rule files are not honoured; `ideoguard rules check` lists them"), "{told}");
}

#[test]
fn a_rule_that_cannot_be_run_is_an_error_unless_the_reader_is_lenient() {
    let broken = [
        ("regex = 'acme_(?=x)'", "look-around"),
        ("regex = '[0-9a-f]{32}'", "this pattern shows none"),
        ("path = 'id_rsa$'", "by their names alone"),
        ("regex = '(acme'", "unclosed group"),
    ];
    for (rest, words) in broken {
        let config = format!("{CONFIG}[[rules]]\nid = 'broken'\n{rest}\n");
        let said = refusal(&config);
        assert!(
            said.contains(".gitleaks.toml:11:") && said.contains(words) && said.contains("lenient = true"),
            "{said}"
        );

        let repo = repository("[rules]\nextend = ['.gitleaks.toml']\nlenient = true\n");
        repo.write(".gitleaks.toml", &config).write("a.env", token(1));
        assert_eq!(repo.ideoguard(&["scan"]).code, 1);
        let check = repo.ideoguard(&["rules", "check"]);
        assert!(check.stdout.contains("`broken` is left out: "), "{}", check.stdout);
    }
}

#[test]
fn lists_and_targets_that_make_no_sense_are_errors_with_their_place() {
    for (rest, words) in [
        ("[[allowlists]]\ndescription = 'x'\n", ":10:1: this allow list says nothing"),
        ("[[allowlists]]\ncondition = 'XOR'\nregexes = ['x']\n", ":11:13: a condition is AND or OR"),
        ("[[allowlists]]\nregexTarget = 'word'\nregexes = ['x']\n", ":11:15: a regexTarget is"),
        ("[[allowlists]]\nregexes = ['(']\n", ":11:12: this pattern is refused"),
        ("[[allowlists]]\npaths = 'x'\n", ":11:9: invalid type: string"),
    ] {
        let said = refusal(&format!("{CONFIG}\n{rest}"));
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn at_a_server_such_a_file_may_be_the_rule_file() {
    let world = crate::gate::world::World::new();
    world.server.write("gitleaks.toml", CONFIG);
    world.desk.write("app.env", token(1)).stage().commit("add");

    world.says("rules", "gitleaks.toml").refused(&["origin", "main"]);
}
