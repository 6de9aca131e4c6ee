//! What is looked at before the first row is sent: who exists already, and the balances that are to be compared
//! afterwards. Both are done once in a run; an interrupted look goes on where it was.

use std::collections::HashSet;
use std::pin::Pin;

use futures_util::stream::{Stream, StreamExt, unfold};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::import::Course;
use super::recorder::Report;
use super::session::{Begin, Phases};
use crate::catalogue::{Action, ApiSelector};
use crate::cli;
use crate::events::{Event, Look, Refused};
use crate::reading::RowNumber;
use crate::reconciling::{Existing, balance, existing};
use crate::recording::{ErrorCode, RowResult, Status};
use crate::sending::StopReason;
use crate::validating::Call;

/// How many rows wait to be asked for.
const WAITING: usize = 64;
/// After so many rows it is written down how far the look has come.
const STEP: u64 = 64;
/// What the journal calls the looks.
const EXISTING: &str = "existing";
const BALANCES: &str = "balances";

/// Rows with their calls, as they come.
type Calls = Pin<Box<dyn Stream<Item = (RowNumber, Call)>>>;

impl Phases<'_> {
    /// Finds rows of `add` whose customers exist already. They are not sent; the others wait until all have
    /// been looked for, so that no row is taken for one that this very run has added.
    pub(super) async fn look_for_existing(
        &self,
        selector: ApiSelector,
        course: &mut Course,
    ) -> Result<(), Failure> {
        let status = match self.settings.existing {
            cli::Existing::Fail => Status::Failed,
            cli::Existing::Skip => Status::Skipped,
            cli::Existing::Ignore => return Ok(()),
        };
        if self.job.settings.operation.subcategory().action != Action::Add {
            return Ok(());
        }
        let Some(calls) = self.still_to_look_at(EXISTING, Look::Existing)? else { return Ok(()) };
        let asked = calls.map(|(row, call)| async move { (row, existing(self.link, selector, &call).await) });
        let mut asked = std::pin::pin!(asked.buffered(self.limits.concurrency.get()));
        while let Some((row, found)) = self.unless_stopped(asked.next(), course).await {
            let (id, text) = match found {
                None | Some(Existing::No) => (None, None),
                Some(Existing::Is(id)) => {
                    let text = format!("customer {id} has this id in the billing already; nothing was sent");
                    (Some(id), Some(text))
                }
                Some(Existing::Several(ids)) => {
                    let text = format!(
                        "customers {} have this id in the billing already; nothing was sent",
                        ids.join(", ")
                    );
                    (Some(ids.join(";")), Some(text))
                }
                Some(Existing::Others(ids)) => {
                    self.notes.report(Report::There(ids)).await;
                    (None, None)
                }
                Some(Existing::Unclear(problem)) => {
                    self.cannot_look(course, &format!("whether the customer of row {row} exists already cannot be found out: {problem}; --existing ignore leaves the question"));
                    return Ok(());
                }
            };
            if let Some(text) = text {
                let error = Some((ErrorCode::AlreadyExists, text));
                let result = RowResult { status, id, error, http_status: None, attempts: 0 };
                self.notes.report(Report::Existing(row, result)).await;
            }
            self.looked_at(EXISTING, row).await;
        }
        Ok(())
    }

    /// Reads the balances of all customers whom the rows are about.
    pub(super) async fn read_balances(
        &self,
        selector: ApiSelector,
        course: &mut Course,
    ) -> Result<(), Failure> {
        if !self.settings.verify {
            return Ok(());
        }
        let Some(calls) = self.still_to_look_at(BALANCES, Look::Balances)? else { return Ok(()) };
        let mut seen = HashSet::new();
        let asked = calls.map(move |(row, call)| {
            let customer = call.customer().unwrap_or_default().to_owned();
            let is_new = seen.insert(customer.clone());
            async move {
                let read = if is_new { Some(balance(self.link, selector, &customer).await) } else { None };
                (row, customer, read)
            }
        });
        let mut asked = std::pin::pin!(asked.buffered(self.limits.concurrency.get()));
        while let Some((row, customer, read)) = self.unless_stopped(asked.next(), course).await {
            match read {
                None => {}
                Some(Ok(before)) => {
                    self.notes.report(Report::Balance { customer, before: before.to_string() }).await;
                }
                Some(Err(error)) => {
                    self.cannot_look(
                        course,
                        &format!(
                            "--verify: the balance of customer {customer} (row {row}) cannot be read: {error}"
                        ),
                    );
                    return Ok(());
                }
            }
            self.looked_at(BALANCES, row).await;
        }
        Ok(())
    }

    /// The valid rows that an earlier session has not looked at; none where all are done.
    fn still_to_look_at(&self, what: &'static str, look: Look) -> Result<Option<Calls>, Failure> {
        let total = self.validated.totals.rows;
        let done = self.replay()?.progress(what)?;
        if done >= total || self.begin == Begin::Reconcile {
            return Ok(None);
        }
        self.job.listener.event(Event::Looking { look, rows: total, done });
        let (calls, taken) = mpsc::channel(WAITING);
        let rows = self.rows()?;
        let reading = spawn_blocking(move || {
            rows.each(
                |checked| checked.to_call(),
                |row, checked| {
                    let number = row.number();
                    Ok(match checked {
                        Ok(call) if number.0 >= done => calls.blocking_send((number, call)).is_ok(),
                        _ => true,
                    })
                },
            )
        });
        // The input is a private copy that was read before; what cannot be read now is told when it is sent.
        drop(reading);
        let next = |mut taken: mpsc::Receiver<_>| async move { taken.recv().await.map(|item| (item, taken)) };
        Ok(Some(Box::pin(unfold(taken, next))))
    }

    async fn looked_at(&self, what: &'static str, row: RowNumber) {
        let done = row.next().0;
        self.job.listener.event(Event::Looked(done));
        if done.is_multiple_of(STEP) && done < self.validated.totals.rows {
            self.notes.report(Report::Progress(what, done)).await;
        }
    }

    /// Everything was looked at: from here on rows may be sent.
    pub(super) async fn all_looked_at(&self) {
        for what in [EXISTING, BALANCES] {
            self.notes.report(Report::Progress(what, self.validated.totals.rows)).await;
        }
        self.notes.written().await;
    }

    fn cannot_look(&self, course: &mut Course, text: &str) {
        self.job.listener.event(Event::Error(&format!("{text}. Nothing was sent")));
        course.refused = Some(Refused::Server);
    }

    /// The next answer; none at the end, or where the user wants an end.
    pub(super) async fn unless_stopped<R>(
        &self,
        next: impl Future<Output = Option<R>>,
        course: &mut Course,
    ) -> Option<R> {
        self.stop.race(next).await.unwrap_or_else(|| {
            course.stop(StopReason::Interrupted);
            None
        })
    }
}
