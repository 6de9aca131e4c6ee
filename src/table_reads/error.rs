//! Why a table can't be read, or its output can't be written. Values without an answer are not such an error.

use crate::catalogue::Version;
use crate::customers::{CustomerColumnsError, IdMapError};
use crate::exit::Exit;
use crate::reading::{ColumnError, ReadError};
use crate::recording::RecordError;

/// Why a lookup or a history could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TableReadError {
    /// The table can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The column can't be found.
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// The columns do not say who is meant.
    #[error(transparent)]
    Customers(#[from] CustomerColumnsError),
    /// A file that should know ids does not.
    #[error(transparent)]
    IdMap(#[from] IdMapError),
    /// The output can't be begun.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Much was read, and the output can't be written.
    #[error(transparent)]
    NotWritten(RecordError),
    /// What the server does not have.
    #[error("{kind} came with UserSide {added}, and --server-version says {server}")]
    NotInVersion {
        /// The kind of value.
        kind: &'static str,
        /// The first version that has it.
        added: Version,
        /// The server's.
        server: Version,
    },
    /// A mistake in the program, caught.
    #[error(
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. Nothing was written to the server"
    )]
    Panicked,
}

impl TableReadError {
    /// Whether a reader of the output has seen enough; that is a normal end.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Self::NotWritten(error) if error.is_closed())
    }

    /// The exit that follows.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Read(_)
            | Self::Column(_)
            | Self::Customers(_)
            | Self::IdMap(_)
            | Self::Record(_)
            | Self::NotInVersion { .. } => Exit::Refused,
            Self::NotWritten(_) | Self::Panicked => Exit::StoppedEarly,
        }
    }
}
