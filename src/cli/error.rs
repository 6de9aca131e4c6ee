//! Why arguments cannot become settings.

use std::path::PathBuf;

use jiff::civil::Date;

use super::raw_options::StoredError;
use crate::reading::MappingError;
use crate::sending::KeyError;
use crate::validating::{ConditionError, ValueError};

/// The arguments do not fit together, or the key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The mapping file.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// No address anywhere.
    #[error(
        "no server is named: add --url https://userside.example.com, or put the address into USERSIDE_URL"
    )]
    NoUrl,
    /// The address. It is not repeated: it may hold a key.
    #[error("--url or USERSIDE_URL: {0}")]
    Url(String),
    /// No key anywhere.
    #[error(
        "there is no API key: put it into the environment variable USERSIDE_API_KEY, or into a file that you name with --key-file"
    )]
    NoKey,
    /// The key cannot be one.
    #[error("{0}; put the key, one line of text, into USERSIDE_API_KEY or into the file of --key-file")]
    Key(#[from] KeyError),
    /// The key's file.
    #[error("cannot read the key file {}: {source}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file that should be small.
    #[error("{what} {} is larger than {limit}, so it is probably another file", path.display())]
    LargeFile {
        /// What it should be.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// How much is read.
        limit: String,
    },
    /// Standard input has no name that results could be named after.
    #[error("rows from standard input need a place for their results: add --results FILE")]
    NoPlace,
    /// Standard input has no name that a journal could be named after.
    #[error("rows from standard input need a place for their journal: add --journal FILE")]
    NoJournalPlace,
    /// A journal is a file that is read again.
    #[error("--journal - : a journal cannot go to standard output; name a file")]
    JournalOnStdout,
    /// A parameter of `--leave-out-bad` that cannot be left out.
    #[error("--leave-out-bad {name}: {reason}")]
    NotLeftOut {
        /// The parameter.
        name: String,
        /// Why.
        reason: String,
    },
    /// An option that says something about money, for an operation that books none.
    #[error("{option} is for operations that book money, and {operation} books none")]
    OnlyMoney {
        /// The option.
        option: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// An option that says something about new customers, for an operation that makes none.
    #[error("{option} is for operations that create customers, and {operation} creates none")]
    OnlyNew {
        /// The option.
        option: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// A choice that is about later steps, for an operation of one.
    #[error(
        "--existing update is for operations whose rows go on with the customer who is there, and {operation} has no later step; use --existing skip"
    )]
    OnlySeveralSteps {
        /// The operation.
        operation: &'static str,
    },
    /// What a journal says of options.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// Results would replace the input, or one another.
    #[error("{what} would be written over {over}; name another file")]
    Overwrites {
        /// The option.
        what: &'static str,
        /// What it names.
        over: &'static str,
    },
    /// What is written first would replace another file.
    #[error("{what} is first written as {}, and that is {over}; name another file", first.display())]
    FirstOverwrites {
        /// The option.
        what: &'static str,
        /// What is written first.
        first: PathBuf,
        /// What that is already.
        over: &'static str,
    },
    /// An output is a link to nothing.
    #[error(
        "{what} names {}, which is a link to {}, and there is no such file; take the link away, or name another file",
        path.display(), target.display()
    )]
    Dangling {
        /// The option.
        what: &'static str,
        /// The link.
        path: PathBuf,
        /// What it names.
        target: PathBuf,
    },
    /// Standard output can hold one thing.
    #[error("--json and --results - both need standard output; name a file for the results")]
    TwoOnStdout,
    /// Two ways of naming customers.
    #[error(
        "--ids names the customers already, so conditions and --limit would have no effect; leave one or the other out"
    )]
    IdsAndConditions,
    /// Conditions that cannot be searched by.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// Two ways to say which column is read.
    #[error("--column and --map both say which column is read; leave one of them out")]
    ColumnAndMap,
    /// Columns of a file that is not read.
    #[error("--map and --id-map say whom the file of --ids names; add --ids FILE, or leave them out")]
    MapWithoutIds,
    /// A file of ids for a condition.
    #[error("cannot read the file of ids {}: {source}", path.display())]
    IdsFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Standard input and output are taken.
    #[error(
        "{option} - : standard input and output are needed for the customers and the summary; name a file"
    )]
    OnlyFile {
        /// The option.
        option: &'static str,
    },
    /// A format that is not written.
    #[error(
        "userside-bulk does not write {0}; name the output .xlsx, .csv or .jsonl, or choose the format with --format"
    )]
    NoFormat(String),
    /// `--locale` without what it is about.
    #[error("--locale says how --excel writes; add --excel")]
    LocaleOfNothing,
    /// `--excel` for another format.
    #[error("--excel is for CSV; XLSX opens by a double click without it, and JSON lines do not")]
    ExcelOfNoCsv,
    /// A journal for an output that cannot be resumed.
    #[error("--journal: an export to standard output cannot be resumed; name a file with --output FILE")]
    JournalOfStdout,
    /// An option of imports, for the journal of an export.
    #[error("this is the journal of an export, and --{option} is for imports")]
    OnlyImport {
        /// The option, without its hyphens.
        option: String,
    },
    /// The list of what is not in the output is read by itself.
    #[error("--errors - : standard output has the output or the summary; name a file")]
    ErrorsOnStdout,
    /// Not a valid day.
    #[error("{option} '{value}': {refusal}")]
    Date {
        /// The option.
        option: &'static str,
        /// What was typed.
        value: String,
        /// Why it is not one.
        refusal: ValueError,
    },
    /// A time that makes no sense.
    #[error("--until {said}: {why}")]
    Until {
        /// What was typed.
        said: String,
        /// Why not.
        why: String,
    },
    /// A period without a day.
    #[error("--from {from} is later than --to {to}, so the period is empty; swap them")]
    NoDays {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Standard output can hold one thing.
    #[error("--json and the output both need standard output; name a file with --output FILE")]
    JsonOnStdout,
}
