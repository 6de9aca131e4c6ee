//! The reads of a table beside one another: as many as the pace allows, until none has a chance any more.

use tokio::sync::Semaphore;

use super::read_stop::ReadStop;
use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, KeyLookup, KeyStop};
use crate::events::{Event, Look};
use crate::read_session::ReadSession;
use crate::sending::{Clock, Link, StopReason, Transport, Unread};
use crate::validating::{KeyMap, WantedKeys};

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

    /// Finds out whose the keys are, and adds them to what is known.
    pub(super) async fn look_up(
        &self,
        session: &ReadSession<T, C>,
        wanted: WantedKeys,
        mut known: KeyMap,
    ) -> Result<KeyMap, KeyStop>
    where
        T: Transport,
    {
        if wanted.is_empty() {
            return Ok(known);
        }
        let rows = wanted.len() as u64;
        session.tell(Event::Looking { look: Look::Keys, rows, done: 0 });
        let Self { link, selector, finder, concurrency, .. } = self;
        let lookup = KeyLookup { link, selector: *selector, finder, concurrency: *concurrency };
        known.extend(lookup.all(wanted, &session.stop, |done| session.tell(Event::Looked(done))).await?);
        Ok(known)
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
