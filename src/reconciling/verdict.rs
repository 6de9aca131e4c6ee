//! What is known of a row that was in doubt once the server was asked: the last of the three things that are said of a
//! row. What happened to its request is in the journal, and what is done about it is [`Next`](super::resume::Next).

use std::time::Duration;

/// What became of a row, as far as the server's answer tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was applied.
    Applied {
        /// The id of the customer that it made.
        id: Option<String>,
        /// How many times: more than once is a double booking.
        times: u64,
    },
    /// It was not applied.
    NotApplied,
    /// A person has to look; the text says where and for what.
    Undecided(String),
    /// There is no trace of it, and the server may still be at work: it is to be asked again at this moment
    /// of the clock or later.
    Later(Duration),
}
