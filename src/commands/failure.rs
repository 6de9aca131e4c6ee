//! Why a command could not do what it was asked, and the exit that follows.

use std::path::{Path, PathBuf};

use crate::cli::SettingsError;
use crate::exit::Exit;
use crate::running::RunError;
use crate::shell::quoted;

/// Why a command could not do what it was asked. Rows that fail are no failure of the command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Read(#[from] crate::reading::ReadError),
    #[error(transparent)]
    Column(#[from] crate::reading::ColumnError),
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
    Journal(#[from] crate::recording::JournalError),
    #[error(transparent)]
    Stored(#[from] crate::cli::StoredError),
    /// A validation or a run.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn goes_on(journal: Option<&Path>) -> String {
    journal.map_or_else(String::new, |journal| {
        format!(". What was read is in the journal: `userside-bulk resume {}` goes on", quoted(journal))
    })
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

impl Failure {
    /// The one match from a failure to an exit.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::Read(_)
            | Self::Column(_)
            | Self::Record(_)
            | Self::Transport(_)
            | Self::Sandbox(_)
            | Self::Runtime(_)
            | Self::Demo(_)
            | Self::Call(_)
            | Self::List(_)
            | Self::NoEarlier { .. }
            | Self::Condition(_)
            | Self::Journal(_)
            | Self::Stored(_) => Exit::Refused,
            Self::BrokenRead | Self::NotWritten(_) | Self::ExportLost { .. } => Exit::StoppedEarly,
            Self::Run(error) => error.exit(),
        }
    }
}
