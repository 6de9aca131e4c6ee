//! The one command to type next, word for word.

use std::path::Path;

use crate::recording::{RunStep, failed_file};
use crate::shell::quoted;

/// What goes on with the run of a journal.
pub(super) fn command(step: RunStep, journal: &Path) -> String {
    let run = quoted(journal);
    match step {
        RunStep::Reconcile => format!("userside-bulk reconcile {run}"),
        RunStep::Resume => format!("userside-bulk resume {run}"),
        RunStep::Resend => format!("userside-bulk resume {run} --resend"),
        RunStep::Surplus => format!("userside-bulk undo {run} --surplus"),
        RunStep::Failed => {
            format!("userside-bulk results {run} --failed {}", quoted(&failed_file(journal)))
        }
    }
}
