//! What the commands that only read have in common: the runtime, the signals, the way to the server.

use std::sync::Arc;

use super::clock::with_time;
use super::failure::Failure;
use super::{log, network, stop};
use crate::cli::ReadSettings;
use crate::events::{Event, Listener, Work};
use crate::exit::Exit;
use crate::read_session::ReadSession;
use crate::recording::RecordError;
use crate::reporting::Reporter;
use crate::sending::{Http, TokioClock};

/// A session over HTTP.
pub(super) type HttpSession = ReadSession<Http, TokioClock>;

/// Runs `work` in a runtime, with a way to the server. Nothing is sent yet.
pub(super) fn run<W>(settings: ReadSettings, work: impl FnOnce(HttpSession) -> W) -> Result<Exit, Failure>
where
    W: Future<Output = Result<Exit, Failure>>,
{
    log::start(settings.verbose);
    let listener: Arc<dyn Listener> = Arc::new(Reporter::new(settings.mode));
    settings.send.warnings.iter().for_each(|warning| listener.event(Event::Warning(warning)));
    super::runtime::tell_waits(Arc::clone(&listener));
    let runtime = super::runtime::new()?;
    let exit = runtime.block_on(async {
        let clock = TokioClock::start();
        let (_, stop) = stop::listen(Arc::clone(&listener), Work::Reads, clock, None)?;
        let server = network::open(settings.send.connection, clock)?;
        let session = ReadSession { server, listener: Arc::clone(&listener), stop: stop.clone() };
        tokio::select! {
            exit = with_time(&*listener, &clock, work(session)) => exit,
            // Leaving at once loses nothing: nothing was written to the server.
            () = stop.abandoned() => Ok(Exit::Interrupted),
        }
    });
    runtime.shutdown_background();
    exit
}

/// What came of printing on standard output. A reader that has seen enough closes the pipe; that is a normal end.
pub(super) fn printed(printed: std::io::Result<()>) -> Result<(), Failure> {
    match printed.map_err(|source| RecordError::Write { path: "-".into(), source }) {
        Err(error) if !error.is_closed() => Err(Failure::NotWritten(error)),
        _ => Ok(()),
    }
}
