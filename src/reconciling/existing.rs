//! The look before the first `add`: is a customer there already with the value that tells customers apart?

use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, SearchResult};
use crate::sending::{Clock, Link, Problem, Transport, Unread};
use crate::validating::Call;

/// Whether a row's customer exists before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExistingCustomer {
    /// Under this id.
    Is(String),
    /// They do not.
    No,
    /// More than one has the value.
    Several(Vec<String>),
    /// The row has nothing that tells customers apart, but these customers have what it could be found by
    /// later. They may be others; a later search for the row's customer must not take them for it.
    Others(Vec<String>),
    /// Nobody knows: the read failed. Nothing may be sent on this.
    Unclear(Problem),
}

impl ExistingCustomer {
    /// Those who were found.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Is(id) => std::slice::from_ref(id),
            Self::Several(ids) | Self::Others(ids) => ids,
            Self::No | Self::Unclear(_) => &[],
        }
    }
}

/// Asks for one row; none where the row has no value to search for a customer by, and nothing is asked.
pub async fn existing<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    finder: &CustomerFinder,
    call: &Call,
) -> Option<ExistingCustomer> {
    let tells_apart = call.find_identical();
    let is_sure = tells_apart.is_some();
    let search = tells_apart.or_else(|| call.find_same())?;
    let found = match finder.find(link, selector, &search.call).await {
        Ok(found) => found,
        Err(Unread::Refused(problem) | Unread::KeyRefused(problem) | Unread::Lost(problem)) => {
            SearchResult::Unclear(problem)
        }
    };
    Some(match (found, is_sure) {
        (SearchResult::Nobody, _) => ExistingCustomer::No,
        (SearchResult::Unsaid, _) => ExistingCustomer::Unclear(SearchResult::unsaid()),
        (SearchResult::One(id), true) => ExistingCustomer::Is(id),
        (SearchResult::Several(ids), true) => ExistingCustomer::Several(ids),
        (SearchResult::One(id), false) => ExistingCustomer::Others(vec![id]),
        (SearchResult::Several(ids), false) => ExistingCustomer::Others(ids),
        (SearchResult::Unclear(problem), _) => ExistingCustomer::Unclear(problem),
    })
}
