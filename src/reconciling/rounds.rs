//! One round of asking: open rows go in, what is found out about them comes out, at the link's pace. That
//! something is not found proves nothing while the server may still be at work; such rows come again later.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::bookings::{BookingInDoubt, SameBookings};
use super::new_customers;
use super::time_window::Window;
use super::verdict::Verdict;
use crate::catalogue::{Action, ApiSelector, Version};
use crate::customers::{NoHistory, SearchResult, read_history, search_result};
use crate::reading::RowNumber;
use crate::recording::Tag;
use crate::sending::{Clock, Link, Outage, Problem, Stop, Transport, Unread};
use crate::validating::Call;

/// A row whose outcome is not known.
#[derive(Debug, Clone)]
pub struct Open {
    pub row: RowNumber,
    /// Its call as the file has it, without a tag.
    pub call: Call,
    /// The tag that it was sent with; none where the run left comments alone.
    pub tag: Option<Tag>,
    /// When its request left; of several attempts the last, or the wait would be over too soon.
    pub sent: Option<Timestamp>,
    /// When its request ended without an answer that tells; none where the program ended before it.
    pub ended: Option<Timestamp>,
    /// What an earlier round of this session gave as [`Verdict::Later`]: it stays that moment even if the
    /// clock is set back, or the wait would begin again with every round.
    pub due: Option<Timestamp>,
    /// Other rows that are the same booking, or the same new customer.
    pub same: SameBookings,
}

/// What was found out about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub row: RowNumber,
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
    /// Its version, where known.
    pub server: Option<Version>,
    /// How many rows are asked for at once.
    pub concurrency: NonZeroUsize,
    /// `--settle`.
    pub settle: Duration,
    /// How long a request may take.
    pub timeout: Duration,
    pub zone: TimeZone,
    /// Whether another row of the run is known to have this customer's id.
    pub is_taken: &'r dyn Fn(&str) -> bool,
}

/// New customers that a round has come across.
#[derive(Default)]
struct SearchedCustomers {
    /// Those who were found: two rows are not the same customer.
    found: HashSet<String>,
    /// How many rows are searched for by the same value: which of them made the customer who is found is not known.
    sought: HashMap<String, u64>,
}

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
        let customers = RefCell::new(SearchedCustomers::default());
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

    async fn find_out(&self, open: Open, customers: &RefCell<SearchedCustomers>) -> Asked {
        // Before the read: what it does not show must have been missing when the wait was over.
        let began = self.now();
        let due = self.due(&open, began);
        let missing = if began >= due { Verdict::NotApplied } else { Verdict::Later(due) };
        let (verdict, lost) = match open.call.action() {
            Action::ChangeBalance => match self.booking(&open, missing).await {
                Ok(judged) => judged,
                Err(problem) => return Asked::KeyRefused(problem),
            },
            Action::Add => match self.customer(&open, customers, missing).await {
                Ok(judged) => judged,
                Err(problem) => return Asked::KeyRefused(problem),
            },
            _ => {
                let text = "there is nothing to find out: the operation can safely be sent again";
                (Verdict::Undecided(text.to_owned()), None)
            }
        };
        let finding = Finding { row: open.row, verdict };
        match lost {
            Some(problem) => Asked::Lost(finding, problem),
            None => Asked::Found(finding),
        }
    }

    /// The verdict on a booking, and the problem if no answer came; an error where the key is refused.
    async fn booking(&self, open: &Open, missing: Verdict) -> Result<(Verdict, Option<Problem>), Problem> {
        let customer = open.call.customer().unwrap_or_default();
        let history = read_history(self.link, self.selector, self.server, customer).await;
        let lost = match &history {
            Err(NoHistory::Unread(Unread::KeyRefused(problem))) => return Err(problem.clone()),
            Err(NoHistory::Unread(Unread::Lost(problem))) => Some(problem.clone()),
            _ => None,
        };
        let booking = BookingInDoubt {
            call: &open.call,
            tag: open.tag,
            window: Window::new(open.sent, self.end(open).map(|end| later(end, self.settle))),
            same: open.same,
            sent: open.sent,
            zone: &self.zone,
        };
        Ok((booking.verdict(&history, missing), lost))
    }

    /// The verdict on a new customer.
    async fn customer(
        &self,
        open: &Open,
        customers: &RefCell<SearchedCustomers>,
        missing: Verdict,
    ) -> Result<(Verdict, Option<Problem>), Problem> {
        let Some(search) = open.call.find_same() else {
            return Ok((new_customers::not_searchable(&open.call), None));
        };
        // Before the read: of rows that are asked for at the same time each has to know of the others.
        *customers.borrow_mut().sought.entry(search.what.clone()).or_default() += 1;
        let read = self.link.read(self.selector, &search.call).await;
        if let Err(Unread::KeyRefused(problem)) = read {
            return Err(problem);
        }
        let lost = matches!(read, Err(Unread::Lost(_)));
        let found = search_result(read);
        let lost = match &found {
            SearchResult::Unclear(problem) if lost => Some(problem.clone()),
            _ => None,
        };
        let mut customers = customers.borrow_mut();
        let is_taken = |id: &str| (self.is_taken)(id) || customers.found.contains(id);
        let is_sought_twice = customers.sought.get(&search.what).is_some_and(|rows| *rows > 1);
        let verdict =
            new_customers::verdict(&search, found, is_taken, is_sought_twice || open.same.open > 0, missing);
        if let Verdict::Applied { id: Some(id), .. } = &verdict {
            customers.found.insert(id.clone());
        }
        Ok((verdict, lost))
    }

    /// From this moment on, what is not there will not come any more.
    fn due(&self, open: &Open, now: Timestamp) -> Timestamp {
        // An end that lies ahead is one by a clock that was set back since.
        let end = self.end(open).map_or(now, |end| end.min(now));
        open.due.unwrap_or_else(|| later(end, self.settle))
    }

    /// When the request ended, or must have ended.
    fn end(&self, open: &Open) -> Option<Timestamp> {
        open.ended.or_else(|| open.sent.map(|sent| later(sent, self.timeout)))
    }

    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.link.clock().wall()).unwrap_or(Timestamp::MAX)
    }
}

fn later(moment: Timestamp, span: Duration) -> Timestamp {
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}
