//! One key takes the place of another, at a server that knows which keys are alive.

mod ended;
mod files;
pub(super) mod guided;
mod secrecy;

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use super::{key, made_up, name, recorded};
use crate::common::{Ran, TestRepo};
use crate::server::{Act, Server};

/// A server that answers 401 to keys that were revoked, and 200 to others.
struct Account {
    server: Server,
    revoked: Arc<Mutex<BTreeSet<String>>>,
}

impl Account {
    fn open() -> Self {
        let revoked = Arc::new(Mutex::new(BTreeSet::<String>::new()));
        let known = Arc::clone(&revoked);
        let server = Server::start(move |seen| {
            let is_dead = known.lock().unwrap().contains(seen.header("api-key"));
            Act::Answer(if is_dead { 401 } else { 200 }, b"{}".to_vec())
        });
        Self { server, revoked }
    }

    fn revoke(&self, key: &str) -> &Self {
        self.revoked.lock().unwrap().insert(key.to_owned());
        self
    }
}

/// A repository with the old key in an environment file that git leaves out.
pub(super) fn project() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitignore", ".env\n.env.*\n").stage().commit("begin");
    repo.write(".env", format!("DEBUG=1\nIDEOGRAM_API_KEY={}\n", made_up(1)));
    repo
}

/// Runs a rotation to the second key, or whatever is left of it.
#[track_caller]
fn rotate(repo: &TestRepo, account: &Account, more: &[&str]) -> Ran {
    let base = account.server.url("");
    let words = ["rotate", "--non-interactive", "--base-url", &base, "--timeout", "20"];
    key(repo, &[&words[..], more].concat(), &made_up(2))
}

/// The actions that were recorded, without what they all begin with.
fn actions(repo: &TestRepo) -> Vec<String> {
    let short = |(action, result, _): (String, String, String)| {
        format!("{} {result}", action.strip_prefix("ideoguard.key.rotate.").unwrap_or(&action))
    };
    recorded(repo).into_iter().map(short).collect()
}

/// What a file holds.
fn read(repo: &TestRepo, path: &str) -> String {
    fs::read_to_string(repo.at(path)).unwrap()
}

/// Whether anything is kept of a rotation.
fn is_tidy(repo: &TestRepo) -> bool {
    let kept = fs::read_dir(repo.at(".git/ideoguard/rotation")).unwrap();
    kept.map(|entry| entry.unwrap().file_name()).eq(["lock"])
}

#[test]
fn a_key_is_replaced_and_the_rotation_ends_when_the_old_one_is_dead() {
    let (repo, account) = (project(), Account::open());

    let first = rotate(&repo, &account, &["--key-stdin"]);
    account.revoke(&made_up(1));
    let second = rotate(&repo, &account, &[]);

    assert_eq!(first.code, 1, "{}{}", first.stdout, first.stderr);
    assert!(first.stdout.contains("it is still alive; revoke it on the API page"), "{}", first.stdout);
    assert_eq!(second.code, 0, "{}{}", second.stdout, second.stderr);
    assert!(second.stdout.contains(&format!("going on with the rotation of Ab1c… {}", name(&made_up(1)))));
    assert!(second.stdout.ends_with(&format!("rotated: the old key is dead, Ab1c… {}\n", name(&made_up(1)))));
    assert_eq!(read(&repo, ".env"), format!("DEBUG=1\nIDEOGRAM_API_KEY={}\n", made_up(2)));
    assert!(is_tidy(&repo));
    let steps = ["begin success", "verify-new success", "replace success", "verify-old failure", "verify-old success"];
    assert_eq!(actions(&repo), [&steps[..], &["end success"]].concat());
    assert_eq!(repo.ideoguard(&["audit", "verify"]).code, 0);
}

