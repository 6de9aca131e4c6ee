//! What is wrong with a row: where, what was found, what was expected.

use std::fmt;

use crate::reading::HeaderProblem;

/// The kind of a violation, as scripts see it in `result_error_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// An obligatory parameter has no value.
    MissingParameter,
    /// A value is not of its parameter's type, or cannot be placed.
    BadValue,
    /// A column is no parameter.
    UnknownParameter,
    /// The server's version does not take the parameter.
    NotInVersion,
    /// An earlier row is the same.
    DuplicateRow,
}

/// How much of a value a message repeats.
const SHOWN: usize = 60;

/// One thing that is wrong with a row or with the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its kind.
    pub code: ViolationCode,
    /// The column as the file calls it, where there is one.
    pub column: Option<String>,
    /// The value as it is in the file, shortened.
    pub value: Option<String>,
    /// What is wrong with it and what to do: a sentence's second half.
    pub reason: String,
}

impl Violation {
    pub(super) fn new(
        code: ViolationCode,
        column: Option<String>,
        value: Option<&str>,
        reason: impl Into<String>,
    ) -> Self {
        Self { code, column, value: value.map(shortened), reason: reason.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.column, &self.value) {
            (Some(column), Some(value)) => write!(f, "column '{column}', value '{value}': {}", self.reason),
            (Some(column), None) => write!(f, "column '{column}': {}", self.reason),
            (None, Some(value)) => write!(f, "value '{value}': {}", self.reason),
            (None, None) => f.write_str(&self.reason),
        }
    }
}

fn shortened(value: &str) -> String {
    // A line break in a value would break the message's line.
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

impl From<&HeaderProblem> for Violation {
    fn from(problem: &HeaderProblem) -> Self {
        match problem {
            HeaderProblem::Unknown { column, nearest } => Self::new(
                ViolationCode::UnknownParameter,
                Some(column.clone()),
                None,
                match nearest.name() {
                    Some(name) => format!(
                        "it is no parameter of the operation; did you mean '{name}'? Rename it, or add --map '{column}={name}'"
                    ),
                    None => format!(
                        "it is no parameter of the operation; say which it is with --map '{column}=PARAMETER', or leave such columns out with --ignore-unknown-columns"
                    ),
                },
            ),
            HeaderProblem::Repeated { parameter, given } => Self::new(
                ViolationCode::BadValue,
                None,
                None,
                format!("{given} stand for the same parameter, {parameter}; leave all but one out"),
            ),
            HeaderProblem::Missing { parameter } => Self::new(
                ViolationCode::MissingParameter,
                None,
                None,
                format!(
                    "no column gives the parameter {parameter}, which is obligatory; add one, or name it with --map 'COLUMN={parameter}' or --set {parameter}=VALUE"
                ),
            ),
        }
    }
}

/// Why a row is not sent: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What is wrong with this row; empty where only the header is wrong.
    pub own: Vec<Violation>,
    /// What is wrong with the header, and so with every row.
    pub header: std::sync::Arc<[Violation]>,
}

impl Rejection {
    /// The code of the first violation.
    pub fn code(&self) -> ViolationCode {
        self.header.iter().chain(&self.own).next().map_or(ViolationCode::BadValue, |v| v.code)
    }
}

/// All violations on one line.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, violation) in self.header.iter().chain(&self.own).enumerate() {
            write!(f, "{}{violation}", if place == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
