//! Repeatable random draws. They depend only on the seed, on the content of a request and on how often the
//! same content has come before, not on time, order or concurrency.
//!
//! The hash is written out here because the standard library's may change from one release to the next, and a
//! seed in somebody's notes should keep its meaning.

/// The draws that belong to one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw(u64);

impl Draw {
    /// The draws for a request with this content that has come `seen` times before.
    pub(super) fn new(seed: u64, content: u64, seen: u64) -> Self {
        Self(mix(mix(seed) ^ content.wrapping_add(mix(seen))))
    }

    /// A number below `end`, a different one for each purpose. 0 if `end` is 0.
    pub(super) fn below(self, purpose: u64, end: u64) -> u64 {
        mix(self.0 ^ mix(purpose)).checked_rem(end).unwrap_or(0)
    }

    /// True in one of `cases` cases.
    pub(super) fn one_in(self, purpose: u64, cases: u64) -> bool {
        self.below(purpose, cases) == 0
    }

    /// One of the list, or `otherwise` if it is empty.
    pub(super) fn choose<T: Copy>(self, purpose: u64, list: &[T], otherwise: T) -> T {
        usize::try_from(self.below(purpose, list.len() as u64))
            .ok()
            .and_then(|at| list.get(at).copied())
            .unwrap_or(otherwise)
    }
}

/// A hash of a sequence of texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content(u64);

impl Content {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds one text and an end mark.
    pub(super) fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    pub(super) fn number(self) -> u64 {
        mix(self.0)
    }
}

/// Spreads every bit of the input over the whole output.
fn mix(input: u64) -> u64 {
    let mut bits = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Content, Draw};

    #[test]
    fn the_same_request_draws_the_same_and_a_repetition_draws_anew() {
        let draw = |seen| Draw::new(7, 42, seen).below(1, u64::MAX);
        assert_eq!(draw(0), draw(0));
        assert_ne!(draw(0), draw(1));
    }

    #[test]
    fn draws_are_spread_evenly() {
        let hits = (0..10_000).filter(|&n| Draw::new(1, n, 0).one_in(3, 10)).count();
        assert!((900..1100).contains(&hits), "{hits}");
    }

    #[test]
    fn where_one_text_ends_and_the_next_begins_matters() {
        let content = |texts: &[&str]| {
            let mut content = Content::new();
            texts.iter().for_each(|text| content.add(text));
            content.number()
        };
        assert_ne!(content(&["ab", "c"]), content(&["a", "bc"]));
    }
}
