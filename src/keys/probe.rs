//! Asking Ideogram: one cheap request for each key.

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::keys::account::Account;
use crate::keys::key::Key;
use crate::net::{Answer, Client, Header, Request, Url};

/// How a key is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `Api-Key: KEY`, as Ideogram wants it.
    ApiKey,
    /// `Authorization: Bearer KEY`, as gateways and older guides have it.
    Bearer,
}

/// Whether a key is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Liveness {
    /// It is: the answer had this status.
    Alive(u16),
    /// It is not: the answer was 401.
    Dead,
    /// There is no telling; the text, safe to print, says why.
    Unknown(String),
}

/// Ideogram's API, or something that speaks like it.
#[derive(Debug)]
pub struct Api {
    /// Where it is: `https://api.ideogram.ai`.
    pub base: Url,
    /// How keys are presented.
    pub style: Style,
    /// What makes the requests.
    pub client: Client,
}

impl Api {
    /// Asks whether a key is alive: one `GET` of the account's usage, which costs nothing.
    ///
    /// 200 means yes; so do 403 and 404, which Ideogram answers to a valid key whose
    /// owner may not see this. 401 means no. Everything else (429, 5xx, a redirect,
    /// no answer in time) says nothing about the key. An error means that nothing
    /// could be asked.
    pub fn is_alive(&self, key: &Key) -> Result<Liveness> {
        let answer = match self.get("/v2/account/usage", key) {
            Ok(answer) => answer,
            Err(Error::Network { because, .. }) => return Ok(Liveness::Unknown(because)),
            Err(other) => return Err(other),
        };
        Ok(match answer.status {
            200 | 403 | 404 => Liveness::Alive(answer.status),
            401 => Liveness::Dead,
            status => Liveness::Unknown(odd(status, &answer)),
        })
    }

    /// Lists the keys of the account of an organisation's admin, whose key this is.
    pub fn account(&self, admin: &Key) -> Result<Account> {
        let answer = self.get("/v2/account/api-keys", admin)?;
        let failed = |because: String| Err(Error::Network { host: self.base.to_string(), because });
        match answer.status {
            200 => {}
            401 => return failed("it answered with 401: that key is not valid".to_owned()),
            403 | 404 => {
                let because = "the key is valid, but its owner may not see this; it takes an admin's key";
                return failed(format!("it answered with {}: {because}", answer.status));
            }
            status => return failed(odd(status, &answer)),
        }
        match Account::parse(&answer.body) {
            Some(account) => Ok(account),
            None => failed("its answer is no list of keys".to_owned()),
        }
    }

    /// Asks for something with a key, which stands in a header and nowhere else.
    fn get(&self, path: &str, key: &Key) -> Result<Answer> {
        let url = self.base.join(path)?;
        let (name, value) = match self.style {
            Style::ApiKey => ("Api-Key", Zeroizing::new(key.bytes().to_vec())),
            Style::Bearer => ("Authorization", Zeroizing::new([b"Bearer ", key.bytes()].concat())),
        };
        let headers = [Header { name, value: &value }, Header { name: "Accept", value: b"application/json" }];
        self.client.send(&Request { url: &url, headers: &headers, body: None })
    }
}

/// Says of an answer that it was not to be expected.
fn odd(status: u16, answer: &Answer) -> String {
    match (&answer.redirect, status) {
        (Some(host), _) => format!("it answered with {status} and leads to {host}; the key was not sent there"),
        (None, 429) => "it answered with 429: too many requests; try again later".to_owned(),
        (None, _) => format!("it answered with {status}"),
    }
}
