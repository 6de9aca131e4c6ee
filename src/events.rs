//! What reporting is told while a command runs. Commands turn what the stages return into these; nothing
//! that happens here changes a file.

use std::path::PathBuf;
use std::time::Duration;

use crate::reading::Dialect;
use crate::recording::{Status, Tally};
use crate::sending::StopReason;
use crate::validating::{Totals, Violation};

/// Something that a person may want to see.
#[derive(Debug)]
pub enum Event<'e> {
    /// Something that needs attention but stops nothing.
    Warning(&'e str),
    /// Something that is good to know.
    Note(&'e str),
    /// What is at stake when the rows are sent.
    Stake(&'e str),
    /// Something that keeps rows from being sent.
    Error(&'e str),
    /// The input was opened.
    Opened {
        /// Its name.
        name: &'e str,
        /// How it is written; none for a sheet.
        dialect: Option<&'e Dialect>,
    },
    /// Rows are being checked; so many so far.
    Checking(u64),
    /// A problem of the input; at most twenty are told.
    Invalid {
        /// The input's name.
        name: &'e str,
        /// The line; 1 for the header.
        line: u64,
        /// What is wrong.
        violation: &'e Violation,
    },
    /// Further problems that are not told one by one.
    MoreInvalid(u64),
    /// The whole input was checked.
    Checked {
        /// Counts over it.
        totals: Totals,
    },
    /// Sending begins; so many rows will end somehow.
    Sending(u64),
    /// A row has ended.
    Row(Status),
    /// Something is looked at before the first row is sent, or behind the last.
    Looking {
        /// What.
        look: Look,
        /// So many rows, or customers.
        rows: u64,
        /// So many of them are done already.
        done: u64,
    },
    /// So many of them are done.
    Looked(u64),
    /// The server is asked about so many rows in doubt.
    FindingOut(u64),
    /// The server was asked about one of them.
    FoundOut(Status),
    /// So many rows were not found yet, and may still be on their way.
    Settling {
        /// How many.
        rows: u64,
        /// For how long they are waited for.
        span: Duration,
    },
    /// The server ordered a pause.
    Paused {
        /// For how long.
        span: Duration,
        /// Whether it is longer than what is obeyed.
        capped: bool,
    },
    /// The user wants the run to stop.
    Stopping,
    /// The user wants to leave at once.
    Leaving,
    /// The command has ended.
    Finished(&'e Summary),
}

/// What is looked at beside the rows that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Who exists already.
    Existing,
    /// Balances before the first booking.
    Balances,
    /// Balances behind the last one.
    BalancesAgain,
}

/// The end of a run, for people and for scripts.
#[derive(Debug)]
pub struct Summary {
    /// The operation's name.
    pub operation: &'static str,
    /// The input's name.
    pub input: String,
    /// Whether rows were to be sent; false for `validate`.
    pub sends: bool,
    /// Whether a row may be sent again when nobody knows whether it was applied.
    pub repeatable: bool,
    /// Counts over the rows.
    pub tally: Tally,
    /// Why the run stopped early.
    pub stopped: Option<StopReason>,
    /// Why the input, or the server, was no good; then nothing was sent.
    pub refused: Option<Refused>,
    /// All requests.
    pub requests: u64,
    /// Of these, attempts behind the first.
    pub retries: u64,
    /// From the first check to the last line written.
    pub elapsed: Duration,
    /// Where the results are; none where none were written.
    pub results: Option<PathBuf>,
    /// Where the rows are that are not ok.
    pub failed: Option<PathBuf>,
    /// The new name of an earlier results file.
    pub earlier: Option<PathBuf>,
    /// Whether the server was asked about all rows that are unknown.
    pub asked: bool,
    /// The journal; none where nothing was to be sent.
    pub journal: Option<PathBuf>,
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Columns are missing or unknown.
    Header,
    /// Rows are invalid.
    Rows,
    /// The input is not what was expected.
    Expectation,
    /// The server does not answer, or not as it should.
    Server,
}

/// Somebody who is told.
pub trait Listener: Send + Sync {
    /// Takes an event.
    fn event(&self, event: Event<'_>);
}
