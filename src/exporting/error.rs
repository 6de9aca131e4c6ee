//! Why an export could not do what it was asked. Customers that can't be read are not such an error.

use std::path::{Path, PathBuf};

use super::earlier::ListError;
use super::union::TooWide;
use crate::customers::IdMapError;
use crate::exit::Exit;
use crate::reading::ReadError;
use crate::recording::{JournalError, RecordError};
use crate::shell::quoted;
use crate::validating::CallError;

/// Why an export could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file that names customers can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file names no customers.
    #[error(transparent)]
    List(#[from] ListError),
    /// A file that should know ids does not.
    #[error(transparent)]
    IdMap(#[from] IdMapError),
    /// Of customers who can't be found nobody knows whether they are gone.
    #[error(
        "{first}{more}; without the ids of all customers in the list nobody knows who is gone since the earlier export"
    )]
    Unnamed {
        /// The first of them.
        first: String,
        more: String,
    },
    /// There is nothing to compare with.
    #[error("there is no earlier export {} to compare with; with --first-run everybody is new", path.display())]
    NoEarlier {
        /// Where it should be.
        path: PathBuf,
    },
    /// An output can't be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The journal can't be made or read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Customers were read, and what was read can't be kept or written.
    #[error("{error}{}", goes_on(journal.as_deref()))]
    Lost {
        error: String,
        /// The journal that has what was read.
        journal: Option<PathBuf>,
    },
    /// The file would have too many columns.
    #[error(transparent)]
    TooWide(#[from] TooWide),
    /// The program can't make its own read.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A mistake in the program, caught.
    #[error(
        "a part of the program has stopped unexpectedly; this is a mistake in userside-bulk. Nothing was written to the server"
    )]
    Panicked,
}

fn goes_on(journal: Option<&Path>) -> String {
    journal.map_or_else(String::new, |journal| {
        format!(". What was read is in the journal: `userside-bulk resume {}` goes on", quoted(journal))
    })
}

impl ExportError {
    /// What fails after the first customer was read is not wrong usage.
    pub(super) fn after_begin(self, journal: Option<&Path>) -> Self {
        match self {
            Self::Journal(_) | Self::Record(_) => {
                Self::Lost { error: self.to_string(), journal: journal.map(Path::to_owned) }
            }
            other => other,
        }
    }

    /// The exit that follows.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Read(_)
            | Self::List(_)
            | Self::IdMap(_)
            | Self::Unnamed { .. }
            | Self::NoEarlier { .. }
            | Self::Record(_)
            | Self::Journal(_)
            | Self::Call(_) => Exit::Refused,
            Self::Lost { .. } | Self::TooWide(_) | Self::Panicked => Exit::StoppedEarly,
        }
    }
}
