//! Customers that the server has just made. No two rows make the same one: an id that comes twice shows that an answer
//! went to the wrong request, as a broken proxy has it that answers a second time on a connection that is kept.

use std::collections::{HashSet, VecDeque};

/// An answer that comes late comes soon after: so many are remembered.
const REMEMBERED: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct RecentIds {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl RecentIds {
    /// Remembers an id; whether it is new.
    pub(super) fn is_new(&mut self, id: u64) -> bool {
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, RecentIds};

    #[test]
    fn an_id_is_remembered_for_a_while() {
        let mut recent = RecentIds::default();
        assert!((0..10 * REMEMBERED as u64).all(|id| recent.is_new(id)));
        assert!(!recent.is_new(10 * REMEMBERED as u64 - 1));
        assert!(recent.is_new(0));
        assert_eq!((recent.known.len(), recent.order.len()), (REMEMBERED, REMEMBERED));
    }
}
