//! A server that says no to a search may mean that nobody meets the conditions, or that it does not take them. What it
//! says tells, and where it says nothing, another search does that somebody meets.

use std::cell::Cell;

use crate::catalogue::ApiSelector;
use crate::customers::{RefusalMeaning, refusal_meaning};
use crate::read_session::ReadSession;
use crate::sending::{Clock, Problem, Transport};
use crate::validating::Conditions;

/// Whether the server's refusals of searches mean that nobody was found.
#[derive(Debug, Default)]
pub(super) struct NobodyMeets {
    /// Whether a search that needs no condition of the user's finds somebody.
    finds: Cell<Option<bool>>,
}

impl NobodyMeets {
    /// Whether this refusal means that nobody meets the conditions.
    pub(super) async fn is<T: Transport, C: Clock>(
        &self,
        session: &ReadSession<T, C>,
        selector: ApiSelector,
        problem: &Problem,
    ) -> bool {
        match refusal_meaning(problem) {
            RefusalMeaning::Nothing => true,
            RefusalMeaning::Other => false,
            RefusalMeaning::Silent => match self.finds.get() {
                Some(finds) => finds,
                None => {
                    let finds = finds_anybody(session, selector).await;
                    self.finds.set(Some(finds));
                    finds
                }
            },
        }
    }
}

/// The control: the server answers a search with customers, so that it knows searches and the key may make them.
async fn finds_anybody<T: Transport, C: Clock>(session: &ReadSession<T, C>, selector: ApiSelector) -> bool {
    let Ok(search) = Conditions::anybody() else { return false };
    let found = session.server.link.read_ids(selector, &search.search(0)).await;
    found.is_ok_and(|ids| !ids.is_empty())
}
