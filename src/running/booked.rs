//! The look before the first booking: is it there already? Each customer's history is read once. What only a later
//! session finds is this run's own: its journal was restored from a backup, or a copy of it has gone on elsewhere.

use std::collections::HashSet;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

use futures_util::stream::StreamExt;
use tokio::task::spawn_blocking;

use super::booked_before::{BookedBefore, Looked, UnreadRows, already, not_found, unread};
use super::error::RunError;
use super::facts;
use super::look::{RowLook, UnsentRow};
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use super::spec::OnBooked;
use crate::catalogue::{Action, ApiSelector};
use crate::count::Count;
use crate::events::{Event, Look, Refused};
use crate::reconciling::{Instrument, Offset, ShownBooking, shown_bookings};
use crate::recording::{RowResult, Status, Tag};
use crate::sending::{Clock, StopReason, Transport, Unread};
use crate::validating::{BookingKey, Call};

/// Bookings that are there already.
pub(super) const BOOKINGS: RowLook = RowLook { name: "bookings", look: Look::Bookings };
/// So many entries that are like a row are told one by one.
const TOLD: u64 = 5;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds rows whose booking is there already. They are not sent.
    pub(super) async fn look_for_bookings(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<UnreadRows, RunError> {
        let step = self.input.spec.operation.step_of(Action::ChangeBalance);
        let looks = match self.input.spec.on_booked {
            OnBooked::Fail | OnBooked::Skip => true,
            // Nobody else makes bookings with the keys of this run.
            OnBooked::Ignore => self.kind == SessionKind::Resume,
            OnBooked::Untagged => false,
        };
        let Some(step) = step.filter(|_| looks && end.may_send()) else { return Ok(UnreadRows::new()) };
        let Some(rows) = self.unsent_rows(BOOKINGS, step)? else { return Ok(UnreadRows::new()) };
        let keys = self.keys_of_repeated_customers().await?;
        let (link, mut asked) = (&self.server.link, HashSet::new());
        let reads = rows.map(|row| {
            let keys = keys.clone();
            let is_asked =
                keys.is_some() && row.call.customer_number().is_some_and(|customer| !asked.insert(customer));
            async move {
                if is_asked {
                    return (row, None);
                }
                let own = row.call.key();
                let is_wanted = |wanted: &RangeInclusive<BookingKey>| match &keys {
                    Some(keys) => {
                        let first = keys.partition_point(|key| key < wanted.start());
                        keys.get(first).is_some_and(|key| wanted.contains(key))
                    }
                    None => own.is_some_and(|own| wanted.contains(&own)),
                };
                let customer = row.call.customer().unwrap_or_default();
                let read = self.histories.read(link, selector, customer).await;
                let shown = read.map(|history| shown_bookings(&history, &row.call, is_wanted));
                (row, Some(shown))
            }
        });
        let mut looked = Looked::new(keys.is_some());
        let offset = facts::with_earlier(Instrument::default(), &self.replay()?)?.offset;
        self.ask_each(reads, end, async |(row, read), end| {
            let found = match looked.take(&row, read) {
                Ok(found) => found,
                Err(stop) => {
                    end.stop(stop);
                    return Ok(ControlFlow::Break(()));
                }
            };
            if let Some(text) = looked.alike.take().filter(|_| looked.alikes <= TOLD) {
                self.host.tell(Event::Warning(&text));
            }
            self.write_found(&row, found, &mut looked, offset).await;
            self.looked_at_unsent(BOOKINGS, &row).await;
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        self.settle_refused(selector, &mut looked, end).await;
        self.tell(&looked);
        end.unread = looked.unread.len() as u64;
        Ok(looked.unread)
    }

    /// Writes down what was found for a row; nothing where it is sent.
    async fn write_found(
        &self,
        row: &UnsentRow,
        found: BookedBefore,
        looked: &mut Looked,
        offset: Option<Offset>,
    ) {
        let amount = row.call.amount();
        let (result, times) = match found {
            BookedBefore::No => return,
            // Anyone who ignores what is there sends where nothing can be seen, too.
            BookedBefore::Unread(_) if self.input.spec.on_booked == OnBooked::Ignore => {
                looked.unread.remove(&row.of.row);
                return;
            }
            BookedBefore::Unread(problem) => {
                let customer = row.call.customer().unwrap_or_default();
                (unread(&format!("of customer {customer}"), &problem), None)
            }
            BookedBefore::Booked(booking) if self.is_own(row, &booking, offset) => {
                looked.own += 1;
                let times = booking.times(amount);
                if times > 1 {
                    self.tell_doubled(row.of.row, times);
                }
                (RowResult::found(times), Some(times))
            }
            BookedBefore::Booked(booking) => {
                looked.count(amount);
                (already(&booking, &row.call, self.status()), Some(booking.times(amount)))
            }
        };
        self.notes.report(Report::Existing(row.of, result, times)).await;
    }

    /// What a row is whose booking is there already.
    fn status(&self) -> Status {
        if self.input.spec.on_booked == OnBooked::Skip { Status::Skipped } else { Status::Failed }
    }

    /// Whether this run has made the booking that was found: nobody saw it before, or it can have been made since the run
    /// began, of which this session is not the first.
    fn is_own(&self, row: &UnsentRow, booking: &ShownBooking, offset: Option<Offset>) -> bool {
        let is_later = self.kind == SessionKind::Resume;
        let is_of_run = self.input.spec.on_booked == OnBooked::Ignore;
        !booking.is_cut
            && (!row.is_first_look || is_later && (is_of_run || booking.may_be_since(self.run.begun, offset)))
    }

    /// What becomes of rows of whose customers the server refuses the history. Where it shows others, those customers have
    /// none, or are not there; where it shows none, nothing is known of any.
    async fn settle_refused(&self, selector: ApiSelector, looked: &mut Looked, end: &mut RunEnd) {
        let are_nobodys = looked.shows_histories
            || match &looked.nobody {
                Some(call) if end.may_send() => self.is_nobody(selector, call).await,
                _ => false,
            };
        if self.host.stop.stop().is_wanted() {
            // The server was not heard, and nothing is said of it.
            end.stop(StopReason::Interrupted);
        }
        for (row, problem) in std::mem::take(&mut looked.refused) {
            if problem.is_not_found() && are_nobodys {
                self.notes.report(Report::Existing(row, not_found(&problem), None)).await;
            } else if !looked.shows_histories && self.input.spec.on_booked != OnBooked::Ignore {
                let result = unread("of any customer", &problem);
                self.notes.report(Report::Existing(row, result, None)).await;
                looked.unread.insert(row.row);
                looked.first_unread.get_or_insert(problem);
            }
        }
        if let (false, Some(problem), true) =
            (looked.shows_histories, &looked.first_unread, end.may_send() && !looked.unread.is_empty())
        {
            self.host.tell(Event::Error(&format!(
                "the server shows the history of no customer in the list, so nobody knows which bookings are there already: {problem}. Nothing was sent. Once it shows histories, `resume` goes on; an import with --booked ignore sends without looking"
            )));
            end.refused = Some(Refused::Server);
        }
    }

    /// Whether the server says itself that there is no such customer.
    async fn is_nobody(&self, selector: ApiSelector, call: &Call) -> bool {
        let Ok(read) = call.read_customer() else { return false };
        let said = self.host.stop.stop().race(self.server.link.read(selector, &read)).await;
        matches!(said, Some(Err(Unread::Refused(problem))) if problem.is_not_found())
    }

    /// The keys of all rows in order, where rows have the same customer: of a history that is read for the first of
    /// them, what the others want is kept. None where each row has a customer of its own. Eight bytes a row.
    async fn keys_of_repeated_customers(&self) -> Result<Option<Arc<Vec<BookingKey>>>, RunError> {
        let totals = &self.validated.totals;
        // Whose customers are still to be made or found have no keys yet.
        if totals.customers == Some(totals.valid()) || self.input.spec.operation.has_several_steps() {
            return Ok(None);
        }
        let (rows, tagging) = (self.rows()?, self.tagging());
        let keys = spawn_blocking(move || -> Result<_, RunError> {
            let mut keys = Vec::new();
            rows.each(
                |checked| checked.key(),
                |row, key| {
                    let tag = tagging.tag(row.number(), key.ok().flatten(), None);
                    keys.extend(tag.and_then(Tag::key));
                    Ok(true)
                },
            )?;
            keys.sort_unstable();
            Ok(Some(Arc::new(keys)))
        });
        keys.await?
    }

    fn tell(&self, looked: &Looked) {
        let Looked { booked, own, amount, .. } = looked;
        if *booked > 0 {
            let rows = Count(*booked, "row");
            let are = rows.agree("is", "are");
            let sum = amount.map_or_else(String::new, |sum| format!(", {sum} in all,"));
            let totals = self.policy.expectation;
            let expected = if totals.total.or(totals.debit).or(totals.credit).is_some() {
                "; the totals that were expected are those of all valid rows"
            } else {
                ""
            };
            let text = format!("{rows}{sum} {are} booked already and not sent again{expected}");
            self.host.tell(Event::Warning(&text));
        }
        self.tell_own(*own);
        if looked.unread.is_empty() || !looked.shows_histories {
            return;
        }
        let rows = Count(looked.unread.len() as u64, "row");
        let are = rows.agree("is", "are");
        let text = format!(
            "{rows} {are} not sent, because the customer's history cannot be read: nobody knows whether the booking is there already. `resume` tries again; to send them without looking, import just these rows with --booked ignore"
        );
        self.host.tell(Event::Warning(&text));
    }
}
