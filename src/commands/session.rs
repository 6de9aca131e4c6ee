//! A session of a run with its journal: what `import`, `resume` and `reconcile` have in common. Phases follow
//! one another; whatever ends them, the journal is closed and the results are written from it.

use std::num::{NonZeroU64, NonZeroUsize};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::FutureExt;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::ask;
use super::failure::Failure;
use super::import::{Course, ImportJob, broken};
use super::journal::warn_of_repetition;
use super::pipeline::{BUNDLES, Feeder, Scope};
use super::recorder::{self, Notes, Recorded};
use super::validation::Validated;
use crate::catalogue::{ApiSelector, Effect};
use crate::cli::{JournalSettings, SendSettings};
use crate::events::{Event, Refused};
use crate::exit::Exit;
use crate::recording::{Durability, Finished, Journal, Results, ResultsFiles, RunId, Tally};
use crate::sending::{
    Clock, Ended, FailureLimit, Http, Limits, Link, Stop, StopReason, StopSwitch, TokioClock, find_selector,
};

/// Which command a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// The first one of a run.
    Import,
    /// Goes on with it.
    Resume,
    /// Finds out, and sends nothing that was not sent before.
    Reconcile,
}

impl Begin {
    const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Resume => "resume",
            Self::Reconcile => "reconcile",
        }
    }
}

/// A session that is about to begin.
pub(super) struct Session {
    job: ImportJob,
    send: SendSettings,
    validated: Validated,
    begin: Begin,
    switch: StopSwitch,
    stop: Stop,
    files: ResultsFiles,
    http: Http,
}

/// What the phases of a session have in common.
pub(super) struct Phases<'s> {
    pub(super) job: &'s ImportJob,
    pub(super) settings: &'s JournalSettings,
    pub(super) validated: &'s Validated,
    pub(super) link: &'s Link<Http, TokioClock>,
    pub(super) journal: &'s Path,
    pub(super) run: &'s RunId,
    pub(super) limits: Limits,
    pub(super) timeout: Duration,
    pub(super) stop: &'s Stop,
    pub(super) notes: Notes,
    pub(super) begin: Begin,
}

impl Session {
    /// Everything that can fail without the server fails here: the places of the results are taken.
    pub(super) fn new(
        mut job: ImportJob,
        validated: Validated,
        begin: Begin,
        switch: StopSwitch,
    ) -> Result<Self, Failure> {
        let files = job.begin_files()?;
        let send = job.settings.send.take().ok_or(Failure::Broken)?;
        let http = Http::new(send.http.clone())?;
        let stop = switch.stop();
        Ok(Self { job, send, validated, begin, switch, stop, files, http })
    }

    /// The first session of a run: somebody may have to be asked, and the journal is made.
    pub(super) async fn begin(self) -> Result<Exit, Failure> {
        let Self { job, .. } = &self;
        let settings = job.settings.journal.as_ref().ok_or(Failure::Broken)?;
        warn_of_repetition(settings, &job.settings, &job.source, &*job.listener)?;
        ask::before(&self.job, &self.validated.totals, None, &self.stop).await?;
        let journal = self.job.create_journal(&self.validated.totals)?;
        self.run(journal).await
    }

    /// A later session of it.
    pub(super) async fn go_on(self, journal: Journal) -> Result<Exit, Failure> {
        if self.begin == Begin::Resume {
            let unsent = journal.counts()?.unsent();
            ask::before(&self.job, &self.validated.totals, Some(unsent), &self.stop).await?;
        }
        self.run(journal).await
    }

