//! The arguments of `mapping`.

use std::path::PathBuf;

use clap::Args;

use super::error::SettingsError;
use super::options::{CommandFiles, FallsBack as _, TableArgs, input};
use crate::catalogue::{Operation, operation};
use crate::drafting::DraftSpec;
use crate::recording::OutputTarget;

const HELP: &str = "\
Examples:
  userside-bulk mapping migrate legacy.csv -o legacy.toml
  userside-bulk validate migrate legacy.csv --mapping legacy.toml
  userside-bulk mapping edit customers.xlsx -o customers.toml

The columns are guessed from their names (Ukrainian, Russian, English) and from
what they hold. Each has examples; a column that can't be guessed is left out.
Nothing is asked of a server. Check every line before you import.

Exit codes:
  0 the file is written; 2 wrong usage, or a table that cannot be read";

/// `mapping`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct MappingArgs {
    /// What will be done with every row; see `userside-bulk operations`
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    operation: Operation,
    /// CSV file or workbook; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    table: TableArgs,
    /// Where the mapping file goes
    ///
    /// A file that is there already is kept under another name.
    #[arg(long, short, value_name = "FILE", help_heading = "Output", falls_back_to("standard output"))]
    output: Option<PathBuf>,
}

/// `mapping`.
#[derive(Debug)]
pub struct MappingSettings {
    /// The table, and what it is for.
    pub draft: DraftSpec,
    /// Where the mapping file goes.
    pub output: OutputTarget,
}

impl MappingArgs {
    /// The settings.
    pub fn settings(self) -> Result<MappingSettings, SettingsError> {
        let output = match self.output {
            Some(path) if path != *"-" => OutputTarget::File(path),
            _ => OutputTarget::Stdout,
        };
        let input = input(self.file);
        CommandFiles::of_input(&input).writes(output.path(), "--output", "the mapping file").check()?;
        let draft = DraftSpec { operation: self.operation, input, table: self.table.choice() };
        Ok(MappingSettings { draft, output })
    }
}
