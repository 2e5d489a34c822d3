//! The forms of the checklist, its exit codes, and that no key is in any of them.

use super::examined;
use crate::cli::scrubbed;
use crate::common::{Ran, TestRepo, ideoguard_in};
use crate::fake;
use crate::forms::shapes::{assert_valid, sarif_schema};

/// A project that fails wherever a project can, with keys wherever they may stand.
fn careless(keys: &[String]) -> TestRepo {
    let repo = TestRepo::new();
    let key = |at: usize| keys[at % keys.len()].as_str();
    repo.write(".env", format!("IDEOGRAM_API_KEY={}\nIDEOGRAM_READ_KEY={0}\nIDEOGRAM_WRITE_KEY={0}\n", key(0)))
        .write(".env.production", format!("IDEOGRAM_API_KEY={}\n", key(0)))
        .write("docker-compose.prod.yml", format!("services:\n  a:\n    environment:\n      - IDEOGRAM_API_KEY={}\n", key(1)))
        .write("src/api.ts", format!("const k = import.meta.env.VITE_IDEOGRAM_API_KEY ?? '{}';\nfetch('https://api.ideogram.ai/x')\n", key(2)))
        .write("src/hook.ts", format!("app.post('/webhooks/ideogram', (req, res) => {{ if (req.get('x-ideogram-signature') === hmac('{}')) done(); }});\n", key(3)))
        .write("public/config.json", format!("{{\"ideogramApiKey\": \"{}\"}}\n", key(4)))
        .write(&format!("notes/{}.yaml", key(5)), format!("IDEOGRAM_KEY_{}: x-4fkq-93xz\n", key(5).replace('-', "_")))
        .write("app.log", format!("[AUDIT] {{\"timestamp\":\"{}\"}}\n", key(6)))
        .write("ci/prod.yaml", format!("IDEOGRAM_API_KEY: ${{{{ secrets.{} }}}}\n", key(7)))
        .stage();
    repo.commit("root");
    repo.write(".env.local", format!("IDEOGRAM_API_KEY={}\n", key(8)));
    repo.git(&["remote", "add", key(9), &format!("https://{}@example.org/x.git", key(9))]);
    repo
}

/// Every way in which the checklist can be told.
fn all_forms(repo: &TestRepo) -> Vec<Ran> {
    let forms: [&[&str]; 6] = [
        &[],
        &["--verbose"],
        &["--quiet"],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--fix", "--dry-run", "--verbose"],
    ];
    forms.iter().map(|words| repo.ideoguard(&[&["doctor", "--no-store"], *words].concat())).collect()
}

#[test]
fn no_form_of_the_checklist_shows_a_key() {
    for seed in 0..3 {
        let keys: Vec<String> = (0..10).map(|at| fake::ideogram_key(seed * 100 + at)).collect();
        let repo = careless(&keys);

        for ran in all_forms(&repo) {
            assert_eq!(ran.code, 1, "{}", ran.stderr);
            let told = ran.stdout + &ran.stderr;
            for key in &keys {
                // Four characters are shown on purpose; a piece of the rest is too much.
                let pieces = (4..key.len() - 8).map(|at| &key[at..at + 8]);
                assert_eq!(pieces.into_iter().find(|piece| told.contains(piece)), None, "{told}");
            }
        }
    }
}

#[test]
fn the_checklist_as_sarif_keeps_to_the_schema_of_oasis() {
    let keys: Vec<String> = (0..10).map(fake::ideogram_key).collect();
    let clean = TestRepo::new();
    clean.write("a.txt", "x\n").stage().commit("root");
    for repo in [careless(&keys), clean] {
        let ran = repo.ideoguard(&["doctor", "--no-store", "--format", "sarif"]);

        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_valid(sarif_schema(), &report);
        let run = &report["runs"][0];
        assert_eq!(run["invocations"][0]["exitCode"], ran.code);
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 11, "every item is a rule");
        let told: std::collections::BTreeSet<&str> =
            run["results"].as_array().unwrap().iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
        assert_eq!(told.len(), 11, "and every item has a result");
    }
}

