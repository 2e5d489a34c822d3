//! Whatever a pattern says, windows and histories find what the whole text holds.

use std::path::Path;
use std::sync::LazyLock;

use ideoguard::detect::Engine;
use ideoguard::detect::locality::{CONTEXT, MAX_MATCH};
use ideoguard::rules::RuleBook;
use proptest::prelude::*;

use crate::fake;
use crate::locality::{piece, seen_of};

/// Patterns that look far, end anywhere, and lean on what stands around them.
const RULES: &str = r#"
[[rule]]
id = "plain"
title = "Plain"
pattern = 'acme_[0-9A-Za-z]{24}'
alphabet = "alnum"
entropy = 2.5

[[rule]]
id = "far"
title = "Far"
pattern = '(?s)begin.{0,420}?(?:end|fin)'

[[rule]]
id = "endless"
title = "Endless"
pattern = '(?s)tok-.*'

[[rule]]
id = "perhaps"
title = "Perhaps"
pattern = 'tok-[a-z]{4}(?P<secret>[^;]{0,300};)?'

[[rule]]
id = "leading"
title = "Leading"
pattern = '[\w ]{0,90}(?:mailer|begin)[ =:]{1,4}[\w-]{4,}'

[[rule]]
id = "near"
title = "Near"
pattern = '[a-f0-9]{8,}'
keywords = ["mailer"]

[[rule]]
id = "line"
title = "Line"
pattern = '(?m)^key=(?P<secret>\S+)$'

[[rule]]
id = "edges"
title = "Edges"
pattern = '(?:\A|\bid:)\w+(?:\s+\w+)*\s*(?:\z|\B-)'
literals = ["id:", "-"]

[[rule]]
id = "named"
title = "Named"
names = ["acme"]
value = '[0-9a-f]{32}'

[rules]
disable = ["url-password"]

[rules.override.generic-secret]
entropy = 4.5
"#;

/// The same in the form of gitleaks, with what stands beside a match and what is let go.
const GITLEAKS: &str = r#"
[[rules]]
id = "pair"
regex = '(?s)mailer[ =:](.{4,300}?)(?:;|$)'
[[rules.required]]
id = "part"
withinLines = 1
withinColumns = 40

[[rules]]
id = "part"
regex = 'key=\S+'
skipReport = true
entropy = 1.5

[[rules]]
id = "anywhere"
regex = '[0-9a-f]{12,}'
keywords = ["fin"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ['end', '^id:']

[[allowlists]]
stopwords = ["a1"]
regexes = ['(?i)^acme']
"#;

/// Built once: every window asks it.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::with(&book()));

/// The rules of this story.
pub(crate) fn book() -> RuleBook {
    let mut book = RuleBook::default();
    book.read(Path::new("gitleaks.toml"), GITLEAKS).expect("a configuration of gitleaks");
    book.read(Path::new("rules.toml"), RULES).expect("a rule file");
    book
}

/// Pieces of text that the patterns are about, between others.
pub(crate) fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = ["acme_", "begin", "end", "tok-", "mailer", "key=", "id:", "-", ";", "\n", " ", "ACME_KEY=", "fin"];
    let one = prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        1 => (0..9_u64).prop_map(|seed| fake::chars(seed, "0123456789abcdef", 32).into_bytes()),
        1 => (0..9_u64).prop_map(|seed| fake::chars(seed, fake::BASE62, 24).into_bytes()),
        1 => (0..9_u64, 0..500_usize).prop_map(|(seed, len)| fake::chars(seed, "abcdef 01\n", len).into_bytes()),
        2 => piece(),
    ];
    prop::collection::vec(one, 1..32).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_finds_what_the_whole_text_holds(
        text in pieces(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 2),
        slack in 0..3_usize,
    ) {
        let whole = ENGINE.scan_all(&text);
        let random = cuts.iter().map(|(one, other)| (one.index(text.len() + 1), other.index(text.len() + 1)));
        let tight = whole.iter().map(|found| {
            (found.extent.start.saturating_sub(CONTEXT + slack), text.len().min(found.extent.end + CONTEXT + slack))
        });
        for (one, other) in random.chain(tight) {
            let window = one.min(other)..one.max(other);
            let here = ENGINE.scan_all(&text[window.clone()]);
            prop_assert_eq!(seen_of(&whole, 0, &window, text.len()), seen_of(&here, window.start, &window, text.len()));
        }
    }

    #[test]
    fn clues_lead_to_what_a_scan_finds(text in pieces()) {
        let all = 0..text.len();
        let mut clues = Vec::new();

        ENGINE.find_clues(&text, &all, &mut clues);
        let mut found = ENGINE.follow_clues(&text, &clues, &all);
        found.extend(ENGINE.follow_signs(&text, &clues, &all, true));

        prop_assert_eq!(seen_of(&found, 0, &all, text.len()), seen_of(&ENGINE.scan_all(&text), 0, &all, text.len()));
    }

    #[test]
    fn no_match_is_longer_than_promised(text in pieces()) {
        for found in ENGINE.scan_all(&text) {
            prop_assert!(found.extent.len() <= MAX_MATCH);
            prop_assert!(found.extent.start <= found.span.start && found.span.end <= found.extent.end);
            prop_assert!(!found.span.is_empty());
        }
    }
}

#[test]
fn each_pattern_of_these_stories_finds_something() {
    let hex = fake::chars(1, "0123456789abcdef", 32);
    let text = format!(
        "acme_{}\nbegin: some words end\ntok-abcd;\nmailer = {hex};\nkey=value\nfin {hex}\nid:one -\nACME_API_KEY={hex}\n",
        fake::chars(2, fake::BASE62, 24)
    );
    let found = ENGINE.scan_all(text.as_bytes());

    for rule in book().rules().iter().filter(|rule| rule.id != "part") {
        assert!(found.iter().any(|one| one.rule.id == rule.id), "{} finds nothing", rule.id);
    }
}
