//! Files of environment variables, keys for each environment, and what browsers get.

use super::{examined, item};
use crate::common::TestRepo;
use crate::fake;

/// The lines that leave out what must not be committed.
const IGNORED: &str = ".env\n.env.*\n!.env.example\n";

#[test]
fn environment_files_that_are_ignored_by_the_project_pass() {
    let repo = TestRepo::new();
    repo.write(".gitignore", format!("target\n{IGNORED}")).write(".env.example", "IDEOGRAM_API_KEY=\n").stage();
    repo.commit("root");

    let item = item(&repo, "env-files-ignored");

    assert_eq!(item.verdict(), "pass", "{}", item.text());
    assert_eq!(item.evidence(), [".gitignore:2: leaves them out", ".gitignore:3: leaves them out"]);
}

#[test]
fn names_that_are_not_there_yet_must_be_ignored_too() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n.env.local\n");

    let item = item(&repo, "env-files-ignored");

    assert_eq!(item.verdict(), "fail");
    assert!(item.evidence()[0].contains(".env.production"), "{}", item.text());
    assert!(!item.evidence()[0].contains(".env.local,"), "{}", item.text());
}

#[test]
fn a_folder_that_takes_them_back_in_fails() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED).write("web/.gitignore", "!.env.production\n").write("web/.env.example", "A=\n");

    let item = item(&repo, "env-files-ignored");

    assert_eq!((item.verdict(), item.evidence()), ("fail", vec!["web: git would take in .env.production".to_owned()]));
}

#[test]
fn a_pattern_of_this_machine_alone_does_not_count() {
    let repo = TestRepo::new();
    repo.write(".git/info/exclude", IGNORED);

    let item = item(&repo, "env-files-ignored");

    assert_eq!(item.verdict(), "fail");
    assert!(item.evidence().iter().all(|line| line.contains("on this machine leaves it out")), "{}", item.text());
}

#[test]
fn a_tracked_environment_file_fails_although_it_is_ignored() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED).write("app/.env", "PORT=1\n");
    repo.git(&["add", "--force", "."]);
    repo.commit("root");

    let item = item(&repo, "env-files-ignored");

    assert_eq!((item.verdict(), item.evidence()), ("fail", vec!["app/.env: is tracked".to_owned()]));
    assert!(item.text().contains("`git rm --cached app/.env`"), "{}", item.text());
}

#[test]
fn an_environment_file_of_the_past_fails_wherever_it_was_committed() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "x\n").stage().commit("root");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    let brought = repo.write("a/.env.production", "PORT=1\n").stage().commit("add");
    repo.git(&["rm", "--quiet", "a/.env.production"]);
    repo.commit("remove");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["branch", "--quiet", "-D", "side"]);
    repo.write(".gitignore", IGNORED).stage().commit("ignore");

    let item = item(&repo, "env-files-ignored");

    // The branch is gone; the reflog still leads there.
    let says = format!("a/.env.production: was tracked; commit {} has it", &brought[..12]);
    assert_eq!((item.verdict(), item.evidence()), ("fail", vec![says]));
}

#[test]
fn samples_and_a_folder_named_like_one_are_no_environment_files() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED);
    repo.write(".env.example", "A=\n").write("b/.env.sample", "A=\n").write("c/.env.template", "A=\n");
    repo.write("d/.env/pyvenv.cfg", "home = x\n");
    repo.git(&["add", "--force", "."]);
    repo.commit("root");

    assert_eq!(item(&repo, "env-files-ignored").verdict(), "pass");
}

#[test]
fn different_keys_for_each_environment_pass() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED)
        .write(".env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1)))
        .write(".env.staging", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(2)))
        .write("k8s/production/app.yaml", "env:\n  - name: IDEOGRAM_API_KEY\n    valueFrom:\n      secretKeyRef:\n        name: ideogram\n        key: api\n");

    let item = item(&repo, "key-per-environment");

    assert_eq!(item.verdict(), "pass", "{}", item.text());
    assert!(item.text().contains("development, staging, production"), "{}", item.text());
    assert_eq!(item.evidence().len(), 3);
}

#[test]
fn the_same_key_in_two_environments_fails_and_is_not_shown() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(1);
    repo.write(".gitignore", IGNORED)
        .write(".env.local", format!("export IDEOGRAM_API_KEY='{key}'\n"))
        .write("deploy/values-prod.yaml", format!("ideogram:\n  apiKey: {key}\n"));

    let item = item(&repo, "key-per-environment");

    assert_eq!(item.verdict(), "fail", "{}", item.text());
    assert!(item.evidence()[0].starts_with(".env.local:1: IDEOGRAM_API_KEY for development is"), "{}", item.text());
    assert!(item.evidence()[1].starts_with("deploy/values-prod.yaml:2:"), "{}", item.text());
    assert!(!item.text().contains(&key[4..12]));
}

