//! The column mapping: which column is which parameter, and constants for all rows. It comes from `--map`,
//! `--set` and a `--mapping` file; the command line wins over the file.

use std::collections::{BTreeMap, HashSet};
use std::io::Read as _;
use std::path::Path;

use super::column_name::{folded, split_place};
use super::mapping_error::MappingError;
use super::mapping_file::{self, Tables, Target};
use crate::catalogue::Operation;

/// The mapping for one operation.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// What the file says.
    pub(super) file: Tables,
    /// Columns of the command line, which win.
    pub(super) columns: BTreeMap<String, Target>,
    /// Parameter name to the value that every row gets, from the command line.
    constants: BTreeMap<String, String>,
    /// Whether columns that are not parameters are left out instead of stopping the import.
    pub(super) ignore_unknown: bool,
}

/// No mapping file is longer.
const LIMIT: u64 = 1 << 20;

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

impl Mapping {
    /// Reads a mapping file: its tables for all operations, overridden by those of this one.
    pub fn load(path: &Path, operation: Operation) -> Result<Self, MappingError> {
        Self::parse(&Self::text(path)?, path, operation)
    }

    /// The text of a mapping file.
    pub fn text(path: &Path) -> Result<String, MappingError> {
        let mut text = String::new();
        let read = std::fs::File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text));
        match read {
            Ok(length) if length as u64 > LIMIT => {
                Err(MappingError::TooLong { path: path.to_owned(), limit: LIMIT })
            }
            Ok(_) => Ok(text),
            Err(source) => Err(MappingError::Open { path: path.to_owned(), source }),
        }
    }

    /// Parses the text of a mapping file; the path is for messages.
    pub fn parse(text: &str, path: &Path, operation: Operation) -> Result<Self, MappingError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let file = mapping_file::parse(text, operation)
            .map_err(|reason| MappingError::Form { path: path.to_owned(), reason })?;
        Ok(Self { file, ..Self::default() })
    }

    /// Columns by the names that are said, with what they are: later ones win.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.file.columns.iter().chain(&self.columns).map(|(column, target)| (column.as_str(), target))
    }

    /// Parameters with the value that every row gets.
    pub(super) fn constants(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_file = self.file.constants.iter().filter(|(name, _)| !self.constants.contains_key(*name));
        of_file.chain(&self.constants).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names of columns that the mapping speaks of, in small letters.
    pub fn expected_names(&self) -> HashSet<String> {
        let whole = self.columns().map(|(name, _)| folded(name));
        let without_place = self.columns().filter_map(|(name, _)| Some(folded(split_place(name)?.0)));
        whole.chain(without_place).filter(|name| !name.is_empty()).collect()
    }

    /// Adds the mapping of the command line, which wins.
    #[must_use]
    pub fn with(
        mut self,
        columns: impl IntoIterator<Item = Assignment>,
        constants: impl IntoIterator<Item = Assignment>,
        ignore_unknown: bool,
    ) -> Self {
        self.columns.extend(columns.into_iter().map(|a| (a.left, Target::of(&a.right))));
        self.constants.extend(constants.into_iter().map(|a| (a.left, a.right)));
        self.ignore_unknown |= ignore_unknown;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Assignment, Mapping};
    use crate::catalogue::operation;
    use crate::reading::MappingError;
    use crate::reading::mapping_file::Target;
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
        assert_eq!(edit.file.columns["ФИО"], Target::of("name"));
        assert_eq!(edit.file.columns["Код"], Target::LeftOut);
        assert_eq!(edit.constants().count(), 0);
        let add = parse(LEGACY, "add").expect("a mapping");
        assert_eq!(add.file.columns["Код"], Target::of("codeti"));
        assert_eq!(add.constants().collect::<Vec<_>>(), [("billing_id", "1")]);
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let column = Assignment::of_column("ФИО=login").expect("an assignment");
        let edit = parse(LEGACY, "edit").expect("a mapping").with([column], [], false);
        assert_eq!(edit.columns().last(), Some(("ФИО", &Target::of("login"))));
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
