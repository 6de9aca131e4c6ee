//! Accepts connections, unless the server is away: then nobody listens, and connections are refused.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connection::{CuttableConnection, CuttableStream, KeepAlive};

/// How long to wait until the address is tried again, if the system does not give it back at once.
const AGAIN: Duration = Duration::from_millis(20);

/// Accepts connections that can be cut.
pub(super) struct Connections {
    listener: Option<TcpListener>,
    address: SocketAddr,
    keep_alive: Option<KeepAlive>,
    away: watch::Receiver<Option<Instant>>,
}

impl Connections {
    pub(super) fn new(
        listener: TcpListener,
        address: SocketAddr,
        keep_alive: Option<KeepAlive>,
        away: watch::Receiver<Option<Instant>>,
    ) -> Self {
        Self { listener: Some(listener), address, keep_alive, away }
    }

    /// How long the server is still away.
    fn absence(&mut self) -> Option<Duration> {
        let until = (*self.away.borrow_and_update())?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

impl Connected<IncomingStream<'_, Connections>> for CuttableConnection {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().handle()
    }
}

impl Listener for Connections {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Some(left) = self.absence() {
                self.listener = None;
                tokio::time::sleep(left).await;
                continue;
            }
            let Some(listener) = &mut self.listener else {
                match TcpListener::bind(self.address).await {
                    Ok(listener) => self.listener = Some(listener),
                    Err(_) => tokio::time::sleep(AGAIN).await,
                }
                continue;
            };
            tokio::select! {
                (stream, address) = Listener::accept(listener) => {
                    // Without it, answers can wait 40 ms for an acknowledgement. If the system refuses the
                    // option, the connection is slower, but works.
                    let _ = stream.set_nodelay(true);
                    return (CuttableStream::new(stream, self.keep_alive), address);
                }
                changed = self.away.changed() => {
                    if changed.is_err() {
                        // The sandbox is gone, and nobody waits for this any more.
                        std::future::pending::<()>().await;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
