//! The files that a rotation changes: in one step, and in nothing but the key.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::{Account, made_up, project, read, rotate};
use crate::common::TestRepo;
use crate::server::{Act, Server};

fn mode(repo: &TestRepo, path: &str) -> u32 {
    repo.at(path).metadata().unwrap().mode() & 0o7777
}

#[test]
fn permissions_stay_and_so_does_everything_but_the_key() {
    let (repo, account) = (project(), Account::open());
    let text = |key: &str| {
        format!("\u{feff}# größe\r\n\r\nexport IDEOGRAM_API_KEY = \"{key}\" # {key}\r\nB='{key}'\r\nC={key}x")
    };
    for (path, bits) in [(".env", 0o600), (".env.local", 0o640), ("app/.env", 0o604)] {
        repo.write(path, text(&made_up(1)));
        fs::set_permissions(repo.at(path), Permissions::from_mode(bits)).unwrap();
    }

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let expected = text(&made_up(2)).replace(&format!("C={}x", made_up(2)), &format!("C={}x", made_up(1)));
    for (path, bits) in [(".env", 0o600), (".env.local", 0o640), ("app/.env", 0o604)] {
        assert_eq!(read(&repo, path), expected);
        assert_eq!(mode(&repo, path), bits);
    }
    let owned = (repo.at(".env").metadata().unwrap().uid(), repo.path().metadata().unwrap().uid());
    assert_eq!(owned.0, owned.1);
}

#[test]
fn a_link_stays_a_link_and_the_file_behind_it_is_changed_once() {
    let (repo, account) = (project(), Account::open());
    let shared = tempfile::tempdir().unwrap();
    let real = shared.path().join("shared.conf");
    fs::rename(repo.at(".env"), &real).unwrap();
    symlink(&real, repo.at(".env")).unwrap();
    symlink(&real, repo.at(".env.local")).unwrap();

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.matches("replaced it in").count(), 1, "{}", ran.stdout);
    assert_eq!(fs::read_link(repo.at(".env")).unwrap(), real);
    assert!(fs::read_to_string(&real).unwrap().contains(&made_up(2)));
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_file_that_must_not_be_written_stops_it_before_the_first_is_changed() {
    let (repo, account) = (project(), Account::open());
    repo.write("z/.env", format!("IDEOGRAM_API_KEY={}\n", made_up(1)));
    fs::set_permissions(repo.at("z/.env"), Permissions::from_mode(0o440)).unwrap();
    let before = read(&repo, ".env");

    let refused = rotate(&repo, &account, &["--key-stdin"]);
    let untouched = read(&repo, ".env");
    fs::set_permissions(repo.at("z/.env"), Permissions::from_mode(0o640)).unwrap();
    account.revoke(&made_up(1));
    let resumed = rotate(&repo, &account, &[]);

    assert_eq!(refused.code, 3, "{}", refused.stdout);
    assert!(refused.stderr.contains("z/.env is read-only: `chmod u+w` it"), "{}", refused.stderr);
    assert_eq!(untouched, before);
    assert_eq!(resumed.code, 0, "{}{}", resumed.stdout, resumed.stderr);
    assert!(read(&repo, "z/.env").contains(&made_up(2)) && read(&repo, ".env").contains(&made_up(2)));
}

#[test]
fn a_file_with_two_names_is_not_torn_apart() {
    let (repo, account) = (project(), Account::open());
    fs::hard_link(repo.at(".env"), repo.at("other-name")).unwrap();

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("hard links"), "{}", ran.stderr);
}

#[test]
fn where_a_key_must_not_stand_it_is_told_and_not_replaced() {
    let (repo, account) = (project(), Account::open());
    let old = made_up(1);
    let wide: Vec<u8> = format!("IDEOGRAM_API_KEY={old}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write("prod.env", format!("IDEOGRAM_API_KEY={old}\n"));
    repo.git(&["add", "--force", "prod.env"]);
    repo.write("src/app.py", format!("\nKEY = '{old}'\n"))
        .write("node_modules/x/dist.js", format!("a='{old}'"))
        .write("secret.yaml", format!("data:\n  key: {}\n", base64(&old)))
        .write(".env.windows", wide)
        .write(&format!("{old}.txt"), format!("{old}\n"));

    let ran = rotate(&repo, &account, &["--key-stdin"]);

    for told in [
        "  .env:2: to be replaced\n",
        "  prod.env:1: is tracked by git",
        "  src/app.py:2: holds it too",
        "  node_modules/x/dist.js:1: holds it too",
        "  secret.yaml:2: holds it too",
        "  .env.windows:1: holds it too",
        "  (a file with the key in its name):1: holds it too",
    ] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains(&old[4..]));
    assert!(read(&repo, "prod.env").contains(&old) && read(&repo, "src/app.py").contains(&old));
}

#[test]
fn further_files_of_environment_variables_can_be_named() {
    let (repo, account) = (project(), Account::open());
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("app.conf");
    fs::write(&file, format!("IDEOGRAM_API_KEY={}\n", made_up(1))).unwrap();

    let ran = rotate(&repo, &account, &["--key-stdin", file.to_str().unwrap()]);

    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("IDEOGRAM_API_KEY={}\n", made_up(2)));
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn a_further_file_that_an_ended_run_was_given_is_gone_on_with() {
    let (repo, account) = (project(), Account::open());
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("app.conf");
    fs::write(&file, format!("KEY={}\n", made_up(1))).unwrap();
    let nobody = Account { server: Server::start(|_| Act::Answer(503, vec![])), revoked: std::sync::Arc::default() };

    let ended = rotate(&repo, &nobody, &["--key-stdin", file.to_str().unwrap()]);
    let before = fs::read_to_string(&file).unwrap();
    rotate(&repo, &account, &[]);

    assert_eq!((ended.code, before), (3, format!("KEY={}\n", made_up(1))), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("KEY={}\n", made_up(2)));
}
