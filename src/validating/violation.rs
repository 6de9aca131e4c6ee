//! What is wrong with a row: where, what was found, what was expected.

use std::fmt;

use super::value_error::ValueError;
use crate::reading::HeaderProblem;
use crate::shell::quoted_word;

/// The kind of a violation, as scripts see it in `result_error_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// An obligatory parameter has no value.
    MissingParameter,
    /// A value is not of its parameter's type, or belongs to no parameter.
    BadValue,
    /// A column is not a parameter.
    UnknownParameter,
    /// The server's version does not take the parameter.
    NotInVersion,
    /// The row repeats an earlier one.
    DuplicateRow,
    /// Nobody has the key by which the row names its customer.
    NotFound,
    /// Several customers have it.
    Ambiguous,
    /// Nobody has the key by which the row names the parent of its customer.
    ParentMissing,
    /// Rows are each other's ancestors.
    ParentCycle,
}

/// How many characters of a value a message repeats.
const SHOWN: usize = 60;

/// A problem of a row or of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its kind.
    pub code: ViolationCode,
    /// The column's name in the file, if it is about one.
    pub column: Option<String>,
    /// The value in the file, shortened.
    pub value: Option<String>,
    /// What is wrong and what to do. It follows the column and the value after a colon.
    pub reason: String,
    /// The `--date-format` under which the value would be right.
    pub date_format: Option<&'static str>,
}

impl Violation {
    pub(super) fn new(
        code: ViolationCode,
        column: Option<String>,
        value: Option<&str>,
        reason: impl Into<String>,
    ) -> Self {
        Self { code, column, value: value.map(shortened), reason: reason.into(), date_format: None }
    }

    /// A value of this column that was refused.
    pub(super) fn of_value(column: String, value: &str, refusal: &ValueError) -> Self {
        let date_format = (*refusal == ValueError::ShortYear && value.contains('.')).then_some("%d.%m.%y");
        let value = (!value.is_empty()).then_some(value);
        Self { date_format, ..Self::new(ViolationCode::BadValue, Some(column), value, refusal.to_string()) }
    }

    /// The reason without what differs from row to row: numbers, and values in quotation marks.
    pub fn kind(&self) -> String {
        let mut kind = String::with_capacity(self.reason.len());
        let mut is_quoted = false;
        for c in self.reason.chars() {
            match c {
                '\'' => is_quoted = !is_quoted,
                _ if is_quoted => {}
                '0'..='9' if kind.ends_with('#') => {}
                '0'..='9' => kind.push('#'),
                _ => kind.push(c),
            }
        }
        kind
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

/// `--map` as it is typed: a shell must leave the column's name as it is.
fn map_option(column: &str, parameter: &str) -> String {
    format!("--map {}", quoted_word(&format!("{column}={parameter}")))
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
                        "not a parameter of this operation; did you mean '{name}'? Rename it, or add {}",
                        map_option(column, name)
                    ),
                    None => format!(
                        "not a parameter of this operation; map it with {}, or leave such columns out with --ignore-unknown-columns",
                        map_option(column, "PARAMETER")
                    ),
                },
            ),
            HeaderProblem::NoKind { column, nearest, known } => Self::new(
                ViolationCode::UnknownParameter,
                Some(column.clone()),
                None,
                format!("customers are not found by what comes after the colon{nearest}; there are {known}"),
            ),
            HeaderProblem::Repeated { parameter, given } => Self::new(
                ViolationCode::BadValue,
                None,
                None,
                format!("{given} give the same parameter, {parameter}; leave out all but one"),
            ),
            HeaderProblem::Headerless { value, operation } => Self::new(
                ViolationCode::UnknownParameter,
                None,
                Some(value),
                format!(
                    "the first line must name the columns, but holds values; put a line with the names above it, such as `userside-bulk template {operation}` prints"
                ),
            ),
            HeaderProblem::Undivided { cell, delimiter } => Self::new(
                ViolationCode::UnknownParameter,
                None,
                Some(cell),
                format!(
                    "the names of the columns stand in one cell; if '{delimiter}' separates the cells, add --delimiter '{delimiter}'"
                ),
            ),
            HeaderProblem::Ambiguous { column, names } => Self::new(
                ViolationCode::UnknownParameter,
                Some(column.clone()),
                None,
                format!(
                    "means something else in several steps; write which one: {}. Rename it, or add {}",
                    names.join(" or "),
                    map_option(column, names.first().map_or("STEP.PARAMETER", String::as_str))
                ),
            ),
            HeaderProblem::Missing { parameter } => Self::new(
                ViolationCode::MissingParameter,
                None,
                None,
                format!(
                    "no column gives the parameter {parameter}, which is obligatory; add one, map one with --map 'COLUMN={parameter}', or give all rows one value with --set {parameter}=VALUE"
                ),
            ),
        }
    }
}

/// Why a row is not sent: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The problems of this row; empty if only the header is wrong.
    pub own: Vec<Violation>,
    /// The first problem of the header, if there is one. The header's problems make every row invalid, but are
    /// reported once, not with every row.
    pub header: Option<ViolationCode>,
}

impl Rejection {
    /// The code of the first violation; the header's come before the row's own.
    pub fn code(&self) -> ViolationCode {
        self.header.or_else(|| self.own.first().map(|v| v.code)).unwrap_or(ViolationCode::BadValue)
    }
}

/// All violations on one line.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.header.is_some() {
            f.write_str("see the header")?;
        }
        for (place, violation) in self.own.iter().enumerate() {
            let is_first = place == 0 && self.header.is_none();
            write!(f, "{}{violation}", if is_first { "" } else { "; " })?;
        }
        Ok(())
    }
}
