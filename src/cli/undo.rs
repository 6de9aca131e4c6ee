//! `undo`: rows that take a run back.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::SettingsError;
use super::options::{CommandFiles, FallsBack as _, Shown, WhichRun, stem_of};
use super::raw_options::RawOptions;
use super::results::rows;
use super::stored_run::StoredRun;
use super::values;
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::reporting::Mode;
use crate::running::{Extent, InputSpec};

const HELP: &str = "\
Examples:
  userside-bulk undo money.journal
  userside-bulk import change_balance money.undo.csv

For every booking that a run applied there is a row with the same customer and
the negated amount, and a comment that names the booking; several rows for a
booking that was found on the server several times. Look at the file before you
import it. Sends nothing.

Exit codes:
  0 written; 1 written, but unknown rows are not taken back; 2 wrong usage, an
  operation that cannot be taken back, or a journal that cannot be used.";

/// `undo`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct UndoArgs {
    #[command(flatten)]
    run: WhichRun,
    /// Take back only what was booked more than once
    ///
    /// Rows that were found on the server several times; one booking of each stays.
    #[arg(long)]
    surplus: bool,
    /// Where the rows go
    ///
    /// The file lies beside the input unless another place is named; - stands for standard output.
    #[arg(long, value_name = "FILE", help_heading = "Output", value_parser = values::table_file())]
    #[arg(falls_back_to("FILE.undo.csv"))]
    output: Option<PathBuf>,
    /// Show no summary; warnings and errors remain
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
}

impl UndoArgs {
    /// Where the run is.
    pub fn place(&self) -> PathBuf {
        self.run.place()
    }

    /// What is taken back.
    pub fn extent(&self) -> Extent {
        if self.surplus { Extent::Surplus } else { Extent::Whole }
    }

    /// What is shown.
    pub fn shown(&self) -> Shown {
        Shown { mode: Mode { quiet: self.quiet, json: false, progress: false }, verbose: 0 }
    }

    /// Where the compensating rows go.
    pub fn output(&self, stored: &StoredRun, journal: &Path) -> Result<OutputTarget, SettingsError> {
        let input = match stored.input() {
            Input::File(path) => Some(path),
            Input::Stdin => None,
        };
        let path = match (&self.output, &input) {
            (Some(path), _) if path == Path::new("-") => return Ok(OutputTarget::Stdout),
            (Some(path), _) => path.clone(),
            (None, Some(input)) => beside(&stem_of(input), ".undo.csv"),
            (None, None) => journal.with_extension("undo.csv"),
        };
        CommandFiles::of_input(&stored.input())
            .reads(Some(journal), "the journal")
            .reads(stored.mapping_file(), "the mapping file")
            .writes(Some(&path), "--output", "the output")
            .check()?;
        Ok(OutputTarget::File(path))
    }
}

/// The rows of a run that is to be taken back, as it read them.
pub fn undone_rows(stored: &StoredRun) -> Result<InputSpec, SettingsError> {
    rows(RawOptions::default(), stored).map(|(input, _)| input)
}
