//! Asks for a customer's history, in the ways that servers of different versions take.

use std::cell::Cell;

use tokio::sync::OnceCell;

use super::answer::{SingleAnswer, one};
use super::history::{ShownHistory, shown};
use super::refusal::{RefusalMeaning, refusal_meaning};
use crate::catalogue::{ApiSelector, Version};
use crate::sending::{Clock, FailureCode, Link, Problem, Transport, Unread};
use crate::validating::Call;

/// A customer's history could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHistory {
    /// The read had no answer, or a refusal.
    #[error("{0}")]
    Unread(Unread),
    /// The answer is not a history.
    #[error("the server's answer is not a readable history")]
    Unknown,
}

impl NoHistory {
    /// What a row is told that it keeps waiting.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Unread(Unread::Refused(problem) | Unread::KeyRefused(problem) | Unread::Lost(problem)) => {
                problem
            }
            Self::Unknown => Problem { code: FailureCode::BadAnswer, text: self.to_string() },
        }
    }
}

/// Nobody has this id: no database counts so far.
const NOBODY: &str = "2147483647";

/// Reads customers' histories. Where the server's version is not known it is asked in the newest way first, and in the
/// older one if it says no, or shows nothing: a server that does not see the customer's id may answer with an empty list.
/// What a way was seen to show is remembered, so that from then on one read a customer is enough.
#[derive(Debug, Default)]
pub struct HistoryReader {
    server: Option<Version>,
    /// The place of the way that is known to see the customer's id.
    known: Cell<Option<usize>>,
    /// Whether the newest way tells nobody from somebody.
    control: OnceCell<bool>,
}

impl HistoryReader {
    /// One for a server of this version, where that is known.
    pub fn new(server: Option<Version>) -> Self {
        Self { server, ..Self::default() }
    }

    /// A customer's history, as far as it can be read.
    pub async fn read<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        customer: &str,
    ) -> Result<ShownHistory, NoHistory> {
        let read = self.read_in_some_way(link, selector, customer).await;
        match &read {
            Err(NoHistory::Unread(Unread::Refused(problem)))
                if means_none(link, selector, customer, problem).await =>
            {
                Ok(ShownHistory { entries: Vec::new(), is_whole: true, texts: Vec::new() })
            }
            _ => read,
        }
    }

    async fn read_in_some_way<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        customer: &str,
    ) -> Result<ShownHistory, NoHistory> {
        let ways = Call::histories(customer, self.server).unwrap_or_default();
        if let Some(way) = self.known.get().and_then(|known| ways.get(known)) {
            return ask(link, selector, way).await;
        }
        let Some((newest, older)) = ways.split_first() else { return Err(NoHistory::Unknown) };
        let mut first = ask(link, selector, newest).await;
        match &first {
            Ok(shown) if !shown.entries.is_empty() => {
                self.known.set(Some(0));
                return first;
            }
            // What was lost may have been the answer; another way is no better.
            Err(NoHistory::Unread(Unread::Lost(_) | Unread::KeyRefused(_))) => return first,
            Ok(_) if !older.is_empty() && self.tells_nobody(link, selector).await => return first,
            _ => {}
        }
        for (place, way) in (1..).zip(older) {
            let read = ask(link, selector, way).await;
            match &read {
                Ok(shown) if !shown.entries.is_empty() => {
                    self.known.set(Some(place));
                    return read;
                }
                Err(NoHistory::Unread(Unread::Lost(_))) => return read,
                Ok(_) if first.is_err() => first = read,
                // Refused the second time it is not the key, but the way of asking.
                _ => {}
            }
        }
        first
    }

    /// Whether an empty history of somebody is what it is: that of nobody is refused in the newest way.
    async fn tells_nobody<T: Transport, C: Clock>(&self, link: &Link<T, C>, selector: ApiSelector) -> bool {
        let control = async {
            let ways = Call::histories(NOBODY, self.server).unwrap_or_default();
            let Some(newest) = ways.first() else { return false };
            matches!(ask(link, selector, newest).await, Err(NoHistory::Unread(Unread::Refused(_))))
        };
        if self.known.get().is_none() && *self.control.get_or_init(|| control).await {
            self.known.set(Some(0));
        }
        self.known.get() == Some(0)
    }
}

async fn ask<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    way: &Call,
) -> Result<ShownHistory, NoHistory> {
    let answer = link.read(selector, way).await.map_err(NoHistory::Unread)?;
    let shown = shown(answer.data.as_ref()).ok_or(NoHistory::Unknown)?;
    if !shown.entries.is_empty() && !link.has_shown_history() {
        link.shows_history();
    }
    Ok(shown)
}

/// Whether a server that says no to every way of asking means that nothing has happened to the customer: it says so itself,
/// or says nothing and has shown another history in this session. The control is that it has the customer.
async fn means_none<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    customer: &str,
    problem: &Problem,
) -> bool {
    let may = match refusal_meaning(problem) {
        RefusalMeaning::Nothing => true,
        RefusalMeaning::Silent => link.has_shown_history(),
        RefusalMeaning::Other => false,
    };
    let (true, Ok(id), Ok(call)) = (may, customer.parse(), Call::read_customer_by_id(customer)) else {
        return false;
    };
    let read = link.read(selector, &call).await;
    read.is_ok_and(|answer| matches!(one(answer.data, id), SingleAnswer::Customer(_)))
}
