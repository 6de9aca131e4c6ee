//! A table of which one column is read.

use super::super::table_args::{ColumnArgs, input};
use super::error::SettingsError;
use super::output::same_file;
use crate::reading::Input;
use crate::recording::OutputTarget;
use crate::table_reads::ColumnSpec;

impl From<ColumnArgs> for ColumnSpec {
    fn from(args: ColumnArgs) -> Self {
        let dialect = args.table.dialect();
        Self { input: input(args.file), dialect, sheet: args.table.sheet, column: args.column }
    }
}

/// Refuses an option that would write over the table.
pub(super) fn keep_from(
    table: &ColumnSpec,
    what: &'static str,
    place: &OutputTarget,
) -> Result<(), SettingsError> {
    match &table.input {
        Input::File(input) if same_file(Some(input), place.path()) => {
            Err(SettingsError::Overwrites { what, over: "the input" })
        }
        _ => Ok(()),
    }
}
