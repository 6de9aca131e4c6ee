//! One round of asking: open rows go in, what is found out about them comes out, at the link's pace. That
//! something is not found proves nothing while the server may still be at work; such rows come again later.

use std::cell::RefCell;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::bookings::BookingInDoubt;
use super::evidence::{BookingEvidence, Judgement, Movement};
use super::instrument::Instrument;
use super::movement::CustomerBookings;
use super::new_customers::CustomerInDoubt;
use super::settling::Settling;
use super::time_window::Window;
use super::verdict::Verdict;
use crate::catalogue::{Action, ApiSelector};
use crate::customers::{
    CustomerFinder, EmptyBillings, HistoryReader, NoHistory, SearchResult, ShownHistory, Whereabouts, balance,
};
use crate::recording::{RowStep, Tag};
use crate::sending::{Clock, Link, Outage, Problem, Stop, Transport, Unread};
use crate::validating::Call;

/// A row whose outcome is not known.
#[derive(Debug, Clone)]
pub struct Open {
    pub of: RowStep,
    /// Its call as the file has it, without a tag.
    pub call: Call,
    /// The tag that it was sent with; none where the run left notes alone.
    pub tag: Option<Tag>,
    /// When its request left; of several attempts the last, or the wait would be over too soon.
    pub sent: Option<Timestamp>,
    /// When its request ended without an answer that tells.
    pub ended: Option<Timestamp>,
    /// From this moment of the link's clock on, what is not there will not come.
    pub due: Duration,
    /// Other rows in doubt that are looked for by the same value.
    pub rivals: u64,
    /// What else is known of the customer's bookings.
    pub bookings: CustomerBookings,
}

/// What was found out about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub of: RowStep,
    pub verdict: Verdict,
}

/// Why a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundEnd {
    /// Every row was asked for.
    Whole,
    /// The user wanted it, or findings are no longer taken.
    Stopped,
    KeyRefused(Problem),
    /// So many reads in a row had no answer that the server must be gone; with the last problem.
    ServerGone(Problem),
}

/// How a round asks.
pub struct Round<'r, T, C: Clock> {
    /// The way to the server.
    pub link: &'r Link<T, C>,
    /// The name under which it takes the subcategory.
    pub selector: ApiSelector,
    pub histories: &'r HistoryReader,
    pub finder: &'r CustomerFinder,
    /// Where nobody was looked for one by one, because nobody was there.
    pub billings: &'r EmptyBillings,
    /// How many rows are asked for at once.
    pub concurrency: NonZeroUsize,
    /// By which the time of a request is judged.
    pub settling: Settling,
    /// What this session has seen this server show; the text says why it has seen nothing.
    pub instrument: &'r Result<Instrument, String>,
    /// Whether customers were looked for before the first row was sent.
    pub was_looked_for: bool,
    pub zone: TimeZone,
    /// Whether another row of the run is known to have this customer's id.
    pub is_taken: &'r dyn Fn(&str) -> bool,
}

/// New customers whom a round has found: two rows are not the same customer.
type FoundCustomers = HashSet<String>;

/// What asking for one row came to.
enum Asked {
    Found(Finding),
    /// The read had no answer: a finding as well, and a sign that the server may be gone.
    Lost(Finding, Problem),
    KeyRefused(Problem),
}