#[test]
fn a_new_key_that_is_the_old_one_or_dead_is_refused_and_changes_nothing() {
    let (repo, account) = (project(), Account::open());
    account.revoke(&made_up(2));
    let before = read(&repo, ".env");

    let dead = rotate(&repo, &account, &["--key-stdin"]);
    repo.write("same", made_up(1));
    std::process::Command::new("chmod").arg("600").arg(repo.at("same")).status().unwrap();
    let same = rotate(&repo, &account, &["--key-file", "same"]);
    let none = rotate(&repo, &account, &[]);

    assert_eq!((dead.code, same.code, none.code), (1, 2, 2), "{}{}{}", dead.stderr, same.stderr, none.stderr);
    assert!(dead.stdout.contains("the new key is dead"), "{}", dead.stdout);
    assert!(same.stderr.contains("the new key is the old one"), "{}", same.stderr);
    assert!(none.stderr.contains("there is no new key yet"), "{}", none.stderr);
    assert_eq!(read(&repo, ".env"), before);
    let asked: Vec<String> = account.server.seen().iter().map(|seen| seen.header("api-key").to_owned()).collect();
    assert_eq!(asked, [made_up(2)]);
}

#[test]
fn a_new_key_of_which_nobody_knows_whether_it_is_alive_is_kept_for_the_next_run() {
    let repo = project();
    let broken = Server::start(|_| Act::Answer(503, vec![]));
    let before = read(&repo, ".env");
    let broken = Account { server: broken, revoked: Arc::default() };

    let first = rotate(&repo, &broken, &["--key-stdin"]);
    let account = Account::open();
    account.revoke(&made_up(1));
    let untouched = read(&repo, ".env");
    let second = rotate(&repo, &account, &[]);

    assert_eq!((first.code, untouched), (3, before), "{}", first.stderr);
    assert_eq!(second.code, 0, "{}{}", second.stdout, second.stderr);
    assert!(read(&repo, ".env").contains(&made_up(2)));
}

#[test]
fn a_third_key_is_refused_while_a_rotation_goes_on() {
    let (repo, account) = (project(), Account::open());
    rotate(&repo, &account, &["--key-stdin"]);
    let base = account.server.url("");

    let ran = key(&repo, &["rotate", "--non-interactive", "--base-url", &base, "--key-stdin"], &made_up(3));

    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("another new key already, Ab1c… {}", name(&made_up(2)))), "{}", ran.stderr);
}

#[test]
fn the_way_back_leaves_every_file_as_it_was() {
    let (repo, account) = (project(), Account::open());
    repo.write("app/.env.local", format!("A='{0}'\r\nB=\"{0}\"\r\n", made_up(1)));
    let before = (read(&repo, ".env"), read(&repo, "app/.env.local"));
    rotate(&repo, &account, &["--key-stdin"]);
    let between = read(&repo, "app/.env.local");

    let ran = key(&repo, &["rotate", "--back"], "");

    assert_eq!(between, format!("A='{0}'\r\nB=\"{0}\"\r\n", made_up(2)));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!((read(&repo, ".env"), read(&repo, "app/.env.local")), before);
    assert!(ran.stdout.contains(&format!("nothing here uses Ab1c… {} now: revoke it", name(&made_up(2)))));
    assert!(is_tidy(&repo));
    assert_eq!(key(&repo, &["rotate", "--back"], "").code, 2);
}

#[test]
fn on_the_way_back_a_file_that_was_changed_since_is_left_as_it_is() {
    let (repo, account) = (project(), Account::open());
    rotate(&repo, &account, &["--key-stdin"]);
    repo.write(".env", format!("# mine\nIDEOGRAM_API_KEY={}\n", made_up(2)));

    let ran = key(&repo, &["rotate", "--back"], "");

    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(ran.stderr.contains("changed since the new key came") && ran.stderr.contains("old-key"), "{}", ran.stderr);
    assert_eq!(read(&repo, ".env"), format!("# mine\nIDEOGRAM_API_KEY={}\n", made_up(2)));
    assert!(!is_tidy(&repo), "and both keys are still there");
}

