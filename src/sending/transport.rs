//! Bytes to the server and back: the one file that knows the HTTP client. Errors leave it without the
//! address and without the body, so that nothing secret can travel in them.

use std::cell::RefCell;
use std::error::Error as _;
use std::fmt::Write as _;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Url};

/// Something that takes a form-encoded body to the server and brings back the answer.
pub trait Transport {
    /// Sends one request, once.
    fn post(&self, body: Bytes) -> impl Future<Output = Result<Response, Lost>>;

    /// The same, always with the `Date` header.
    fn post_dated(&self, body: Bytes) -> impl Future<Output = Result<Response, Lost>> {
        self.post(body)
    }

    /// None of the connections that are kept is used again.
    fn forget_connections(&self) {}
}

/// An answer, whole.
#[derive(Debug, Clone, Default)]
pub struct Response {
    pub status: u16,
    pub retry_after: Option<String>,
    /// The `Date` header, where it is needed.
    pub date: Option<String>,
    pub location: Option<String>,
    /// Its body, at most 16 MiB.
    pub body: Vec<u8>,
}

/// No whole answer came.
#[derive(Debug, Clone)]
pub struct Lost {
    pub kind: LostKind,
    /// A fragment for people.
    pub text: String,
}

/// How far a request got that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostKind {
    /// It never reached the server.
    Unreached,
    /// It may have reached the server, and no answer came in time.
    TimedOut,
    /// It may have reached the server, and the connection was lost.
    Broken,
    /// The answer is larger than any answer of the API.
    TooLarge,
}

/// How requests travel.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The full address of the API.
    pub url: Url,
    /// `--timeout`: from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// `--connect-timeout`; nine tenths of `timeout` at the most.
    pub connect_timeout: Duration,
    /// How many connections may be kept open.
    pub connections: usize,
    /// Whether the address is one of this machine; then no proxy is asked.
    pub is_loopback: bool,
}

/// The HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client: {0}")]
pub struct TransportError(String);

/// [`Transport`] over HTTP/1.1, with connections kept open.
#[derive(Debug)]
pub struct Http {
    client: RefCell<Client>,
    settings: HttpSettings,
}

/// The largest answer that is read.
const LARGEST: usize = 16 << 20;

/// Web servers close connections that were silent for a second or more. A request that leaves on one that is just
/// being closed is lost without anybody knowing whether it was read; so none is used that late.
const IDLE: Duration = Duration::from_millis(500);

impl Http {
    /// Sets up the client; no connection is made yet.
    pub fn new(mut settings: HttpSettings) -> Result<Self, TransportError> {
        // The limit on the whole request says nothing of how far it got. Connecting ends well before it,
        // so that whatever runs into it was connected, and what was not may safely be sent again.
        let within = settings.timeout - settings.timeout / 10;
        settings.connect_timeout = settings.connect_timeout.min(within);
        let client = RefCell::new(client(&settings)?);
        Ok(Self { client, settings })
    }

    fn lost(&self, error: reqwest::Error) -> Lost {
        let error = error.without_url();
        let (kind, text) = if error.is_connect() {
            let text = if error.is_timeout() {
                format!("no connection within {}", seconds(self.settings.connect_timeout))
            } else {
                chain(&error)
            };
            (LostKind::Unreached, text)
        } else if error.is_timeout() {
            (LostKind::TimedOut, format!("no answer within {}", seconds(self.settings.timeout)))
        } else {
            (LostKind::Broken, chain(&error))
        };
        Lost { kind, text }
    }
}

impl Transport for Http {
    async fn post(&self, body: Bytes) -> Result<Response, Lost> {
        self.send(body, false).await
    }

    async fn post_dated(&self, body: Bytes) -> Result<Response, Lost> {
        self.send(body, true).await
    }

    fn forget_connections(&self) {
        // It was made once from these settings. Where it can't be made again, the connections stay.
        if let Ok(client) = client(&self.settings) {
            self.client.replace(client);
        }
    }
}

impl Http {
    async fn send(&self, body: Bytes, is_dated: bool) -> Result<Response, Lost> {
        let request = self.client.borrow().post(self.settings.url.clone()).body(body);
        let mut answer = request.send().await.map_err(|error| self.lost(error))?;
        let header = |name: HeaderName| {
            answer.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut response = Response {
            status: answer.status().as_u16(),
            retry_after: header(RETRY_AFTER),
            date: None,
            location: header(LOCATION),
            body: Vec::new(),
        };
        // Else only needed to tell how far ahead a date in Retry-After lies.
        if is_dated || response.retry_after.is_some() {
            response.date = header(DATE);
        }
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.lost(error))? {
            if response.body.len() + chunk.len() > LARGEST {
                let text = format!("the answer is larger than {} MiB", LARGEST >> 20);
                return Err(Lost { kind: LostKind::TooLarge, text });
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

/// A client without any connection.
fn client(settings: &HttpSettings) -> Result<Client, TransportError> {
    // Fails only where a provider is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("userside-bulk/", env!("CARGO_PKG_VERSION")))
        .default_headers(HeaderMap::from_iter([(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )]))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .timeout(settings.timeout)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(settings.connections);
    if settings.is_loopback {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| TransportError(chain(&error.without_url())))
}

fn seconds(span: Duration) -> String {
    format!("{} s", span.as_secs_f64())
}

/// The innermost causes are what tells a person something: "connection refused", "certificate expired".
fn chain(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        next = cause.source();
        // The client's own name for the step that failed is no help.
        if text.starts_with("client error (") {
            continue;
        }
        // Wrappers repeat what they wrap.
        causes.retain(|earlier| !text.contains(earlier.as_str()));
        if !causes.iter().any(|earlier| earlier.contains(&text)) {
            causes.push(text);
        }
    }
    if causes.is_empty() {
        return error.to_string();
    }
    let mut text = String::new();
    for cause in causes {
        let _ = write!(text, "{}{cause}", if text.is_empty() { "" } else { ": " });
    }
    text
}
