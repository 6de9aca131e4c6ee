//! What an answer of the server says of a row in doubt.

/// What the server's answer says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was applied.
    Applied {
        /// The id of the customer that it made.
        id: Option<String>,
        /// How many times: more than once is a double booking.
        times: u64,
    },
    /// There is no trace of it. That proves something only once the server can no longer be at work.
    NotFound,
    /// A person has to look; the text says where and for what.
    Undecided(String),
}