#[test]
fn in_sarif_what_fails_has_a_level_and_its_place() {
    let repo = TestRepo::new();
    repo.write(".env", "PORT=1\n").stage().commit("root");

    let ran = repo.ideoguard(&["doctor", "--no-store", "--format", "sarif"]);

    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let results = report["runs"][0]["results"].as_array().unwrap();
    let tracked = results.iter().find(|one| one["message"]["text"].as_str().unwrap().ends_with("is tracked")).unwrap();
    assert_eq!((&tracked["ruleId"], &tracked["level"]), (&"env-files-ignored".into(), &"error".into()));
    assert_eq!(tracked["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], ".env");
    let other = results.iter().find(|one| one["ruleId"] == "webhook-signatures").unwrap();
    assert_eq!((&other["kind"], &other["level"]), (&"notApplicable".into(), &"none".into()));
}

#[test]
fn the_checklist_for_people() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n")
        .write("app.py", "import requests\nrequests.post('https://api.ideogram.ai/v1/x')\n")
        .write("hook.py", "@app.post('/webhooks/ideogram')\ndef ideogram(event: Event):\n    save(event)\n")
        .stage();
    repo.commit("root");

    insta::assert_snapshot!("for_people", scrubbed(&repo, &repo.ideoguard(&["doctor", "--no-store"])));
    insta::assert_snapshot!("quiet", scrubbed(&repo, &repo.ideoguard(&["doctor", "--no-store", "--quiet"])));
}

#[test]
fn the_checklist_for_programs_has_every_field() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n.env.*\n").install();

    insta::assert_snapshot!("for_programs", scrubbed(&repo, &examined(&repo)));
}

#[test]
fn the_checklist_is_the_same_twice_and_from_a_folder_below() {
    let repo = careless(&[fake::ideogram_key(1), fake::ideogram_key(2)]);

    let once = examined(&repo).stdout;

    assert_eq!(examined(&repo).stdout, once);
    let below = ideoguard_in(&repo.at("src"), &["doctor", "--format", "json", "--no-store"], b"");
    assert_eq!(below.stdout, once);
    let named =
        ideoguard_in(repo.at("src").parent().unwrap(), &["doctor", "src", "--format", "json", "--no-store"], b"");
    assert_eq!(named.stdout, once);
}

#[test]
fn a_shallow_clone_is_incomplete_and_says_the_way_out() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n.env.*\n").stage().commit("one");
    repo.write("a.py", "print()\n").stage().commit("two");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "--quiet", "--depth", "1", &url, &folder.path().join("clone").to_string_lossy()]);
    let clone = folder.path().join("clone");
    ideoguard_in(&clone, &["install"], b"");
    crate::common::hermetic("git", &clone).args(["remote", "remove", "origin"]).status().unwrap();

    let ran = ideoguard_in(&clone, &["doctor", "--no-store"], b"");

    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("`git fetch --unshallow`"), "{}", ran.stdout);
}

#[test]
fn a_history_that_cannot_be_read_makes_it_incomplete() {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n.env.*\n").write("a.py", "print()\n").install().stage().commit("root");
    let id = repo.git(&["rev-parse", "HEAD:a.py"]);
    let object = repo.at(&format!(".git/objects/{}/{}", &id[..2], id[2..].trim()));
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, "damaged").unwrap();

    let ran = repo.ideoguard(&["doctor", "--no-store"]);

    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("none was found, but not everything could be read"), "{}", ran.stdout);
    assert!(ran.stdout.contains("problem: "), "{}", ran.stdout);
}

#[test]
fn a_repository_without_anything_is_not_clean() {
    let repo = TestRepo::new();
    repo.install();

    let ran = repo.ideoguard(&["doctor", "--no-store"]);
    let list = examined(&repo).stdout;

    assert_eq!(ran.code, 1, "nothing is ignored either");
    assert!(ran.stdout.contains("there is nothing here to read"), "{}", ran.stdout);
    assert!(list.contains("there are no files and no commits here yet"), "{list}");
}

#[test]
fn a_bare_repository_has_no_checklist() {
    let ran = TestRepo::with_init(&["--bare"]).ideoguard(&["doctor"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("this repository is bare"), "{}", ran.stderr);
}

#[test]
fn outside_of_a_repository_there_is_no_checklist() {
    let folder = tempfile::tempdir().unwrap();

    assert_eq!(ideoguard_in(folder.path(), &["doctor"], b"").code, 2);
}
