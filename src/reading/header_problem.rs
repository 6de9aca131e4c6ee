//! What is wrong with a header.

use crate::catalogue::Nearest;

/// Something that makes every row of the file invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderProblem {
    /// The column is not a parameter of the operation.
    Unknown {
        /// The column's name, with its place where another column has the name too.
        column: String,
        /// The parameter that was probably meant.
        nearest: Nearest,
    },
    /// The name means something else in each of these.
    Ambiguous {
        /// The column's name, with its place where another column has the name too.
        column: String,
        /// The names that mean one thing.
        names: Vec<String>,
    },
    /// The column names a customer by something that customers are not found by.
    NoKind {
        /// The column's name.
        column: String,
        /// The kind that was probably meant.
        nearest: Nearest,
        /// All kinds.
        known: String,
    },
    /// Two columns, or a column and a constant, stand for one parameter.
    Repeated {
        /// The parameter.
        parameter: &'static str,
        /// What stands for it, joined by "and".
        given: String,
    },
    /// An obligatory parameter gets no value from a column or a constant.
    Missing {
        /// The parameter.
        parameter: &'static str,
    },
    /// The first row holds values.
    Headerless {
        /// One of them.
        value: String,
        /// The operation, for which a header can be had.
        operation: &'static str,
    },
    /// The names stand in one cell.
    Undivided {
        /// The cell.
        cell: String,
        /// What stands between the names.
        delimiter: char,
    },
}

impl HeaderProblem {
    /// Whether it explains all that is wrong with the names of the columns.
    pub(super) fn is_of_whole_header(&self) -> bool {
        matches!(self, Self::Headerless { .. } | Self::Undivided { .. })
    }
}
