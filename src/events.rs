//! What reporting is told while a command runs. Commands turn what the stages return into these; nothing
//! that happens here changes a file.

use std::path::PathBuf;
use std::time::Duration;

use crate::catalogue::Operation;
use crate::reading::Dialect;
use crate::recording::{Status, Tally};
use crate::sending::StopReason;
use crate::validating::{Money, Totals, Violation};

/// Something that a person may want to see.
#[derive(Debug)]
pub enum Event<'e> {
    /// Something that needs attention but stops nothing.
    Warning(&'e str),
    /// Something that is good to know.
    Note(&'e str),
    /// What is at stake when the rows are sent.
    Stake {
        /// What is done with every row.
        operation: Operation,
        /// Counts over all of them.
        totals: &'e Totals,
        /// How many are left of a run that goes on; none for a new one.
        unsent: Option<u64>,
    },
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
    MoreInvalid {
        /// How many.
        count: u64,
        /// Whether the results will have them all.
        in_results: bool,
    },
    /// The whole input was checked.
    Checked,
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
    Stopping(Work),
    /// The user wants to leave at once.
    Leaving(Work),
    /// The command has ended.
    Finished(&'e Summary),
    /// The rows that take a run back are written.
    Undone(&'e UndoSummary),
    /// A command that only reads has ended.
    Read(&'e ReadSummary),
}

/// What a run does to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It writes: what is in flight is finished, or its rows are unknown.
    Writes,
    /// It reads: what is in flight can be given up.
    Reads,
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
    /// Which customers meet the conditions.
    Searches,
    /// Customers, to be exported.
    Customers,
    /// Customers, being written.
    Writing,
    /// Who has a value.
    Lookups,
    /// Customers' operations.
    Histories,
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

/// The rows that take a run back.
#[derive(Debug)]
pub struct UndoSummary {
    /// The operation that takes it back.
    pub operation: &'static str,
    /// Where the rows are.
    pub path: PathBuf,
    /// The new name of an earlier file.
    pub earlier: Option<PathBuf>,
    /// How many there are.
    pub rows: u64,
    /// What they book together; none where that has more digits than a sum of money can have.
    pub sum: Option<Money>,
    /// Rows of the run that are unknown, and not taken back.
    pub unknown: u64,
    /// The journal of the run.
    pub journal: PathBuf,
}

/// The end of a command that only reads.
#[derive(Debug, Default)]
pub struct ReadSummary {
    /// The command's name.
    pub command: &'static str,
    /// What is counted: customers, rows.
    pub what: &'static str,
    /// How many there are.
    pub rows: u64,
    /// How many of them were read.
    pub ok: u64,
    /// How many could not be read, or were not found.
    pub failed: u64,
    /// How many were not asked for because they could not be.
    pub invalid: u64,
    /// How many were not asked for because the command stopped.
    pub skipped: u64,
    /// All requests.
    pub requests: u64,
    /// Of these, attempts behind the first.
    pub retries: u64,
    /// From the first request to the last line written.
    pub elapsed: Duration,
    /// Where the output is; none where none was written, or it went to standard output.
    pub output: Option<PathBuf>,
    /// The journal with which the command goes on; none where there is nothing to go on with.
    pub journal: Option<PathBuf>,
    /// What else is to be said, a line each.
    pub lines: Vec<String>,
    /// How many customers were added, changed and removed since an earlier export; none where none was named.
    pub changes: Option<[u64; 3]>,
    /// Control totals: a column, and its sum as far as it can be added up.
    pub totals: Vec<(String, Option<Money>)>,
    /// Why it stopped early.
    pub stopped: Option<StopReason>,
    /// Whether the server, or what it was asked, was no good; then there is nothing to count.
    pub refused: bool,
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
