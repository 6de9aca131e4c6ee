//! Counts different values in little memory: fingerprints in sorted drawers.

/// Counts different texts by fingerprints: eight to twelve bytes for each different one.
///
/// Among a million, the probability that two share a fingerprint is below one in ten million.
#[derive(Debug)]
pub(super) struct Distinct {
    /// One for each first byte, so that the drawer that grows is a small part of the whole.
    drawers: Vec<Vec<u64>>,
}

const DRAWERS: usize = 256;
/// A drawer grows by a quarter, and by no less than this.
const LEAST: usize = 16;

impl Default for Distinct {
    fn default() -> Self {
        Self { drawers: vec![Vec::new(); DRAWERS] }
    }
}

impl Distinct {
    pub(super) fn insert(&mut self, fingerprint: u64) {
        let [first, ..] = fingerprint.to_be_bytes();
        let drawer = &mut self.drawers[usize::from(first)];
        if drawer.len() == drawer.capacity() {
            tidy(drawer);
            drawer.reserve_exact((drawer.len() / 4).max(LEAST));
        }
        drawer.push(fingerprint);
    }

    pub(super) fn count(&mut self) -> u64 {
        self.drawers.iter_mut().for_each(tidy);
        self.drawers.iter().map(|drawer| drawer.len() as u64).sum()
    }
}

/// Keeps each one once.
fn tidy(drawer: &mut Vec<u64>) {
    drawer.sort_unstable();
    drawer.dedup();
}

#[cfg(test)]
mod tests {
    use super::{DRAWERS, Distinct, LEAST};
    use std::collections::HashSet;

    proptest::proptest! {
        #[test]
        fn each_counts_once(some in proptest::collection::vec(0_u64..300, 0..2000), spread in 0_u32..2) {
            let place = |n: u64| if spread == 0 { n } else { n.wrapping_mul(0x9E37_79B9_7F4A_7C15) };
            let mut distinct = Distinct::default();
            some.iter().for_each(|n| distinct.insert(place(*n)));
            let model: HashSet<_> = some.iter().collect();
            proptest::prop_assert_eq!(distinct.count(), model.len() as u64);
        }
    }

    #[test]
    fn a_customer_takes_no_more_than_twelve_bytes() {
        let mut distinct = Distinct::default();
        for n in 0..200_000_u64 {
            distinct.insert(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            // The same one again and again takes nothing.
            distinct.insert(7);
        }
        let held: usize = distinct.drawers.iter().map(|drawer| drawer.capacity() * 8).sum();
        assert!(held <= 200_000 * 12 + DRAWERS * LEAST * 8, "{held}");
        assert_eq!(distinct.count(), 200_001);
    }
}
