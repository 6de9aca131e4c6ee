//! The yardstick: `reqwest` sends bodies that were made before, and does nothing else.
//!
//! It has one thread and one client, with one loop per connection, polled together. A task per connection and
//! a client per connection cost the same number of instructions, `buffer_unordered` over all bodies 4 % more;
//! switching off redirects and retries changes nothing.

use std::cell::RefCell;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, TryStreamExt};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// The first argument that makes this executable the bare loop.
pub const RUN: &str = "internal:bare";

/// The content type of the requests.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Sends every line of a file to an address, with some number of connections: the three arguments.
pub fn run(arguments: &[String]) -> ExitCode {
    let [bodies, url, connections] = arguments else {
        eprintln!("the bare loop needs a file, an address and a number of connections");
        return ExitCode::from(2);
    };
    match send_all(Path::new(bodies), url, connections) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Keeps all connections busy until all lines are sent.
fn send_all(bodies: &Path, url: &str, connections: &str) -> Fallible<()> {
    let (url, connections) = (Url::parse(url)?, connections.parse()?);
    let bodies = RefCell::new(lines(Bytes::from(fs::read(bodies)?)));
    let client = client()?;
    let send_some = async || {
        loop {
            let next = bodies.borrow_mut().next();
            let Some(body) = next else { return Ok(()) };
            send(&client, &url, body).await?;
        }
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(
        std::iter::repeat_with(send_some).take(connections).collect::<FuturesUnordered<_>>().try_collect(),
    )
}

/// Sends one body and reads the whole answer.
async fn send(client: &Client, url: &Url, body: Bytes) -> Fallible<()> {
    let request = client.post(url.clone()).header(CONTENT_TYPE, FORM).body(body);
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(())
}

/// A client without proxy and, since nothing is encrypted here, without certificates.
fn client() -> Fallible<Client> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().http1_only().no_proxy().tls_backend_preconfigured(tls).build()?)
}

/// The lines of a text, without copying them.
fn lines(mut text: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let end = text.iter().position(|&byte| byte == b'\n')?;
        let mut line = text.split_to(end + 1);
        line.truncate(end);
        Some(line)
    })
}
