//! `import` and `validate`: check everything; then say what is wrong, or send what is valid.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{JoinError, spawn_blocking};

use super::failure::Failure;
use super::journal::{self, make_way};
use super::session::{Begin, Session};
use super::validation::{Validated, check_all};
use super::{log, stop};
use crate::catalogue::{Effect, Meaning};
use crate::cli::{ImportSettings, OutputSettings, OutputTarget};
use crate::events::{Event, Listener, Refused, Summary, Work};
use crate::exit::Exit;
use crate::reading::{Columns, Input, Source};
use crate::recording::{
    AtomicFile, Counts, Finished, Journal, OutputSink, Replay, Results, ResultsFiles, Tally,
};
use crate::reporting::Reporter;
use crate::sending::{Stop, StopReason};
use crate::validating::{Checker, Totals, Unexpected};

/// Runs an import, or a validation where the settings say nothing of sending.
pub(super) fn run(settings: ImportSettings) -> Result<Exit, Failure> {
    if let Some(journal) = &settings.journal {
        make_way(journal)?;
    }
    run_with(settings, None, |settings| source_of(settings, std::io::stdin()))
}

/// Runs what the settings say over rows that `open` has; with a journal, what goes on with its run.
pub(super) fn run_with(
    settings: ImportSettings,
    journal: Option<(Journal, Begin)>,
    open: impl FnOnce(&ImportSettings) -> Result<Source, Failure>,
) -> Result<Exit, Failure> {
    let job = ImportJob::new(settings, open)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(job.run(journal));
    // A thread that hangs, on a pipe that nobody reads say, must not keep the program from leaving.
    runtime.shutdown_background();
    exit
}

/// Opens the input that the settings name.
pub(super) fn source_of(settings: &ImportSettings, stdin: impl Read) -> Result<Source, Failure> {
    Ok(Source::open(&settings.input, settings.dialect, settings.sheet.as_deref(), stdin)?)
}

