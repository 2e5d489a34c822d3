//! Delivery: to whom, with which signature, how long, and what happens when it fails.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ideoguard::audit::{Access, Delivered, Log, Webhook};
use ideoguard::net::{Client, PlainHttp, Settings, Url};
use ideoguard::webhook::SharedSecret;

use crate::common::{TestRepo, hermetic, ideoguard_in};
use crate::fake;
use crate::server::{Act, Seen, Server};

use super::{Place, entry};

/// A secret that is shared with the receiver.
fn secret() -> String {
    fake::chars(5, fake::BASE62, 40)
}

/// A webhook on a server of ours.
fn webhook(server: &Server, limit: Duration) -> Webhook {
    Webhook {
        url: Url::parse("the webhook", &server.url("/hook"), PlainHttp::Loopback).unwrap(),
        secret: SharedSecret::new(secret().into_bytes().into()).unwrap(),
        limit,
        client: Client::new(Settings::default()).unwrap(),
    }
}

/// Delivers a log to a server.
#[track_caller]
fn deliver(place: &Place, server: &Server) -> Delivered {
    place.log().deliver(&webhook(server, Duration::from_secs(20)), || "2026-06-15T12:00:00Z".parse().unwrap()).unwrap()
}

/// All bodies that a server took, one behind the other.
fn taken(server: &Server) -> String {
    server.seen().iter().map(|seen| String::from_utf8(seen.body.clone()).unwrap()).collect()
}

/// The signature of a request as Python makes it.
fn signed_by_python(seen: &Seen) -> String {
    let script = "import hashlib, hmac, sys; body = sys.argv[3].encode(); \
                  print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode() + b'.' + body, hashlib.sha256).hexdigest())";
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let words = [secret(), seen.header("x-ideoguard-timestamp").to_owned(), body];
    let output = Command::new("python3").args(["-c", script]).args(words).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn each_line_is_delivered_once_and_signed() {
    let server = Server::start(|_| Act::Answer(204, Vec::new()));
    let place = Place::with(3);

    let first = deliver(&place, &server);
    place.append(3);
    let second = deliver(&place, &server);
    let third = deliver(&place, &server);

    assert_eq!((first.lines, second.lines, third.lines), (3, 1, 0));
    assert_eq!(taken(&server), place.lines().concat());
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for seen in seen {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/hook"));
        assert_eq!(seen.header("content-type"), "application/x-ndjson");
        assert_eq!(seen.header("x-ideoguard-timestamp"), "1781524800");
        assert_eq!(seen.header("x-ideoguard-signature"), signed_by_python(&seen));
    }
}

#[test]
fn what_was_not_taken_is_delivered_the_next_time() {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = Arc::clone(&is_up);
    let server =
        Server::start(
            move |_| if up.load(Ordering::SeqCst) { Act::Answer(200, vec![]) } else { Act::Answer(503, vec![]) },
        );
    let place = Place::with(2);

    let down = deliver(&place, &server);
    place.append(2);
    is_up.store(true, Ordering::SeqCst);
    let up = deliver(&place, &server);

    assert_eq!((down.lines, down.left), (0, 2));
    assert!(down.problem.unwrap().to_string().ends_with("answered with 503"));
    assert_eq!((up.lines, up.left), (3, 0));
    assert!(up.problem.is_none());
    assert!(taken(&server).ends_with(&place.lines().concat()));
}

#[test]
fn a_server_that_does_not_answer_costs_the_limit_and_no_more() {
    for act in [|| Act::Late(Duration::from_secs(60)), || Act::Trickle(Duration::from_millis(50))] {
        let server = Server::start(move |_| act());
        let place = Place::with(1);
        let start = Instant::now();

        let webhook = webhook(&server, Duration::from_millis(300));
        let delivered = place.log().deliver(&webhook, jiff::Timestamp::now).unwrap();

        // The server would take a minute; a slow machine is given half of that.
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!((delivered.lines, delivered.left), (0, 1));
        assert!(delivered.problem.unwrap().to_string().contains("it took too long"));
    }
}

#[test]
fn answers_that_make_no_sense_deliver_nothing() {
    let acts: [fn() -> Act; 5] = [
        || Act::Close,
        || Act::Nonsense,
        || Act::CutOff,
        || Act::Huge(3 << 20),
        || Act::Redirect(302, "http://localhost:1/elsewhere".to_owned()),
    ];
    for act in acts {
        let server = Server::start(move |_| act());
        let place = Place::with(1);

        let delivered = deliver(&place, &server);

        assert_eq!((delivered.lines, delivered.left), (0, 1));
        assert!(delivered.problem.is_some());
        assert_eq!(server.seen().len(), 1, "no redirect is followed");
    }
}

#[test]
fn many_lines_go_in_several_requests() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let place = Place::new();
    let entries: Vec<_> = (0..2_000).map(entry).collect();
    place.log().append(&entries).unwrap();

    let delivered = deliver(&place, &server);

    assert_eq!((delivered.lines, delivered.left), (2_000, 0));
    assert_eq!(taken(&server), place.lines().concat());
    assert!(server.seen().len() > 2);
    assert!(server.seen().iter().all(|seen| seen.body.len() <= 256 << 10 && seen.body.ends_with(b"\n")));
}

