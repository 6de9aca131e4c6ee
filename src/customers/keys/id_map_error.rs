//! Why a file does not tell whose ids stand for which values.

use crate::catalogue::Nearest;
use crate::reading::ReadError;

/// A file of `--id-map` or `--write-id-map` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdMapError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No column holds ids.
    #[error(
        "{name} has no column 'id' or 'result_id'{nearest}, so it does not tell whose values it has; its columns are {known}"
    )]
    NoIds {
        name: String,
        /// The column that was probably meant.
        nearest: Nearest,
        known: String,
    },
    /// No column is named as a kind of key.
    #[error("{name} has no column that is named as something customers are found by: {kinds}")]
    NoKeys { name: String, kinds: String },
    /// Something stands where an id should.
    #[error("{name}, line {line}: '{value}' is not a valid id; an id is a whole number such as 1001")]
    NoId {
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        value: String,
    },
    /// Two ids in one row.
    #[error(
        "{name}, line {line}: the row has two ids, {id} and {result_id}, and does not tell whose values these are; leave out one of the columns 'id' and 'result_id'"
    )]
    TwoIds { name: String, line: u64, id: u64, result_id: u64 },
}