/// Writes the results of a run anew, from its journal.
pub(super) fn write_anew(
    settings: ImportSettings,
    replay: Replay,
    rows: u64,
    open: impl FnOnce(&ImportSettings) -> Result<Source, Failure>,
) -> Result<Exit, Failure> {
    let job = ImportJob::new(settings, open)?;
    let results = Results::new(job.begin_files()?, &job.source, job.checker()?.columns())?;
    let finished = results.write_all(replay, rows)?;
    let exit = if finished.tally.is_all_ok() { Exit::Done } else { Exit::SomeNotOk };
    job.summarise(Some(finished), Tally::default(), Course { is_journaled: true, ..Course::default() });
    Ok(exit)
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

/// A command over the rows of an input.
pub(super) struct ImportJob {
    pub(super) settings: ImportSettings,
    pub(super) source: Arc<Source>,
    pub(super) listener: Arc<dyn Listener>,
    pub(super) started: Instant,
}

/// What the summary says beside the counts.
#[derive(Default)]
pub(super) struct Course {
    pub(super) stopped: Option<StopReason>,
    pub(super) refused: Option<Refused>,
    pub(super) requests: u64,
    pub(super) retries: u64,
    /// Whether there is a journal with which to go on.
    pub(super) is_journaled: bool,
    /// Whether the server was asked about all rows in doubt.
    pub(super) asked: bool,
    /// Bookings that are there more than once.
    pub(super) doubled: u64,
    /// Customers whose balance is not what it should be.
    pub(super) differing: u64,
}

impl Course {
    /// The first reason is the one that counts.
    pub(super) fn stop(&mut self, reason: StopReason) {
        self.stopped.get_or_insert(reason);
    }

    /// Whether rows may still be sent.
    pub(super) fn may_go_on(&self) -> bool {
        self.stopped.is_none() && self.refused.is_none()
    }

    /// Whether the server may still be asked: a run that goes wrong is all the more in need of it.
    pub(super) fn may_ask(&self) -> bool {
        self.refused.is_none() && matches!(self.stopped, None | Some(StopReason::TooManyFailures(_)))
    }
}

/// The summary of a run of which nothing was done, for scripts.
pub(super) fn print_counts(settings: &ImportSettings, counts: &Counts, journal: &Path) {
    let results = match &settings.output.results {
        OutputTarget::Stdout => None,
        OutputTarget::File(path) => Some(path.clone()),
    };
    let summary = Summary {
        operation: settings.operation.name(),
        input: settings.input.name(),
        sends: true,
        repeatable: settings.operation.subcategory().effect == Effect::Repeatable,
        tally: Tally::of_counts(counts),
        stopped: None,
        refused: None,
        requests: 0,
        retries: 0,
        elapsed: Duration::ZERO,
        results,
        failed: None,
        earlier: None,
        asked: false,
        journal: Some(journal.to_owned()),
    };
    Reporter::new(settings.output.mode).event(Event::Finished(&summary));
}

impl ImportJob {
    pub(super) fn new(
        settings: ImportSettings,
        open: impl FnOnce(&ImportSettings) -> Result<Source, Failure>,
    ) -> Result<Self, Failure> {
        let started = Instant::now();
        log::start(settings.output.verbose);
        let listener: Arc<dyn Listener> = Arc::new(Reporter::new(settings.output.mode));
        let warnings = settings.send.as_ref().map_or(&[][..], |send| &send.warnings);
        warnings.iter().for_each(|warning| listener.event(Event::Warning(warning)));
        check_version(&settings)?;
        let source = open(&settings)?;
        let dialect = (!source.is_sheet()).then(|| source.dialect());
        listener.event(Event::Opened { name: source.name(), dialect });
        Ok(Self { settings, source: Arc::new(source), listener, started })
    }

    async fn run(self, journal: Option<(Journal, Begin)>) -> Result<Exit, Failure> {
        let (switch, stop) = stop::listen(Arc::clone(&self.listener), Work::Writes)?;
        let validated = self.validate(stop).await?;
        if let Some(refused) = self.refusal(&validated) {
            return self.refuse(validated, refused).await;
        }
        if validated.totals.rows == 0 {
            self.listener.event(Event::Warning("the file has a header but no rows"));
        }
        if self.settings.send.is_none() {
            return self.accept(validated).await;
        }
        match journal {
            Some((journal, begin)) => Session::new(self, validated, begin, switch)?.go_on(journal).await,
            None => Session::new(self, validated, Begin::Import, switch)?.begin().await,
        }
    }

    /// The rules for the rows of this input.
    pub(super) fn checker(&self) -> Result<Checker, Failure> {
        let (header, _) = self.source.records()?;
        let ImportSettings { operation, mapping, rules, .. } = &self.settings;
        let columns = Columns::resolve(*operation, header, mapping, rules.server)?;
        Ok(Checker::new(*operation, columns, rules.clone())?)
    }

    async fn validate(&self, stop: Stop) -> Result<Validated, Failure> {
        let checker = self.checker()?;
        let (source, listener) = (Arc::clone(&self.source), Arc::clone(&self.listener));
        let allow_duplicates = self.settings.rules.allow_duplicates;
        spawn_blocking(move || check_all(&source, checker, allow_duplicates, &*listener, &stop))
            .await
            .map_err(broken)?
    }

    /// Why nothing may be sent.
    fn refusal(&self, validated: &Validated) -> Option<Refused> {
        let totals = &validated.totals;
        let books_money = self.settings.operation.subcategory().by_meaning(Meaning::Amount).is_some();
        let expected: Result<(), Unexpected> = self.settings.expectation.check(totals, books_money);
        if let Err(unexpected) = expected {
            self.listener.event(Event::Error(&unexpected.to_string()));
            Some(Refused::Expectation)
        } else if !validated.checker.header().is_empty() {
            Some(Refused::Header)
        } else if totals.invalid > 0 && !self.settings.skip_invalid {
            Some(Refused::Rows)
        } else {
            None
        }
    }

    /// The input is no good: the results say why for each row.
    async fn refuse(self, validated: Validated, refused: Refused) -> Result<Exit, Failure> {
        let why = match refused {
            Refused::Expectation => "not sent: the file is not what was expected",
            _ => "not sent: the file has invalid rows",
        };
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
        let results = Results::new(self.begin_files()?, &self.source, validated.checker.columns())?;
        let rows = validated.rows(&self.source)?;
        spawn_blocking(move || rows.write_unsent(results, why)).await.map_err(broken)?
    }

    /// The journal of a new run.
    pub(super) fn create_journal(&self, totals: &Totals) -> Result<Journal, Failure> {
        let Some(settings) = &self.settings.journal else { return Err(Failure::Broken) };
        journal::create(settings, &self.settings, &self.source, totals.rows, &*self.listener)
    }

    /// Everything that can fail without the server fails before anything is sent: the places of the results
    /// are taken now, although they are written at the end.
    pub(super) fn begin_files(&self) -> Result<ResultsFiles, Failure> {
        let OutputSettings { results, failed, .. } = &self.settings.output;
        let results: Box<dyn OutputSink> = match results {
            OutputTarget::Stdout => Box::new(std::io::stdout()),
            OutputTarget::File(path) => Box::new(AtomicFile::create(path)?),
        };
        let begin =
            |path: &Path| Ok::<_, Failure>(Box::new(AtomicFile::create(path)?) as Box<dyn OutputSink>);
        let failed = failed.as_deref().map(begin).transpose()?;
        Ok(ResultsFiles { results, failed })
    }

    pub(super) fn summarise(&self, finished: Option<Finished>, tally: Tally, course: Course) {
        let input = match &self.settings.input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => path.display().to_string(),
        };
        let journal = self.settings.journal.as_ref().filter(|_| course.is_journaled);
        let mut summary = Summary {
            operation: self.settings.operation.name(),
            input,
            sends: self.settings.journal.is_some(),
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
            journal: journal.map(|settings| settings.path.clone()),
            asked: course.asked,
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

/// A thread of the program panicked: every way to that is a mistake in the program.
pub(super) fn broken(_: JoinError) -> Failure {
    Failure::Broken
}
