//! Which columns a table has.

use std::collections::BTreeSet;

use super::path::{Path, PathError};
use crate::catalogue::USUAL_COLUMNS;
use crate::customers::Keep;

/// `--columns`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Columns {
    /// Nothing was said: those that suit accounting; in JSON lines the whole customer.
    #[default]
    Usual,
    /// Every field that any customer has.
    All,
    /// These.
    Named(Vec<Path>),
}

/// `--columns` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// No field has the name.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The same column twice.
    #[error("the column {0} is named twice")]
    Twice(String),
    /// Nothing between two commas, or nothing at all.
    #[error("a name is empty; write columns like id,full_name,balance")]
    Empty,
}

impl Columns {
    /// Reads `all`, or names joined by commas.
    pub fn parse(text: &str) -> Result<Self, ColumnsError> {
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        let mut named: Vec<Path> = Vec::new();
        for name in text.split(',') {
            if name.trim().is_empty() {
                return Err(ColumnsError::Empty);
            }
            let path = Path::parse(name)?;
            if named.contains(&path) {
                return Err(ColumnsError::Twice(path.to_string()));
            }
            named.push(path);
        }
        Ok(Self::Named(named))
    }

    /// The columns, unless only the customers themselves tell.
    pub fn known(&self) -> Option<Vec<Path>> {
        match self {
            Self::Usual => Some(usual()),
            Self::Named(paths) => Some(paths.clone()),
            Self::All => None,
        }
    }

    /// What must be kept of every customer for these columns and for `others`.
    pub fn keep<'p>(&self, others: impl Iterator<Item = &'p Path>) -> Keep {
        let Some(columns) = self.known() else { return Keep::All };
        let mut names: BTreeSet<String> = columns.iter().map(|path| path.field().to_owned()).collect();
        names.extend(others.map(|path| path.field().to_owned()));
        Keep::Only(names)
    }
}

/// The columns that suit accounting. A test reads them all.
fn usual() -> Vec<Path> {
    USUAL_COLUMNS.iter().filter_map(|name| Path::parse(name).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Columns, ColumnsError};
    use crate::catalogue::USUAL_COLUMNS;

    #[test]
    fn the_usual_columns_are_all_there() {
        let names: Vec<String> =
            Columns::Usual.known().expect("known").iter().map(ToString::to_string).collect();
        assert_eq!(names, USUAL_COLUMNS);
    }

    #[test]
    fn names_are_read_or_refused() {
        let names = |text: &str| {
            Columns::parse(text)
                .map(|c| c.known().map(|p| p.iter().map(ToString::to_string).collect::<Vec<_>>()))
        };
        assert_eq!(names("ALL"), Ok(None));
        assert_eq!(
            names("id, Full_Name,phone"),
            Ok(Some(vec!["id".to_owned(), "full_name".to_owned(), "phone".to_owned()]))
        );
        assert_eq!(names("id,,login"), Err(ColumnsError::Empty));
        assert_eq!(names("id,login,ID"), Err(ColumnsError::Twice("id".to_owned())));
        assert!(names("id,logn").expect_err("no field").to_string().contains("did you mean 'login'"));
    }
}