    /// Goes through the phases, and writes the results.
    async fn run(self, mut journal: Journal) -> Result<Exit, Failure> {
        let Self { job, send, validated, begin, switch, stop, files, http } = self;
        let settings = job.settings.journal.as_ref().ok_or(Failure::Broken)?;
        let effect = job.settings.operation.subcategory().effect;
        journal.set_durability(match effect {
            Effect::OnceOnly => Durability::Synced,
            Effect::Repeatable | Effect::Reads => Durability::Written,
        })?;
        journal.begin_session(begin.name(), Timestamp::now())?;
        let timeout = send.http.timeout;
        let link = Link::new(http, TokioClock::start(), send.key, send.link);
        let failures = match job.settings.max_failures {
            Some(limit) => FailureLimit::InAll(limit.of(validated.totals.valid())),
            None => FailureLimit::InARow(DEFAULT_FAILURES),
        };
        let (run, path) = (journal.run().id, journal.path().to_owned());
        let (notes, recorder) = recorder::start(journal, Arc::clone(&job.listener), switch);
        let phases = Phases {
            job: &job,
            settings,
            validated: &validated,
            link: &link,
            journal: &path,
            run: &run,
            timeout,
            limits: Limits {
                concurrency: send.concurrency,
                unsent_intents: unsent_intents(effect, send.concurrency),
                failures,
            },
            stop: &stop,
            notes,
            begin,
        };
        let mut course = Course { is_journaled: true, ..Course::default() };
        let all = phases.all(send.selector, &mut course);
        // Rows were sent: from here on no failure may look like one before the first row, not even a mistake in
        // the program.
        let fault = tokio::select! {
            ended = AssertUnwindSafe(all).catch_unwind() => match ended {
                Ok(ended) => ended.err(),
                Err(_) => Some(Failure::Broken),
            },
            () = left(&stop) => return Err(Failure::Left { journal: path.clone() }),
        };
        drop(phases);
        course.requests = link.requests();
        let ending = Ending { job, validated, files, path: path.clone(), course, fault };
        tokio::select! {
            exit = ending.run(async { recorder.await.map_err(broken) }) => exit,
            () = left(&stop) => Err(Failure::Left { journal: path }),
        }
    }
}

impl Phases<'_> {
    async fn all(&self, choice: crate::sending::SelectorChoice, course: &mut Course) -> Result<(), Failure> {
        let Some(selector) = self.probe(choice, course).await else { return Ok(()) };
        if self.begin != Begin::Reconcile {
            self.look_for_existing(selector, course).await?;
            if course.may_go_on() {
                self.read_balances(selector, course).await?;
            }
            if course.may_go_on() {
                self.all_looked_at().await;
                self.job.listener.event(Event::Sending(self.validated.totals.rows));
                self.send(selector, Scope::Open, course).await?;
            }
        }
        if self.settings.reconcile && course.may_ask() {
            self.find_out(selector, course).await?;
        }
        // Once in a session: whoever wants it again says so again.
        if self.settings.resend && course.may_go_on() {
            self.send(selector, Scope::NotApplied, course).await?;
            if self.settings.reconcile && course.may_ask() {
                self.find_out(selector, course).await?;
            }
        }
        self.verify(selector, course).await
    }

    /// The time of day.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::try_from(self.link.clock().wall()).unwrap_or(Timestamp::MAX)
    }

    /// Waits for so long.
    pub(super) async fn sleep(&self, span: Duration) {
        let clock = self.link.clock();
        clock.sleep_until(clock.now() + span).await;
    }

    /// Finds out whether the server answers and takes the key.
    async fn probe(
        &self,
        choice: crate::sending::SelectorChoice,
        course: &mut Course,
    ) -> Option<ApiSelector> {
        match self.stop.race(find_selector(self.link, choice)).await {
            Some(Ok(found)) => return Some(found.selector),
            Some(Err(error)) => {
                self.job.listener.event(Event::Error(&format!("{error}; nothing was sent")));
                course.refused = Some(Refused::Server);
            }
            None => course.stopped = Some(StopReason::Interrupted),
        }
        None
    }

    /// Sends rows.
    pub(super) async fn send(
        &self,
        selector: ApiSelector,
        scope: Scope,
        course: &mut Course,
    ) -> Result<(), Failure> {
        let (calls, taken) = mpsc::channel(BUNDLES);
        let feeder = Feeder {
            rows: self.rows()?,
            replay: self.replay()?,
            effect: self.job.settings.operation.subcategory().effect,
            scope,
            tags: self.tags(),
            notes: self.notes.clone(),
            listener: Arc::clone(&self.job.listener),
        };
        let feeder = spawn_blocking(move || feeder.run(&calls));
        let Notes(reports) = self.notes.clone();
        let stop = self.stop.clone();
        let ended: Ended =
            crate::sending::run(self.link, selector, self.limits, &self.notes, taken, reports, stop).await;
        course.retries += ended.retries;
        if let Some(reason) = ended.stopped {
            course.stop(reason);
        }
        feeder.await.map_err(broken)?
    }

    /// The run whose tags comments carry; none where they are left alone.
    pub(super) fn tags(&self) -> Option<RunId> {
        self.settings.comment_tag.then_some(*self.run)
    }
}

