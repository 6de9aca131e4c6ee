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
use super::rows::call_of;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use crate::catalogue::{Effect, Operation, Step};
use crate::count::Count;
use crate::events::{Event, Look};
use crate::reading::RowNumber;
use crate::recording::{Entry, RowStep, Status, Tag};
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::{Call, CallTarget};

/// How many rows wait to be asked for.
const WAITING: usize = 64;
/// After this many rows it is written down how far a look has come.
const STEP: u64 = 64;

/// Rows with their calls, as they come.
pub(super) type Calls = Pin<Box<dyn Stream<Item = (RowNumber, Call)>>>;

/// A row of which nothing was sent.
#[derive(Debug)]
pub(super) struct UnsentRow {
    pub(super) of: RowStep,
    /// The call with the key that it is sent with.
    pub(super) call: Call,
    /// Whether nobody has looked for it before: what is found then was there before this run.
    pub(super) is_first_look: bool,
}

/// Such rows, as they come.
pub(super) type UnsentRows = Pin<Box<dyn Stream<Item = UnsentRow>>>;

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
        step: Step,
    ) -> Result<Option<Calls>, RunError> {
        let total = self.validated.totals.rows;
        let done = self.replay()?.progress(name)?;
        if done >= total || self.kind == SessionKind::Reconcile {
            return Ok(None);
        }
        self.host.tell(Event::Looking { look, rows: total, done });
        let (calls, taken) = mpsc::channel(WAITING);
        let (rows, mut replay, server) = (self.rows()?, self.replay()?, self.input.spec.rules.server);
        let reading = spawn_blocking(move || {
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let number = row.number();
                    let Some(known) = checked.ok().filter(|_| number.0 >= done) else { return Ok(true) };
                    let call = call_of(known, step, &replay.entries(number)?, server);
                    Ok(call.is_none_or(|call| calls.blocking_send((number, call)).is_ok()))
                },
            )
        });
        // The input is a private copy that was read before; what cannot be read now is told when it is sent.
        drop(reading);
        Ok(Some(stream(taken)))
    }

    /// The valid rows that nothing was sent for, also those that an earlier session has looked at: the journal may be
    /// an old one, or a copy. None where there are none.
    pub(super) fn unsent_rows(
        &self,
        RowLook { name, look }: RowLook,
        step: Step,
    ) -> Result<Option<UnsentRows>, RunError> {
        let unsent = self.counts()?.unsent();
        if unsent == 0 || self.kind == SessionKind::Reconcile {
            return Ok(None);
        }
        let (done, mut replay, tagging) = (self.replay()?.progress(name)?, self.replay()?, self.tagging());
        self.host.tell(Event::Looking { look, rows: self.validated.totals.rows, done: 0 });
        let (found, taken) = mpsc::channel(WAITING);
        let operation = self.input.spec.operation;
        let (rows, server) = (self.rows()?, self.input.spec.rules.server);
        let reading = spawn_blocking(move || {
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let number = row.number();
                    let entries = replay.entries(number)?;
                    let call = checked.ok().and_then(|calls| call_of(calls, step, &entries, server));
                    let is_ended =
                        entries.iter().any(|entry| entry.of.step < step && ends_row(operation, entry));
                    let entry = entries.into_entry(step);
                    let Some(call) = call.filter(|call| !is_ended && call.target() != CallTarget::ToCome)
                    else {
                        return Ok(true);
                    };
                    if !entry.as_ref().is_none_or(Entry::is_unsent) {
                        return Ok(true);
                    }
                    let tag = tagging.tag(number, call.key(), entry.as_ref());
                    // One whose look failed has an entry that says so.
                    let is_first_look =
                        number.0 >= done || entry.is_some_and(|entry| entry.content.is_none());
                    let call = call.with_key(tag.and_then(Tag::key));
                    let of = RowStep { row: number, step };
                    Ok(found.blocking_send(UnsentRow { of, call, is_first_look }).is_ok())
                },
            )
        });
        // As above.
        drop(reading);
        Ok(Some(stream(taken)))
    }

    /// Says how many of those this very run has made, as another copy of its journal knows.
    pub(super) fn tell_own(&self, rows: u64) {
        if rows == 0 {
            return;
        }
        let rows = Count(rows, "row");
        let (are, them) = (rows.agree("is", "are"), rows.agree("it", "them"));
        let text = format!(
            "{rows} that this journal has as not sent {are} on the server: the journal was restored from a backup, or a copy of it has gone on elsewhere. The server shows {them}, so {} ok and not sent again",
            rows.agree("it is", "they are")
        );
        self.host.tell(Event::Warning(&text));
    }

    /// One of those was looked at.
    pub(super) async fn looked_at_unsent(&self, look: RowLook, row: &UnsentRow) {
        if row.is_first_look {
            self.looked_at(look, row.of.row).await;
        } else {
            self.host.tell(Event::Looked(row.of.row.next().0));
        }
    }

    /// A row was looked at for the first time. How far that has come is written down now and then.
    pub(super) async fn looked_at(&self, RowLook { name, .. }: RowLook, row: RowNumber) {
        let done = row.next().0;
        self.host.tell(Event::Looked(done));
        if done.is_multiple_of(STEP) && done < self.validated.totals.rows {
            self.notes.report(Report::Progress(name, done)).await;
        }
    }
}

fn stream<I: 'static>(taken: mpsc::Receiver<I>) -> Pin<Box<dyn Stream<Item = I>>> {
    let next = |mut taken: mpsc::Receiver<I>| async move { taken.recv().await.map(|item| (item, taken)) };
    Box::pin(unfold(taken, next))
}

/// Whether nothing of a row is sent after this. What may be sent twice goes again where it is in doubt.
fn ends_row(operation: Operation, entry: &Entry) -> bool {
    let goes_again =
        entry.result.status == Status::Unknown && operation.step(entry.of.step).effect != Effect::OnceOnly;
    entry.result.status != Status::Ok && !entry.is_unsent() && !goes_again
}
