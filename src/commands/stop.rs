//! Ctrl-C and SIGTERM: the first asks the run to stop, the second to leave at once.

use std::sync::Arc;

use crate::events::{Event, Listener, Work};
use crate::sending::{Stop, StopSwitch};

/// Listens for signals as long as the runtime lives. Anyone else who has a reason to stop the run uses the switch
/// that is returned.
pub(super) fn listen(listener: Arc<dyn Listener>, work: Work) -> std::io::Result<(StopSwitch, Stop)> {
    let (switch, stop) = StopSwitch::new();
    let listening = switch.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.next().await;
        listener.event(Event::Stopping(work));
        listening.finish();
        signals.next().await;
        listener.event(Event::Leaving(work));
        listening.abandon();
    });
    Ok((switch, stop))
}

#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) {
        // Where signals cannot be listened for, the system's own answer to Ctrl-C remains.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
