//! What a validation and a run are told: whole, or not there. Nothing in here is filled in later.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::max_failures::MaxFailures;
use crate::catalogue::Operation;
use crate::reading::{Input, Mapping, TableChoice};
use crate::recording::{OutputTarget, RecordError, ResultsFiles, RunId, Tagging};
use crate::sending::{Connection, Rate};
use crate::validating::{Expectation, Rules};

/// The rows, and how they are read: all that a validation needs.
#[derive(Debug, Clone)]
pub struct InputSpec {
    /// What is done with every row.
    pub operation: Operation,
    /// The table.
    pub input: Input,
    /// What was said about how it is written, and where in the file it lies.
    pub table: TableChoice,
    /// What was said about columns.
    pub mapping: Mapping,
    /// Files that know whose keys are whose. A run that goes on has that in its journal.
    pub id_maps: Vec<PathBuf>,
    /// How values are read.
    pub rules: Rules,
    /// What becomes of a row whose booking is there already.
    pub on_booked: OnBooked,
}

/// `--booked` and `--no-comment-tag`: what becomes of a row whose booking is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnBooked {
    /// It is `failed`, and nothing is sent.
    Fail,
    /// It is `skipped`, as wanted.
    Skip,
    /// It is sent: bookings are known by what they are in their own run, and only a later session of it looks for them.
    Ignore,
    /// Nobody can look: comments are sent as they are.
    #[default]
    Untagged,
}

impl OnBooked {
    /// Those that `--booked` names.
    pub const NAMED: [Self; 3] = [Self::Fail, Self::Skip, Self::Ignore];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fail => OnExisting::Fail.name(),
            Self::Skip => OnExisting::Skip.name(),
            Self::Ignore => OnExisting::Ignore.name(),
            Self::Untagged => "",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Fail => "The row is failed with already_booked and the time; nothing is sent",
            Self::Skip => "The row is skipped",
            Self::Ignore => "Do not look; saves a read for every customer",
            Self::Untagged => "",
        }
    }
}

impl FromStr for OnBooked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::NAMED.into_iter().find(|booked| booked.name() == text);
        named.ok_or_else(|| format!("'{text}' is not one of fail, skip and ignore"))
    }
}

impl InputSpec {
    /// The tags that comments carry in this run.
    pub(super) fn tagging(&self, run: RunId) -> Tagging {
        match self.on_booked {
            OnBooked::Untagged => Tagging::Untagged,
            OnBooked::Ignore => Tagging::WithinRun(run),
            OnBooked::Fail | OnBooked::Skip => Tagging::AcrossRuns(run),
        }
    }
}

/// How fast requests leave.
#[derive(Debug, Clone, Copy)]
pub struct RunPace {
    /// `--rate`.
    pub rate: Rate,
    /// `--concurrency`.
    pub concurrency: NonZeroUsize,
}

impl RunPace {
    pub(super) fn of(connection: &Connection) -> Self {
        Self { rate: connection.link.pace.rate, concurrency: connection.concurrency }
    }
}

/// `validate`.
#[derive(Debug)]
pub struct ValidateSpec {
    /// The rows.
    pub input: InputSpec,
    /// What is known about them beforehand.
    pub expectation: Expectation,
    /// Where the results go; nowhere unless a place was named.
    pub results: Option<OutputTarget>,
    /// Where the rows go that are not valid.
    pub failed: Option<PathBuf>,
    /// How fast an import would send them.
    pub pace: RunPace,
}

/// Where the results of a run go.
#[derive(Debug)]
pub struct OutputSpec {
    /// All rows.
    pub results: OutputTarget,
    /// The rows that a person has to fix.
    pub failed: Option<PathBuf>,
    /// Where it is kept whose keys are whose.
    pub id_map: Option<PathBuf>,
}

/// `import`, and whatever goes on with one.
#[derive(Debug)]
pub struct RunSpec {
    /// The rows.
    pub input: InputSpec,
    /// Where the results go.
    pub output: OutputSpec,
    /// The server.
    pub connection: Connection,
    /// What is remembered.
    pub journal: JournalSpec,
    /// What is sent, and how much is borne.
    pub policy: Policy,
}

/// What is remembered of a run, and where.
#[derive(Debug)]
pub struct JournalSpec {
    /// The file.
    pub path: PathBuf,
    /// The command line as JSON, so that the run can go on with the same options. No key is in it.
    pub options: String,
    /// The input as an absolute path; none for standard input.
    pub input: Option<PathBuf>,
    /// Whether an unfinished run that lies there is put aside.
    pub new_run: bool,
}

/// What a run does with its rows.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What is known about the rows beforehand.
    pub expectation: Expectation,
    /// Whether the valid rows of a file with invalid ones are sent.
    pub skip_invalid: bool,
    /// When to give up; none for 25 rows in a row.
    pub max_failures: Option<MaxFailures>,
    /// What becomes of a row whose customer is there already.
    pub existing: OnExisting,
    /// For how long after a request "not found" proves nothing.
    pub settle: Duration,
    /// Whether the server is asked about unknown rows at the end.
    pub reconcile: bool,
    /// Whether rows are sent again that are proven not applied.
    pub resend: bool,
    /// Whether balances are compared with what was booked.
    pub verify: Verify,
}

/// Whether balances are read before and after, and compared with what was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// Where the server answers many customers in a request. What can't be read is left out.
    #[default]
    InBatches,
    /// In any case, one by one if need be. What can't be read is an error.
    Each,
    /// They are not.
    Not,
}

/// `--existing`: what becomes of a row whose customer is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnExisting {
    /// It is `failed`, and nothing is sent.
    #[default]
    Fail,
    /// It is `skipped`, as wanted.
    Skip,
    /// Its later steps go on with the customer who is there; only of operations with several.
    Update,
    /// Nobody looks, and it is sent.
    Ignore,
}

impl OnExisting {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fail, Self::Skip, Self::Update, Self::Ignore];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Update => "update",
            Self::Ignore => "ignore",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Fail => "The row is failed with already_exists and the customer's id; nothing is sent",
            Self::Skip => "The row is skipped",
            Self::Update => "migrate: go on with the customer who is there, and book what is not booked yet",
            Self::Ignore => "Do not look; saves a read for every row",
        }
    }
}

impl FromStr for OnExisting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|existing| existing.name() == text);
        named.ok_or_else(|| format!("'{text}' is not one of fail, skip, update and ignore"))
    }
}

impl OutputSpec {
    /// Takes the places for so many rows, so that nobody else writes there. The files appear when the results are written.
    pub(super) fn begin(&self, rows: u64) -> Result<ResultsFiles, RecordError> {
        let failed = self.failed.clone().map(OutputTarget::File);
        self.results.has_room_for(rows)?;
        let failed = failed.as_ref().map(OutputTarget::begin).transpose();
        Ok(ResultsFiles { results: Some(self.results.begin()?), failed: failed? })
    }
}
