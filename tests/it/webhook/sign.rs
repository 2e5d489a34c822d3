//! Signing, to try one's own handler: another implementation takes it, and so do we.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{body, text, vectors, webhook};
use crate::common::Ran;
use crate::fake;

/// Makes a file that is its owner's alone.
fn private(folder: &Path, name: &str, content: &[u8]) {
    fs::write(folder.join(name), content).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Runs a program in a folder, which must succeed.
#[track_caller]
fn run(folder: &Path, program: &str, words: &[&str]) -> Ran {
    let ran = Ran::from(Command::new(program).current_dir(folder).args(words).output().unwrap());
    assert_eq!(ran.code, 0, "{program} {words:?}: {}", ran.stderr);
    ran
}

#[test]
fn a_shared_secret_signs_as_another_implementation_does() {
    for vector in vectors()["shared"].as_array().unwrap() {
        let folder = tempfile::tempdir().unwrap();
        private(folder.path(), "secret", text(vector, "secret").as_bytes());
        let sign = ["sign", "--secret-file", "secret", "--timestamp", "1767225600"];

        let timed = webhook(folder.path(), &sign, &body(vector));
        let words = ["--no-timestamp", "--signature-header", "X-S"];
        let plain = webhook(folder.path(), &[&sign[..], &words].concat(), &body(vector));

        let expected = format!("X-Ideoguard-Timestamp: 1767225600\nX-Ideoguard-Signature: {}\n", text(vector, "timed"));
        assert_eq!((timed.code, timed.stdout), (0, expected));
        assert_eq!((plain.code, plain.stdout), (0, format!("X-S: {}\n", text(vector, "plain"))));
    }
}

#[test]
fn what_is_signed_now_is_good_now() {
    let folder = tempfile::tempdir().unwrap();
    private(folder.path(), "secret", fake::chars(1, fake::BASE62, 32).as_bytes());

    let signed = webhook(folder.path(), &["sign", "--secret-file", "secret"], b"body");
    fs::write(folder.path().join("headers"), signed.stdout).unwrap();
    let ran = webhook(folder.path(), &["verify", "--secret-file", "secret", "--headers", "headers"], b"body");

    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_key_of_openssl_signs_what_openssl_and_we_take() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    run(at, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]);
    private(at, "key.pem", &fs::read(at.join("key.pem")).unwrap());
    run(at, "openssl", &["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]);
    let sign = ["sign", "--key", "key.pem", "--key-id", "k"];

    let signed = webhook(at, &[&sign[..], &["--generation-id", "g 1", "--user-id", "u"]].concat(), b"the body");
    let keys = webhook(at, &[&sign[..], &["--print-keys"]].concat(), b"");

    assert_eq!((signed.code, keys.code), (0, 0), "{}{}", signed.stderr, keys.stderr);
    let value = |name: &str| {
        let line = signed.stdout.lines().find(|line| line.starts_with(&format!("X-Ideogram-Webhook-{name}:"))).unwrap();
        line.split_once(": ").unwrap().1.to_owned()
    };
    let script = "import sys; open('signature', 'wb').write(bytes.fromhex(sys.argv[1])); import hashlib; \
                  open('message', 'w').write('\\n'.join(sys.argv[2:] + [hashlib.sha256(b'the body').hexdigest()]))";
    run(
        at,
        "python3",
        &["-c", script, &value("Signature"), &value("Generation-Id"), &value("User-Id"), &value("Timestamp")],
    );
    let verify =
        ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "message", "-sigfile", "signature"];
    assert!(run(at, "openssl", &verify).stdout.contains("Successfully"));
    fs::write(at.join("headers"), &signed.stdout).unwrap();
    fs::write(at.join("jwks.json"), keys.stdout).unwrap();
    let ran = webhook(at, &["verify", "--keys", "jwks.json", "--headers", "headers"], b"the body");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn what_is_no_key_or_no_header_is_refused_without_a_word_of_it() {
    let folder = tempfile::tempdir().unwrap();
    private(folder.path(), "key.pem", format!("{}\n", fake::chars(3, fake::BASE62, 60)).as_bytes());
    let sign = |user: &str| {
        let words = ["sign", "--key", "key.pem", "--generation-id", "g", "--user-id", user];
        webhook(folder.path(), &words, b"body")
    };

    let (no_key, two_lines) = (sign("u"), sign("u\nX-Evil: 1"));

    assert_eq!((no_key.code, two_lines.code), (2, 2));
    assert!(no_key.stderr.contains("that is no private key in PKCS #8 and PEM"), "{}", no_key.stderr);
    assert!(!no_key.stderr.contains(&fake::chars(3, fake::BASE62, 10)));
    assert_eq!(webhook(folder.path(), &["sign"], b"body").code, 2);
    let unnamed = webhook(folder.path(), &["sign", "--key", "key.pem", "--generation-id", "g"], b"body");
    assert!(unnamed.code == 2 && unnamed.stderr.contains("say `--user-id`, too"), "{}", unnamed.stderr);
}
