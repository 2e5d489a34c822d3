//! Ideogram's scheme: Ed25519, with keys from a file or from where they are published.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{body, changed, text, vectors, webhook};
use crate::common::Ran;
use crate::server::{Act, Server};

/// The headers of a delivery.
fn headers(vector: &Value, time: &Value) -> Vec<(String, String)> {
    let values = [
        ("Generation-Id", text(vector, "generation").to_owned()),
        ("User-Id", text(vector, "user").to_owned()),
        ("Timestamp", time.to_string()),
        ("Key-Id", format!("key-{}", vector["key"])),
        ("Signature", text(vector, "signature").to_owned()),
    ];
    values.map(|(name, value)| (format!("X-Ideogram-Webhook-{name}"), value)).into()
}

/// Headers as they stand in a file.
fn lines(headers: &[(String, String)], end: &str) -> String {
    headers.iter().map(|(name, value)| [name, ": ", value, end].concat()).collect()
}

/// Checks a delivery, at the time when it was sent.
#[track_caller]
fn check(folder: &tempfile::TempDir, headers: &[(String, String)], body: &[u8], words: &[&str]) -> Ran {
    let lines = lines(headers, "\r\n");
    fs::write(folder.path().join("headers"), format!("POST /hook HTTP/1.1\r\n{lines}\r\n")).unwrap();
    let common = ["verify", "--headers", "headers", "--at", "2026-01-01T00:00:00Z"];
    webhook(folder.path(), &[&common[..], words].concat(), body)
}

/// A folder with the keys of the vectors.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("jwks.json"), vectors()["jwks"][0].to_string()).unwrap();
    folder
}

#[test]
fn what_another_implementation_signed_is_good() {
    let (folder, vectors) = (folder(), vectors());
    for vector in vectors["ideogram"].as_array().unwrap() {
        let ran = check(&folder, &headers(vector, &vectors["time"]), &body(vector), &["--keys", "jwks.json"]);

        let expected = format!("good: signed with Ideogram's scheme, key key-{}, sent 0 s ago\n", vector["key"]);
        assert_eq!((ran.stdout, ran.stderr.as_str(), ran.code), (expected, "", 0));
    }
}

#[test]
fn the_name_of_the_key_is_a_hint_and_no_more() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    for hint in [Some("key-0"), Some("nobody"), None] {
        let mut headers = headers(vector, &vectors["time"]);
        headers.remove(3);
        headers.extend(hint.map(|hint| ("X-Ideogram-Webhook-Key-Id".to_owned(), hint.to_owned())));

        assert_eq!(check(&folder, &headers, &body(vector), &["--keys", "jwks.json"]).code, 0);
    }
}

#[test]
fn each_part_that_was_changed_is_refused() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    let whole = headers(vector, &vectors["time"]);
    let refused = |headers: &[(String, String)], body: &[u8]| {
        let ran = check(&folder, headers, body, &["--keys", "jwks.json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
        ran.stdout
    };
    let wrong = "refused: the signature is not of this body and these headers\n";
    for at in [0, 1, 2] {
        let mut headers = whole.clone();
        headers[at].1 = if at == 2 { "1767225601".to_owned() } else { "other".to_owned() };
        assert_eq!(refused(&headers, &body(vector)), wrong);
    }
    for at in [0, 64, 127] {
        let mut headers = whole.clone();
        headers[4].1 = changed(&headers[4].1, at);
        assert_eq!(refused(&headers, &body(vector)), wrong);
    }
    assert_eq!(refused(&whole, b"{\"status\":\"done\"} "), wrong);
    assert_eq!(refused(&whole, b""), wrong);
}

#[test]
fn each_header_must_be_there_once_and_make_sense() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    let whole = headers(vector, &vectors["time"]);
    let refused = |headers: &[(String, String)]| {
        let ran = check(&folder, headers, &body(vector), &["--keys", "jwks.json"]);
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        ran.stdout
    };
    for at in [0, 1, 2, 4] {
        let (mut missing, mut twice, mut empty) = (whole.clone(), whole.clone(), whole.clone());
        missing.remove(at);
        twice.push((whole[at].0.to_lowercase(), whole[at].1.clone()));
        empty[at].1 = String::new();

        assert!(refused(&missing).ends_with("is missing\n"));
        assert!(refused(&twice).ends_with("is there more than once\n"));
        assert!(refused(&empty).contains(&format!("the value of `{}` is not", whole[at].0)));
    }
}

#[test]
fn an_old_delivery_is_refused_as_a_replay() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    let headers = headers(vector, &vectors["time"]);
    fs::write(folder.path().join("headers"), lines(&headers, "\n")).unwrap();

    let ran = webhook(folder.path(), &["verify", "--headers", "headers", "--keys", "jwks.json"], &body(vector));

    assert_eq!(ran.code, 1);
    assert!(ran.stdout.ends_with("s ago: it may be a replay\n"), "{}", ran.stdout);
}

