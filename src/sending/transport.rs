//! Bytes to the server and back: the one file that knows the HTTP client. Errors leave it without the
//! address and without the body, so that nothing secret can travel in them.

use std::cell::RefCell;
use std::error::Error as _;
use std::fmt::Write as _;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Client, Identity, Proxy, Url};

use super::body::{CompressedBody, LARGEST, inflated};
use super::network::{self, ClientCertificate, NetworkFileError, NetworkSettings};
use super::proxy::{ChosenProxy, ProxyError, through_proxy, wants_password};
use super::tls_words::tls_fault;

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
    /// The `Content-Type` header, which may name an encoding.
    pub content_type: Option<String>,
    /// Its body without compression, at most 16 MiB.
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
    /// The answer is larger than any answer of the API, or its compression is damaged.
    Unusable,
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
    /// What the network asks for on the way.
    pub network: NetworkSettings,
}

impl HttpSettings {
    /// The proxy that leads to the server; none where it is reached directly.
    pub fn proxy(&self) -> Result<Option<ChosenProxy>, ProxyError> {
        if self.is_loopback { Ok(None) } else { self.network.proxies.proxy_for(&self.url) }
    }

    /// The server, for people.
    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// The HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
    /// A file that the network asks for.
    #[error(transparent)]
    File(#[from] NetworkFileError),
    /// What the environment says of proxies.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

/// [`Transport`] over HTTP/1.1, with connections kept open.
#[derive(Debug)]
pub struct Http {
    client: RefCell<Client>,
    settings: HttpSettings,
}

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
        let host = self.settings.host();
        let tls = tls_fault(&error, host, self.settings.network.client.is_some());
        let proxy = self.settings.proxy().ok().flatten();
        let (kind, text) = if let Some(fault) = tls.filter(|f| f.is_before_any_request || error.is_connect())
        {
            (LostKind::Unreached, fault.text)
        } else if error.is_connect() {
            let text = if let Some(proxy) = &proxy {
                through_proxy(proxy, &chain(&error), error.is_timeout())
            } else if chain(&error).contains("tls handshake eof") {
                format!(
                    "{host} closes the connection in place of TLS: check the port, and http or https in --url"
                )
            } else if error.is_timeout() {
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
        if answer.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && let Ok(Some(proxy)) = self.settings.proxy()
        {
            return Err(Lost { kind: LostKind::Unreached, text: wants_password(&proxy) });
        }
        let mut response = Response {
            status: answer.status().as_u16(),
            retry_after: header(RETRY_AFTER),
            date: None,
            location: header(LOCATION),
            content_type: header(CONTENT_TYPE),
            body: Vec::new(),
        };
        // Else only needed to tell how far ahead a date in Retry-After lies.
        if is_dated || response.retry_after.is_some() {
            response.date = header(DATE);
        }
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.lost(error))? {
            if response.body.len() + chunk.len() > LARGEST {
                let text = format!("the answer is larger than {} MiB", LARGEST >> 20);
                return Err(Lost { kind: LostKind::Unusable, text });
            }
            response.body.extend_from_slice(&chunk);
        }
        response.body = inflated(response.body)
            .map_err(|error: CompressedBody| Lost { kind: LostKind::Unusable, text: error.to_string() })?;
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
    let failed = |error: reqwest::Error| TransportError::Client(chain(&error.without_url()));
    builder = match settings.proxy()? {
        Some(proxy) => builder.proxy(Proxy::all(proxy.url).map_err(failed)?),
        None => builder.no_proxy(),
    };
    if let Some(path) = &settings.network.ca_file {
        builder = builder.tls_certs_merge(authorities(path)?);
    }
    if let Some(client) = &settings.network.client {
        builder = builder.identity(identity(client)?);
    }
    builder.build().map_err(|error| match (&settings.network.client, is_other_key(&error)) {
        (Some(ClientCertificate { certificate, key }), true) => {
            NetworkFileError::OtherKey { certificate: certificate.clone(), key: key.clone() }.into()
        }
        _ => failed(error),
    })
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, NetworkFileError> {
    let bytes = network::certificates(network::CA_FILE, path)?;
    let damaged = |reason: String| NetworkFileError::Damaged {
        option: network::CA_FILE,
        path: path.to_owned(),
        reason,
    };
    let found = Certificate::from_pem_bundle(&bytes)
        .map_err(|_| damaged("a certificate in it is damaged or cut short".to_owned()))?;
    if found.is_empty() { Err(damaged("it has no whole certificate".to_owned())) } else { Ok(found) }
}

fn identity(client: &ClientCertificate) -> Result<Identity, NetworkFileError> {
    let ClientCertificate { certificate, key } = client;
    let mut both = network::certificates(network::CLIENT_CERT, certificate)?;
    both.push(b'\n');
    both.extend(network::private_key(key)?);
    Identity::from_pem(&both).map_err(|_| NetworkFileError::Damaged {
        option: network::CLIENT_CERT,
        path: certificate.clone(),
        reason: format!("it or the key in {} is damaged or cut short", key.display()),
    })
}

/// Whether the client can't be made because certificate and key don't belong together.
fn is_other_key(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if matches!(cause.downcast_ref(), Some(rustls::Error::InconsistentKeys(_))) {
            return true;
        }
        next = cause.source();
    }
    false
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
