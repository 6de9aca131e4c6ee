//! What the user said about a table: how it is written, and where it lies.

use std::str::FromStr;

use super::dialect::DialectChoice;

/// How much of a workbook is unpacked at most, where nobody says more.
pub const WORKBOOK_LIMIT: u64 = 1 << 30;

/// What is done with rows of a sheet that a person does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HiddenRows {
    /// They are rows as all others.
    Include,
    /// They are left out.
    Skip,
}

impl HiddenRows {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Include, Self::Skip];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Skip => "skip",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Include => "Read them like all other rows",
            Self::Skip => "Leave them out",
        }
    }
}

impl FromStr for HiddenRows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|what| what.name() == text);
        named.ok_or_else(|| format!("'{text}' is neither include nor skip"))
    }
}

/// What the user said about a table; the rest is detected.
#[derive(Debug, Clone, Default)]
pub struct TableChoice {
    /// How a text file is written.
    pub dialect: DialectChoice,
    /// The sheet of a workbook; none for the first that a person sees.
    pub sheet: Option<String>,
    /// `--header-row`: the line of the file (the row of the sheet) that names the columns, counted from 1.
    pub header_row: Option<u64>,
    /// `--last-row`: the last line (row) that belongs to the table, counted from 1.
    pub last_row: Option<u64>,
    /// `--hidden-rows`; without it hidden rows are refused.
    pub hidden_rows: Option<HiddenRows>,
    /// `--max-size`: how many bytes of a workbook are unpacked at most.
    pub max_size: Option<u64>,
}
