//! Ctrl-C, SIGTERM and the time of `--until`: the first of them asks the run to stop; a signal after it, to leave at once.

use std::sync::Arc;

use crate::events::{Event, Listener, Work};
use crate::sending::{Deadline, Stop, StopSwitch, TokioClock};

/// Listens for signals as long as the runtime lives. Anyone else who has a reason to stop the run uses the switch
/// that is returned.
pub(super) fn listen(
    listener: Arc<dyn Listener>,
    work: Work,
    clock: TokioClock,
    until: Option<Deadline>,
) -> std::io::Result<(StopSwitch, Stop)> {
    let (switch, stop) = StopSwitch::new();
    let listening = switch.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        tokio::select! {
            () = signals.next() => {
                listener.event(Event::Stopping(work));
                listening.finish();
            }
            said = time_up(clock, until) => {
                listener.event(Event::TimeUp(&said));
                listening.finish_at(said);
            }
        }
        signals.next().await;
        listener.event(Event::Leaving(work));
        listening.abandon();
    });
    Ok((switch, stop))
}

/// The time that the user named, once it has come.
async fn time_up(clock: TokioClock, until: Option<Deadline>) -> String {
    let Some(deadline) = until else { return std::future::pending().await };
    deadline.reached(&clock).await;
    deadline.said
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