/// The end of a session.
struct Ending {
    job: ImportJob,
    validated: Validated,
    files: ResultsFiles,
    path: PathBuf,
    course: Course,
    fault: Option<Failure>,
}

impl Ending {
    async fn run(self, recorded: impl Future<Output = Result<Recorded, Failure>>) -> Result<Exit, Failure> {
        let Self { job, validated, files, path, mut course, fault } = self;
        let lost = |error: &dyn std::fmt::Display| Failure::ResultsLost {
            error: error.to_string(),
            journal: path.clone(),
        };
        let requests = (course.requests, course.retries);
        let lost_with = |error: &dyn std::fmt::Display, journal: &Journal| {
            if let Ok(counts) = journal.counts() {
                let course = Course {
                    is_journaled: true,
                    requests: requests.0,
                    retries: requests.1,
                    ..Course::default()
                };
                job.summarise(None, Tally::of_counts(&counts), course);
            }
            lost(error)
        };
        let (recorded, fault) = match recorded.await {
            Ok(recorded) => (recorded, fault),
            // The journal is closed by now, and knows everything that was committed.
            Err(failure) => {
                let journal = Journal::open(&path).map_err(|error| lost(&error))?;
                (Recorded { journal, fault: None }, fault.or(Some(failure)))
            }
        };
        let Recorded { mut journal, fault: unwritten } = recorded;
        if let Some(error) = &unwritten {
            job.listener.event(Event::Error(&error.to_string()));
            course.stopped = Some(StopReason::NotRecorded);
        }
        if let Some(failure) = &fault {
            job.listener.event(Event::Error(&failure.to_string()));
        }
        let replay = journal.replay().map_err(|error| lost(&error))?;
        let rows = validated.totals.rows;
        let results = Results::new(files, &job.source, validated.checker.columns())
            .map_err(|error| lost_with(&error, &journal))?;
        let written = spawn_blocking(move || results.write_all(replay, rows)).await.map_err(broken)?;
        let mut finished = written.map_err(|error| lost_with(&error, &journal))?;
        if let Some(error) = &finished.failed_lost {
            job.listener.event(Event::Error(&format!(
                "the rows that are not ok are not in a file of their own: {error}"
            )));
        }
        if let Some(error) = finished.unreadable.take() {
            job.listener.event(Event::Error(&error.to_string()));
        }
        let exit = exit_of(&course, &finished, fault.is_some());
        let closed = journal.end_session(Timestamp::now(), exit as u8).and_then(|()| journal.tidy());
        if let Err(error) = closed {
            job.listener.event(Event::Warning(&error.to_string()));
        }
        job.summarise(Some(finished), Tally::default(), course);
        Ok(exit)
    }
}

/// So many rows in a row that are failed or unknown stop a run unless `--max-failures` says otherwise.
const DEFAULT_FAILURES: NonZeroU64 = NonZeroU64::new(25).unwrap();

/// How many rows share a commit at full speed. Each of them has to be found out after a crash, unless it may simply
/// be sent again.
fn unsent_intents(effect: Effect, concurrency: NonZeroUsize) -> NonZeroUsize {
    const HARMLESS: NonZeroUsize = NonZeroUsize::new(512).unwrap();
    const TWICE: NonZeroUsize = NonZeroUsize::new(2).unwrap();
    let twice = concurrency.saturating_mul(TWICE);
    if effect == Effect::OnceOnly { twice } else { twice.max(HARMLESS) }
}

fn exit_of(course: &Course, finished: &Finished, is_lost: bool) -> Exit {
    let tally = &finished.tally;
    match &course.stopped {
        Some(StopReason::Interrupted) => Exit::Interrupted,
        Some(_) => Exit::StoppedEarly,
        None if course.refused.is_some() || is_lost => Exit::StoppedEarly,
        None if tally.is_all_ok() && course.doubled == 0 && course.differing == 0 => Exit::Done,
        None => Exit::SomeNotOk,
    }
}

/// Whoever wants to leave at once waits no longer than this for results to be written.
async fn left(stop: &Stop) {
    const PATIENCE: Duration = Duration::from_secs(3);
    stop.abandoned().await;
    tokio::time::sleep(PATIENCE).await;
}
