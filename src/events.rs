//! What reporting is told while a command runs. Events never change a file.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::catalogue::Operation;
use crate::reading::{Dialect, LineUnit, OpenSheet};
use crate::recording::{RunStep, Status, Tally};
use crate::sending::{LinkNews, Rate, StopReason};
use crate::validating::{Money, Totals, Violation};

/// Something that a person may want to see.
#[derive(Debug)]
pub enum Event<'e> {
    /// Something that needs attention, but stops nothing.
    Warning(&'e str),
    /// Something useful to know.
    Note(&'e str),
    /// What would put something right.
    Hint(&'e str),
    /// What is about to be sent, before the question whether to go on.
    Stake {
        /// What is done with every row.
        operation: Operation,
        /// Counts over all of them.
        totals: &'e Totals,
        /// How many are left of a run that goes on; none for a new one.
        unsent: Option<u64>,
    },
    /// How many requests the run will make.
    Estimate(Estimate),
    /// Something that keeps rows from being sent.
    Error(&'e str),
    /// The input was opened.
    Opened {
        name: &'e str,
        /// None for a sheet.
        dialect: Option<&'e Dialect>,
        /// None for a text.
        sheet: Option<&'e OpenSheet>,
    },
    /// The number of rows checked so far.
    Checking(u64),
    /// Problems of one kind in one column.
    InvalidKind {
        name: &'e str,
        unit: LineUnit,
        /// How many rows have one.
        rows: u64,
        /// Where the first of them is.
        line: u64,
        /// The first of them.
        violation: &'e Violation,
    },
    /// So many problems are of further kinds.
    MoreKinds { problems: u64 },
    /// A problem of the input; of those of rows, at most twenty are shown.
    Invalid {
        name: &'e str,
        unit: LineUnit,
        /// Counted from 1, which is the header.
        line: u64,
        violation: &'e Violation,
    },
    /// The number of further problems, which are not shown one by one.
    MoreInvalid {
        /// How many.
        count: u64,
        /// Whether the results will have them all.
        in_results: bool,
    },
    /// The whole input was checked.
    Checked,
    /// What a session has before it, as far as that is known.
    Ahead(&'e [Ahead]),
    /// The time, told about once a minute.
    Time {
        /// Since the command began.
        passed: Duration,
        /// What a clock on the wall shows.
        wall: SystemTime,
    },
    /// Sending begins; this many rows will get a result.
    Sending(u64),
    /// So many more calls of rows came to an end; each row has one or several.
    Calls(u64),
    /// A row has its result.
    Row(Status),
    /// Something is read before the first row is sent or after the last one, or files are written.
    Looking {
        look: Look,
        /// The number of rows or customers.
        rows: u64,
        /// How many of them are done already.
        done: u64,
    },
    /// How many of them are done.
    Looked(u64),
    /// The server is asked about this many unknown rows.
    FindingOut(u64),
    /// The new status of one of them.
    FoundOut(Status),
    /// Rows that were not found yet: the server may still be working on them.
    Settling {
        rows: u64,
        /// For so long they are looked for again.
        span: Duration,
    },
    /// Requests are held back, the run goes on, or answers are mixed up.
    Link(&'e LinkNews),
    /// The user wants the run to stop.
    Stopping(Work),
    /// The time has come that the user named, in these words.
    TimeUp(&'e str),
    /// The user wants to leave at once.
    Leaving(Work),
    /// The command has ended.
    Finished(&'e Summary),
    /// The rows that take a run back are written.
    Undone(&'e UndoSummary),
    /// A command that only reads has ended.
    Read(&'e ReadSummary),
}

/// How many requests a run will make, as far as that is known before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Whom its rows are about.
    pub customers: u64,
    /// Requests that change something.
    pub writes: u64,
    /// The others.
    pub reads: u64,
    /// Further reads where somebody is in the billing of the new customers.
    pub searches: u64,
    /// How fast requests leave.
    pub rate: Rate,
}

impl Estimate {
    pub fn requests(&self) -> u64 {
        self.writes + self.reads
    }

    /// How long so many requests take at its rate; none where no rate holds them back.
    pub fn time(&self, requests: u64) -> Option<Duration> {
        let Rate::Limited { count, span } = self.rate else { return None };
        let seconds = (u128::from(requests) * u128::from(span.as_secs())).div_ceil(count.get().into());
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX)))
    }
}

/// How a command uses the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It writes: requests in flight must be finished, or their rows are unknown.
    Writes,
    /// It only reads: requests in flight can be abandoned.
    Reads,
}

/// A part of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkPart {
    Look(Look),
    Sending,
    /// The server is asked about rows in doubt.
    FindingOut,
}

/// A part of a session that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    pub part: WorkPart,
    /// How many rows, or customers, it is about.
    pub rows: u64,
    /// How many requests it takes.
    pub calls: u64,
}

/// What is read or written besides the rows that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Customers that exist already.
    Existing,
    /// Bookings that are there already.
    Bookings,
    /// Balances before the first booking.
    Balances,
    /// Balances after the last one.
    BalancesAgain,
    /// Searches for the customers that meet the conditions.
    Searches,
    /// Customers, to be exported.
    Customers,
    /// Customers, being written.
    Writing,
    /// Searches for customers with a value.
    Lookups,
    /// Customers' operations.
    Histories,
    /// Searches for the customers whom a file names by something else than the id.
    Keys,
}

/// The end of a run, for people and for scripts.
#[derive(Debug)]
pub struct Summary {
    pub operation: &'static str,
    pub input: String,
    /// Whether rows were to be sent; false for `validate`.
    pub sends: bool,
    /// Whether an unknown row may be sent again.
    pub repeatable: bool,
    /// Counts over the rows.
    pub tally: Tally,
    /// Why the run stopped early.
    pub stopped: Option<StopReason>,
    /// Why the run was refused; then nothing was sent.
    pub refused: Option<Refused>,
    /// All requests.
    pub requests: u64,
    /// Those that change nothing.
    pub reads: u64,
    /// Those that repeat an earlier attempt.
    pub retries: u64,
    /// From the first check to the last line that was written.
    pub elapsed: Duration,
    /// The file with the results, if one was written.
    pub results: Option<PathBuf>,
    /// The file with the rows that are not ok.
    pub failed: Option<PathBuf>,
    /// The new name of an earlier results file.
    pub earlier: Option<PathBuf>,
    /// How many rows of the run a person has to put right.
    pub to_be_fixed: u64,
    /// Rows that are not sent because their parent is not there.
    pub orphans: u64,
    /// The command to type next for the run.
    pub next: Option<RunStep>,
    /// Whether the rows were written that take back what was booked more than once.
    pub surplus_written: bool,
    /// Whether the server was asked about all rows that are unknown.
    pub asked: bool,
    /// The journal; none if nothing was to be sent.
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
    /// The number of them.
    pub rows: u64,
    /// What they book together; none where that has more digits than a sum of money can have.
    pub sum: Option<Money>,
    /// Rows of the run that are unknown, and not taken back.
    pub unknown: u64,
    /// Whether they take back only what was booked more than once.
    pub surplus: bool,
    /// The journal of the run.
    pub journal: PathBuf,
}

/// The end of a command that only reads.
#[derive(Debug, Default)]
pub struct ReadSummary {
    pub command: &'static str,
    /// What is counted, in the singular: customer, row.
    pub what: &'static str,
    /// The number of them.
    pub rows: u64,
    /// How many of them were read.
    pub ok: u64,
    /// How many could not be read or were not found.
    pub failed: u64,
    /// How many were not asked for because their row is invalid.
    pub invalid: u64,
    /// How many were not asked for because the command stopped.
    pub skipped: u64,
    /// All requests.
    pub requests: u64,
    /// Those that repeat an earlier attempt.
    pub retries: u64,
    /// From the first request to the last line that was written.
    pub elapsed: Duration,
    /// The output file; none if none was written or it went to standard output.
    pub output: Option<PathBuf>,
    /// The journal for `resume`, if there is anything left to do.
    pub journal: Option<PathBuf>,
    /// Further lines to show.
    pub lines: Vec<String>,
    /// How many customers were added, changed and removed since an earlier export, if one was given.
    pub changes: Option<[u64; 3]>,
    /// Control totals: a column and its sum, unless that has too many digits.
    pub totals: Vec<(String, Option<Money>)>,
    /// Why it stopped early.
    pub stopped: Option<StopReason>,
    /// Whether the command was refused; then there is nothing to count.
    pub refused: bool,
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Columns are missing, unknown or repeated.
    Header,
    /// Rows are invalid.
    Rows,
    /// The input is not what the user expects.
    Expectation,
    /// The server does not answer, or not as expected.
    Server,
}

/// Receives events.
pub trait Listener: Send + Sync {
    fn event(&self, event: Event<'_>);
}