#[test]
fn one_secret_of_the_repository_for_two_jobs_is_one_key() {
    let repo = TestRepo::new();
    let job = |name: &str, more: &str| {
        format!("  {name}:\n{more}    env:\n      IDEOGRAM_API_KEY: ${{{{ secrets.IDEOGRAM_API_KEY }}}}\n")
    };
    let path = ".github/workflows/deploy.yml";
    repo.write(path, format!("jobs:\n{}{}", job("deploy-staging", ""), job("deploy-production", "")));

    let same = item(&repo, "key-per-environment");
    let scoped = |name: &str| format!("    environment: {name}\n");
    let jobs = [job("one", &scoped("staging")), job("two", &scoped("production"))].concat();
    repo.write(path, format!("jobs:\n{jobs}"));
    let own = item(&repo, "key-per-environment");

    assert_eq!(same.verdict(), "fail", "{}", same.text());
    assert_eq!(own.verdict(), "unknown", "each environment may have a value of its own: {}", own.text());
}

#[test]
fn one_environment_alone_says_nothing() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED).write(".env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1)));

    assert_eq!(item(&repo, "key-per-environment").verdict(), "not-applicable");
}

#[test]
fn a_key_with_a_public_prefix_fails_in_code_and_in_configuration() {
    let repo = TestRepo::new();
    repo.write("src/api.ts", "// VITE_IDEOGRAM_KEY\nconst key = import.meta.env.VITE_IDEOGRAM_API_KEY;\n")
        .write(".env.example", "NEXT_PUBLIC_IDEOGRAM_API_KEY=\n")
        .write("Dockerfile", "ARG NEXT_PUBLIC_IDEOGRAM_API_KEY\n");

    let item = item(&repo, "no-key-in-bundle");

    assert_eq!(item.verdict(), "fail");
    let places: Vec<String> = item.evidence().iter().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(places, ["Dockerfile:1", "src/api.ts:2"]);
}

#[test]
fn a_bundler_that_writes_the_key_into_the_code_fails_and_a_proxy_does_not() {
    let repo = TestRepo::new();
    repo.write(
        "vite.config.ts",
        "export default defineConfig(({ mode }) => {\n  const env = loadEnv(mode, '.', '');\n  return {\n    server: { proxy: { '/api': { headers: { 'Api-Key': env.IDEOGRAM_API_KEY } } } },\n    define: { 'process.env.IDEOGRAM_API_KEY': JSON.stringify(env.IDEOGRAM_API_KEY) },\n  };\n});\n",
    );

    let item = item(&repo, "no-key-in-bundle");

    assert_eq!(item.verdict(), "fail");
    assert!(item.evidence().iter().all(|line| line.starts_with("vite.config.ts:5:")), "{:#?}", item.evidence());
}

#[test]
fn a_key_in_an_ignored_build_fails() {
    let repo = TestRepo::new();
    let key = fake::ideogram_key(3);
    repo.write(".gitignore", "dist\n.next\n")
        .write("dist/assets/app.js", format!("fetch(u,{{headers:{{\"Api-Key\":\"{key}\"}}}})"))
        .write(".next/server/app.js", format!("const k=\"{key}\"; // ideogram"));

    let item = item(&repo, "no-key-in-bundle");

    assert_eq!(item.verdict(), "fail");
    assert_eq!(item.evidence().len(), 1, "{:#?}", item.evidence());
    assert!(item.evidence()[0].starts_with("dist/assets/app.js:1: Ideogram API key"), "{:#?}", item.evidence());
    assert!(!examined(&repo).stdout.contains(&key[4..12]));
}

#[test]
fn code_for_browsers_without_a_key_passes() {
    let repo = TestRepo::new();
    repo.write("src/app.tsx", "export const App = () => <img src={`${import.meta.env.VITE_API_URL}/image`} />;\n");

    assert_eq!(item(&repo, "no-key-in-bundle").verdict(), "pass");
}

#[test]
fn a_page_beside_plain_javascript_is_code_for_browsers() {
    let repo = TestRepo::new();
    repo.write("frontend/public/index.html", "<div id=\"root\"></div>\n").write("frontend/src/index.js", "start();\n");
    let other = TestRepo::new();
    other.write("src/index.js", "start();\n").write("node_modules/x/index.html", "<p>\n");

    assert_eq!(item(&repo, "no-key-in-bundle").verdict(), "pass");
    assert_eq!(item(&other, "no-key-in-bundle").verdict(), "not-applicable");
}

/// A repository whose trees are stored against each other, in one of whose commits a file had this name.
fn packed_with(name: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED);
    for at in 0..40 {
        repo.write(&format!("folder/file-{at:02}.txt"), format!("{at}\n"));
    }
    repo.git(&["add", "--all"]);
    repo.commit("root");
    for at in 0..30 {
        repo.write(&format!("folder/file-{at:02}.txt"), format!("again {at}\n"));
        if at == 15 {
            repo.write(&format!("folder/{name}"), "PORT=1\n");
        }
        repo.git(&["add", "--all", "--force"]);
        repo.commit("change");
        if at == 15 {
            repo.git(&["rm", "--quiet", "--force", &format!("folder/{name}")]);
        }
    }
    repo.git(&["repack", "-a", "-d", "-f", "--quiet", "--depth=50", "--window=50"]);
    repo.git(&["prune-packed", "--quiet"]);
    repo
}

