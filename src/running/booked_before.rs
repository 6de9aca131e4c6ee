//! What the look for bookings has come to: what is known of each row before it is sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::look::UnsentRow;
use crate::customers::NoHistory;
use crate::reading::RowNumber;
use crate::reconciling::{CutBookings, ShownBooking, ShownBookings};
use crate::recording::{ErrorCode, RowResult, RowStep, Status};
use crate::sending::{Outage, Problem, StopReason, Unread};
use crate::validating::{BookingKey, Call, Money};

/// Rows of whose customers the history could not be read: nothing is sent for them in this session.
pub(super) type UnreadRows = HashSet<RowNumber>;

/// What the look came to so far.
#[derive(Default)]
pub(super) struct Looked {
    are_repeated: bool,
    /// Bookings that histories have shown, and that no row has claimed yet.
    shown: BTreeMap<BookingKey, ShownBooking>,
    cut: CutBookings,
    /// Customers of whose history nothing is known; only where rows have the same customer.
    customers: HashMap<u64, NoHistory>,
    pub(super) unread: UnreadRows,
    pub(super) first_unread: Option<Problem>,
    /// Rows of whose customers the server refuses the history.
    pub(super) refused: BTreeMap<RowStep, Problem>,
    /// The call of one whose customer it does not know.
    pub(super) nobody: Option<Call>,
    pub(super) shows_histories: bool,
    outage: Outage,
    pub(super) booked: u64,
    /// What the rows add up to that are booked.
    pub(super) amount: Option<Money>,
    pub(super) own: u64,
    /// How many bookings of earlier versions were like a row, and what is said of the last.
    pub(super) alikes: u64,
    pub(super) alike: Option<String>,
}

/// What is known of a row's booking.
pub(super) enum BookedBefore {
    /// It is not there.
    No,
    Booked(ShownBooking),
    /// Nobody knows.
    Unread(Problem),
}

impl Looked {
    pub(super) fn new(are_repeated: bool) -> Self {
        Self { are_repeated, amount: Some(Money::ZERO), ..Self::default() }
    }

    /// Takes what was read for a row, or nothing where its customer's history was read for an earlier one.
    pub(super) fn take(
        &mut self,
        row: &UnsentRow,
        read: Option<Result<ShownBookings, NoHistory>>,
    ) -> Result<BookedBefore, StopReason> {
        let customer = row.call.customer_number().filter(|_| self.are_repeated);
        let is_lost = matches!(&read, Some(Err(NoHistory::Unread(Unread::Lost(_)))));
        if read.is_some() && !is_lost {
            self.outage.answered();
        }
        let none = match read {
            None => customer.and_then(|customer| self.customers.get(&customer).cloned()),
            Some(Ok(shown)) => {
                self.shows_histories = true;
                self.shown.extend(shown.booked);
                self.cut.extend(shown.cut);
                self.note_alike(row, shown.alike);
                None
            }
            Some(Err(none)) => {
                self.customers.extend(customer.map(|customer| (customer, none.clone())));
                Some(none)
            }
        };
        let problem = match none {
            None => return Ok(self.claim(&row.call)),
            Some(NoHistory::Unread(Unread::KeyRefused(problem))) => {
                return Err(StopReason::KeyRefused(problem));
            }
            Some(NoHistory::Unread(Unread::Lost(problem))) if is_lost && self.outage.lost() => {
                return Err(StopReason::ServerGone(problem));
            }
            Some(NoHistory::Unread(Unread::Refused(problem))) => {
                if problem.is_not_found() {
                    self.nobody.get_or_insert_with(|| row.call.clone());
                }
                self.refused.insert(row.of, problem);
                return Ok(BookedBefore::No);
            }
            Some(none) => none.into_problem(),
        };
        self.unread.insert(row.of.row);
        self.first_unread.get_or_insert_with(|| problem.clone());
        Ok(BookedBefore::Unread(problem))
    }

    fn claim(&mut self, call: &Call) -> BookedBefore {
        let Some(key) = call.key() else { return BookedBefore::No };
        let found = self.shown.remove(&key).or_else(|| self.cut.of(key, call.amount()));
        found.map_or(BookedBefore::No, BookedBefore::Booked)
    }

    /// A row is booked, and not by this run.
    pub(super) fn count(&mut self, amount: Option<Money>) {
        self.booked += 1;
        self.amount = self.amount.zip(amount).and_then(|(sum, amount)| sum.plus(amount));
    }

    fn note_alike(&mut self, row: &UnsentRow, at: Option<String>) {
        let Some(at) = at else { return };
        self.alikes += 1;
        let customer = row.call.customer().unwrap_or_default();
        self.alike = Some(format!(
            "row {}: an earlier version of this program booked the same amount with the same comment for customer {customer}, {at}; its tag does not say whether it was this booking",
            row.of.row
        ));
    }
}

/// The row waits until it is known whether its booking is there.
pub(super) fn unread(whose: &str, problem: &Problem) -> RowResult {
    let text = format!(
        "not sent: the history {whose} cannot be read, so nobody knows whether this booking is there already: {}",
        problem.text
    );
    RowResult::unsent(Status::Skipped, problem.code.into(), text)
}

/// The server does not know the row's customer.
pub(super) fn not_found(problem: &Problem) -> RowResult {
    RowResult::unsent(Status::Failed, ErrorCode::NotFound, format!("not sent: {problem}"))
}

/// The row is not sent: its booking is there.
pub(super) fn already(booking: &ShownBooking, call: &Call, status: Status) -> RowResult {
    let customer = call.customer().unwrap_or_default();
    let at = booking.date.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
    let what = match booking.times(call.amount()) {
        _ if booking.is_cut => {
            format!(
                "the history of customer {customer} has a booking of this amount with the beginning of this row's tag, the rest of which the server has cut off{at}"
            )
        }
        0 | 1 => format!("this booking is in the history of customer {customer} already{at}"),
        times => format!(
            "this booking is in the history of customer {customer} already, more than once: {times} times, first{at}; `undo --surplus` writes the rows that take the surplus back"
        ),
    };
    let text = format!(
        "{what}; nothing was sent. If this is another list, which only has the same words, name it with --list NAME"
    );
    RowResult::unsent(status, ErrorCode::AlreadyBooked, text)
}
