//! Why a command could not do what it was asked, and the exit that follows.

use crate::cli::SettingsError;
use crate::exit::Exit;
use crate::recording::Tally;

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
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. What is known of the rows is in the results file with .partial behind its name"
    )]
    Broken,
    #[error(transparent)]
    Unexpected(#[from] crate::validating::Unexpected),
    #[error("interrupted while the input was checked; nothing was sent")]
    Interrupted,
    #[error(
        "left before the results were written whole; what was written lies beside them, with .partial behind the name. Rows that are not there are unknown"
    )]
    Left,
    /// Rows were sent, and what became of the last of them could not be written down.
    #[error(
        "{error}. Rows were sent: {written}. Rows whose outcome could not be written are listed above, if there are any; what was written before stays where it is, for a file with .partial behind its name"
    )]
    ResultsLost {
        error: crate::recording::RecordError,
        /// Counts of what was written.
        written: String,
    },
}

impl From<crate::recording::ResultsError> for Failure {
    fn from(error: crate::recording::ResultsError) -> Self {
        match error {
            crate::recording::ResultsError::Read(error) => Self::Read(error),
            crate::recording::ResultsError::Record(error) => Self::Record(error),
        }
    }
}

impl Failure {
    /// The results cannot be written although rows were sent.
    pub(super) fn results_lost(error: crate::recording::RecordError, tally: &Tally) -> Self {
        let written =
            format!("{} ok, {} failed and {} unknown were written", tally.ok, tally.failed, tally.unknown);
        Self::ResultsLost { error, written }
    }

    /// The one match from a failure to an exit.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::Read(_)
            | Self::Mapping(_)
            | Self::Constant(_)
            | Self::Record(_)
            | Self::Transport(_)
            | Self::Sandbox(_)
            | Self::Runtime(_)
            | Self::Demo(_)
            | Self::Unexpected(_)
            | Self::NotInVersion { .. } => Exit::Refused,
            Self::Broken | Self::ResultsLost { .. } => Exit::StoppedEarly,
            Self::Interrupted | Self::Left => Exit::Interrupted,
        }
    }
}
