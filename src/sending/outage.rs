//! When a server counts as gone: the one count of requests in a row without an answer.

/// So many in a row mean that the server is gone.
const MOST: u32 = 25;

/// Counts requests without an answer that tells anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outage {
    in_a_row: u32,
}

impl Outage {
    /// An answer came, whatever it says: the server is there.
    pub fn answered(&mut self) {
        self.in_a_row = 0;
    }

    /// No answer came; whether that was one too many.
    pub fn lost(&mut self) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.is_total()
    }

    /// Whether the server is gone.
    pub fn is_total(&self) -> bool {
        self.in_a_row >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Outage};

    #[test]
    fn only_losses_in_a_row_count() {
        let mut outage = Outage::default();
        for _ in 0..2 {
            assert!((1..MOST).all(|_| !outage.lost()));
            outage.answered();
        }
        assert!((1..MOST).all(|_| !outage.lost()));
        assert!(outage.lost() && outage.is_total());
        outage.answered();
        assert!(!outage.is_total());
    }
}
