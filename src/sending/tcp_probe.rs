//! A connection to the server without a request: does its name resolve, and does anything listen there? This tells
//! apart what a failed request leaves open.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// The address names no host.
    #[error("the address has no host name")]
    NoHost,
    /// The name cannot be resolved.
    #[error("the name {name} cannot be resolved: {source}")]
    NoName { name: String, source: io::Error },
    /// Nothing listens there.
    #[error("cannot connect to {address}: {source}")]
    NoConnection {
        /// The last of the addresses that the name leads to.
        address: SocketAddr,
        source: io::Error,
    },
    /// It took too long.
    #[error("no connection within {} s", .0.as_secs_f64())]
    TooSlow(Duration),
}

/// Connects to the host of an address and closes the connection.
pub async fn probe_tcp(url: &Url, within: Duration) -> Result<SocketAddr, Unreached> {
    timeout(within, connect(url)).await.map_err(|_| Unreached::TooSlow(within))?
}

async fn connect(url: &Url) -> Result<SocketAddr, Unreached> {
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<SocketAddr> = match url.host().ok_or(Unreached::NoHost)? {
        Host::Ipv4(address) => vec![(address, port).into()],
        Host::Ipv6(address) => vec![(address, port).into()],
        Host::Domain(name) => {
            let failed = |source| Unreached::NoName { name: name.to_owned(), source };
            lookup_host((name, port)).await.map_err(failed)?.collect()
        }
    };
    let mut last = Unreached::NoHost;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(_) => return Ok(address),
            Err(source) => last = Unreached::NoConnection { address, source },
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Unreached, probe_tcp};

    #[tokio::test]
    async fn something_listens_or_nothing_does() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}/api.php").parse().expect("an address");
        let within = Duration::from_secs(30);
        assert_eq!(probe_tcp(&url, within).await.expect("a connection"), address);
        drop(listener);
        assert!(matches!(probe_tcp(&url, within).await, Err(Unreached::NoConnection { .. })));
    }
}
