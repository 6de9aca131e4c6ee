//! What a person should know about how a file was read.

use std::fmt;

use super::column_name::listed;

/// Something about how a file was read that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadNote {
    /// The names of the columns do not stand in the first line.
    HeaderBelow {
        /// The line (the row of the sheet), counted from 1.
        line: u64,
        /// Whether it is a row of a sheet.
        is_sheet: bool,
    },
    /// Columns of an export hold what the operation cannot set.
    LeftOut {
        /// Their names.
        columns: Vec<String>,
        /// The operation's name.
        operation: &'static str,
    },
}

impl fmt::Display for ReadNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeaderBelow { line, is_sheet } => {
                let what = if *is_sheet { "row" } else { "line" };
                write!(
                    f,
                    "the header is {what} {line}; what stands above it is passed over. If another {what} names the columns, say so with --header-row"
                )
            }
            Self::LeftOut { columns, operation } => {
                write!(
                    f,
                    "columns of an export that {operation} cannot set are left out: {}",
                    listed(columns)
                )
            }
        }
    }
}
