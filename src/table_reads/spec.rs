//! What a lookup and a history are told: which table, what of it, and where the output goes.

use std::path::PathBuf;

use super::period::Period;
use crate::catalogue::{Choice, Version};
use crate::customers::MappedCustomer;
use crate::reading::{Input, TableChoice};
use crate::recording::OutputTarget;

/// A table, and the column of it that is read.
#[derive(Debug)]
pub struct ColumnSpec {
    pub input: Input,
    /// What was said about how it is written, and where in the file it lies.
    pub table: TableChoice,
    /// The column's name, where it was given.
    pub column: Option<String>,
}

/// A lookup: who has each value of a column.
#[derive(Debug)]
pub struct LookupSpec {
    /// What the values are.
    pub kind: &'static Choice,
    /// Where they stand.
    pub table: ColumnSpec,
    /// Whether former customers are left out.
    pub skip_former: bool,
    /// The server's version, where it was named.
    pub server: Option<Version>,
    /// Where the output goes.
    pub output: OutputTarget,
}

/// The histories of the customers of a table.
#[derive(Debug)]
pub struct HistorySpec {
    /// Where the customers stand.
    pub table: ColumnSpec,
    /// Columns that are said to name them, and by what.
    pub mapped: Vec<MappedCustomer>,
    /// Files that know whose keys are whose.
    pub id_maps: Vec<PathBuf>,
    /// The days that are wanted.
    pub period: Period,
    /// The server's version, where it was named.
    pub server: Option<Version>,
    /// Where the output goes.
    pub output: OutputTarget,
    /// Where the customers are listed that could not be read.
    pub errors: Option<PathBuf>,
}
