//! The sandbox as a server: it binds, and serves the API and the ledger until it is stopped.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, RawQuery, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::app::{App, Handled};
use super::connection::CuttableConnection;
use super::ledger::Log;
use super::listener::Connections;
use super::numbers::span;
use super::request::Received;
use super::seed;
use super::settings::Settings;
use super::store::Store;
use super::transmission::{Transmission, json};

/// The path of the ledger. Every other path is the API.
const LEDGER: &str = "/sandbox/ledger";

/// The path of the clock, which `?forward=45s` turns.
const CLOCK: &str = "/sandbox/clock";

/// How long a stop waits for requests that have begun.
const GRACE: Duration = Duration::from_secs(2);

/// A rehearsal server that listens, but does not answer until [`Sandbox::serve`] is called.
pub struct Sandbox {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why the sandbox cannot start, or has stopped.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Another program listens there.
    #[error(
        "{address} is in use by another program: stop it, or let --listen name another port (port 0 takes a free one)"
    )]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The system refuses to listen there.
    #[error(
        "cannot listen on {address}: {source}; let --listen name an address of this machine, like 127.0.0.1:0"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The log cannot be opened.
    #[error("cannot open the log {}: {source}; name a file in a folder that exists and may be written to", path.display())]
    OpenLog {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The log can no longer be written, so the sandbox has stopped.
    #[error("cannot write the log {}: {source}; requests since then are not in it, so the sandbox has stopped", path.display())]
    WriteLog {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The built-in customers cannot be parsed.
    #[error("the built-in customers cannot be read: {0}")]
    Invented(#[from] serde_json::Error),
}

impl Sandbox {
    /// Invents the customers, opens the log and starts to listen. From then on the system accepts
    /// connections, which wait.
    pub async fn bind(settings: Settings) -> Result<Self, SandboxError> {
        let mut store = Store::new(seed::invented(settings.seed, settings.customers)?, seed::blank()?);
        store.remember(settings.bookings, settings.clock.now().skewed(settings.skew));
        let log = settings.log.as_ref().map(|path| {
            Log::open(path, settings.key.clone())
                .map_err(|source| SandboxError::OpenLog { path: path.clone(), source })
        });
        let log = log.transpose()?;
        let address = settings.listen;
        let cannot = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => SandboxError::InUse { address },
            _ => SandboxError::Listen { address, source },
        };
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        Ok(Self { app: Arc::new(App::new(settings, store, log)), listener, address })
    }

    /// The address with the port that was really taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop` is ready. Then requests in flight are answered, stalled connections are
    /// closed and late calls are carried out, all within two seconds.
    ///
    /// It runs on any runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// [`SandboxError::WriteLog`], as soon as a request cannot be logged.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), SandboxError> {
        let app = self.app;
        let pages = Router::new()
            .route(LEDGER, get(ledger))
            .route(CLOCK, post(clock))
            .fallback(api)
            .with_state(app.clone());
        let service = pages.into_make_service_with_connect_info::<CuttableConnection>();
        let connections = Connections::new(self.listener, self.address, app.settings.keep_alive, app.away());
        let server = axum::serve(connections, service).with_graceful_shutdown(app.stopped());
        let mut server = pin!(server.into_future());
        let over = {
            let mut told = pin!(app.stopped());
            tokio::select! {
                // It ends by itself only if told to, and never with an error.
                _ = &mut server => true,
                () = &mut told => false,
                () = stop => false,
            }
        };
        app.stop();
        // A client that sends half a request and then nothing must not delay the end for ever.
        let _ = tokio::time::timeout(GRACE, async {
            if !over {
                let _ = server.await;
            }
            app.all_done().await;
        })
        .await;
        match (app.take_broken(), &app.settings.log) {
            (Some(source), Some(path)) => Err(SandboxError::WriteLog { path: path.clone(), source }),
            _ => Ok(()),
        }
    }
}

async fn ledger(State(app): State<Arc<App>>) -> Response {
    let transmission = match app.ledger() {
        Ok(body) => json(StatusCode::OK, body),
        Err(error) => json(StatusCode::INTERNAL_SERVER_ERROR, error.to_string().into_bytes()),
    };
    send(transmission, &CuttableConnection::default(), &app).await
}

/// Turns the sandbox's clock, and carries out what was put off until then.
async fn clock(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let forward = query.as_deref().and_then(|query| query.strip_prefix("forward=")).and_then(span);
    let Some(forward) = forward else {
        let wrong = json(StatusCode::BAD_REQUEST, br#"{"error":"say how far, like ?forward=45s"}"#.to_vec());
        return send(wrong, &CuttableConnection::default(), &app).await;
    };
    app.settings.clock.turn(forward);
    app.catch_up();
    send(json(StatusCode::OK, b"{}".to_vec()), &CuttableConnection::default(), &app).await
}

async fn api(
    State(app): State<Arc<App>>,
    ConnectInfo(connection): ConnectInfo<CuttableConnection>,
    request: Request,
) -> Response {
    let received = Received::read(request, &app.settings).await;
    let Handled { transmission, put_off } = app.decide(received);
    if let Some(time) = put_off {
        let (app, stopped) = (app.clone(), app.stopped());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = stopped => {}
            }
            app.catch_up();
        });
    }
    if !app.settings.latency.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(app.settings.latency) => {}
            () = app.stopped() => {}
        }
    }
    send(transmission, &connection, &app).await
}

/// Returns the answer, or cuts the connection so that an empty one reaches nobody.
async fn send(transmission: Transmission, connection: &CuttableConnection, app: &App) -> Response {
    match transmission {
        Transmission::Answer(response) => return with_headers(response, app),
        Transmission::AnswerTwice(response, after) => {
            connection.say_again(after);
            return with_headers(response, app);
        }
        // The library drops this handler when the client leaves.
        Transmission::Stall => app.stopped().await,
        Transmission::Close => {}
    }
    connection.cut();
    Response::default()
}

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// The answer with what the server says of its connections and of its clock.
fn with_headers(mut response: Response, app: &App) -> Response {
    if let Some(keep_alive) = app.settings.keep_alive.filter(|keep_alive| !keep_alive.hidden)
        // A server says it in whole seconds.
        && let Ok(value) = HeaderValue::from_str(&format!("timeout={}", keep_alive.timeout.as_secs()))
    {
        response.headers_mut().insert(KEEP_ALIVE, value);
    }
    if let Some(time) = app.other_time()
        && let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(time))
    {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}
