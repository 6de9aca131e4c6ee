//! How a mapping names the columns of a header.

use super::column_name::{ColumnNames, clean};
use super::header::is_old_result;

/// The columns of a header as a mapping names them.
#[derive(Debug)]
pub struct MappingKeys {
    /// Their names, with white space made one blank.
    pub names: Vec<String>,
    /// What a mapping says for each: the name, with its place where other columns have the name too.
    pub written: Vec<String>,
}

impl MappingKeys {
    /// The columns of this header.
    pub fn of(header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| clean(name).into_owned()).collect();
        let columns = ColumnNames::of(&names);
        let written = (0..names.len()).map(|column| columns.written(&names, column)).collect();
        Self { names, written }
    }

    /// The column into which an earlier run wrote the ids of its customers.
    pub fn ids_of_results(&self) -> Option<&str> {
        self.names.iter().map(String::as_str).find(|name| *name == "result_id")
    }

    /// Whether an earlier run of this program added the column.
    pub fn is_own(&self, column: usize) -> bool {
        self.names.get(column).is_some_and(|name| is_old_result(name))
    }
}
