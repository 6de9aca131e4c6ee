//! What is wrong with a mapping.

use std::path::PathBuf;

use crate::catalogue::Nearest;

/// The mapping file, or a mapping on the command line, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The mapping file cannot be opened or read.
    #[error("cannot read the mapping file {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The mapping file is not TOML, or does not have the expected form.
    #[error("the mapping file {} cannot be used: {reason}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The mapping file is larger than any mapping.
    #[error("the mapping file {} has more than {limit} bytes, so it is probably another file", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// How many are read.
        limit: u64,
    },
    /// The input has no column that was mapped.
    #[error(
        "the mapping names a column '{column}' that the file does not have{nearest}; its columns are {known}. If these look garbled, give the file's encoding with --encoding"
    )]
    NoColumn {
        /// The column.
        column: String,
        /// The column that was probably meant.
        nearest: Nearest,
        /// All columns.
        known: String,
    },
    /// The input has several columns with a name that was mapped.
    #[error(
        "the mapping names a column '{column}', and {count} columns of the file have that name; write which one it is: '{column}#1' is the first, '{column}#2' the second"
    )]
    SeveralColumns {
        /// The column.
        column: String,
        /// How many there are.
        count: usize,
    },
    /// The input has fewer columns with a name than was said.
    #[error("the mapping names a column '{column}', but the file has only {count} of that name")]
    FewerColumns {
        /// The column.
        column: String,
        /// How many there are.
        count: usize,
    },
    /// A customer named by something that customers are not found by.
    #[error(
        "'{target}' names a customer by '{kind}', which customers are not found by{nearest}; there are {known}"
    )]
    NoKind {
        /// What was written.
        target: String,
        /// What comes after the colon.
        kind: String,
        /// The kind that was probably meant.
        nearest: Nearest,
        /// All kinds.
        known: String,
    },
    /// A colon after something that is not a customer's id.
    #[error(
        "'{target}' is not a parameter of {operation}; a colon names a customer by another value than the id{example}"
    )]
    NotOfCustomer {
        /// What was written.
        target: String,
        /// The operation.
        operation: &'static str,
        /// How it is written for this operation, with what comes before it.
        example: String,
    },
    /// One customer for all rows, by something else than the id.
    #[error(
        "'{target}' would give every row the same customer by a key; look for the id with `userside-bulk lookup`, and set that"
    )]
    KeyConstant {
        /// What was written.
        target: String,
    },
    /// A column was mapped to, or a constant set for, a name that means several things.
    #[error("'{name}' means something else in several steps; write which one: {}", names.join(" or "))]
    AmbiguousParameter {
        /// What was written.
        name: String,
        /// The names that mean one thing.
        names: Vec<String>,
    },
    /// A column was mapped to, or a constant set for, something that is not a parameter.
    #[error(
        "'{name}' is not a parameter of {operation}{nearest}; `userside-bulk operations {operation}` lists them"
    )]
    NoParameter {
        /// What was written.
        name: String,
        /// The operation.
        operation: &'static str,
        /// The parameter that was probably meant.
        nearest: Nearest,
    },
}
