//! Who is named in the log, and on whose word.

use std::ffi::OsString;

use ideoguard::audit::{Access, Ended, Entry, Log, Metadata, User, UserSource};
use serde_json::{Value, json};

use super::Place;

/// Finds out who it is from these variables.
fn find(trusted: &[UserSource], variables: &[(&str, &str)]) -> User {
    let get = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
    User::find(trusted, get, Some(1000))
}

/// How a user is written into the log.
fn written(user: User) -> (String, Value) {
    let place = Place::new();
    let entry = Entry {
        timestamp: jiff::Timestamp::UNIX_EPOCH,
        action: "a".to_owned(),
        user,
        resource: String::new(),
        result: Ended::Success,
        metadata: Metadata::new(),
    };
    Log::new(place.file(), Access::Owner).append(&[entry]).unwrap();
    let line = place.entries().pop().unwrap();
    (line.user_id, line.metadata["user"].clone())
}

/// All variables that name a user, with a certificate that git found good.
const ALL: [(&str, &str); 7] = [
    ("GL_USERNAME", "gl"),
    ("GITEA_PUSHER_NAME", "gitea"),
    ("GITHUB_USER_LOGIN", "github"),
    ("REMOTE_USER", "remote"),
    ("GIT_PUSH_CERT_SIGNER", "signer"),
    ("GIT_PUSH_CERT_STATUS", "G"),
    ("GIT_PUSH_CERT_NONCE_STATUS", "OK"),
];

#[test]
fn the_first_source_that_names_somebody_counts_and_the_others_are_recorded() {
    let expected = ["gl", "gitea", "github", "remote", "signer"];
    for at in 0..5 {
        assert_eq!(find(&UserSource::ALL, &ALL[at..]).id(), expected[at]);
    }

    let (id, facts) = written(find(&UserSource::ALL, &ALL[3..]));

    assert_eq!(id, "remote");
    assert_eq!(facts, json!({"source": "REMOTE_USER", "uid": 1000, "alsoNamed": {"GIT_PUSH_CERT_SIGNER": "signer"}}));
}

#[test]
fn without_any_name_it_is_the_user_of_the_process() {
    let (id, facts) = written(find(&UserSource::ALL, &[("GL_USERNAME", "")]));

    assert_eq!((id.as_str(), facts), ("uid:1000", json!({"source": "uid", "uid": 1000})));
}

#[test]
fn a_certificate_that_is_not_good_names_nobody() {
    for (status, nonce) in [("B", "OK"), ("U", "OK"), ("N", "OK"), ("G", "SLOP"), ("G", "BAD"), ("G", "UNSOLICITED")] {
        let user =
            find(&UserSource::ALL, &[ALL[4], ("GIT_PUSH_CERT_STATUS", status), ("GIT_PUSH_CERT_NONCE_STATUS", nonce)]);

        assert_eq!(user.id(), "uid:1000");
    }
}

#[test]
fn a_source_that_the_server_does_not_trust_is_recorded_and_does_not_count() {
    let (id, facts) = written(find(&[UserSource::Uid], &[("GL_USERNAME", "admin")]));

    assert_eq!(id, "uid:1000");
    assert_eq!(facts, json!({"source": "uid", "uid": 1000, "alsoNamed": {"GL_USERNAME": "admin"}}));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_kept_exactly() {
    use std::os::unix::ffi::OsStringExt;
    let get = |name: &str| (name == "GL_USERNAME").then(|| OsString::from_vec(b"jos\xe9\x1b".to_vec()));

    let (id, facts) = written(User::find(&UserSource::ALL, get, None));

    assert_eq!(id, r"jos\xe9\u{1b}");
    assert_eq!(facts["exactly"]["base64"], "am9z6Rs=");
}
