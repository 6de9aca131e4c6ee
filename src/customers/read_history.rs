//! Asks for a customer's history, in the ways that servers of different versions take.

use std::cell::Cell;

use serde_json::Value;

use super::answer::{SingleAnswer, one};
use super::history::{HistoryEntry, ShownHistory, all_entries, entries_with_all_texts, shown};
use super::refusal::{RefusalMeaning, refusal_meaning};
use crate::catalogue::{ApiSelector, Version};
use crate::sending::{Clock, Link, Problem, Transport, Unread};
use crate::validating::Call;

/// A customer's history could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHistory {
    /// The read had no answer, or a refusal.
    Unread(Unread),
    /// The answer is not a history.
    Unknown,
}

/// Reads a customer's history, as far as it can be read, and says whether that is all of the answer. Where the server's
/// version is not known it is asked in the newest way first, and in the older one if it says no, or shows nothing: a
/// server that does not see the customer's id may answer with an empty list.
pub async fn read_shown_history<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
) -> Result<ShownHistory, NoHistory> {
    read_as(link, selector, server, customer, shown, |_, shown| shown.entries.is_empty()).await
}

/// The same where nothing may be left out: an answer of which only a part can be read does not count.
pub async fn read_whole_history<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
) -> Result<Vec<HistoryEntry>, NoHistory> {
    read_as(link, selector, server, customer, all_entries, |_, entries| entries.is_empty()).await
}

/// The same for a search by text: nothing is left out, also where a part of the answer is not an entry. Once the newest
/// way of asking has shown something, that it shows nothing for another customer is believed: `is_proven` remembers it.
pub async fn read_texts_of_history<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
    is_proven: &Cell<bool>,
) -> Result<Vec<HistoryEntry>, NoHistory> {
    let asks_on = |place, entries: &Vec<HistoryEntry>| {
        is_proven.set(is_proven.get() || place == 0 && !entries.is_empty());
        entries.is_empty() && !is_proven.get()
    };
    read_as(link, selector, server, customer, entries_with_all_texts, asks_on).await
}

async fn read_as<T: Transport, C: Clock, R>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
    customer: &str,
    history: fn(Option<&Value>) -> Option<R>,
    asks_on: impl Fn(usize, &R) -> bool,
) -> Result<R, NoHistory> {
    let ways = Call::histories(customer, server).unwrap_or_default();
    let mut first = Err(NoHistory::Unknown);
    for (place, way) in ways.iter().enumerate() {
        let read = match link.read(selector, way).await {
            Ok(answer) => {
                if !link.has_shown_history() && shows_entries(answer.data.as_ref()) {
                    link.shows_history();
                }
                history(answer.data.as_ref()).ok_or(NoHistory::Unknown)
            }
            Err(unread) => Err(NoHistory::Unread(unread)),
        };
        let is_over = match &read {
            Ok(history) => !asks_on(place, history),
            // What was lost may have been the answer; another way is no better.
            Err(NoHistory::Unread(Unread::Lost(_))) => true,
            // Refused the second time it is not the key, but the way of asking.
            Err(NoHistory::Unread(Unread::KeyRefused(_))) => place == 0,
            Err(_) => false,
        };
        if is_over {
            return read;
        }
        if place == 0 || first.is_err() && read.is_ok() {
            first = read;
        }
    }
    if let Err(NoHistory::Unread(Unread::Refused(problem))) = &first
        && means_none(link, selector, customer, problem).await
        && let Some(none) = history(Some(&Value::Array(Vec::new())))
    {
        return Ok(none);
    }
    first
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

fn shows_entries(data: Option<&Value>) -> bool {
    shown(data).is_some_and(|shown| !shown.entries.is_empty())
}
