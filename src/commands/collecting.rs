//! The reading half of an export: which customers, then all of them. What comes is kept on a thread of its own.

use futures_util::stream::{StreamExt, iter};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::reads::{Reads, broken};
use super::writing::layout;
use crate::catalogue::ApiSelector;
use crate::count::{Count, grouped};
use crate::customers::{FetchStop, FetchedCustomer, Fetcher, Keep};
use crate::events::{Event, Look};
use crate::exporting::{BatchSize, ExportSpec, FileFormat, SHEET};
use crate::recording::{ExportJournal, JournalError};
use crate::sending::{StopReason, Unread};
use crate::validating::Conditions;

/// So many customers in a request are few enough for any server's memory, and many enough for a night.
const BATCH: usize = 100;
/// How many answers wait to be kept.
const WAITING: usize = 16;

/// How the reading ended.
pub(super) enum Course {
    /// Everybody was asked for.
    Whole,
    /// Somebody was not.
    Stopped(StopReason),
    /// A search had no answer, and what is to be told of that; another time it may have one.
    Unsaid(String),
    /// The server refused a search, and what is to be told of that.
    Refused(String),
}

/// The reading half of an export.
pub(super) struct Collecting<'c> {
    pub(super) reads: &'c Reads,
    pub(super) selector: ApiSelector,
    pub(super) spec: &'c ExportSpec,
    /// None where the ids were given.
    pub(super) conditions: Option<Conditions>,
}

