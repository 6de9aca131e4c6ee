//! What a check tries, in order.

use super::batches::batches;
use super::check_result::CheckResult;
use super::contact::{Contacts, judge};
use super::latency::{clock, latency, measure, writes};
use super::try_names::try_names;
use crate::catalogue::Version;
use crate::sending::{Clock, HttpSettings, Server, Transport, probe_tcp};
use crate::validating::CallError;

/// What a check knows beforehand.
#[derive(Debug)]
pub struct CheckSpec {
    /// The address, and how long to wait for a connection.
    pub http: HttpSettings,
    /// The server's version, where it was named.
    pub version: Option<Version>,
}

/// Tries one thing after another, up to the first without which nothing else works. Each result is told as soon as
/// it is known.
pub async fn check<T: Transport, C: Clock, E: From<CallError>>(
    server: &Server<T, C>,
    spec: &CheckSpec,
    mut tell: impl FnMut(CheckResult) -> Result<(), E>,
) -> Result<(), E> {
    let (link, url) = (&server.link, &spec.http.url);
    // The server was opened with the same, so that it is a proxy or none.
    let proxy = spec.http.proxy().ok().flatten();
    let reached = probe_tcp(url, spec.http.connect_timeout).await;
    let (subcat, action) = try_names(link, reached.is_ok()).await?;
    let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
    let (results, selector) = judge(&Contacts {
        host: &format!("{}{port}", url.host_str().unwrap_or_default()),
        is_https: url.scheme() == "https",
        is_loopback: spec.http.is_loopback,
        reached: &reached,
        proxy: proxy.map(|proxy| proxy.to_string()),
        ca_file: spec.http.network.ca_file.as_deref(),
        client: spec.http.network.client.as_ref().map(|client| client.certificate.as_path()),
        choice: server.selector,
        subcat: &subcat,
        action: action.as_ref(),
    });
    results.into_iter().try_for_each(&mut tell)?;
    let Some(selector) = selector else { return Ok(()) };
    tell(batches(link, selector, spec.version).await)?;
    tell(writes(spec.version))?;
    let measured = measure(link, selector).await?;
    tell(latency(&measured))?;
    tell(clock(&measured))
}

/// What all results come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usability {
    /// There is no problem.
    Works,
    /// Something does not work.
    WorksInPart,
    /// Something does not work without which nothing does.
    Useless,
}

/// What all results come to.
pub fn usability(results: &[CheckResult]) -> Usability {
    let problems = || results.iter().filter(|result| result.is_problem());
    if problems().any(|problem| problem.is_needed) {
        Usability::Useless
    } else if problems().next().is_some() {
        Usability::WorksInPart
    } else {
        Usability::Works
    }
}
