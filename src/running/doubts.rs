//! What is known beside each row in doubt: other rows that are looked for by the same value, the bookings of the same
//! customer, and rows that are `ok` by which the server is tried.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::rows::{Rows, call_of, is_new};
use crate::catalogue::{Action, Operation, Step, Version};
use crate::reconciling::{CustomerBookings, Open, OpenBooking, Sample, Settling};
use crate::recording::{Entry, Replay, RowStep, Status, Tag, Tagging};
use crate::sending::{Clock, Transport};
use crate::validating::{Call, Digest, Money};

/// How many rows that were applied are looked for, to see whether the server shows any.
const SAMPLES: usize = 3;

/// Which rows are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubtful {
    /// Those in doubt.
    Unknown,
    /// Those that were proven not to be applied, before they are sent again.
    NotApplied,
}

impl Doubtful {
    pub(super) fn is_wanted(self, entry: &Entry) -> bool {
        match self {
            Self::Unknown => entry.result.status == Status::Unknown,
            Self::NotApplied => entry.was_not_applied(),
        }
    }

    /// Whether it is not known for certain what became of the row.
    fn is_open(self, entry: &Entry) -> bool {
        self.is_wanted(entry) || Self::Unknown.is_wanted(entry)
    }
}

/// Whether rows are sent while the server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meanwhile {
    Nothing,
    /// What is booked of a customer, or whom a search finds, may be the work of a row of which the journal says nothing yet.
    Sending,
}

/// What is known beside the rows in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// How many there are.
    open: u64,
    /// How many of them are looked for by the same value.
    searches: HashMap<Digest, u64>,
    customers: HashMap<String, CustomerRows>,
    /// Rows that are ok.
    pub(super) samples: Vec<Sample>,
}

/// The rows of a customer.
#[derive(Debug)]
struct CustomerRows {
    before: Option<Money>,
    booked: Option<Money>,
    open: Vec<(RowStep, OpenBooking)>,
    /// Of the rows that are ok, the last that was sent.
    last: Option<(Timestamp, Tag)>,
    /// Whether some are still to be sent.
    is_unfinished: bool,
    /// Whether the run has made the customer.
    is_new: bool,
}

impl Default for CustomerRows {
    fn default() -> Self {
        Self {
            before: None,
            booked: Some(Money::ZERO),
            open: Vec::new(),
            last: None,
            is_unfinished: false,
            is_new: false,
        }
    }
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Goes through the journal for what is known beside the rows of which this step is in doubt.
    pub(super) async fn doubts(
        &self,
        step: Step,
        asked: Doubtful,
        meanwhile: Meanwhile,
    ) -> Result<Doubts, RunError> {
        let (first, second) = (self.rows()?, self.rows()?);
        let (mut replay, mut again) = (self.replay()?, self.replay()?);
        let tagging = self.tagging();
        let of = (self.input.spec.operation, step, self.input.spec.rules.server);
        let gathered = spawn_blocking(move || -> Result<_, RunError> {
            let mut doubts = Doubts::default();
            each_row(first, of, &mut replay, |call, entry, _| {
                let Some(entry) = entry else { return };
                if asked.is_open(entry) {
                    doubts.add_open(call, entry, tagging);
                } else if doubts.samples.len() < SAMPLES {
                    doubts.add_sample(call, entry, tagging);
                }
            })?;
            each_row(second, of, &mut again, |call, entry, is_new| {
                match entry {
                    Some(entry) if !entry.is_unsent() => doubts.add_known(call, entry, tagging),
                    _ if meanwhile == Meanwhile::Sending => doubts.add_unsent(call),
                    _ => {}
                }
                if let Some(rows) = call.customer().and_then(|customer| doubts.customers.get_mut(customer)) {
                    rows.is_new |= is_new;
                }
            })?;
            for (customer, rows) in &mut doubts.customers {
                let before = again.balance_before(customer)?;
                let before = before.and_then(|text| Money::written_by_server(&text));
                rows.before = before.or(rows.is_new.then_some(Money::ZERO));
            }
            for sample in &mut doubts.samples {
                let rows = sample.call.customer().and_then(|customer| doubts.customers.get(customer));
                sample.bookings = rows.map(|rows| rows.beside(None, Vec::new())).unwrap_or_default();
            }
            Ok(doubts)
        });
        gathered.await?
    }
}

impl Doubts {
    /// Whether no row is in doubt.
    pub(super) const fn is_empty(&self) -> bool {
        self.open == 0
    }

