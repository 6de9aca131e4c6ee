//! The reads of a table beside one another: as many as the pace allows, until none has a chance any more.

use tokio::sync::Semaphore;

use super::read_stop::ReadStop;
use crate::catalogue::ApiSelector;
use crate::customers::CustomerFinder;
use crate::read_session::ReadSession;
use crate::sending::{Clock, Link, StopReason, Unread};

/// Makes the reads of a table.
pub(super) struct TableReader<'r, T, C: Clock> {
    /// The way of every request.
    pub(super) link: &'r Link<T, C>,
    /// The name under which the server takes the subcategory.
    pub(super) selector: ApiSelector,
    /// Asks under the name that the server has for the search.
    pub(super) finder: CustomerFinder,
    concurrency: usize,
    /// As many as may be in flight.
    places: Semaphore,
    end: ReadStop,
}

impl<'r, T, C: Clock> TableReader<'r, T, C> {
    pub(super) fn new(session: &'r ReadSession<T, C>, selector: ApiSelector) -> Self {
        let concurrency = session.server.concurrency.get();
        Self {
            link: &session.server.link,
            selector,
            finder: CustomerFinder::default(),
            concurrency,
            places: Semaphore::new(concurrency),
            end: ReadStop::new(session.stop.clone()),
        }
    }

    /// Why no further read is made.
    pub(super) fn stopped(&self) -> Option<StopReason> {
        self.end.stopped()
    }

    /// So many, but never fewer than can be in flight.
    pub(super) fn at_least(&self, reads: usize) -> usize {
        reads.max(self.concurrency)
    }

    /// What the read comes to; none where it has no chance, or is given up because no read has one any more.
    pub(super) async fn read<R>(
        &self,
        read: impl Future<Output = R>,
        unread: impl FnOnce(&R) -> Option<&Unread>,
    ) -> Option<R> {
        // It is never closed.
        let _place = self.places.acquire().await;
        self.end.read(read, unread).await
    }
}
