//! Requests to other machines: few, small, each with its own time limit.
//!
//! Nothing here runs unless a user or a server's configuration asks for it by
//! name. Redirects are not followed, so what a request carries goes to the host
//! that was named and to no other. Plain `http` is for this machine only, unless
//! it was allowed. The environment is not read: proxies and certificates are
//! passed in.

mod client;
mod proxy;
mod url;
mod wiping;

pub use client::{Answer, Client, Header, Request, Settings};
pub use proxy::Proxies;
pub use url::{PlainHttp, Url};
