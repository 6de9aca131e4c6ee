//! The runtime, built once a command, with the signals in it.

use std::sync::Arc;

use super::clock::with_time;
use super::failure::Failure;
use super::notify::Notify;
use super::stop;
use crate::catalogue::Operation;
use crate::cli::Shown;
use crate::events::{Event, Listener, Work};
use crate::exit::Exit;
use crate::recording::tell_of_locked_journals;
use crate::reporting::Reporter;
use crate::running::{Host, RunError};
use crate::sending::{Deadline, StopSwitch, TokioClock};

const LOCKED: &str = "the journal is locked by another program, such as one with an open query or a backup, or the disk is slow; waiting for it, 10 seconds at most";

/// What a command over rows gives to the stage that does its work.
pub(super) type CommandHost = Host<TokioClock>;

/// The runtime of a command: one thread, on which everything waits.
pub(super) fn new() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// What there is around the work of a command.
pub(super) struct Surroundings {
    pub(super) shown: Shown,
    /// What is told first.
    pub(super) warnings: Vec<String>,
    /// When the work is to stop.
    pub(super) until: Option<Deadline>,
    /// Which command hears of the end of which operation.
    pub(super) notify: Option<(String, Operation)>,
}

impl Surroundings {
    /// Nothing but what is shown.
    pub(super) fn of(shown: Shown) -> Self {
        Self { shown, warnings: Vec::new(), until: None, notify: None }
    }
}

/// Runs the work of a command that only reads and writes files. Nobody listens for signals: they end it at once, as
/// they end any program, and its files appear whole or not at all.
pub(super) fn run_at_once(
    Surroundings { shown, notify, .. }: Surroundings,
    work: impl FnOnce(&CommandHost) -> Result<Exit, RunError>,
) -> Result<Exit, Failure> {
    super::log::start(shown.verbose);
    let runtime = new()?;
    let inside = runtime.enter();
    let (listener, notify) = listeners(shown, notify);
    let host = Host { listener, stop: StopSwitch::new().0, clock: TokioClock::start() };
    let ended = work(&host);
    drop(inside);
    let exit = runtime.block_on(tell_end(notify, ended, &host));
    runtime.shutdown_background();
    Ok(exit)
}

/// Who hears of events, and who of the end.
fn listeners(shown: Shown, notify: Option<(String, Operation)>) -> (Arc<dyn Listener>, Option<Arc<Notify>>) {
    let reporter = Arc::new(Reporter::new(shown.mode));
    match notify {
        None => (reporter, None),
        Some((command, operation)) => {
            let notify = Arc::new(Notify::new(command, operation, reporter));
            (Arc::clone(&notify) as _, Some(notify))
        }
    }
}

/// Tells why there was no other end, and then the command that wants to hear of the end, if there is one: it may take
/// its time.
async fn tell_end(notify: Option<Arc<Notify>>, ended: Result<Exit, RunError>, host: &CommandHost) -> Exit {
    let exit = ended.unwrap_or_else(|error| {
        host.listener.event(Event::Error(&error.to_string()));
        error.exit()
    });
    if let Some(notify) = notify {
        notify.run(exit, &host.clock, &host.stop.stop()).await;
    }
    exit
}

/// Says that a journal is locked as everything else is said from now on: above the progress bar.
pub(super) fn tell_waits(listener: Arc<dyn Listener>) {
    tell_of_locked_journals(move || listener.event(Event::Warning(LOCKED)));
}

/// Runs the work of a command over rows, and tells the warnings first.
pub(super) fn run<W>(
    Surroundings { shown, warnings, until, notify }: Surroundings,
    work: impl FnOnce(CommandHost) -> W,
) -> Result<Exit, Failure>
where
    W: Future<Output = Result<Exit, RunError>>,
{
    super::log::start(shown.verbose);
    let (listener, notify) = listeners(shown, notify);
    tell_waits(Arc::clone(&listener));
    let runtime = new()?;
    let exit = runtime.block_on(async {
        let clock = TokioClock::start();
        let (stop, _) = stop::listen(Arc::clone(&listener), Work::Writes, clock, until)?;
        let host = Host { listener: Arc::clone(&listener), stop, clock };
        warnings.iter().for_each(|warning| host.listener.event(Event::Warning(warning)));
        let ended = with_time(&*listener, &clock, work(host.clone())).await;
        Ok(tell_end(notify, ended, &host).await)
    });
    // A thread that hangs, on a pipe that nobody reads say, must not keep the program from leaving.
    runtime.shutdown_background();
    exit
}
