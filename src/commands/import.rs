//! `import` and `validate`: check everything, then send what is valid, then say what became of it.

use std::io::Write;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, spawn_blocking};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use super::failure::Failure;
use super::pipeline::{BUNDLES, Feeder, Valid, record};
use super::stop;
use super::validation::{Validated, check_all};
use crate::catalogue::{Effect, Meaning};
use crate::cli::{ImportSettings, OutputSettings, Place, SendSettings};
use crate::events::{Event, Listener, Refused, Summary};
use crate::exit::Exit;
use crate::reading::{Columns, Input, Source};
use crate::recording::{Finish, Finished, Results, ResultsFiles, Tally, Target};
use crate::reporting::Reporter;
use crate::sending::{
    Ended, FailureLimit, Http, Limits, Link, StopReason, StopSignal, TokioClock, find_selector,
};
use crate::validating::{Checker, Totals, Unexpected};

/// Runs an import, or a validation where the settings say nothing of sending.
pub(super) fn run(settings: ImportSettings) -> Result<Exit, Failure> {
    let started = Instant::now();
    log(settings.output.verbose);
    let listener: Arc<dyn Listener> = Arc::new(Reporter::new(settings.output.mode));
    let warnings = settings.send.as_ref().map_or(&[][..], |send| &send.warnings);
    warnings.iter().for_each(|warning| listener.event(Event::Warning(warning)));
    check_version(&settings)?;
    if settings.expectation.total.is_some() && !books_money(&settings) {
        return Err(Failure::Unexpected(Unexpected::NoMoney));
    }
    let source =
        Source::open(&settings.input, settings.dialect, settings.sheet.as_deref(), std::io::stdin())?;
    let dialect = (!source.is_sheet()).then(|| source.dialect());
    listener.event(Event::Opened { name: source.name(), dialect });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sends = settings.send.is_some();
    let job = ImportJob { settings, sends, source: Arc::new(source), listener, started };
    let exit = runtime.block_on(job.run());
    // A thread that hangs, on a pipe that nobody reads say, must not keep the program from leaving.
    runtime.shutdown_background();
    exit
}

fn check_version(settings: &ImportSettings) -> Result<(), Failure> {
    let subcategory = settings.operation.subcategory();
    match (settings.rules.server, subcategory.added) {
        (Some(server), Some(added)) if !subcategory.is_in(Some(server)) => {
            Err(Failure::NotInVersion { operation: subcategory.name, added, server })
        }
        _ => Ok(()),
    }
}

fn books_money(settings: &ImportSettings) -> bool {
    settings.operation.subcategory().by_meaning(Meaning::Amount).is_some()
}

/// What is logged goes to standard error. Somebody may have installed a logger before; then it stays.
fn log(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // What the HTTP client has to say about its connections drowns what is asked for.
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let logger = tracing_subscriber::registry().with(lines).with(own);
    let _ = tracing::subscriber::set_global_default(logger);
}

struct ImportJob {
    settings: ImportSettings,
    sends: bool,
    source: Arc<Source>,
    listener: Arc<dyn Listener>,
    started: Instant,
}

/// What the summary says beside the counts.
#[derive(Default)]
struct Course {
    stopped: Option<StopReason>,
    refused: Option<Refused>,
    requests: u64,
    retries: u64,
}

impl ImportJob {
    async fn run(mut self) -> Result<Exit, Failure> {
        let stop = stop::listen(Arc::clone(&self.listener))?;
        let (header, _) = self.source.records()?;
        let columns = Columns::resolve(
            self.settings.operation,
            header,
            &self.settings.mapping,
            self.settings.rules.server,
        )?;
        let checker = Checker::new(self.settings.operation, columns, self.settings.rules.clone())?;
        let validated = self.validate(checker, stop.subscribe()).await?;
        let totals = validated.totals;
        if let Some(text) = self.unexpected(&totals) {
            self.listener.event(Event::Error(&text));
            return self
                .refuse(validated, Refused::Expectation, "not sent: the file is not what was expected")
                .await;
        }
        const INVALID: &str = "not sent: the file has invalid rows";
        if !validated.checker.header().is_empty() {
            return self.refuse(validated, Refused::Header, INVALID).await;
        }
        if totals.invalid > 0 && !self.settings.skip_invalid {
            return self.refuse(validated, Refused::Rows, INVALID).await;
        }
        if totals.rows == 0 {
            self.listener.event(Event::Warning("the file has a header but no rows"));
        }
        match self.settings.send.take() {
            Some(send) => self.import(validated, send, stop).await,
            None => self.accept(validated).await,
        }
    }