    fn add_open(&mut self, call: &Call, entry: &Entry, tagging: Tagging) {
        self.open += 1;
        if let Some(search) = call.find_same() {
            *self.searches.entry(search.call.digest()).or_default() += 1;
        }
        if let (Some(customer), Some(amount)) = (call.customer(), call.amount()) {
            let open = OpenBooking { tag: tagging.tag(entry.of.row, call.key(), Some(entry)), amount };
            self.customers.entry(customer.to_owned()).or_default().open.push((entry.of, open));
        }
    }

    /// A row that was sent and is ok. What was found later is no better than what finds it.
    fn add_sample(&mut self, call: &Call, entry: &Entry, tagging: Tagging) {
        let is_known = entry.result.status == Status::Ok && entry.sent.is_some();
        if !is_known
            || call.action() == Action::Add && (entry.result.id.is_none() || call.find_same().is_none())
        {
            return;
        }
        if let Some(customer) = call.customer() {
            self.customers.entry(customer.to_owned()).or_default();
        }
        self.samples.push(Sample {
            call: call.clone(),
            tag: tagging.tag(entry.of.row, call.key(), Some(entry)),
            id: entry.result.id.clone(),
            sent: entry.sent,
            bookings: CustomerBookings::default(),
        });
    }

    fn add_known(&mut self, call: &Call, entry: &Entry, tagging: Tagging) {
        let (Some(customer), Some(amount), Status::Ok) =
            (call.customer(), call.amount(), entry.result.status)
        else {
            return;
        };
        let Some(rows) = self.customers.get_mut(customer) else { return };
        rows.booked = rows.booked.and_then(|sum| sum.plus(amount));
        if let (Some(sent), Some(tag)) = (entry.sent, tagging.tag(entry.of.row, call.key(), Some(entry)))
            && rows.last.as_ref().is_none_or(|(last, _)| *last < sent)
        {
            rows.last = Some((sent, tag));
        }
    }

    /// A row that may be sent at any moment.
    fn add_unsent(&mut self, call: &Call) {
        if let Some(search) = call.find_same()
            && let Some(rows) = self.searches.get_mut(&search.call.digest())
        {
            *rows += 1;
        }
        if let Some(rows) = call.customer().and_then(|customer| self.customers.get_mut(customer)) {
            rows.is_unfinished = true;
        }
    }

    /// A row as the server is asked about it. `due`: when its request could no longer be at work.
    pub(super) fn open(
        &self,
        call: Call,
        entry: &Entry,
        tagging: Tagging,
        due: Duration,
        settling: &Settling,
    ) -> Open {
        Open {
            of: entry.of,
            tag: tagging.tag(entry.of.row, call.key(), Some(entry)),
            sent: entry.sent,
            ended: entry.ended,
            due,
            rivals: self.rivals(&call),
            bookings: self.bookings(&call, entry.of, due, settling),
            call,
        }
    }

    /// How many other rows in doubt are looked for as this one is.
    fn rivals(&self, call: &Call) -> u64 {
        let search = call.find_same().and_then(|search| self.searches.get(&search.call.digest()));
        search.map_or(0, |open| open.saturating_sub(1))
    }

    /// The bookings of a row's customer, the row itself left aside.
    fn bookings(&self, call: &Call, row: RowStep, due: Duration, settling: &Settling) -> CustomerBookings {
        let Some(rows) = call.customer().and_then(|customer| self.customers.get(customer)) else {
            return CustomerBookings::default();
        };
        // Only of this session is it known when they were sent, by a clock that nobody sets.
        let is_later = |sent: Timestamp| {
            let after = sent.duration_since(settling.begun_wall);
            !after.is_negative() && settling.begun.saturating_add(after.unsigned_abs()) >= due
        };
        let last = rows.last.as_ref().filter(|(sent, _)| is_later(*sent));
        rows.beside(Some(row), last.map(|(_, tag)| *tag).into_iter().collect())
    }
}

impl CustomerRows {
    fn beside(&self, row: Option<RowStep>, later: Vec<Tag>) -> CustomerBookings {
        let open = self.open.iter().filter(|(other, _)| Some(*other) != row).map(|(_, open)| open.clone());
        let before = self.before.filter(|_| !self.is_unfinished);
        CustomerBookings { before, booked: self.booked, open: open.collect(), later }
    }
}

/// Goes through the valid rows that have this step, with what the journal knows of it, and whether the run has made their
/// customer.
fn each_row(
    rows: Rows,
    (operation, step, server): (Operation, Step, Option<Version>),
    replay: &mut Replay,
    mut take: impl FnMut(&Call, Option<&Entry>, bool),
) -> Result<(), RunError> {
    rows.each(
        |checked| checked.calls(),
        |row, checked| {
            let entries = replay.entries(row.number())?;
            if let Some(call) = checked.ok().and_then(|calls| call_of(calls, step, &entries, server)) {
                take(&call, entries.of(step), is_new(operation, &entries));
            }
            Ok(true)
        },
    )
}
