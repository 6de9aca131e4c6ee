//! Why a validation or a run could not do what it was asked. Rows that fail are not such an error.

use std::path::PathBuf;

use crate::catalogue::Version;
use crate::count::Count;
use crate::customers::{IdMapError, IdMapWriteError};
use crate::exit::Exit;
use crate::reading::{Fingerprint, MappingError, ReadError};
use crate::recording::{Counts, JournalError, RecordError, ResultsError};
use crate::sending::{Stop, StopReason, TransportError};
use crate::shell::quoted;
use crate::validating::ConstantError;

/// Why a validation or a run could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The input.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was said about columns.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A file that should know ids does not.
    #[error(transparent)]
    IdMap(#[from] IdMapError),
    /// The table of ids can't be kept up to date.
    #[error(transparent)]
    IdMapWrite(#[from] IdMapWriteError),
    /// A constant value.
    #[error(transparent)]
    Constant(#[from] ConstantError),
    /// An output.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The way to the server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An operation that the server does not have.
    #[error("{operation} came with UserSide {added}, and --server-version says {server}")]
    NotInVersion {
        /// The operation.
        operation: &'static str,
        /// The first version that has it.
        added: Version,
        /// The server's.
        server: Version,
    },
    /// A mistake in the program, caught.
    #[error(
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. What is known of the rows is in the journal: `userside-bulk resume` goes on"
    )]
    Panicked,
    /// The user wanted an end before anything was sent.
    #[error("interrupted before anything was sent")]
    Interrupted,
    /// The time that the user named came before anything was sent.
    #[error("stopped at {0}, as --until says, before anything was sent. Type the same command again")]
    TimeUp(String),
    /// The user did not wait for the results.
    #[error(
        "left before the results were written; the journal knows everything. `userside-bulk resume {}` goes on",
        quoted(journal)
    )]
    Left {
        /// The journal.
        journal: PathBuf,
    },
    /// Rows were sent, and the results cannot be written.
    #[error(
        "{error}. Nothing is lost: what is known of the rows is in the journal. Once there is room, `userside-bulk resume {}` goes on and writes the results",
        quoted(journal)
    )]
    ResultsLost {
        /// Why not.
        error: String,
        /// The journal.
        journal: PathBuf,
    },
    /// A run lies there that must not be forgotten.
    #[error(
        "the run that began {} is not finished: {}. To go on with it: `userside-bulk resume {}`. To start from the beginning instead, without what this run knows of its rows: the same command with --new-run; the old journal is kept under another name", begun.strftime("%Y-%m-%d %H:%M UTC"), progress(counts), quoted(journal)
    )]
    Unfinished {
        /// Its journal.
        journal: PathBuf,
        /// When it began.
        begun: jiff::Timestamp,
        /// How far it came.
        counts: Box<Counts>,
    },
    /// The input is not the one that the run began with.
    #[error(
        "{input} has changed since the run began ({found}; it was {expected}), so nobody can tell which row is which. Put the old file back; or begin a new run with the rows that are not ok in the results, which `userside-bulk results` writes as long as the old file is there"
    )]
    InputChanged {
        /// Its name.
        input: String,
        /// What it was.
        expected: Fingerprint,
        /// What it is.
        found: Fingerprint,
    },
    /// Another run is at work with the input.
    #[error(
        "another run is sending the rows of {} at this moment, and this one would send them a second time; let that one finish, or stop it with Ctrl-C. Nothing was sent", input.display()
    )]
    InputHeld {
        /// The file.
        input: PathBuf,
    },
    /// Another program has gone on with the run.
    #[error(transparent)]
    Overtaken(JournalError),
    /// The answer to the question.
    #[error("not sent: the answer was no")]
    Declined,
    /// An operation whose effect nobody remembers.
    #[error(
        "{operation} cannot be taken back: the journal does not know what was there before. What can be taken back are bookings"
    )]
    CannotUndo {
        /// The operation.
        operation: &'static str,
    },
}

impl RunError {
    /// An end that was wanted before anything was sent.
    pub(super) fn ended_by(stop: &Stop) -> Self {
        match stop.reason() {
            StopReason::TimeUp(said) => Self::TimeUp(said),
            _ => Self::Interrupted,
        }
    }

    /// The exit code that follows.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Read(_)
            | Self::Mapping(_)
            | Self::IdMap(_)
            | Self::IdMapWrite(_)
            | Self::Constant(_)
            | Self::Record(_)
            | Self::Transport(_)
            | Self::Journal(_)
            | Self::NotInVersion { .. }
            | Self::Unfinished { .. }
            | Self::InputChanged { .. }
            | Self::InputHeld { .. }
            | Self::Declined
            | Self::CannotUndo { .. } => Exit::Refused,
            Self::TimeUp(_) | Self::Panicked | Self::ResultsLost { .. } | Self::Overtaken(_) => {
                Exit::StoppedEarly
            }
            Self::Interrupted | Self::Left { .. } => Exit::Interrupted,
        }
    }
}

impl From<ResultsError> for RunError {
    fn from(error: ResultsError) -> Self {
        match error {
            ResultsError::Journal(error) => Self::Journal(error),
            ResultsError::Read(error) => Self::Read(error),
            ResultsError::Record(error) => Self::Record(error),
        }
    }
}

/// A thread panicked: the only way to that is a mistake in the program.
impl From<tokio::task::JoinError> for RunError {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Panicked
    }
}

fn progress(counts: &Counts) -> String {
    format!("of {} {}", Count(counts.rows, "row"), counts.in_words("unknown"))
}
