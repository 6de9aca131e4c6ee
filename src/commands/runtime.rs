//! The runtime, built once a command, with the signals in it.

use std::sync::Arc;

use super::failure::Failure;
use super::stop;
use crate::cli::Shown;
use crate::events::{Event, Listener, Work};
use crate::exit::Exit;
use crate::recording::tell_of_locked_journals;
use crate::reporting::Reporter;
use crate::running::{Host, RunError};
use crate::sending::{Deadline, StopSwitch, TokioClock};

const LOCKED: &str = "the journal is locked by another program, such as one with an open query or a backup; waiting for it, 10 seconds at most";

/// What a command over rows gives to the stage that does its work.
pub(super) type CommandHost = Host<TokioClock>;

/// The runtime of a command: one thread, on which everything waits.
pub(super) fn new() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Runs the work of a command that only reads and writes files. Nobody listens for signals: they end it at once, as
/// they end any program, and its files appear whole or not at all.
pub(super) fn run_at_once(
    shown: Shown,
    work: impl FnOnce(&CommandHost) -> Result<Exit, RunError>,
) -> Result<Exit, Failure> {
    super::log::start(shown.verbose);
    let runtime = new()?;
    let _inside = runtime.enter();
    let (stop, _) = StopSwitch::new();
    let host = Host { listener: Arc::new(Reporter::new(shown.mode)), stop, clock: TokioClock::start() };
    Ok(work(&host)?)
}

/// Says that a journal is locked as everything else is said from now on: above the progress bar.
pub(super) fn tell_waits(listener: Arc<dyn Listener>) {
    tell_of_locked_journals(move || listener.event(Event::Warning(LOCKED)));
}

/// Runs the work of a command over rows, and tells the warnings first.
pub(super) fn run<W>(
    shown: Shown,
    warnings: &[String],
    until: Option<Deadline>,
    work: impl FnOnce(CommandHost) -> W,
) -> Result<Exit, Failure>
where
    W: Future<Output = Result<Exit, RunError>>,
{
    super::log::start(shown.verbose);
    let listener = Arc::new(Reporter::new(shown.mode));
    tell_waits(Arc::clone(&listener) as _);
    let runtime = new()?;
    let exit = runtime.block_on(async {
        let clock = TokioClock::start();
        let (stop, _) = stop::listen(listener.clone(), Work::Writes, clock, until)?;
        let host = Host { listener, stop, clock };
        warnings.iter().for_each(|warning| host.listener.event(Event::Warning(warning)));
        Ok(work(host).await?)
    });
    // A thread that hangs, on a pipe that nobody reads say, must not keep the program from leaving.
    runtime.shutdown_background();
    exit
}