#[test]
fn keys_that_cannot_be_used_are_an_error_and_no_verdict() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    let jwk = &vectors["jwks"][0]["keys"][1];
    let short = json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"});
    let other = json!({"kty": "OKP", "crv": "X25519", "x": jwk["x"]});
    for keys in
        ["", "{}", "[]", "{\"keys\":[]}", &json!({"keys": [short]}).to_string(), &json!({"keys": [other]}).to_string()]
    {
        fs::write(folder.path().join("none.json"), keys).unwrap();

        let ran = check(&folder, &headers(vector, &vectors["time"]), &body(vector), &["--keys", "none.json"]);

        assert_eq!(ran.code, 2, "{keys}: {}", ran.stdout);
    }
}

/// A server that publishes the first set of keys, and from the `change`th request on the second.
fn publishing(change: usize) -> Server {
    let count = Arc::new(AtomicUsize::new(0));
    let sets = vectors()["jwks"].clone();
    Server::start_tls(move |_| {
        let at = usize::from(count.fetch_add(1, Ordering::SeqCst) >= change);
        Act::Answer(200, sets[at].to_string().into_bytes())
    })
}

#[test]
fn published_keys_are_kept_and_asked_for_again_when_a_signature_fits_none() {
    let (folder, vectors) = (folder(), vectors());
    let server = publishing(1);
    fs::write(folder.path().join("ca.pem"), &server.authority).unwrap();
    let url = server.url("/v1/.well-known/jwks.json");
    let words = ["--keys", &url, "--certificates", "ca.pem", "--timeout", "60"];
    let (old, new) = (&vectors["ideogram"][1], &vectors["rotated"]);
    let check = |vector: &Value| check(&folder, &headers(vector, &vectors["time"]), &body(vector), &words);

    assert_eq!((check(old).code, server.seen().len()), (0, 1));
    assert_eq!((check(old).code, server.seen().len()), (0, 1), "kept");
    assert_eq!((check(new).code, server.seen().len()), (0, 2), "asked again");
    assert_eq!((check(new).code, server.seen().len()), (0, 2), "kept");
    assert_eq!((check(old).code, server.seen().len()), (1, 3), "no key fits any more");
    let kept: Vec<_> = fs::read_dir(folder.path().join(".cache/ideoguard")).unwrap().collect();
    assert_eq!(kept.len(), 1, "and nothing beside it");
    let seen = server.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/v1/.well-known/jwks.json"));
}

#[test]
fn keys_that_were_kept_for_more_than_a_day_or_for_another_sender_do_not_count() {
    let (folder, vectors) = (folder(), vectors());
    let server = publishing(99);
    fs::write(folder.path().join("ca.pem"), &server.authority).unwrap();
    let url = server.url("/jwks.json");
    let vector = &vectors["ideogram"][1];
    let now = jiff::Timestamp::now().as_second();
    let kept =
        |url: &str, fetched: i64| json!({"url": url, "fetched": fetched, "jwks": vectors["jwks"][0]}).to_string();
    let words = ["--keys", &url, "--certificates", "ca.pem", "--cache", "cache.json", "--timeout", "60"];
    for (count, content) in
        [kept(&url, now - 90_000), kept("https://other.example", now), kept(&url, now + 9_000), "{".to_owned()]
            .iter()
            .enumerate()
    {
        fs::write(folder.path().join("cache.json"), content).unwrap();

        assert_eq!(check(&folder, &headers(vector, &vectors["time"]), &body(vector), &words).code, 0);

        assert_eq!(server.seen().len(), count + 1);
    }
    fs::write(folder.path().join("cache.json"), kept(&url, now - 80_000)).unwrap();
    assert_eq!(check(&folder, &headers(vector, &vectors["time"]), &body(vector), &words).code, 0);
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn without_fresh_keys_there_is_no_verdict() {
    let (folder, vectors) = (folder(), vectors());
    let vector = &vectors["ideogram"][1];
    let acts: [fn() -> Act; 9] = [
        || Act::Answer(500, vec![]),
        || Act::Answer(404, b"{\"keys\":[]}".to_vec()),
        || Act::Answer(200, b"{\"keys\":[]}".to_vec()),
        || Act::Redirect(302, "https://elsewhere.example/jwks.json".to_owned()),
        || Act::Late(Duration::from_secs(60)),
        || Act::CutOff,
        || Act::Close,
        || Act::Nonsense,
        || Act::Huge(3 << 20),
    ];
    for act in acts {
        let server = Server::start(move |_| act());
        let url = server.url("/jwks.json");
        let words = ["--keys", &url, "--no-cache", "--timeout", "2"];

        let ran = check(&folder, &headers(vector, &vectors["time"]), &body(vector), &words);

        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("no answer from http://localhost:"), "{}", ran.stderr);
    }
}

#[test]
fn an_authority_that_nobody_knows_is_not_trusted() {
    let (folder, vectors) = (folder(), vectors());
    let server = publishing(99);
    let vector = &vectors["ideogram"][1];

    let ran = check(&folder, &headers(vector, &vectors["time"]), &body(vector), &["--keys", &server.url("/")]);

    assert_eq!((ran.code, server.seen().len()), (3, 0), "{}", ran.stderr);
}
