//! Looks for the customer that has a value. Older servers know the search under one name, newer ones under another, and
//! "nobody" looks like "there is no such search": both names are asked until one of them is known to be the server's.

use std::cell::Cell;

use super::search::{SearchResult, search_result};
use crate::catalogue::ApiSelector;
use crate::sending::{Answer, Clock, FailureCode, Link, Problem, Transport, Unread};
use crate::validating::Call;

/// The names of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SearchName {
    Older,
    Newer,
}

/// Which of the names the server knows, as far as its answers have told.
#[derive(Debug, Default)]
pub struct CustomerFinder {
    known: Cell<Option<SearchName>>,
    /// A search that no server has was tried.
    has_compared: Cell<bool>,
}

/// What the answer under one name says.
enum Said {
    Found(SearchResult),
    /// The server said no: there is nobody, or no such search.
    No(Problem),
    /// The answer has another shape than that of a search.
    Odd(SearchResult),
    Unread(Unread),
}

impl CustomerFinder {
    /// Looks for a customer. An error where no answer came, or the key was refused. Nobody is found where the API says
    /// no, whatever its status, or where the place of the id is empty.
    pub async fn find<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        search: &Call,
    ) -> Result<SearchResult, Unread> {
        Ok(self.found_or_refused(link, selector, search).await?.unwrap_or(SearchResult::Nobody))
    }

    /// The same where nothing else has shown that the search finds anybody: the API's no under a status that says that the
    /// server broke down is not "nobody".
    pub async fn find_strictly<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        search: &Call,
    ) -> Result<SearchResult, Unread> {
        match self.found_or_refused(link, selector, search).await? {
            Ok(found) => Ok(found),
            Err(problem) if is_plain_no(&problem) => Ok(SearchResult::Nobody),
            Err(problem) => Err(Unread::Refused(problem)),
        }
    }

    /// What was found, or how the server said no.
    async fn found_or_refused<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        search: &Call,
    ) -> Result<Result<SearchResult, Problem>, Unread> {
        let newer = search.newer_find();
        let (first, second) = match (self.known.get(), newer) {
            (Some(SearchName::Newer), Some(newer)) => return of(ask(link, selector, &newer).await),
            (Some(_), _) | (None, None) => return of(ask(link, selector, search).await),
            (None, Some(newer)) => (ask(link, selector, search).await, newer),
        };
        let older = match first {
            Said::Found(found) => return Ok(Ok(self.knows(SearchName::Older, found))),
            Said::Unread(unread) => return Err(unread),
            Said::No(_) | Said::Odd(_) => first,
        };
        match (older, ask(link, selector, &second).await) {
            (_, Said::Found(found)) => Ok(Ok(self.knows(SearchName::Newer, found))),
            (Said::No(older), Said::No(newer)) => {
                self.compare(link, selector, search, &older, &newer).await;
                let is_newer = match self.known.get() {
                    Some(known) => known == SearchName::Newer,
                    // Nobody knows which of them counts: the one that is less of an answer.
                    None => is_plain_no(&older),
                };
                Ok(Err(if is_newer { newer } else { older }))
            }
            (Said::No(_), Said::Odd(odd)) | (Said::Odd(odd), Said::No(_) | Said::Odd(_)) => Ok(Ok(odd)),
            // An old server may answer with anything where it does not know a name.
            (older, Said::Unread(unread)) if is_foreign(&unread) => of(older),
            // Without an answer nothing is known: it may be the name that finds somebody.
            (_, Said::Unread(unread)) => Err(unread),
            (older, _) => of(older),
        }
    }

    fn knows(&self, name: SearchName, found: SearchResult) -> SearchResult {
        self.known.set(Some(name));
        found
    }

    /// Whether one of the two refusals is the one for a search that no server has: then the other is "nobody".
    async fn compare<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        search: &Call,
        older: &Problem,
        newer: &Problem,
    ) {
        if self.has_compared.replace(true) {
            return;
        }
        let Some(unknown) = search.unknown_find() else { return };
        let Said::No(unknown_said) = ask(link, selector, &unknown).await else { return };
        let plain = |problem: &Problem, call: &Call| problem.text.replace(call.subcategory(), "");
        let none = plain(&unknown_said, &unknown);
        let newer_call = search.newer_find();
        let is_older = plain(older, search) != none;
        let is_newer = newer_call.is_some_and(|call| plain(newer, &call) != none);
        match (is_older, is_newer) {
            (true, false) => self.known.set(Some(SearchName::Older)),
            (false, true) => self.known.set(Some(SearchName::Newer)),
            _ => {}
        }
    }
}

async fn ask<T: Transport, C: Clock>(link: &Link<T, C>, selector: ApiSelector, call: &Call) -> Said {
    // A server that says "nobody" by a status of its own says so every time.
    let read = match link.read_hastily(selector, call).await {
        Err(Unread::Lost(_)) if link.tries_again() => link.read(selector, call).await,
        read => read,
    };
    match read {
        Err(Unread::Refused(problem)) => Said::No(problem),
        Err(unread) => Said::Unread(unread),
        Ok(answer) => said(answer),
    }
}

fn said(answer: Answer) -> Said {
    match search_result(Ok(answer)) {
        found @ (SearchResult::Nobody | SearchResult::One(_) | SearchResult::Several(_)) => {
            Said::Found(found)
        }
        odd @ (SearchResult::Unsaid | SearchResult::Unclear(_)) => Said::Odd(odd),
    }
}

fn of(said: Said) -> Result<Result<SearchResult, Problem>, Unread> {
    match said {
        Said::Found(found) | Said::Odd(found) => Ok(Ok(found)),
        Said::No(problem) => Ok(Err(problem)),
        Said::Unread(unread) => Err(unread),
    }
}

/// Whether the API said no, and did not break down over it.
fn is_plain_no(problem: &Problem) -> bool {
    matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound)
}

/// Whether something was answered that is not the API's.
fn is_foreign(unread: &Unread) -> bool {
    matches!(unread, Unread::Lost(problem) if problem.code == FailureCode::BadAnswer)
}
