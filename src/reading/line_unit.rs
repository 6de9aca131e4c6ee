//! What the number of a row's place counts.

use std::fmt;

/// What the number of a row's place counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineUnit {
    /// The lines of a text file.
    #[default]
    Line,
    /// The rows of a workbook's sheet.
    Row,
}

impl fmt::Display for LineUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "line",
            Self::Row => "row",
        })
    }
}
