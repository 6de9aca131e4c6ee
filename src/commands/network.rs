//! What the environment says of proxies: read here, where the program begins, and nowhere else.

use crate::sending::{Clock, Connection, Http, HttpSettings, ProxyVariables, Server, TransportError};

/// The settings, with the proxies of the environment.
pub(super) fn with_proxies(mut http: HttpSettings) -> HttpSettings {
    http.network.proxies = ProxyVariables::of(|name| std::env::var(name).ok());
    http
}

/// The server, by way of the proxy that the environment names. Sends nothing.
pub(super) fn open<C: Clock>(
    mut connection: Connection,
    clock: C,
) -> Result<Server<Http, C>, TransportError> {
    connection.http = with_proxies(connection.http);
    connection.open(clock)
}
