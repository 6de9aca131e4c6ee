//! What became of a call.

use std::fmt;

/// Tells a call apart from the others of a run: chosen by the one who hands in the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What became of a call, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub fate: Fate,
    /// The HTTP status of the last answer; none where no answer came.
    pub http_status: Option<u16>,
    /// How many requests were sent for it.
    pub attempts: u32,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server said that it is done.
    Ok {
        /// The id that the server named, if it named one.
        id: Option<String>,
    },
    /// It was not applied.
    Failed(Problem),
    /// It may have been applied.
    Unknown(Problem),
    /// No request that could have been applied left.
    Skipped(Problem),
}

/// The kind of a problem, as scripts see it in `result_error_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// The server does not know the customer.
    NotFound,
    /// The server said `ERROR`.
    ApiError,
    /// An HTTP status that does not come from the API.
    HttpStatus,
    /// No connection, or a lost one.
    Connect,
    Timeout,
    /// An answer that cannot be read.
    BadAnswer,
    /// Another row was to make whom this one names, and has not.
    ParentNotOk,
    Stopped,
}

/// What went wrong. The text never holds the API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: FailureCode,
    /// One line for people.
    pub text: String,
}

impl Problem {
    pub(super) fn new(code: FailureCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// Whether the server says itself that there is no such customer.
    pub fn is_not_found(&self) -> bool {
        self.code == FailureCode::NotFound
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
