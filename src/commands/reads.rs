//! What the commands that only read have in common: the runtime, the signals, the way to the server.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinError;

use super::failure::Failure;
use super::{log, stop};
use crate::catalogue::ApiSelector;
use crate::cli::ReadSettings;
use crate::events::{Event, Listener, ReadSummary, Work};
use crate::exit::Exit;
use crate::recording::{AtomicFile, OutputSink, OutputTarget, RecordError, Spool};
use crate::reporting::Reporter;
use crate::sending::{Http, Link, SelectorChoice, Stop, StopReason, TokioClock, find_selector};

/// A command that reads, before its first request.
pub(super) struct Reads {
    /// The way to the server.
    pub(super) link: Link<Http, TokioClock>,
    /// Requests in flight at the most.
    pub(super) concurrency: usize,
    /// Who is told.
    pub(super) listener: Arc<dyn Listener>,
    /// What the user wants.
    pub(super) stop: Stop,
    choice: SelectorChoice,
    started: Instant,
}

/// Runs `work` in a runtime, with a way to the server. Nothing is sent yet.
pub(super) fn run<W>(settings: ReadSettings, work: impl FnOnce(Reads) -> W) -> Result<Exit, Failure>
where
    W: Future<Output = Result<Exit, Failure>>,
{
    log::start(settings.verbose);
    let listener: Arc<dyn Listener> = Arc::new(Reporter::new(settings.mode));
    settings.send.warnings.iter().for_each(|warning| listener.event(Event::Warning(warning)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        let (_, stop) = stop::listen(Arc::clone(&listener), Work::Reads)?;
        let server = settings.send.connection.open(TokioClock::start())?;
        let reads = Reads {
            link: server.link,
            concurrency: server.concurrency.get(),
            choice: server.selector,
            started: Instant::now(),
            listener,
            stop: stop.clone(),
        };
        tokio::select! {
            exit = work(reads) => exit,
            // Whoever wants to leave at once loses nothing by it: nothing was written to the server.
            () = stop.abandoned() => Ok(Exit::Interrupted),
        }
    });
    runtime.shutdown_background();
    exit
}

/// The command cannot go on; the server was told to, or somebody else.
#[derive(Debug)]
pub(super) enum NoServer {
    /// It does not answer as it should. It was told.
    Refused,
    /// The user wanted an end.
    Stopped,
}

impl NoServer {
    /// How the command ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Refused => Exit::StoppedEarly,
            Self::Stopped => Exit::Interrupted,
        }
    }
}

impl Reads {
    /// Finds out whether the server answers and takes the key. A server that does not is told.
    pub(super) async fn selector(&self) -> Result<ApiSelector, NoServer> {
        let found = self.stop.race(find_selector(&self.link, self.choice)).await;
        match found.ok_or(NoServer::Stopped)? {
            Ok(found) => Ok(found.selector),
            Err(error) => {
                self.listener.event(Event::Error(&error.to_string()));
                Err(NoServer::Refused)
            }
        }
    }

    /// How a command ends whose server was no good before the first read: scripts are told.
    pub(super) fn refused(&self, command: &'static str, no_server: NoServer) -> Exit {
        self.finish(ReadSummary { command, refused: true, ..ReadSummary::default() });
        no_server.exit()
    }

    /// Since the command began.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Tells how the command ended; requests and time are filled in.
    pub(super) fn finish(&self, summary: ReadSummary) {
        let requests = self.link.requests();
        let (retries, elapsed) = (self.link.repeated_reads(), self.elapsed());
        self.listener.event(Event::Read(&ReadSummary { requests, retries, elapsed, ..summary }));
    }
}

/// A thread of a command that only reads panicked: every way to that is a mistake in the program.
pub(super) fn broken(_: JoinError) -> Failure {
    Failure::BrokenRead
}

/// The exit of a command that stopped early, or read something less than everything.
pub(super) fn exit_of(summary: &ReadSummary) -> Exit {
    match &summary.stopped {
        Some(StopReason::Interrupted) => Exit::Interrupted,
        Some(_) => Exit::StoppedEarly,
        None if summary.ok < summary.rows => Exit::SomeNotOk,
        None => Exit::Done,
    }
}

/// Begins the output: a file that appears whole and replaces an earlier one; or standard output, which gets
/// everything at the end or nothing, so that a slow reader keeps no answer waiting.
pub(super) fn begin(place: &OutputTarget) -> Result<Box<dyn OutputSink>, Failure> {
    Ok(match place {
        OutputTarget::Stdout => Box::new(Spool::before(Box::new(std::io::stdout()))?),
        OutputTarget::File(path) => Box::new(AtomicFile::replacing(path)?),
    })
}

/// Prints a line on standard output. A reader that has seen enough closes the pipe; that is a normal end.
pub(super) fn print(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let printed = writeln!(out, "{line}").and_then(|()| out.flush());
    let printed = printed.map_err(|source| RecordError::Write { path: "-".into(), source });
    match printed {
        Err(error) if !is_closed(&error) => Err(Failure::NotWritten(error)),
        _ => Ok(()),
    }
}

/// Whether a reader has seen enough and closed the pipe; that is a normal end.
pub(super) fn is_closed(error: &RecordError) -> bool {
    matches!(error, RecordError::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}