#[test]
fn an_environment_file_of_the_past_is_found_in_packed_trees() {
    for name in [".env", ".env.local", ".env.x"] {
        let repo = packed_with(name);
        let deltas = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(deltabase)"]);
        assert!(
            deltas.lines().filter(|line| line.starts_with("tree") && !line.ends_with("0000")).count() > 10,
            "{deltas}"
        );

        let item = item(&repo, "env-files-ignored");

        assert_eq!(item.verdict(), "fail", "{name}");
        assert!(item.evidence()[0].starts_with(&format!("folder/{name}: was tracked; commit ")), "{}", item.text());
    }
}

#[test]
fn only_names_that_are_meant_are_looked_for_in_the_history() {
    let repo = packed_with(".env.example");
    let repository = ideoguard::git::Repository::discover(repo.path()).unwrap();

    assert_eq!(item(&repo, "env-files-ignored").verdict(), "pass");
    let is_named = |start: &str, is_meant: &(dyn Fn(&[u8]) -> bool + Sync)| {
        !repository.named_files(start, is_meant).unwrap().unwrap().is_empty()
    };
    assert!(is_named(".env", &|name| name == b".env.example"));
    assert!(!is_named(".env", &|name| name == b".env"));
    assert!(is_named("file-3", &|name| name == b"file-39.txt"));
    assert!(!is_named("file-4", &|_| true));
}

#[test]
fn an_environment_file_may_be_tracked_on_purpose_and_its_keys_may_not() {
    let repo = TestRepo::new();
    let allow = "[[allow]]\npaths = [\"app/.env\"]\nrules = [\"env-files-ignored\"]\nreason = \"ports only\"\n";
    repo.write(".gitignore", format!("{IGNORED}!app/.env\n")).write("app/.env", "PORT=1\n");
    repo.git(&["add", "--force", "."]);
    repo.commit("root");
    let before = item(&repo, "env-files-ignored");
    repo.write(".ideoguard.toml", allow);

    let allowed = item(&repo, "env-files-ignored");
    let elsewhere = crate::common::ideoguard_in(
        std::env::temp_dir().as_path(),
        &["doctor", "--no-store", &repo.path().to_string_lossy()],
        b"",
    );
    repo.write("app/.env", format!("IDEOGRAM_API_KEY={}\n", fake::ideogram_key(1)));
    let with_key = item(&repo, "no-key-in-code");
    let scanned = repo.ideoguard(&["scan"]);

    assert_eq!(before.verdict(), "fail");
    assert!(before.text().contains("is tracked on purpose is allowed by an entry"), "{}", before.text());
    assert_eq!(allowed.verdict(), "pass", "{}", allowed.text());
    assert!(allowed.evidence().contains(&"app/.env: is or was tracked, allowed: ports only".to_owned()));
    assert!(elsewhere.stdout.contains("but for those that are allowed"), "{}", elsewhere.stdout);
    assert_eq!((with_key.verdict(), scanned.code), ("fail", 1));
    assert!(!scanned.stderr.contains("matches nothing"), "{}", scanned.stderr);
}

#[test]
fn an_allowance_for_an_environment_file_ends_with_its_last_day() {
    let repo = TestRepo::new();
    let allow = "[[allow]]\npaths = [\".env\"]\nrules = [\"env-files-ignored\"]\nreason = \"x\"\nuntil = 2020-01-01\n";
    repo.write(".gitignore", IGNORED).write(".env", "PORT=1\n").write(".ideoguard.toml", allow);
    repo.git(&["add", "--force", "."]);
    repo.commit("root");

    assert_eq!(item(&repo, "env-files-ignored").verdict(), "fail");
}

#[test]
fn every_place_of_the_past_is_told_also_where_a_file_was_moved_or_is_the_same_as_another() {
    let repo = TestRepo::new();
    repo.write(".gitignore", IGNORED).write("settings.txt", "PORT=1\n").stage().commit("harmless");
    repo.write("a/.env", "PORT=1\n");
    repo.git(&["add", "--force", "."]);
    repo.commit("the same as an environment file");
    repo.git(&["mv", "a/.env", ".env"]);
    let moved = repo.commit("moved");
    (2..40).for_each(|port| {
        repo.write(".env", format!("PORT={port}\n"));
        repo.git(&["add", "--force", "."]);
        repo.commit("another port");
    });
    repo.git(&["rm", "--quiet", ".env"]);
    repo.commit("removed");

    let item = item(&repo, "env-files-ignored");

    let evidence = item.evidence();
    assert_eq!(evidence.len(), 2, "{evidence:?}");
    assert!(evidence[0].starts_with(".env: was tracked; commit ") && !evidence[0].contains(&moved[..12]));
    assert_eq!(evidence[1], "a/.env: was tracked");
}
