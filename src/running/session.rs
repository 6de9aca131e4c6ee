//! A session of a run, from its first request to its results: what `import`, `resume` and `reconcile` have in common.
//! Whatever ends the phases, the journal is closed and the results are written from it.

use std::cell::RefCell;
use std::num::{NonZeroU64, NonZeroUsize};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::FutureExt;

use super::end::Ending;
use super::error::RunError;
use super::facts;
use super::first_pass::Validated;
use super::host::{Begun, Host};
use super::input::OpenInput;
use super::phases::Phases;
use super::probe::probe;
use super::recorder;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use super::spec::Policy;
use super::summary::{Account, summarise};
use super::unsent::{why_refused, write_unsent};
use crate::catalogue::{ApiSelector, Effect};
use crate::customers::{CustomerFinder, EmptyBillings, HistoryReader};
use crate::events::{Event, Refused};
use crate::exit::Exit;
use crate::recording::{Durability, Journal, ResultsFiles, Tally};
use crate::sending::{Clock, FailureLimit, Limits, Server, Transport};

/// After this many rows in a row that are failed or unknown a run stops, unless `--max-failures` says otherwise.
const DEFAULT_FAILURES: NonZeroU64 = NonZeroU64::new(25).unwrap();

/// A session that is about to begin: everything that can fail without the server has not.
pub(super) struct Session<T, C: Clock> {
    pub(super) input: OpenInput,
    pub(super) validated: Validated,
    /// The places of the results.
    pub(super) files: ResultsFiles,
    pub(super) server: Server<T, C>,
    pub(super) policy: Policy,
    pub(super) host: Host<C>,
    /// The journal's file.
    pub(super) path: PathBuf,
    /// Where it is kept whose keys are whose.
    pub(super) id_map: Option<PathBuf>,
}

impl<T: Transport, C: Clock + Send> Session<T, C> {
    /// Finds out whether the server answers and takes the key, and under which name it takes the subcategory.
    pub(super) async fn probe(&self) -> Result<ApiSelector, RunEnd> {
        probe(&self.server, &self.host).await
    }

    /// The end of a run that has not begun: nothing was sent, and nothing has to be moved out of the way. The results
    /// of an earlier run stay where they are: they say what really happened to its rows.
    pub(super) async fn end_unsent(self, mut end: RunEnd) -> Result<Exit, RunError> {
        let Self { input, validated, files, server, host, path, .. } = self;
        (end.requests, end.reads) = (server.link.requests(), server.link.reads());
        let account = if files.results.as_ref().is_some_and(|results| results.path().is_file()) {
            let totals = &validated.totals;
            let mut tally = Tally::of_unsent(totals.valid());
            tally.invalid = totals.invalid;
            Account::Counted(tally)
        } else {
            let why = match end.stopped {
                Some(_) => "not sent: the run stopped before this row was sent",
                None => why_refused(Refused::Server),
            };
            Account::Written(write_unsent(&input, &validated, files, why).await?)
        };
        end.name_reason(&host.stop.stop());
        let exit = end.exit(account.tally(), false);
        summarise(&host, &input.spec, Some(&path), account, end);
        Ok(exit)
    }

    /// Goes through the phases, and writes the results. `selector` is known where the server was asked already.
    pub(super) async fn run(
        self,
        mut journal: Journal,
        kind: SessionKind,
        selector: Option<ApiSelector>,
    ) -> Result<Exit, RunError> {
        let Self { input, validated, files, server, policy, host, path, id_map } = self;
        let effect = input.spec.operation.effect();
        journal.set_durability(match effect {
            Effect::OnceOnly => Durability::Synced,
            Effect::Repeatable | Effect::Reads => Durability::Written,
        })?;
        let begun = Begun::now(&host.clock);
        journal.begin_session(kind.name(), begun.wall)?;
        let failures = match policy.max_failures {
            Some(limit) => FailureLimit::InAll(limit.of(validated.totals.valid())),
            None => FailureLimit::InARow(DEFAULT_FAILURES),
        };
        let limits = Limits {
            concurrency: server.concurrency,
            unsent_intents: unsent_intents(effect, server.concurrency),
            failures,
        };
        let run = journal.run().clone();
        let doubts_ended = facts::doubts_ended(&journal.replay()?)?;
        let empty = journal.replay()?.fact(facts::EMPTY_BILLINGS)?;
        let billings = EmptyBillings::new(input.spec.rules.server, empty.as_deref());
        let listener = Arc::clone(&host.listener);
        server.link.tell_news(move |news| listener.event(Event::Link(&news)));
        let clock = host.clock.clone();
        let (notes, recorder) =
            recorder::start(journal, Arc::clone(&host.listener), host.stop.clone(), move || {
                begun.time_of_day(&clock)
            });
        let phases = Phases {
            input: &input,
            policy: &policy,
            validated: &validated,
            server: &server,
            journal: &path,
            run: &run,
            limits,
            host: &host,
            notes,
            kind,
            begun,
            doubts_ended,
            finder: CustomerFinder::default(),
            histories: HistoryReader::new(input.spec.rules.server),
            billings,
            proofs: RefCell::default(),
            parents_found: RefCell::default(),
        };
        let mut end = RunEnd::journaled(kind);
        let all = phases.all(selector, &mut end);
        // Rows were sent: from here on no failure may look like one before the first row, not even a mistake in
        // the program.
        let fault = tokio::select! {
            ended = AssertUnwindSafe(all).catch_unwind() => match ended {
                Ok(ended) => ended.err(),
                Err(_) => Some(RunError::Panicked),
            },
            () = left(&host) => return Err(RunError::Left { journal: path.clone() }),
        };
        drop(phases);
        (end.requests, end.reads) = (server.link.requests(), server.link.reads());
        let path_of_journal = path.clone();
        let ending = Ending {
            input: &input,
            validated,
            files,
            path: path_of_journal,
            id_map,
            end,
            fault,
            host: &host,
        };
        tokio::select! {
            exit = ending.run(async { recorder.await.map_err(RunError::from) }) => exit,
            () = left(&host) => Err(RunError::Left { journal: path }),
        }
    }
}

/// How many rows share a commit at full speed. Each of them has to be found out after a crash, unless it may simply
/// be sent again.
fn unsent_intents(effect: Effect, concurrency: NonZeroUsize) -> NonZeroUsize {
    const HARMLESS: NonZeroUsize = NonZeroUsize::new(512).unwrap();
    const TWICE: NonZeroUsize = NonZeroUsize::new(2).unwrap();
    let twice = concurrency.saturating_mul(TWICE);
    if effect == Effect::OnceOnly { twice } else { twice.max(HARMLESS) }
}

/// A user who leaves at once waits no longer than this for results to be written.
pub(super) async fn left<C: Clock>(host: &Host<C>) {
    const PATIENCE: Duration = Duration::from_secs(3);
    host.stop.stop().abandoned().await;
    host.clock.sleep_until(host.clock.now() + PATIENCE).await;
}