impl Collecting<'_> {
    /// Reads what is not there yet.
    pub(super) async fn run(self, mut collection: ExportJournal) -> Result<(ExportJournal, Course), Failure> {
        if let Some(conditions) = &self.conditions
            && !collection.is_complete()?
        {
            let (searched, course) = self.search(conditions, collection).await?;
            collection = searched;
            if !matches!(course, Course::Whole) {
                return Ok((collection, course));
            }
        }
        self.fetch(collection).await
    }

    /// Finds out which customers meet the conditions.
    async fn search(
        &self,
        conditions: &Conditions,
        mut collection: ExportJournal,
    ) -> Result<(ExportJournal, Course), Failure> {
        let (total, done) = (conditions.searches(), collection.searches_done()?);
        self.tell(Event::Looking { look: Look::Searches, rows: total, done });
        let answers = iter(done..total).map(|number| {
            let call = conditions.search(number);
            async move { (number, self.reads.link.read_ids(self.selector, &call).await) }
        });
        let mut answers = std::pin::pin!(answers.buffered(self.reads.concurrency));
        loop {
            let Some(next) = self.reads.stop.race(answers.next()).await else {
                return Ok((collection, Course::Stopped(StopReason::Interrupted)));
            };
            let Some((number, read)) = next else { break };
            let ids = match read {
                Ok(ids) => ids,
                Err(Unread::KeyRefused(problem)) => {
                    return Ok((collection, Course::Stopped(StopReason::KeyRefused(problem))));
                }
                Err(Unread::Lost(problem)) => {
                    let text =
                        format!("the server does not say who meets the conditions ({conditions}): {problem}");
                    return Ok((collection, Course::Unsaid(text)));
                }
                // Whoever asks again is refused again.
                Err(Unread::Refused(problem)) => {
                    let text = format!("the server refuses the search ({conditions}): {problem}");
                    return Ok((collection, Course::Refused(text)));
                }
            };
            collection = spawn_blocking(move || collection.found(&ids, number + 1).map(|()| collection))
                .await
                .map_err(broken)??;
            self.tell(Event::Looked(number + 1));
        }
        collection.complete(conditions.limit())?;
        Ok((collection, Course::Whole))
    }

    /// Reads the customers.
    async fn fetch(&self, mut collection: ExportJournal) -> Result<(ExportJournal, Course), Failure> {
        let is_compared = collection.earlier_header()?.is_some();
        // Of changes there are mostly few; everybody must find room.
        if self.spec.format == FileFormat::Xlsx && !is_compared && collection.wanted()? > SHEET {
            let text = format!(
                "{} meet the conditions, and a sheet holds {}; export to CSV with --format csv, or in parts",
                Count(collection.wanted()?, "customer"),
                grouped(SHEET)
            );
            return Ok((collection, Course::Refused(text)));
        }
        let missing = collection.missing()?;
        let total = collection.wanted()?;
        let mut done = total - missing.len() as u64;
        self.tell(Event::Looking { look: Look::Customers, rows: total, done });
        let fetcher = Fetcher::new(&self.reads.link, self.selector, self.keep(&collection)?);
        let (keep, kept) = mpsc::channel(WAITING);
        let keeper = spawn_blocking(move || keep_all(collection, kept));
        let course = self.fetch_all(&fetcher, missing, &keep, &mut done).await;
        drop(keep);
        let (collection, fault) = keeper.await.map_err(broken)?;
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        Ok((collection, course?))
    }

    async fn fetch_all(
        &self,
        fetcher: &Fetcher<'_, crate::sending::Http, crate::sending::TokioClock>,
        missing: Vec<u64>,
        keep: &mpsc::Sender<Vec<FetchedCustomer>>,
        done: &mut u64,
    ) -> Result<Course, Failure> {
        let mut first = Vec::new();
        let size = match self.spec.batch {
            BatchSize::Fixed(size) if size.get() == 1 => 1,
            _ if missing.len() < 2 => 1,
            batch => {
                let Some(tried) = self.reads.stop.race(fetcher.try_batches(&missing)).await else {
                    return Ok(Course::Stopped(StopReason::Interrupted));
                };
                match tried {
                    Ok(batches) => {
                        first = batches.fetched;
                        match batch {
                            _ if !batches.taken => {
                                self.tell(Event::Note(
                                    "the server answers one customer per request, so each of them is asked for by themselves",
                                ));
                                1
                            }
                            BatchSize::Auto => BATCH,
                            BatchSize::Fixed(size) => size.get(),
                        }
                    }
                    Err(stopped) => return course_of(stopped),
                }
            }
        };
        let known: Vec<u64> = first.iter().map(|fetched| fetched.id).collect();
        *done += first.len() as u64;
        if !first.is_empty() && keep.send(first).await.is_err() {
            // Whoever keeps has a fault of its own to tell.
            return Ok(Course::Whole);
        }
        let rest = missing.iter().copied().filter(|id| !known.contains(id));
        let groups = groups(rest, size);
        let mut reading = std::pin::pin!(
            iter(groups).map(|group| fetcher.read(group)).buffer_unordered(self.reads.concurrency)
        );
        loop {
            let Some(next) = self.reads.stop.race(reading.next()).await else {
                return Ok(Course::Stopped(StopReason::Interrupted));
            };
            match next {
                None => return Ok(Course::Whole),
                Some(Ok(fetched)) => {
                    *done += fetched.len() as u64;
                    self.tell(Event::Looked(*done));
                    // What waits is counted in messages, and a batch may be large.
                    let mut rest = fetched;
                    while !rest.is_empty() {
                        let behind = rest.split_off(rest.len().min(BATCH));
                        if keep.send(rest).await.is_err() {
                            return Ok(Course::Whole);
                        }
                        rest = behind;
                    }
                }
                Some(Err(stopped)) => return course_of(stopped),
            }
        }
    }

    /// Which fields of a customer are of use.
    fn keep(&self, collection: &ExportJournal) -> Result<Keep, Failure> {
        let is_whole = layout(self.spec).is_whole(collection.earlier_header()?.is_some());
        Ok(if is_whole { Keep::All } else { self.spec.columns.keep(self.spec.totals.iter()) })
    }

    fn tell(&self, event: Event<'_>) {
        self.reads.listener.event(event);
    }
}

fn course_of(stopped: FetchStop) -> Result<Course, Failure> {
    Ok(Course::Stopped(match stopped {
        FetchStop::KeyRefused(problem) => StopReason::KeyRefused(problem),
        FetchStop::ServerGone(problem) => StopReason::ServerGone(problem),
        FetchStop::Call(error) => return Err(error.into()),
    }))
}

/// The ids in groups of this size, made as they are asked for.
fn groups(mut ids: impl Iterator<Item = u64>, size: usize) -> impl Iterator<Item = Vec<u64>> {
    std::iter::from_fn(move || {
        let group: Vec<u64> = ids.by_ref().take(size).collect();
        (!group.is_empty()).then_some(group)
    })
}

/// Keeps what comes, as much of it at once as has come together meanwhile.
fn keep_all(
    mut collection: ExportJournal,
    mut fetched: mpsc::Receiver<Vec<FetchedCustomer>>,
) -> (ExportJournal, Option<JournalError>) {
    while let Some(mut together) = fetched.blocking_recv() {
        while together.len() < BATCH * WAITING
            && let Ok(more) = fetched.try_recv()
        {
            together.extend(more);
        }
        let read = together.iter().map(|fetched| {
            let customer = fetched.customer.as_deref().map_err(String::as_str);
            (fetched.id, customer)
        });
        if let Err(error) = collection.put(read) {
            return (collection, Some(error));
        }
    }
    (collection, None)
}