    async fn validate(
        &self,
        checker: Checker,
        stop: watch::Receiver<StopSignal>,
    ) -> Result<Validated, Failure> {
        let (source, listener) = (Arc::clone(&self.source), Arc::clone(&self.listener));
        let allow_duplicates = self.settings.rules.allow_duplicates;
        spawn_blocking(move || check_all(&source, checker, allow_duplicates, &*listener, &stop))
            .await
            .map_err(broken)?
    }

    fn unexpected(&self, totals: &Totals) -> Option<String> {
        let books_money = self.settings.operation.subcategory().by_meaning(Meaning::Amount).is_some();
        self.settings.expectation.check(totals, books_money).err().map(|error: Unexpected| error.to_string())
    }

    /// The input is no good: the results say why for each row.
    async fn refuse(
        self,
        validated: Validated,
        refused: Refused,
        why: &'static str,
    ) -> Result<Exit, Failure> {
        let finished = self.write_unsent(validated, why).await?;
        let course = Course { refused: Some(refused), ..Course::default() };
        self.summarise(Some(finished), Tally::default(), course);
        Ok(Exit::Refused)
    }

    /// A valid file that is not to be sent.
    async fn accept(self, validated: Validated) -> Result<Exit, Failure> {
        let totals = validated.totals;
        if self.settings.output.results_wanted {
            let finished = self.write_unsent(validated, "not sent: this was a validation").await?;
            self.summarise(Some(finished), Tally::default(), Course::default());
        } else {
            let tally = Tally::of_unsent(totals.rows);
            self.summarise(None, tally, Course::default());
        }
        Ok(Exit::Done)
    }

    async fn write_unsent(&self, validated: Validated, why: &'static str) -> Result<Finished, Failure> {
        let results = self.begin_results(validated.checker.columns())?;
        let rows = validated.totals.rows;
        let (reports, received) = mpsc::channel(BUNDLES);
        let (_, records) = self.source.records()?;
        let feeder = Feeder { records, checker: validated.checker, across: validated.across, reports };
        let listener = Arc::clone(&self.listener);
        // Nothing is sent, so nothing has to be stopped.
        let stop = watch::Sender::new(StopSignal::None);
        let recorder = spawn_blocking(move || record(results, received, &listener, &stop));
        spawn_blocking(move || feeder.run(Valid::Skip(why))).await.map_err(broken)??;
        Ok(recorder.await.map_err(broken)??.finish(rows)?)
    }

    async fn import(
        self,
        validated: Validated,
        send: SendSettings,
        stop: watch::Sender<StopSignal>,
    ) -> Result<Exit, Failure> {
        // Everything that can fail without the server fails here, before anything is sent.
        let results = self.begin_results(validated.checker.columns())?;
        let (_, records) = self.source.records()?;
        let http = Http::new(send.http)?;
        let link = Link::new(http, TokioClock::start(), send.key, send.link);
        let totals = validated.totals;
        let found = tokio::select! {
            found = find_selector(&link, send.selector) => Some(found),
            () = stopped(stop.subscribe()) => None,
        };
        let (selector, mut course) = match found {
            Some(Ok(found)) => (Some(found.selector), Course::default()),
            Some(Err(error)) => {
                self.listener.event(Event::Error(&error.to_string()));
                (None, Course { refused: Some(Refused::Server), ..Course::default() })
            }
            None => (None, Course { stopped: Some(StopReason::Interrupted), ..Course::default() }),
        };
        let failures = match send.max_failures {
            Some(limit) => FailureLimit::InAll(limit.of(totals.valid())),
            None => FailureLimit::InARow(DEFAULT_FAILURES),
        };
        let limits = Limits { concurrency: send.concurrency, failures };

        self.listener.event(Event::Sending(totals.rows));
        let (calls, taken) = mpsc::channel(BUNDLES);
        let (reports, received) = mpsc::channel(BUNDLES);
        let feeder = Feeder {
            records,
            checker: validated.checker,
            across: validated.across,
            reports: reports.clone(),
        };
        let listener = Arc::clone(&self.listener);
        let (signals, leaving) = (stop.subscribe(), stop.subscribe());
        let recorder = spawn_blocking(move || record(results, received, &listener, &stop));
        let valid = if selector.is_some() {
            Valid::Send(calls)
        } else {
            Valid::Skip("not sent: the run stopped before the first row")
        };
        let feeder = spawn_blocking(move || feeder.run(valid));
        if let Some(selector) = selector {
            let ended: Ended = crate::sending::run(&link, selector, limits, taken, reports, signals).await;
            course.retries = ended.retries;
            course.stopped = ended.stopped;
        } else {
            drop((taken, reports));
        }
        course.requests = link.requests();
        let (fed, recorded) = tokio::select! {
            both = async { (feeder.await, recorder.await) } => both,
            () = left(leaving) => return Err(Failure::Left),
        };
        let fed = fed.map_err(broken)?;
        let results = recorded.map_err(broken)??;
        let sent = results.tally().clone();
        // Rows were sent: from here on no failure may look like one before the first row.
        let mut finished =
            results.finish(totals.rows).map_err(|error| Failure::results_lost(error, &sent))?;
        if let Some(error) = &finished.failed_lost {
            self.listener.event(Event::Error(&format!(
                "the rows that are not ok are not in a file of their own: {error}"
            )));
        }
        let exit = exit_of(&course, &finished, fed.is_err());
        if let Some(error) = fed.err().or(finished.unreadable.take()) {
            self.listener.event(Event::Error(&error.to_string()));
        }
        self.summarise(Some(finished), Tally::default(), course);
        Ok(exit)
    }

