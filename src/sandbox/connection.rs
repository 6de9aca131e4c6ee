//! Connections that a handler can cut, that say a thing twice, and that the server closes when they are idle.
//!
//! An HTTP library always answers a request. A cut connection refuses to be written to, which makes the
//! library close it: the client sees its request vanish, as it does when a server crashes.

use std::io;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::numbers::span;

/// How long a connection may be idle, written like `3s`; `3s,hidden` does not say so in the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    pub(super) timeout: Duration,
    pub(super) hidden: bool,
}

/// The text is not a time for idle connections.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is not a time for idle connections: write it like 3s, or 3s,hidden to leave the header out"
)]
pub struct ParseKeepAliveError {
    text: String,
}

impl FromStr for KeepAlive {
    type Err = ParseKeepAliveError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (time, word) =
            text.split_once(',').map_or((text, None), |(time, word)| (time, Some(word.trim())));
        let hidden = word == Some("hidden");
        span(time)
            .filter(|_| hidden || word.is_none())
            .map(|timeout| Self { timeout, hidden })
            .ok_or_else(|| ParseKeepAliveError { text: text.to_owned() })
    }
}

/// A handler's access to the connection of its request.
#[derive(Debug, Clone, Default)]
pub(super) struct CuttableConnection(Arc<Mutex<Orders>>);

/// What a handler wants of a connection.
#[derive(Debug, Default)]
struct Orders {
    cut: bool,
    /// After how long the next answer is to be said again.
    again: Option<Duration>,
}

impl CuttableConnection {
    /// Sends nothing more. The connection closes when the next byte would be written.
    pub(super) fn cut(&self) {
        self.orders().cut = true;
    }

    /// Says the answer that comes next once more, so long after it.
    pub(super) fn say_again(&self, after: Duration) {
        self.orders().again = Some(after);
    }

    fn check(&self) -> io::Result<()> {
        if self.orders().cut {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault"));
        }
        Ok(())
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that can be cut.
pub(super) struct CuttableStream {
    stream: TcpStream,
    connection: CuttableConnection,
    idle: Option<Duration>,
    /// When the server closes the connection: after an answer, until the next request.
    closes: Option<Pin<Box<Sleep>>>,
    /// The bytes of an answer that is said again.
    echo: Vec<u8>,
    /// When it is, once it was said the first time.
    echoes: Option<Pin<Box<Sleep>>>,
}

impl CuttableStream {
    pub(super) fn new(stream: TcpStream, keep_alive: Option<KeepAlive>) -> Self {
        Self {
            stream,
            connection: CuttableConnection::default(),
            idle: keep_alive.map(|keep_alive| keep_alive.timeout),
            closes: None,
            echo: Vec::new(),
            echoes: None,
        }
    }

    /// A handler's access to it.
    pub(super) fn handle(&self) -> CuttableConnection {
        self.connection.clone()
    }

    /// Notes what was written of an answer.
    fn written(&mut self, bytes: impl Iterator<Item = u8>) {
        let again = self.connection.orders().again;
        if let Some(after) = again {
            self.echo.extend(bytes);
            self.echoes = Some(Box::pin(sleep_until(Instant::now() + after)));
        }
        self.closes = self.idle.map(|idle| Box::pin(sleep_until(Instant::now() + idle)));
    }

    /// Says an answer again when its time has come. A client that has left hears nothing.
    fn echo(&mut self, cx: &mut Context<'_>) {
        if self.echoes.as_mut().is_some_and(|due| due.as_mut().poll(cx).is_ready()) {
            self.echoes = None;
            self.connection.orders().again = None;
            let bytes = std::mem::take(&mut self.echo);
            let _ = self.stream.try_write(&bytes);
        }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.echo(cx);
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if read.is_ready() {
            this.closes = None;
        } else if this.closes.as_mut().is_some_and(|due| due.as_mut().poll(cx).is_ready()) {
            // The end of what the client says: the library closes the connection.
            return Poll::Ready(Ok(()));
        }
        read
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.connection.check()?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.written(bytes.iter().copied().take(count));
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.connection.check()?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        if let Poll::Ready(Ok(count)) = written {
            self.written(slices.iter().flat_map(|slice| slice.iter().copied()).take(count));
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, KeepAlive};

    #[test]
    fn a_time_for_idle_connections_may_be_hidden() {
        let keep_alive = |text: &str| text.parse::<KeepAlive>().map(|k| (k.timeout, k.hidden));
        assert_eq!(keep_alive("3s"), Ok((Duration::from_secs(3), false)));
        assert_eq!(keep_alive("500ms, hidden"), Ok((Duration::from_millis(500), true)));
        for text in ["", "3", "3s,shown", "hidden", "-3s"] {
            let error = keep_alive(text).expect_err(text).to_string();
            assert!(error.contains("3s,hidden"), "{error}");
        }
    }
}
