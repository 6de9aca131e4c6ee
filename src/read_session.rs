//! A command that only reads, from its first request to its summary: what export, lookup, history and count have in
//! common.

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalogue::ApiSelector;
use crate::events::{Event, Listener, ReadSummary};
use crate::exit::Exit;
use crate::sending::{Clock, Server, Stop, StopReason, Transport, find_selector};

/// A command that only reads, before its first request.
pub struct ReadSession<T, C: Clock> {
    /// The server; its clock began with the command.
    pub server: Server<T, C>,
    /// Who is told.
    pub listener: Arc<dyn Listener>,
    /// Whether the user wants an end.
    pub stop: Stop,
}

/// Why the command can't begin to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// The server does not answer as it should. It was told.
    NoServer,
    /// The user wants an end.
    Stopped,
}

impl NotReady {
    /// How the command ends.
    pub fn exit(self) -> Exit {
        match self {
            Self::NoServer => Exit::StoppedEarly,
            Self::Stopped => Exit::Interrupted,
        }
    }
}

impl<T: Transport, C: Clock> ReadSession<T, C> {
    pub fn tell(&self, event: Event<'_>) {
        self.listener.event(event);
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        Timestamp::try_from(self.server.link.clock().wall()).unwrap_or(Timestamp::MAX)
    }

    /// Finds out whether the server answers and takes the key, and under which name it takes the subcategory. Tells
    /// if it does not.
    pub async fn selector(&self) -> Result<ApiSelector, NotReady> {
        let listener = Arc::clone(&self.listener);
        self.server.link.tell_news(move |news| listener.event(Event::Link(&news)));
        let found = self.stop.race(find_selector(&self.server.link, self.server.selector)).await;
        match found.ok_or(NotReady::Stopped)? {
            Ok(found) => Ok(found.selector),
            Err(error) => {
                self.tell(Event::Error(&error.to_string()));
                Err(NotReady::NoServer)
            }
        }
    }

    /// How a command ends that could not begin to read; scripts are told.
    pub fn refused(&self, command: &'static str, not_ready: NotReady) -> Exit {
        self.summarise(ReadSummary { command, refused: true, ..ReadSummary::default() });
        not_ready.exit()
    }

    /// Tells how the command ended, with requests and time filled in, and says with which exit.
    pub fn finish(&self, summary: ReadSummary) -> Exit {
        let exit = exit_of(&summary);
        self.summarise(summary);
        exit
    }

    /// Tells how the command ended, with requests and time filled in.
    pub fn summarise(&self, summary: ReadSummary) {
        let link = &self.server.link;
        let (requests, retries, elapsed) = (link.requests(), link.repeated_reads(), link.clock().now());
        self.tell(Event::Read(&ReadSummary { requests, retries, elapsed, ..summary }));
    }
}

/// The exit of a command that stopped early, or read something less than everything.
fn exit_of(summary: &ReadSummary) -> Exit {
    match &summary.stopped {
        Some(StopReason::Interrupted) => Exit::Interrupted,
        Some(_) => Exit::StoppedEarly,
        None if summary.ok < summary.rows => Exit::SomeNotOk,
        None => Exit::Done,
    }
}
