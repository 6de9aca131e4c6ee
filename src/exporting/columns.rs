//! Which columns a table has.

use std::collections::BTreeSet;

use super::path::{FieldPath, FieldPathError};
use crate::catalogue::{STAND_INS, USUAL_COLUMNS};
use crate::customers::KeptFields;

/// `--columns`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ColumnChoice {
    /// Nothing was said: those that suit accounting; in JSON lines the whole customer.
    #[default]
    Usual,
    /// Every field that any customer has.
    All,
    Named(Vec<FieldPath>),
}

/// `--columns` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnChoiceError {
    /// No field has the name.
    #[error(transparent)]
    FieldPath(#[from] FieldPathError),
    /// The same column twice.
    #[error("the column {0} is named twice")]
    Twice(String),
    /// Nothing between two commas, or nothing at all.
    #[error("a name is empty; write columns like id,full_name,balance")]
    Empty,
}

impl ColumnChoice {
    /// Reads `all`, or names joined by commas.
    pub fn parse(text: &str) -> Result<Self, ColumnChoiceError> {
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        let mut named: Vec<FieldPath> = Vec::new();
        for name in text.split(',') {
            if name.trim().is_empty() {
                return Err(ColumnChoiceError::Empty);
            }
            let path = FieldPath::parse(name)?;
            if named.contains(&path) {
                return Err(ColumnChoiceError::Twice(path.to_string()));
            }
            named.push(path);
        }
        Ok(Self::Named(named))
    }

    /// The columns, unless only the customers themselves tell.
    pub fn known(&self) -> Option<Vec<FieldPath>> {
        match self {
            Self::Usual => Some(usual()),
            Self::Named(paths) => Some(paths.clone()),
            Self::All => None,
        }
    }

    /// What must be kept of every customer for these columns and for `others`.
    pub fn keep<'p>(&self, others: impl Iterator<Item = &'p FieldPath>) -> KeptFields {
        let Some(columns) = self.known() else { return KeptFields::All };
        let mut names: BTreeSet<String> = columns.iter().map(|path| path.field().to_owned()).collect();
        names.extend(others.map(|path| path.field().to_owned()));
        KeptFields::Only(names)
    }
}

/// The columns that suit accounting. A test reads them all.
fn usual() -> Vec<FieldPath> {
    let usual = USUAL_COLUMNS.iter().filter_map(|name| {
        let stand_in = STAND_INS.iter().find(|(column, _)| column == name).map(|(_, stand_in)| stand_in);
        let stand_in = stand_in.and_then(|name| FieldPath::parse(name).ok());
        FieldPath::parse(name).ok().map(|path| path.or(stand_in))
    });
    usual.collect()
}

#[cfg(test)]
mod tests {
    use super::{ColumnChoice, ColumnChoiceError};
    use crate::catalogue::USUAL_COLUMNS;

    #[test]
    fn the_usual_columns_are_all_there() {
        let names: Vec<String> =
            ColumnChoice::Usual.known().expect("known").iter().map(ToString::to_string).collect();
        assert_eq!(names, USUAL_COLUMNS);
    }

    #[test]
    fn names_are_read_or_refused() {
        let names = |text: &str| {
            ColumnChoice::parse(text)
                .map(|c| c.known().map(|p| p.iter().map(ToString::to_string).collect::<Vec<_>>()))
        };
        assert_eq!(names("ALL"), Ok(None));
        assert_eq!(
            names("id, Full_Name,phone"),
            Ok(Some(vec!["id".to_owned(), "full_name".to_owned(), "phone".to_owned()]))
        );
        assert_eq!(names("id,,login"), Err(ColumnChoiceError::Empty));
        assert_eq!(names("id,login,ID"), Err(ColumnChoiceError::Twice("id".to_owned())));
        assert!(names("id,logn").expect_err("no field").to_string().contains("did you mean 'login'"));
    }
}
