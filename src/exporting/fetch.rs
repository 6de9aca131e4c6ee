//! The second phase of an export: all customers are read, and what comes is kept on a thread of its own.

use futures_util::stream::{StreamExt, iter};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::end::{CollectEnd, PhaseEnd};
use super::error::ExportError;
use super::format::FileFormat;
use super::spec::{BatchSize, ExportSpec};
use crate::catalogue::ApiSelector;
use crate::count::{Count, grouped};
use crate::customers::{FetchStop, FetchedCustomer, Fetcher};
use crate::events::{Event, Look};
use crate::read_session::ReadSession;
use crate::recording::{ExportJournal, JournalError, SHEET_ROWS};
use crate::sending::{Clock, StopReason, Transport};

/// So many customers are kept together at least.
const TOGETHER: usize = 100;
/// How many such parts of answers wait to be kept.
const WAITING: usize = 16;

/// Reads the customers that are not in the journal yet.
pub(super) async fn fetch<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    selector: ApiSelector,
    spec: &ExportSpec,
    mut journal: ExportJournal,
) -> Result<ExportJournal, PhaseEnd> {
    let is_compared = journal.earlier_header()?.is_some();
    let total = journal.wanted()?;
    // There are mostly few changes; a full export must fit.
    if spec.format == FileFormat::Xlsx && !is_compared && total > SHEET_ROWS {
        let text = format!(
            "{} meet the conditions, and a sheet holds {}; export to CSV with --format csv, or in parts",
            Count(total, "customer"),
            grouped(SHEET_ROWS)
        );
        return Err(PhaseEnd::early(journal, CollectEnd::Refused(text)));
    }
    let missing = journal.missing()?;
    let done = total - missing.len() as u64;
    session.tell(Event::Looking { look: Look::Customers, rows: total, done });
    let fetcher = Fetcher::new(&session.server.link, selector, spec.kept_fields(is_compared));
    let (keep, kept) = mpsc::channel(WAITING);
    let keeper = spawn_blocking(move || keep_all(journal, kept));
    let mut fetching = Fetching { session, fetcher, size: spec.batch, keep, done };
    let end = fetching.all(missing).await;
    drop(fetching);
    let (journal, fault) = keeper.await.map_err(|_| ExportError::Panicked)?;
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    match end {
        Ok(()) | Err(FetchEnd::KeeperGone) => Ok(journal),
        Err(FetchEnd::Stopped(reason)) => Err(PhaseEnd::early(journal, CollectEnd::Stopped(reason))),
        Err(FetchEnd::Failed(error)) => Err(error.into()),
    }
}

/// Why not all customers were asked for.
enum FetchEnd {
    Stopped(StopReason),
    /// What keeps them has a fault of its own to tell.
    KeeperGone,
    Failed(ExportError),
}

impl From<FetchStop> for FetchEnd {
    fn from(stop: FetchStop) -> Self {
        match stop {
            FetchStop::KeyRefused(problem) => Self::Stopped(StopReason::KeyRefused(problem)),
            FetchStop::ServerGone(problem) => Self::Stopped(StopReason::ServerGone(problem)),
            FetchStop::Call(error) => Self::Failed(error.into()),
        }
    }
}

/// Customers being read.
struct Fetching<'f, T, C: Clock> {
    session: &'f ReadSession<T, C>,
    fetcher: Fetcher<'f, T, C>,
    size: BatchSize,
    keep: mpsc::Sender<Vec<FetchedCustomer>>,
    done: u64,
}

impl<T: Transport, C: Clock> Fetching<'_, T, C> {
    async fn all(&mut self, missing: Vec<u64>) -> Result<(), FetchEnd> {
        let first = self.try_size(&missing).await?;
        let known: Vec<u64> = first.iter().map(|fetched| fetched.id).collect();
        self.done += first.len() as u64;
        self.keep(first).await?;
        let mut rest = missing.iter().copied().filter(|id| !known.contains(id));
        let (session, fetcher) = (self.session, &self.fetcher);
        // Each group is made when its turn has come: by then the server may have shown that it answers more.
        let groups = std::iter::from_fn(|| fetcher.next_group(&mut rest));
        let reads = iter(groups).map(|group| fetcher.read(group));
        let mut reading = std::pin::pin!(reads.buffer_unordered(session.server.concurrency.get()));
        loop {
            let next = session.stop.race(reading.next()).await;
            let Some(fetched) = next.ok_or(FetchEnd::Stopped(StopReason::Interrupted))? else {
                return Ok(());
            };
            let fetched = fetched?;
            self.done += fetched.len() as u64;
            session.tell(Event::Looked(self.done));
            self.keep(fetched).await?;
        }
    }

    /// Finds out whether the server answers several customers at once; those that were read for that.
    async fn try_size(&self, missing: &[u64]) -> Result<Vec<FetchedCustomer>, FetchEnd> {
        if let BatchSize::Fixed(size) = self.size {
            self.fetcher.fix_size(size.get());
        }
        if self.fetcher.size() == 1 || missing.len() < 2 {
            return Ok(Vec::new());
        }
        let tried = self.session.stop.race(self.fetcher.try_batches(missing)).await;
        let tried = tried.ok_or(FetchEnd::Stopped(StopReason::Interrupted))??;
        if !tried.taken {
            self.session.tell(Event::Note(
                "the server answers one customer per request, so each of them is asked for separately",
            ));
        }
        Ok(tried.fetched)
    }

    /// Hands customers to what keeps them. What waits there is counted in messages, and a batch may be large.
    async fn keep(&self, mut fetched: Vec<FetchedCustomer>) -> Result<(), FetchEnd> {
        while !fetched.is_empty() {
            let rest = fetched.split_off(fetched.len().min(TOGETHER));
            self.keep.send(fetched).await.map_err(|_| FetchEnd::KeeperGone)?;
            fetched = rest;
        }
        Ok(())
    }
}

/// Keeps what comes, as much of it at once as has come together meanwhile.
fn keep_all(
    mut journal: ExportJournal,
    mut fetched: mpsc::Receiver<Vec<FetchedCustomer>>,
) -> (ExportJournal, Option<JournalError>) {
    while let Some(mut together) = fetched.blocking_recv() {
        while together.len() < TOGETHER * WAITING
            && let Ok(more) = fetched.try_recv()
        {
            together.extend(more);
        }
        let read = together.iter().map(|fetched| {
            let customer = fetched.customer.as_deref().map_err(String::as_str);
            (fetched.id, customer)
        });
        if let Err(error) = journal.put(read) {
            return (journal, Some(error));
        }
    }
    (journal, None)
}
