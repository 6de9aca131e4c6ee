//! The look before the first booking: is it there already? Each customer's history is read once. What only a later
//! session finds is this run's own: its journal was restored from a backup, or a copy of it has gone on elsewhere.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::stream::StreamExt;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::look::{RowLook, UnsentRow};
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::spec::OnExisting;
use crate::catalogue::{Action, ApiSelector};
use crate::count::Count;
use crate::customers::NoHistory;
use crate::events::{Event, Look};
use crate::reading::RowNumber;
use crate::reconciling::{ShownBookings, shown_bookings};
use crate::recording::{ErrorCode, RowResult, Status, Tag};
use crate::sending::{Clock, FailureCode, Outage, Problem, StopReason, Transport, Unread};
use crate::validating::{BookingKey, Money};

/// Bookings that are there already.
pub(super) const BOOKINGS: RowLook = RowLook { name: "bookings", look: Look::Bookings };
/// So many entries that are like a row are told one by one.
const TOLD: u64 = 5;

/// Rows of whose customers the history could not be read: nothing is sent for them in this session.
pub(super) type UnreadRows = HashSet<RowNumber>;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds rows whose booking is there already. They are not sent.
    pub(super) async fn look_for_bookings(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<UnreadRows, RunError> {
        let is_about_bookings = self.input.spec.operation.subcategory().action == Action::ChangeBalance;
        let status = match self.policy.booked {
            OnExisting::Fail => Status::Failed,
            OnExisting::Skip => Status::Skipped,
            OnExisting::Ignore => return Ok(UnreadRows::new()),
        };
        if !is_about_bookings || !self.tagging().is_tagged() || !end.may_send() {
            return Ok(UnreadRows::new());
        }
        let Some(rows) = self.unsent_rows(BOOKINGS)? else { return Ok(UnreadRows::new()) };
        let keys = self.keys_of_repeated_customers().await?;
        let (link, server, mut asked) = (&self.server.link, self.input.spec.rules.server, HashSet::new());
        let is_proven = &Cell::new(false);
        let reads = rows.map(|row| {
            let keys = keys.clone();
            let is_asked =
                keys.is_some() && row.call.customer_number().is_some_and(|customer| !asked.insert(customer));
            async move {
                if is_asked {
                    return (row, None);
                }
                let own = row.call.key();
                let is_wanted = |key: BookingKey| match &keys {
                    Some(keys) => keys.binary_search(&key).is_ok(),
                    None => own == Some(key),
                };
                let read = shown_bookings(link, selector, server, &row.call, is_proven, is_wanted).await;
                (row, Some(read))
            }
        });
        let mut looked = Looked { are_repeated: keys.is_some(), ..Looked::default() };
        self.ask_each(reads, end, async |(row, read), end| {
            let found = match looked.take(&row, read) {
                Ok(found) => found,
                Err(stop) => {
                    end.stop(stop);
                    return Ok(ControlFlow::Break(()));
                }
            };
            if looked.alike_told < looked.alike && looked.alike_told < TOLD {
                looked.alike_told += 1;
                self.host.tell(Event::Warning(&looked.alike_text));
            }
            if let Some(result) = found.result(&row, status) {
                self.notes.report(Report::Existing(row.number, result)).await;
            }
            self.looked_at_unsent(BOOKINGS, &row).await;
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if let (false, Some(problem)) = (looked.shows_histories, &looked.refusal) {
            for row in looked.refused.drain() {
                let result = unread("of any customer", problem);
                self.notes.report(Report::Existing(row, result)).await;
                looked.unread.insert(row);
            }
        }
        self.tell(&looked);
        Ok(looked.unread)
    }

    /// The keys of all rows in order, where rows have the same customer: of a history that is read for the first of
    /// them, what the others want is kept. None where each row has a customer of its own. Eight bytes a row.
    async fn keys_of_repeated_customers(&self) -> Result<Option<Arc<Vec<BookingKey>>>, RunError> {
        let totals = &self.validated.totals;
        if totals.customers == Some(totals.valid()) {
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
        if looked.unread.is_empty() {
            return;
        }
        let rows = Count(looked.unread.len() as u64, "row");
        let text = format!(
            "{rows} {} not sent, because the customer's history cannot be read: nobody knows whether the booking is there already. `resume` tries again; --booked ignore sends without looking",
            rows.agree("is", "are")
        );
        self.host.tell(Event::Warning(&text));
    }
}

/// What the look came to so far.
#[derive(Default)]
struct Looked {
    are_repeated: bool,
    /// Bookings that histories have shown, and that no row has claimed yet.
    shown: HashMap<BookingKey, Option<String>>,
    /// Customers whose history could not be read; only where rows have the same customer.
    unread_customers: HashMap<u64, Problem>,
    unread: UnreadRows,
    /// Rows of whose customers the server shows no history; that they have none counts where it shows others.
    refused: UnreadRows,
    /// These customers; only where rows have the same customer.
    refused_customers: HashSet<u64>,
    refusal: Option<Problem>,
    shows_histories: bool,
    outage: Outage,
    booked: u64,
    /// What the rows add up to that are booked.
    amount: Option<Money>,
    own: u64,
    alike: u64,
    alike_told: u64,
    alike_text: String,
}

/// What is known of a row's booking.
enum BookedBefore {
    /// It is not there.
    No,
    /// It is, since then.
    Booked(Option<String>),
    /// Nobody knows.
    Unread(Problem),
}

impl Looked {
    /// Takes what was read for a row, or nothing where its customer's history was read for an earlier one.
    fn take(
        &mut self,
        row: &UnsentRow,
        read: Option<Result<ShownBookings, NoHistory>>,
    ) -> Result<BookedBefore, StopReason> {
        let customer = row.call.customer_number().filter(|_| self.are_repeated);
        let problem = match read {
            None => {
                if customer.is_some_and(|customer| self.refused_customers.contains(&customer)) {
                    self.refused.insert(row.number);
                }
                customer.and_then(|customer| self.unread_customers.get(&customer).cloned())
            }
            Some(Ok(shown)) => {
                self.outage.answered();
                self.shows_histories = true;
                self.shown.extend(shown.booked);
                self.note_alike(row, shown.alike);
                None
            }
            Some(Err(NoHistory::Unread(Unread::KeyRefused(problem)))) => {
                return Err(StopReason::KeyRefused(problem));
            }
            Some(Err(NoHistory::Unread(Unread::Lost(problem)))) => {
                if self.outage.lost() {
                    return Err(StopReason::ServerGone(problem));
                }
                Some(problem)
            }
            Some(Err(NoHistory::Unread(Unread::Refused(problem)))) => {
                self.outage.answered();
                self.refused.insert(row.number);
                self.refused_customers.extend(customer);
                self.refusal.get_or_insert(problem);
                None
            }
            Some(Err(NoHistory::Unknown)) => {
                self.outage.answered();
                let text = "the server's answer is not a readable history".to_owned();
                Some(Problem { code: FailureCode::BadAnswer, text })
            }
        };
        if let Some(problem) = problem {
            self.unread_customers.extend(customer.map(|customer| (customer, problem.clone())));
            self.unread.insert(row.number);
            return Ok(BookedBefore::Unread(problem));
        }
        let Some(at) = row.call.key().and_then(|key| self.shown.remove(&key)) else {
            return Ok(BookedBefore::No);
        };
        if row.is_first_look {
            self.booked += 1;
            let sum = if self.booked == 1 { Some(Money::ZERO) } else { self.amount };
            self.amount = sum.zip(row.call.amount()).and_then(|(sum, amount)| sum.plus(amount));
        } else {
            self.own += 1;
        }
        Ok(BookedBefore::Booked(at))
    }

    fn note_alike(&mut self, row: &UnsentRow, at: Option<String>) {
        let Some(at) = at else { return };
        self.alike += 1;
        let customer = row.call.customer().unwrap_or_default();
        self.alike_text = format!(
            "row {}: an earlier version of this program booked the same amount with the same comment for customer {customer}, {at}; its tag does not say whether it was this booking",
            row.number
        );
    }
}

impl BookedBefore {
    /// What becomes of the row; none where it is sent. `status` is that of a row that is booked already.
    fn result(self, row: &UnsentRow, status: Status) -> Option<RowResult> {
        let customer = row.call.customer().unwrap_or_default();
        let (status, error) = match self {
            Self::No => return None,
            Self::Booked(_) if !row.is_first_look => (Status::Ok, None),
            Self::Booked(at) => {
                let at = at.map_or_else(String::new, |at| format!(" ({at})"));
                let text = format!(
                    "this booking is in the history of customer {customer} already{at}; nothing was sent. If this is another list, which only has the same words, name it with --list NAME"
                );
                (status, Some((ErrorCode::AlreadyBooked, text)))
            }
            Self::Unread(problem) => return Some(unread(&format!("of customer {customer}"), &problem)),
        };
        Some(RowResult { status, id: None, error, http_status: None, attempts: 0 })
    }
}

/// The row waits until it is known whether its booking is there.
fn unread(whose: &str, problem: &Problem) -> RowResult {
    let text = format!(
        "not sent: the history {whose} cannot be read, so nobody knows whether this booking is there already: {}",
        problem.text
    );
    let error = Some((problem.code.into(), text));
    RowResult { status: Status::Skipped, id: None, error, http_status: None, attempts: 0 }
}
