//! The column mapping: which column is which parameter, and constants for all rows. It comes from `--map`,
//! `--set` and a `--mapping` file; the command line wins over the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::catalogue::{Nearest, Operation, nearest, operations};

/// The mapping for one operation.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Column name to parameter name; an empty parameter name leaves the column out.
    pub(super) columns: BTreeMap<String, String>,
    /// Parameter name to the value that every row gets.
    pub(super) constants: BTreeMap<String, String>,
    /// Whether columns that are not parameters are left out instead of stopping the import.
    pub(super) ignore_unknown: bool,
}

/// One `LEFT=RIGHT` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Before the equals sign.
    pub left: String,
    /// After it.
    pub right: String,
}

/// The value of an option has no equals sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' has no '=': write it as NAME=VALUE")]
pub struct ParseAssignmentError(String);

impl Assignment {
    /// `COLUMN=PARAMETER`, split at the last equals sign: column names may contain one.
    pub fn of_column(text: &str) -> Result<Self, ParseAssignmentError> {
        Self::new(text, text.rsplit_once('='))
    }

    /// `PARAMETER=VALUE`, split at the first equals sign: values may contain one.
    pub fn of_constant(text: &str) -> Result<Self, ParseAssignmentError> {
        Self::new(text, text.split_once('='))
    }

    fn new(text: &str, halves: Option<(&str, &str)>) -> Result<Self, ParseAssignmentError> {
        let (left, right) = halves.ok_or_else(|| ParseAssignmentError(text.to_owned()))?;
        Ok(Self { left: left.trim().to_owned(), right: right.trim().to_owned() })
    }
}

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
    /// A table of the mapping file is not named after an operation.
    #[error("the mapping file {} has a table [{table}], but there is no such operation{nearest}; use [columns], [set], [OPERATION.columns] and [OPERATION.set]", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The table.
        table: String,
        /// The operation that was probably meant.
        nearest: Nearest,
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    columns: BTreeMap<String, String>,
    set: BTreeMap<String, Scalar>,
    #[serde(flatten)]
    operations: BTreeMap<String, Tables>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    columns: BTreeMap<String, String>,
    set: BTreeMap<String, Scalar>,
}

/// A constant as TOML writes it. Floats are not accepted: `1.10` would lose its last digit.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Integer(i64),
    Flag(bool),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Integer(number) => number.to_string(),
            Self::Flag(flag) => if flag { "1" } else { "0" }.to_owned(),
        }
    }
}

impl Mapping {
    /// Reads a mapping file: `[columns]` and `[set]` for all operations, overridden by `[OPERATION.columns]`
    /// and `[OPERATION.set]` for this one.
    pub fn load(path: &Path, operation: Operation) -> Result<Self, MappingError> {
        Self::parse(&Self::text(path)?, path, operation)
    }

    /// The text of a mapping file.
    pub fn text(path: &Path) -> Result<String, MappingError> {
        std::fs::read_to_string(path).map_err(|source| MappingError::Open { path: path.to_owned(), source })
    }

    /// Parses the text of a mapping file; the path is for messages.
    pub fn parse(text: &str, path: &Path, operation: Operation) -> Result<Self, MappingError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let file: File = toml::from_str(text)
            .map_err(|error| MappingError::Form { path: path.to_owned(), reason: located(text, &error) })?;
        let mut mapping = Self::default();
        mapping.add(file.columns, file.set);
        for (name, tables) in file.operations {
            let known = crate::catalogue::operation(&name).map_err(|_| MappingError::Table {
                path: path.to_owned(),
                nearest: nearest(&name, operations().map(Operation::name)),
                table: name,
            })?;
            if known == operation {
                mapping.add(tables.columns, tables.set);
            }
        }
        Ok(mapping)
    }

    fn add(&mut self, columns: BTreeMap<String, String>, constants: BTreeMap<String, Scalar>) {
        self.columns.extend(
            columns.into_iter().map(|(column, name)| (column.trim().to_owned(), name.trim().to_owned())),
        );
        self.constants.extend(constants.into_iter().map(|(name, value)| (name, value.into_text())));
    }

    /// Adds the mapping of the command line, which wins.
    #[must_use]
    pub fn with(
        mut self,
        columns: impl IntoIterator<Item = Assignment>,
        constants: impl IntoIterator<Item = Assignment>,
        ignore_unknown: bool,
    ) -> Self {
        self.columns.extend(columns.into_iter().map(|a| (a.left, a.right)));
        self.constants.extend(constants.into_iter().map(|a| (a.left, a.right)));
        self.ignore_unknown |= ignore_unknown;
        self
    }
}

/// What is wrong with TOML, and where, on one line.
fn located(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::{Assignment, Mapping, MappingError};
    use crate::catalogue::operation;
    use std::path::Path;

    fn parse(text: &str, name: &str) -> Result<Mapping, MappingError> {
        Mapping::parse(text, Path::new("legacy.toml"), operation(name).expect("an operation"))
    }

    const LEGACY: &str = r#"
        [columns]
        "Код" = "codeti"
        "Тариф" = ""
        [add.columns]
        "ФИО" = "fio"
        [add.set]
        billing_id = 1
        [edit.columns]
        "ФИО" = "name"
        "Код" = ""
    "#;

    #[test]
    fn an_operations_own_table_wins_over_the_common_one() {
        let edit = parse(LEGACY, "edit").expect("a mapping");
        assert_eq!(edit.columns["ФИО"], "name");
        assert_eq!(edit.columns["Код"], "");
        assert!(edit.constants.is_empty());
        let add = parse(LEGACY, "add").expect("a mapping");
        assert_eq!((add.columns["Код"].as_str(), add.constants["billing_id"].as_str()), ("codeti", "1"));
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let column = Assignment::of_column("ФИО=login").expect("an assignment");
        let edit = parse(LEGACY, "edit").expect("a mapping").with([column], [], false);
        assert_eq!(edit.columns["ФИО"], "login");
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        let error = parse("[ad.columns]\nx = 'fio'", "add").expect_err("no operation").to_string();
        assert!(error.contains("[ad]"), "{error}");
        assert!(parse("[add.colums]\nx = 'fio'", "add").is_err());
        assert!(parse("columns = 3", "add").is_err());
        assert!(parse("[set]\nbilling_id = 1.10", "add").is_err());
    }

    #[test]
    fn a_column_may_hold_an_equals_sign_and_so_may_a_constant() {
        assert_eq!(
            Assignment::of_column("a=b=fio").map(|a| (a.left, a.right)),
            Ok(("a=b".to_owned(), "fio".to_owned()))
        );
        assert_eq!(Assignment::of_constant("comment=a=b").map(|a| a.right), Ok("a=b".to_owned()));
        assert!(Assignment::of_column("fio").is_err());
    }
}
