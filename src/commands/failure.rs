//! Why a command could not do what it was asked, and the exit that follows.

use crate::cli::SettingsError;
use crate::exit::Exit;
use crate::running::RunError;

/// Why a command could not do what it was asked. Rows that fail are no failure of the command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Record(#[from] crate::recording::RecordError),
    #[error(transparent)]
    Transport(#[from] crate::sending::TransportError),
    #[error(transparent)]
    Sandbox(#[from] crate::sandbox::SandboxError),
    #[error("cannot start the program's threads: {0}")]
    Runtime(#[from] std::io::Error),
    /// Nothing can be dated.
    #[error("this machine's clock is {0}; set the clock, then type the same command again")]
    Clock(&'static str),
    #[error("the demo cannot go on: {0}")]
    Demo(String),
    #[error(transparent)]
    Export(#[from] crate::exporting::ExportError),
    #[error(transparent)]
    TableRead(#[from] crate::table_reads::TableReadError),
    #[error(transparent)]
    Call(#[from] crate::validating::CallError),
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

impl Failure {
    /// The one match from a failure to an exit.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::Record(_)
            | Self::Transport(_)
            | Self::Sandbox(_)
            | Self::Runtime(_)
            | Self::Clock(_)
            | Self::Demo(_)
            | Self::Call(_)
            | Self::Journal(_)
            | Self::Stored(_) => Exit::Refused,
            Self::NotWritten(_) => Exit::StoppedEarly,
            Self::Export(error) => error.exit(),
            Self::TableRead(error) => error.exit(),
            Self::Run(error) => error.exit(),
        }
    }
}
