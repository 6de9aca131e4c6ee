//! The table of exit codes.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All rows are ok, or the command did what it was asked.
    Done = 0,
    /// Finished, but some rows are not ok.
    SomeNotOk = 1,
    /// Wrong usage or invalid input; nothing was sent.
    Refused = 2,
    /// Stopped early; rows that were not sent are `skipped`.
    StoppedEarly = 3,
    /// Interrupted by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