#[test]
fn runs_that_deliver_at_once_deliver_each_line_once() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let place = Place::new();
    let count = AtomicU64::new(0);

    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    place.append(count.fetch_add(1, Ordering::SeqCst));
                    deliver(&place, &server);
                }
            });
        }
    });

    assert_eq!(taken(&server), place.lines().concat());
}

#[test]
fn a_log_that_was_written_anew_is_delivered_from_its_beginning() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let place = Place::with(3);
    deliver(&place, &server);
    fs::remove_file(place.file()).unwrap();
    fs::remove_file(place.head()).unwrap();
    (10..15).for_each(|number| place.append(number));

    let delivered = deliver(&place, &server);

    assert_eq!(delivered.lines, 5);
}

#[test]
fn a_secret_that_could_be_guessed_is_refused_and_not_shown() {
    let error = SharedSecret::new(b"hunter2\n".to_vec().into()).unwrap_err();
    let key = SharedSecret::new(secret().into_bytes().into()).unwrap();

    assert!(error.to_string().contains("shorter than 16 bytes"));
    assert_eq!(format!("{key:?}"), "<40 bytes>");
}

#[test]
fn the_command_delivers_as_gits_configuration_says() {
    let server = Server::start_tls(|_| Act::Answer(200, vec![]));
    let repo = TestRepo::new();
    repo.write("secret", secret() + "\n").write("ca.pem", &server.authority);
    Command::new("chmod").arg("600").arg(repo.at("secret")).status().unwrap();
    Log::new(repo.at(".git/ideoguard/audit.jsonl"), Access::Owner).append(&[entry(0), entry(1)]).unwrap();
    let unset = repo.ideoguard(&["audit", "settle"]);
    repo.git(&["config", "ideoguard.auditWebhook", &server.url("/token-in-a-path")]);
    let unsigned = repo.ideoguard(&["audit", "settle"]);
    repo.git(&["config", "ideoguard.auditSecretFile", &repo.at("secret").to_string_lossy()]);
    let untrusted = repo.ideoguard(&["audit", "settle", "--timeout", "20"]);
    repo.git(&["config", "ideoguard.auditCertificates", &repo.at("ca.pem").to_string_lossy()]);
    repo.git(&["config", "ideoguard.auditTimeout", "20"]);

    let settled = repo.ideoguard(&["audit", "settle"]);

    assert_eq!(
        (unset.code, unset.stdout.as_str()),
        (0, "nothing to deliver to: `ideoguard.auditWebhook` is not set\n")
    );
    assert_eq!(unsigned.code, 2, "{}", unsigned.stderr);
    assert_eq!(untrusted.code, 3, "{}", untrusted.stderr);
    assert!(untrusted.stdout.contains("delivered 0 lines") && untrusted.stdout.contains("2 left"));
    assert_eq!(settled.code, 0, "{}", settled.stderr);
    assert_eq!(settled.stdout, format!("delivered 2 lines to https://localhost:{}, 0 left\n", server.port));
    assert_eq!(server.seen().len(), 1);
    let said = [unset, unsigned, untrusted, settled].map(|ran| ran.stdout + &ran.stderr).concat();
    assert!(!said.contains("token-in-a-path") && !said.contains(&secret()));
}

#[cfg(unix)]
#[test]
fn a_secret_that_everybody_may_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let repo = TestRepo::new();
    repo.write("secret", secret());
    fs::set_permissions(repo.at("secret"), fs::Permissions::from_mode(0o644)).unwrap();

    let ran = repo.ideoguard(&["audit", "settle", "--url", "https://localhost:1", "--secret-file", "secret"]);

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("everybody here may read the secret in secret"), "{}", ran.stderr);
}

#[test]
fn plain_http_to_another_machine_must_be_allowed() {
    let repo = TestRepo::new();

    let ran = ideoguard_in(repo.path(), &["audit", "settle", "--url", "http://example.invalid/"], b"");

    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("plain http is for this machine only"), "{}", ran.stderr);
}

#[test]
fn a_proxy_of_the_environment_is_used_and_one_that_a_client_of_a_web_server_named_is_not() {
    let server = Server::start(|_| Act::Answer(200, vec![]));
    let proxy = Server::start(|_| Act::Answer(502, vec![]));
    let repo = TestRepo::new();
    repo.write("secret", secret());
    Command::new("chmod").arg("600").arg(repo.at("secret")).status().unwrap();
    Log::new(repo.at(".git/ideoguard/audit.jsonl"), Access::Owner).append(&[entry(0)]).unwrap();
    let settle = |variable: &str| {
        hermetic(env!("CARGO_BIN_EXE_ideoguard"), repo.path())
            .args(["audit", "settle", "--url", &server.url("/"), "--secret-file", "secret", "--timeout", "20"])
            .env(variable, proxy.url("/"))
            .output()
            .unwrap()
            .status
            .code()
    };

    assert_eq!(settle("http_proxy"), Some(3));
    assert_eq!((server.seen().len(), proxy.seen().len()), (0, 1));
    assert_eq!(settle("HTTP_PROXY"), Some(0));
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 1));
}
