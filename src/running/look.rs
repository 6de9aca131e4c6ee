//! The one loop for "ask the server something for each of these", at the pace of the run; and, built on it, a look at
//! every row before the first is sent, which the journal remembers, so that an interrupted look goes on where it was.

use std::ops::ControlFlow;
use std::pin::{Pin, pin};

use futures_util::stream::{Stream, StreamExt, unfold};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use crate::events::{Event, Look, Refused};
use crate::reading::RowNumber;
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::Call;

/// How many rows wait to be asked for.
const WAITING: usize = 64;
/// After this many rows it is written down how far a look has come.
const STEP: u64 = 64;

/// Rows with their calls, as they come.
pub(super) type Calls = Pin<Box<dyn Stream<Item = (RowNumber, Call)>>>;

/// A look at every row.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowLook {
    /// Its name in the journal.
    pub(super) name: &'static str,
    /// What people are told of it.
    pub(super) look: Look,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Makes these requests, several beside each other, and hands the answers to `take` in the order of the requests.
    /// A user who wants an end ends it.
    pub(super) async fn ask_each<Q: Future>(
        &self,
        asked: impl Stream<Item = Q>,
        end: &mut RunEnd,
        mut take: impl AsyncFnMut(Q::Output, &mut RunEnd) -> Result<ControlFlow<()>, RunError>,
    ) -> Result<(), RunError> {
        let stop = self.host.stop.stop();
        let mut answers = pin!(asked.buffered(self.limits.concurrency.get()));
        loop {
            match stop.race(answers.next()).await {
                None => {
                    end.stop(StopReason::Interrupted);
                    return Ok(());
                }
                Some(None) => return Ok(()),
                Some(Some(answer)) => {
                    if take(answer, end).await?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Asks about every valid row that no earlier session has looked at. What `take` returns as an error keeps
    /// anything from being sent.
    pub(super) async fn look_at_rows<Q, R>(
        &self,
        look: RowLook,
        end: &mut RunEnd,
        mut ask: impl FnMut(RowNumber, Call) -> Q,
        mut take: impl AsyncFnMut(RowNumber, R) -> Result<(), String>,
    ) -> Result<(), RunError>
    where
        Q: Future<Output = R>,
    {
        let Some(calls) = self.still_to_look_at(look)? else { return Ok(()) };
        let asked = calls.map(|(row, call)| {
            let answer = ask(row, call);
            async move { (row, answer.await) }
        });
        self.ask_each(asked, end, async |(row, answer), end| {
            if let Err(problem) = take(row, answer).await {
                self.host.tell(Event::Error(&format!("{problem}. Nothing was sent")));
                end.refused = Some(Refused::Server);
                return Ok(ControlFlow::Break(()));
            }
            self.looked_at(look, row).await;
            Ok(ControlFlow::Continue(()))
        })
        .await
    }

    /// Everything was looked at: from here on rows may be sent.
    pub(super) async fn all_looked_at(&self, looks: &[RowLook]) {
        for RowLook { name, .. } in looks {
            self.notes.report(Report::Progress(name, self.validated.totals.rows)).await;
        }
        self.notes.written().await;
    }

    /// The valid rows that an earlier session has not looked at; none where all are done.
    pub(super) fn still_to_look_at(
        &self,
        RowLook { name, look }: RowLook,
    ) -> Result<Option<Calls>, RunError> {
        let total = self.validated.totals.rows;
        let done = self.replay()?.progress(name)?;
        if done >= total || self.kind == SessionKind::Reconcile {
            return Ok(None);
        }
        self.host.tell(Event::Looking { look, rows: total, done });
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

    pub(super) async fn looked_at(&self, RowLook { name, .. }: RowLook, row: RowNumber) {
        let done = row.next().0;
        self.host.tell(Event::Looked(done));
        if done.is_multiple_of(STEP) && done < self.validated.totals.rows {
            self.notes.report(Report::Progress(name, done)).await;
        }
    }
}