#[test]
fn the_registry_follows() {
    let (repo, account) = (project(), Account::open());
    let words = ["add", "--environment", "production", "--role", "writer", "--owner", "ops", "--scope", "write:images"];
    key(&repo, &[&words[..], &["--created", "2026-01-01", "--rotate-by", "2026-01-31"]].concat(), &made_up(1));

    rotate(&repo, &account, &["--key-stdin"]);
    let between = key(&repo, &["list", "--format", "json"], "");
    account.revoke(&made_up(1));
    rotate(&repo, &account, &[]);
    let after = key(&repo, &["list", "--format", "json"], "");

    let keys = |ran: &Ran| serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap()["keys"].clone();
    assert_eq!(keys(&between).as_array().unwrap().len(), 2);
    let after = &keys(&after);
    assert_eq!(after.as_array().unwrap().len(), 1);
    let day = |name: &str| after[0][name].as_str().unwrap().parse::<jiff::civil::Date>().unwrap();
    assert_eq!((&after[0]["fingerprint"], &after[0]["owner"]), (&name(&made_up(2)).into(), &"ops".into()));
    assert_eq!((day("rotateBy") - day("created")).get_days(), 30, "it may be used for as long");
}

#[test]
fn of_several_keys_the_one_that_is_named_goes() {
    let (repo, account) = (project(), Account::open());
    repo.write(".env.staging", format!("IDEOGRAM_API_KEY={}\n", made_up(3)));
    account.revoke(&made_up(3));

    let unclear = rotate(&repo, &account, &["--key-stdin"]);
    let named = rotate(&repo, &account, &["--key-stdin", "--old", &name(&made_up(3))]);

    assert_eq!(unclear.code, 2, "{}", unclear.stdout);
    assert!(unclear.stderr.contains(&name(&made_up(1))) && unclear.stderr.contains(&name(&made_up(3))));
    assert_eq!(named.code, 0, "{}{}", named.stdout, named.stderr);
    assert!(read(&repo, ".env").contains(&made_up(1)));
    assert!(read(&repo, ".env.staging").contains(&made_up(2)));
}

#[test]
fn a_run_waits_for_the_revocation_as_long_as_it_may() {
    let repo = project();
    let count = Arc::new(Mutex::new(0));
    let server = Server::start(move |seen| {
        let mut asked = count.lock().unwrap();
        *asked += usize::from(seen.header("api-key") == made_up(1));
        Act::Answer(if *asked > 1 && seen.header("api-key") == made_up(1) { 401 } else { 404 }, vec![])
    });
    let account = Account { server, revoked: Arc::default() };

    let ran = rotate(&repo, &account, &["--key-stdin", "--wait", "60"]);

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(account.server.seen().len(), 3);
}

#[test]
fn what_is_to_be_changed_outside_is_told_with_commands_that_read_the_file() {
    let (repo, account) = (project(), Account::open());
    repo.write(".github/workflows/ci.yml", "on: push\n").write("fly.toml", "app = \"x\"\n");

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    let folder = repo.path().canonicalize().unwrap();
    let file = format!(
        "{}/.git/ideoguard/rotation/{}/new-key",
        folder.display(),
        name(&made_up(1)).strip_prefix("ig1:").unwrap()
    );
    assert!(
        ran.stdout.contains(&format!("  GitHub Actions: gh secret set IDEOGRAM_API_KEY < {file}\n")),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains(&format!("{{ printf 'IDEOGRAM_API_KEY='; cat {file}; }} | fly secrets import")));
    assert_eq!(fs::read_to_string(file).unwrap(), made_up(2), "and the file is there, with the key alone");
}

#[test]
fn an_act_that_cannot_be_recorded_changes_nothing() {
    let (repo, account) = (project(), Account::open());
    fs::create_dir_all(repo.at(".git/ideoguard/audit.jsonl")).unwrap();
    let before = read(&repo, ".env");

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    assert_eq!((ran.code, read(&repo, ".env")), (3, before), "{}", ran.stdout);
}

#[test]
fn two_runs_at_once_are_refused() {
    let (repo, account) = (project(), Account::open());
    rotate(&repo, &account, &["--key-stdin"]);
    let lock = fs::File::open(repo.at(".git/ideoguard/rotation/lock")).unwrap();
    lock.lock().unwrap();

    let ran = rotate(&repo, &account, &[]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("in another run"), "{}", ran.stderr);
}