impl<T: Transport, C: Clock> Round<'_, T, C> {
    /// Asks for every row that comes in. What was begun when it is stopped is dropped: to read twice does no
    /// harm. Rows without a finding stay as they are.
    pub async fn run(
        &self,
        mut open: mpsc::Receiver<Open>,
        findings: mpsc::Sender<Finding>,
        stop: Stop,
    ) -> RoundEnd {
        let customers = RefCell::new(FoundCustomers::default());
        let mut asking = FuturesUnordered::new();
        let (mut is_taking, mut outage) = (true, Outage::default());
        while is_taking || !asking.is_empty() {
            tokio::select! {
                biased;
                () = stop.wanted() => return RoundEnd::Stopped,
                Some(asked) = asking.next() => {
                    let finding = match asked {
                        Asked::KeyRefused(problem) => return RoundEnd::KeyRefused(problem),
                        Asked::Found(finding) => {
                            outage.answered();
                            finding
                        }
                        Asked::Lost(_, problem) if outage.lost() => return RoundEnd::ServerGone(problem),
                        Asked::Lost(finding, _) => finding,
                    };
                    if findings.send(finding).await.is_err() {
                        return RoundEnd::Stopped;
                    }
                }
                next = open.recv(), if is_taking && asking.len() < self.concurrency.get() => match next {
                    Some(row) => asking.push(self.find_out(row, &customers)),
                    None => is_taking = false,
                },
            }
        }
        RoundEnd::Whole
    }

    async fn find_out(&self, open: Open, customers: &RefCell<FoundCustomers>) -> Asked {
        // Before the read: what it does not show must have been missing when the wait was over.
        let is_settled = self.link.clock().now() >= open.due;
        let judged = match open.call.action() {
            Action::ChangeBalance => self.booking(&open, is_settled).await,
            Action::Add => self.customer(&open, customers, is_settled).await,
            _ => {
                let text = "there is nothing to find out: the operation can safely be sent again";
                Ok((Verdict::Undecided(text.to_owned()), None))
            }
        };
        let (verdict, lost) = match judged {
            Ok(judged) => judged,
            Err(problem) => return Asked::KeyRefused(problem),
        };
        let finding = Finding { of: open.of, verdict };
        match lost {
            Some(problem) => Asked::Lost(finding, problem),
            None => Asked::Found(finding),
        }
    }

    /// The verdict on a booking, and the problem if no answer came; an error where the key is refused.
    async fn booking(&self, open: &Open, is_settled: bool) -> Result<(Verdict, Option<Problem>), Problem> {
        let offset = self.instrument.as_ref().ok().and_then(|instrument| instrument.offset);
        let sent = open.sent.map(|sent| self.zone.to_datetime(sent).strftime("%Y-%m-%d %H:%M").to_string());
        let Settling { settle, lag, .. } = self.settling;
        let last = open.ended.and_then(|end| end.checked_add(settle.saturating_add(lag)).ok());
        let booking = BookingInDoubt {
            call: &open.call,
            tag: open.tag,
            window: Window::new(open.sent, last),
            offset,
            sent: sent.as_deref(),
        };
        let customer = open.call.customer().unwrap_or_default();
        let shown = match self.histories.read(self.link, self.selector, customer).await {
            Ok(shown) => shown,
            Err(NoHistory::Unread(Unread::KeyRefused(problem))) => return Err(problem),
            Err(no_history) => {
                let lost = match &no_history {
                    NoHistory::Unread(Unread::Lost(problem)) => Some(problem.clone()),
                    _ => None,
                };
                return Ok((Verdict::Undecided(booking.open(&unread(&no_history))), lost));
            }
        };
        let ShownHistory { entries, is_whole, .. } = shown;
        let (seen, likeness) = booking.seen(&entries);
        let mut evidence = BookingEvidence {
            seen,
            is_settled,
            is_proven: self.instrument.is_ok(),
            is_whole,
            balance: Movement::NotKnown,
            has_later: open.bookings.later.iter().any(|tag| BookingInDoubt::shows(&entries, tag)),
        };
        // A read that can't change the verdict is not made.
        let could = BookingEvidence { balance: Movement::AsKnown, ..evidence };
        if could.judge() == Judgement::NotApplied
            && let (Ok(Instrument { has_balance: true, .. }), true, Some(own)) =
                (self.instrument, open.bookings.is_known(), open.call.amount())
            && let Ok(after) = balance(self.link, self.selector, customer).await
        {
            evidence.balance = open.bookings.movement(own, after, &entries);
        }
        let verdict = match evidence.judge() {
            Judgement::Applied(times) => Verdict::Applied { id: None, times },
            Judgement::NotApplied => Verdict::NotApplied,
            Judgement::NotYet => Verdict::Later(open.due),
            Judgement::Open(gap) => {
                let proof = self.instrument.as_ref().err().map_or("", String::as_str);
                Verdict::Undecided(booking.lacking(gap, likeness, proof))
            }
        };
        Ok((verdict, None))
    }

    /// The verdict on a new customer.
    async fn customer(
        &self,
        open: &Open,
        customers: &RefCell<FoundCustomers>,
        is_settled: bool,
    ) -> Result<(Verdict, Option<Problem>), Problem> {
        let Some(search) = open.call.find_same() else {
            return Ok((CustomerInDoubt::not_searchable(&open.call), None));
        };
        let (found, lost) = match self.finder.find(self.link, self.selector, &search.call).await {
            Ok(found) => (found, None),
            Err(Unread::KeyRefused(problem)) => return Err(problem),
            Err(Unread::Refused(problem)) => (SearchResult::Unclear(problem), None),
            Err(Unread::Lost(problem)) => (SearchResult::Unclear(problem.clone()), Some(problem)),
        };
        let strangers = self.strangers(&open.call, &found).await;
        let mut customers = customers.borrow_mut();
        let row = CustomerInDoubt {
            search: &search,
            has_rivals: open.rivals > 0,
            was_looked_for: self.was_looked_for,
            is_settled,
            due: open.due,
            instrument: self.instrument,
        };
        let verdict =
            row.verdict(found, |id| (self.is_taken)(id) || customers.contains(id) || strangers.contains(id));
        if let Verdict::Applied { id: Some(id), .. } = &verdict {
            customers.insert(id.clone());
        }
        Ok((verdict, lost))
    }

    /// Of the customers who were found, those who can have been there before: nobody looked for the row's own by itself,
    /// because its billing was empty, and they are not known to be in it.
    async fn strangers(&self, add: &Call, found: &SearchResult) -> HashSet<String> {
        let mut strangers = HashSet::new();
        if !self.billings.began_empty(add) {
            return strangers;
        }
        for id in found.ids() {
            if !(self.is_taken)(id)
                && self.billings.whereabouts(self.link, self.selector, add, id).await != Whereabouts::There
            {
                strangers.insert(id.clone());
            }
        }
        strangers
    }
}

fn unread(no_history: &NoHistory) -> String {
    match no_history {
        NoHistory::Unknown => no_history.to_string(),
        NoHistory::Unread(Unread::Refused(problem)) => {
            format!("the server does not show the history: {problem}")
        }
        NoHistory::Unread(unread) => format!("the history could not be read: {unread}"),
    }
}
