//! A web server on this machine that does what a story wants, right or wrong, with or without TLS.
#![allow(dead_code, reason = "each story uses its own part")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET`, `POST`.
    pub(crate) method: String,
    /// The path, with the query.
    pub(crate) path: String,
    /// The headers, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What the server does with a request.
pub(crate) enum Act {
    /// Answer with a status and a body.
    Answer(u16, Vec<u8>),
    /// Answer with a status and a place to go to instead.
    Redirect(u16, String),
    /// Answer after a while.
    Late(Duration),
    /// Answer a byte at a time, with pauses.
    Trickle(Duration),
    /// Promise more than is sent.
    CutOff,
    /// Close the connection.
    Close,
    /// Send what is no HTTP.
    Nonsense,
    /// Send so many bytes of a body.
    Huge(usize),
}

/// A server, which ends with the process.
pub(crate) struct Server {
    /// Its port.
    pub(crate) port: u16,
    /// What it was asked.
    seen: Arc<Mutex<Vec<Seen>>>,
    /// The certificate of the authority that its own is from, in PEM; empty without TLS.
    pub(crate) authority: String,
}

impl Server {
    /// Starts a server without TLS.
    pub(crate) fn start(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        Self::with(None, String::new(), act)
    }

    /// Starts a server with a certificate for `localhost` from an authority that nobody knows.
    pub(crate) fn start_tls(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        Self::with(Some(Arc::new(config)), authority, act)
    }

    fn with(
        tls: Option<Arc<ServerConfig>>,
        authority: String,
        act: impl Fn(&Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (noted, act) = (Arc::clone(&seen), Arc::new(act));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (noted, act, tls) = (Arc::clone(&noted), Arc::clone(&act), tls.clone());
                // What goes wrong with one connection is the story's own doing.
                std::thread::spawn(move || stream.and_then(|stream| serve(stream, tls, &noted, &*act)));
            }
        });
        Self { port, seen, authority }
    }

    /// The address of something on it.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.authority.is_empty() { "http" } else { "https" };
        format!("{scheme}://localhost:{}{path}", self.port)
    }

    /// What it was asked until now.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Serves one connection.
fn serve(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    noted: &Mutex<Vec<Seen>>,
    act: &(dyn Fn(&Seen) -> Act + Send + Sync),
) -> io::Result<()> {
    match tls {
        None => talk(stream, noted, act),
        Some(config) => {
            talk(StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, stream), noted, act)
        }
    }
}

/// Reads one request, and does what is to be done with it.
fn talk(
    stream: impl Read + Write,
    noted: &Mutex<Vec<Seen>>,
    act: &(dyn Fn(&Seen) -> Act + Send + Sync),
) -> io::Result<()> {
    let mut input = BufReader::new(stream);
    let seen = request(&mut input)?;
    let what = act(&seen);
    noted.lock().unwrap().push(seen);
    let mut out = input.into_inner();
    match what {
        Act::Answer(status, body) => answer(&mut out, status, "", &body)?,
        Act::Redirect(status, place) => answer(&mut out, status, &format!("Location: {place}\r\n"), b"")?,
        Act::Late(pause) => {
            std::thread::sleep(pause);
            answer(&mut out, 200, "", b"late")?;
        }
        Act::Trickle(pause) => {
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".iter().chain([b'x'; 1000].iter()) {
                out.write_all(&[*byte])?;
                out.flush()?;
                std::thread::sleep(pause);
            }
        }
        Act::CutOff => out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")?,
        Act::Close => {}
        Act::Nonsense => out.write_all(b"\x00\x01\x02 this is no HTTP\r\n\r\n")?,
        Act::Huge(size) => answer(&mut out, 200, "", &vec![b'x'; size])?,
    }
    out.flush()
}

/// Reads a request.
fn request(input: &mut impl BufRead) -> io::Result<Seen> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut seen = Seen { method, path, headers, body: Vec::new() };
    let length = seen.header("content-length").parse().unwrap_or(0);
    input.take(length).read_to_end(&mut seen.body)?;
    Ok(seen)
}

/// Writes an answer.
fn answer(out: &mut impl Write, status: u16, headers: &str, body: &[u8]) -> io::Result<()> {
    write!(out, "HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    out.write_all(body)
}
