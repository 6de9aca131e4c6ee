//! What it takes to talk to a server, and the server once it can be talked to.

use std::num::NonZeroUsize;

use super::clock::Clock;
use super::key::ApiKey;
use super::link::{Link, LinkSettings};
use super::probe::SelectorChoice;
use super::transport::{Http, HttpSettings, TransportError};

/// Which server, with which key, how fast. Nothing was sent yet.
#[derive(Debug)]
pub struct Connection {
    /// The address, and how long to wait for answers.
    pub http: HttpSettings,
    /// The key.
    pub key: ApiKey,
    /// The name under which the server takes the subcategory.
    pub selector: SelectorChoice,
    /// Pace and retries.
    pub link: LinkSettings,
    /// Requests in flight at the most.
    pub concurrency: NonZeroUsize,
}

/// A server that requests can be sent to.
pub struct Server<T, C: Clock> {
    /// The way of every request.
    pub link: Link<T, C>,
    /// The name under which it takes the subcategory, as far as that was said.
    pub selector: SelectorChoice,
    /// Requests in flight at the most.
    pub concurrency: NonZeroUsize,
}

impl Connection {
    /// The server, over HTTP. Sends nothing.
    pub fn open<C: Clock>(self, clock: C) -> Result<Server<Http, C>, TransportError> {
        let http = Http::new(self.http)?;
        Ok(Server {
            link: Link::new(http, clock, self.key, self.link),
            selector: self.selector,
            concurrency: self.concurrency,
        })
    }
}