    fn begin_results(&self, columns: &Columns) -> Result<Results, Failure> {
        let OutputSettings { results, failed, .. } = &self.settings.output;
        let results: Box<dyn Finish> = match results {
            Place::Stdout => Box::new(std::io::stdout()),
            Place::File(path) => {
                let target = Target::create(path)?;
                if let Some(left) = target.left_behind() {
                    let text = format!(
                        "an earlier run was killed; what it knew of its rows is kept as {}",
                        left.display()
                    );
                    self.listener.event(Event::Warning(&text));
                }
                Box::new(target)
            }
        };
        let failed = failed.as_deref().map(Target::create).transpose()?;
        let failed = failed.map(|target| Box::new(target) as Box<dyn Finish>);
        Ok(Results::new(ResultsFiles { results, failed }, &self.source, columns)?)
    }

    fn summarise(&self, finished: Option<Finished>, tally: Tally, course: Course) {
        let input = match &self.settings.input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => path.display().to_string(),
        };
        let mut summary = Summary {
            operation: self.settings.operation.name(),
            input,
            sends: self.sends,
            repeatable: self.settings.operation.subcategory().effect == Effect::Repeatable,
            tally,
            stopped: course.stopped,
            refused: course.refused,
            requests: course.requests,
            retries: course.retries,
            elapsed: self.started.elapsed(),
            results: None,
            failed: None,
            earlier: None,
        };
        if let Some(finished) = finished {
            summary.tally = finished.tally;
            summary.results = Some(finished.path);
            summary.failed = finished.failed;
            summary.earlier = finished.earlier;
        }
        let _ = std::io::stdout().flush();
        self.listener.event(Event::Finished(&summary));
    }
}

/// So many rows in a row that are failed or unknown stop a run unless `--max-failures` says otherwise.
const DEFAULT_FAILURES: NonZeroU64 = NonZeroU64::new(25).unwrap();

fn exit_of(course: &Course, finished: &Finished, input_lost: bool) -> Exit {
    let tally = &finished.tally;
    match &course.stopped {
        Some(StopReason::Interrupted) => Exit::Interrupted,
        Some(_) => Exit::StoppedEarly,
        None if course.refused.is_some() || input_lost => Exit::StoppedEarly,
        None if tally.ok == tally.rows() => Exit::Done,
        None => Exit::SomeNotOk,
    }
}

async fn stopped(mut stop: watch::Receiver<StopSignal>) {
    // Without a sender nobody can stop anything.
    if stop.wait_for(|signal| *signal != StopSignal::None).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Whoever wants to leave at once waits no longer than this for results to be written.
async fn left(mut stop: watch::Receiver<StopSignal>) {
    const PATIENCE: Duration = Duration::from_secs(3);
    match stop.wait_for(|signal| *signal == StopSignal::Abandon).await {
        Ok(_) => tokio::time::sleep(PATIENCE).await,
        Err(_) => std::future::pending().await,
    }
}

/// A thread of the program panicked: every way to that is a mistake in the program.
fn broken(_: JoinError) -> Failure {
    Failure::Broken
}
