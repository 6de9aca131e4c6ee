//! Why a command could not do what it was asked, and the exit that follows.

use std::path::{Path, PathBuf};

use crate::cli::SettingsError;
use crate::count::{Count, grouped};
use crate::exit::Exit;
use crate::shell::quoted;

/// Why a command could not do what it was asked. Rows that fail are no failure of the command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Read(#[from] crate::reading::ReadError),
    #[error(transparent)]
    Mapping(#[from] crate::reading::MappingError),
    #[error(transparent)]
    Column(#[from] crate::reading::ColumnError),
    #[error(transparent)]
    Constant(#[from] crate::validating::ConstantError),
    #[error(transparent)]
    Record(#[from] crate::recording::RecordError),
    #[error(transparent)]
    Transport(#[from] crate::sending::TransportError),
    #[error(transparent)]
    Sandbox(#[from] crate::sandbox::SandboxError),
    #[error("cannot start the program's threads: {0}")]
    Runtime(#[from] std::io::Error),
    #[error("the demo cannot go on: {0}")]
    Demo(String),
    #[error("{operation} came with UserSide {added}, and --server-version says {server}")]
    NotInVersion {
        operation: &'static str,
        added: crate::catalogue::Version,
        server: crate::catalogue::Version,
    },
    #[error(
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. What is known of the rows is in the journal: `userside-bulk resume` goes on"
    )]
    Broken,
    #[error(transparent)]
    List(#[from] crate::exporting::ListError),
    #[error(
        "there is no earlier export {} to compare with; with --first-run everybody is new", path.display()
    )]
    NoEarlier { path: PathBuf },
    #[error(transparent)]
    Condition(#[from] crate::validating::ConditionError),
    /// Customers were read, and what was read cannot be kept or written.
    #[error("{error}{}", goes_on(journal.as_deref()))]
    ExportLost { error: String, journal: Option<PathBuf> },
    #[error(transparent)]
    Call(#[from] crate::validating::CallError),
    #[error(
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. Nothing was written to the server"
    )]
    BrokenRead,
    /// Much was read, and the output cannot be written.
    #[error(transparent)]
    NotWritten(crate::recording::RecordError),
    #[error(transparent)]
    Unexpected(#[from] crate::validating::Unexpected),
    #[error("interrupted while the input was checked; nothing was sent")]
    Interrupted,
    #[error(
        "left before the results were written; the journal knows everything. `userside-bulk resume {}` goes on",
        quoted(journal)
    )]
    Left { journal: PathBuf },
    /// Rows were sent, and the results cannot be written.
    #[error(
        "{error}. Nothing is lost: what is known of the rows is in the journal. Once there is room, `userside-bulk resume {}` goes on and writes the results",
        quoted(journal)
    )]
    ResultsLost { error: String, journal: PathBuf },
    #[error(transparent)]
    Journal(#[from] crate::recording::JournalError),
    #[error(transparent)]
    Stored(#[from] crate::cli::StoredError),
    #[error(
        "the run that began {} is not finished: {}. To go on with it: `userside-bulk resume {}`. To begin anew instead, which sends every row again, also those that are ok: the same command with --new-run; the old journal is kept under another name", begun.strftime("%Y-%m-%d %H:%M UTC"), progress(counts), quoted(journal)
    )]
    Unfinished { journal: PathBuf, begun: jiff::Timestamp, counts: crate::recording::Counts },
    #[error(
        "{input} has changed since the run began ({found}; it was {expected}), so nobody can tell which row is which. Put the old file back; or begin a new run with the rows that are not ok in the results, which `userside-bulk results` writes as long as the old file is there"
    )]
    InputChanged { input: String, expected: crate::reading::Fingerprint, found: crate::reading::Fingerprint },
    #[error("not sent: the answer was no")]
    Declined,
    #[error(
        "{operation} cannot be taken back: the journal does not know what was there before. What can be taken back are bookings"
    )]
    CannotUndo { operation: &'static str },
}

fn goes_on(journal: Option<&Path>) -> String {
    journal.map_or_else(String::new, |journal| {
        format!(". What was read is in the journal: `userside-bulk resume {}` goes on", quoted(journal))
    })
}

fn progress(counts: &crate::recording::Counts) -> String {
    let parts = [
        (counts.ok, "ok"),
        (counts.failed, "failed"),
        (counts.invalid, "invalid"),
        (counts.unknown, "unknown"),
        (counts.existing, "there already"),
        (counts.unsent(), "not sent"),
    ];
    let parts = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", grouped(*count)));
    format!("of {} {}", Count(counts.rows, "row"), parts.collect::<Vec<_>>().join(", "))
}

impl From<crate::exporting::RowsError> for Failure {
    fn from(error: crate::exporting::RowsError) -> Self {
        match error {
            crate::exporting::RowsError::Journal(error) => Self::Journal(error),
            crate::exporting::RowsError::Record(error) => Self::Record(error),
            error @ crate::exporting::RowsError::TooWide(_) => {
                Self::ExportLost { error: error.to_string(), journal: None }
            }
        }
    }
}

impl From<crate::recording::ResultsError> for Failure {
    fn from(error: crate::recording::ResultsError) -> Self {
        match error {
            crate::recording::ResultsError::Journal(error) => Self::Journal(error),
            crate::recording::ResultsError::Read(error) => Self::Read(error),
            crate::recording::ResultsError::Record(error) => Self::Record(error),
        }
    }
}

impl Failure {
    /// The one match from a failure to an exit.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::Read(_)
            | Self::Mapping(_)
            | Self::Column(_)
            | Self::Constant(_)
            | Self::Record(_)
            | Self::Transport(_)
            | Self::Sandbox(_)
            | Self::Runtime(_)
            | Self::Demo(_)
            | Self::Call(_)
            | Self::List(_)
            | Self::NoEarlier { .. }
            | Self::Condition(_)
            | Self::Unexpected(_)
            | Self::Journal(_)
            | Self::Stored(_)
            | Self::Unfinished { .. }
            | Self::InputChanged { .. }
            | Self::Declined
            | Self::CannotUndo { .. }
            | Self::NotInVersion { .. } => Exit::Refused,
            Self::Broken
            | Self::BrokenRead
            | Self::NotWritten(_)
            | Self::ResultsLost { .. }
            | Self::ExportLost { .. } => Exit::StoppedEarly,
            Self::Interrupted | Self::Left { .. } => Exit::Interrupted,
        }
    }
}
