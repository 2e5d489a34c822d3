//! Files that only tests read, told by the conventions of their language.
//!
//! Whole parts of a path count, never a piece of a word: `contest` and `latest` are no tests.

use std::path::{Component, Path};

/// Folders of tests and of what they read, in whatever case.
const FOLDERS: &[&str] = &[
    "test", "tests", "testing", "testdata", "test-data", "test_data", "test-resources", "test_resources", "testlib",
    "testutil", "testutils", "__test__", "__tests__", "spec", "specs", "fixture", "fixtures", "__fixtures__",
    "test-fixtures", "test_fixtures", "mock", "mocks", "__mocks__", "cassettes", "e2e", "smoke-test",
    "integration-test", "integration_test", "acceptance-test", "system-test", "unittest", "unittests",
];

/// Ends of folders that hold one kind of test: `integration-tests`, `Shop.UnitTests`, `src/dockerTest`.
const FOLDER_ENDS: &[&str] = &["-tests", "_tests", "-fixtures", "_fixtures", ".Test", ".Tests"];

/// How languages name a file of tests: their extensions, what a name begins with, and what it ends with before these.
const NAMES: &[(&[&str], &[&str], &[&str])] = &[
    (&["go"], &[], &["_test_data"]),
    (&["go", "exs", "dart", "rs", "lua", "ml"], &[], &["_test", "_tests", "_spec"]),
    (&["py", "rb"], &["test_"], &["_test", "_tests", "_spec"]),
    (&["c", "h", "cc", "cpp", "cxx", "hpp"], &["test_"], &["_test", "_tests", "_unittest"]),
    (
        &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"],
        &[],
        &[".test", ".spec", ".e2e", ".cy", "-test", "-spec"],
    ),
    (&["ps1"], &[], &[".Tests"]),
    (&["env"], &["test_", "test-", "test."], &[".test", "-test", "_test"]),
];

/// Files of settings for tests, as dotenv for Ruby and Node.js, Vite, Next.js and Laravel read them.
const SETTINGS: &[&str] = &[".env.test", ".env.testing", ".env.test.local", "test.env", "testing.env"];

/// The extensions of languages that name files by their classes.
const CLASSES: &[&str] = &["java", "kt", "kts", "groovy", "scala", "php", "cs", "fs", "vb", "swift", "m", "mm", "hs"];
/// The last word of a class of tests.
const CLASS_ENDS: &[&str] = &["Test", "Tests", "TestCase", "Spec", "IT"];

/// Tells whether a file, from the top of its work tree, is there for tests alone.
pub(super) fn is_for_tests(path: &Path) -> bool {
    // So Perl's projects have it, and git itself; further down it may be anything.
    if path.starts_with("t") && path.components().count() > 1 {
        return true;
    }
    let mut parts: Vec<&str> = path.components().flat_map(parts_of).collect();
    let name = parts.pop().unwrap_or_default();
    parts.into_iter().any(is_folder) || is_name(name)
}

/// Returns the parts of a component: what stands in an archive stands behind `!`.
fn parts_of(component: Component<'_>) -> impl Iterator<Item = &str> {
    let text = match component {
        Component::Normal(text) => text.to_str().unwrap_or_default(),
        _ => "",
    };
    text.split('!')
}

/// Tells whether a folder holds tests, or what they read.
fn is_folder(name: &str) -> bool {
    FOLDERS.iter().any(|folder| folder.eq_ignore_ascii_case(name))
        || FOLDER_ENDS.iter().any(|end| name.len() > end.len() && name.ends_with(end))
        || ["Test", "Tests", "TestFixtures"].iter().any(|word| ends_with_word(name, word))
        || name == "testFixtures"
}

/// Tells whether a file's name says that it holds tests.
fn is_name(name: &str) -> bool {
    if SETTINGS.contains(&name) {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_test = |(extensions, begins, ends): &(&[&str], &[&str], &[&str])| {
        extensions.contains(&extension)
            && (begins.iter().any(|begin| stem.starts_with(begin)) || ends.iter().any(|end| stem.ends_with(end)))
    };
    NAMES.iter().any(is_test)
        || CLASSES.contains(&extension) && CLASS_ENDS.iter().any(|word| ends_with_word(stem, word))
}

/// Tells whether a name in camel case ends with a word, behind another one.
fn ends_with_word(name: &str, word: &str) -> bool {
    let before = name.strip_suffix(word).and_then(|before| before.chars().next_back());
    before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is(path: &str) -> bool {
        is_for_tests(Path::new(path))
    }

    #[test]
    fn the_folders_and_names_of_tests_are_known_in_many_languages() {
        for path in [
            "tests/key.pem",
            "crates/net/tests/tls.rs",
            "pkg/testdata/server.key",
            "src/test/resources/application.yml",
            "src/dockerTest/resources/server.key",
            "Shop.UnitTests/Login.cs",
            "Shop.Tests/Login.cs",
            "FirebaseAuthTests/Key.plist",
            "smoke-test/app/application.properties",
            "packages/db/integration-tests/env.ts",
            "app/__tests__/login.js",
            "spec/cassettes/login.yml",
            "Test/Fixtures/key.pem",
            "server/login_test.go",
            "tools/test_login.py",
            "src/login.test.ts",
            "src/login.spec.js",
            "src/login.e2e-spec.ts",
            "src/LoginTest.java",
            "src/LoginTests.kt",
            "lib/login_spec.rb",
            "Login.Tests.ps1",
            "samples.zip!tests/key.pem",
            "openpgp/keys_test_data.go",
            "t/lib-gpg/keyring.gpg",
            ".env.test",
            "api/.env.testing",
            ".env.test.local",
            "hack/test.env",
            "hack/test_asymmetric.env",
            "app.test.env",
        ] {
            assert!(is(path), "{path}");
        }
    }

    #[test]
    fn no_piece_of_a_word_is_a_test() {
        for path in [
            "src/contest/key.pem",
            "latest/key.pem",
            "src/attest.go",
            "src/protest.test/key.pem",
            "examples/key.pem",
            "src/Latest.java",
            "src/spectest.md",
            "test",
            "t",
            "src/t/key.pem",
            "test_settings.yml",
            ".env",
            ".env.local",
            ".env.production",
            "latest.env",
            "attest.env",
            "contest_live.env",
            ".env.tester",
            ".env.test.production",
            "src/inspect/key.pem",
            "spring-boot-test/src/main/resources/key.pem",
            "commit 0123456789abcdef",
            "(further paths)",
        ] {
            assert!(!is(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_stands_below_tests_is_theirs_whatever_it_is_called(
            above in "([a-z]{1,8}/){0,3}", below in "[a-zA-Z0-9._-]{1,12}(/[a-z]{1,8}){0,3}",
        ) {
            prop_assume!(!above.starts_with("refs/") && below != "." && below != "..");
            let path = format!("{above}tests/{below}");

            prop_assert!(is(&path), "{}", path);
        }

        #[test]
        fn a_longer_word_makes_another_folder(word in "[a-z]{1,8}", at in 0..FOLDERS.len()) {
            let name = format!("{}{word}", FOLDERS[at]);
            prop_assume!(!FOLDERS.contains(&name.as_str()));

            let path = format!("{name}/key.pem");

            prop_assert_eq!(is(&path), FOLDER_ENDS.iter().any(|end| name.ends_with(end)));
        }
    }
}
