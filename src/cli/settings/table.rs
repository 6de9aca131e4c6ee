//! A table of which one column is read.

use super::super::table_args::{ColumnArgs, input};
use super::error::SettingsError;
use super::output::same_file;
use crate::reading::{DialectChoice, Input};
use crate::recording::OutputTarget;

/// A table of which one column is read.
#[derive(Debug)]
pub struct TableSettings {
    /// The table.
    pub input: Input,
    /// What was said about its dialect.
    pub dialect: DialectChoice,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The column, where it was named.
    pub column: Option<String>,
}

impl From<ColumnArgs> for TableSettings {
    fn from(args: ColumnArgs) -> Self {
        let dialect = args.table.dialect();
        Self { input: input(args.file), dialect, sheet: args.table.sheet, column: args.column }
    }
}

impl TableSettings {
    /// Refuses an option that would write over the table.
    pub(super) fn is_kept_from(&self, what: &'static str, place: &OutputTarget) -> Result<(), SettingsError> {
        match (&self.input, place) {
            (Input::File(input), OutputTarget::File(place)) if same_file(Some(input), Some(place)) => {
                Err(SettingsError::Overwrites { what, over: "the input" })
            }
            _ => Ok(()),
        }
    }
}
