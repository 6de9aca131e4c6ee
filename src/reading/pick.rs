//! Which column of a table holds the values that a command reads.

use super::column_name::{clean, listed, shown, split_place};
use super::row::RESULT_PREFIX;
use crate::catalogue::{Nearest, nearest};

/// The column to read cannot be determined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// `--column` names a column that does not exist.
    #[error(
        "{input} has no column '{column}'{nearest}; its columns are {known}. If these look garbled, give the file's encoding with --encoding"
    )]
    NotThere {
        /// The input's name.
        input: String,
        /// What was typed.
        column: String,
        /// The column that was probably meant.
        nearest: Nearest,
        /// All columns.
        known: String,
    },
    /// Several columns, and none with the name.
    #[error(
        "no column of {input} is named {usual}{nearest}; choose one with --column NAME. Its columns are {known}. If these look garbled, give the file's encoding with --encoding"
    )]
    NotNamed {
        /// The input's name.
        input: String,
        /// The names that a column is recognised by.
        usual: String,
        /// The column that was probably meant.
        nearest: Nearest,
        /// All columns.
        known: String,
    },
    /// Several columns have the name.
    #[error(
        "{input} has more than one column named '{column}'; rename all but one, or say which one it is: --column '{column}#1' is the first, --column '{column}#2' the second"
    )]
    Repeated {
        /// The input's name.
        input: String,
        /// The name.
        column: String,
    },
    /// The only column has a value where its name should be.
    #[error(
        "line 1 of {input} must name the columns, but '{value}' looks like a value; put a header line above it, or add --column '{value}' if it is a name"
    )]
    NoHeader {
        /// The input's name.
        input: String,
        /// The text in line 1.
        value: String,
    },
}

/// The place of the column to read: the one that was named, else the one with a usual name, else the only
/// one. `is_value` says whether a text looks like a value rather than a name: then the file probably has no
/// header, and its first value would be lost.
pub fn pick_column(
    input: &str,
    header: &[String],
    named: Option<&str>,
    usual: &[&str],
    is_value: impl Fn(&str) -> bool,
) -> Result<usize, ColumnError> {
    if let Some(column) = named {
        let exactly = places(header, |name| clean(name) == clean(column));
        let loosely = places(header, |name| folded_column(name) == folded_column(column));
        let by_place = || {
            let (name, place) = split_place(column)?;
            places(header, |known| folded_column(known) == folded_column(name)).get(place - 1).copied()
        };
        return match (exactly.as_slice(), loosely.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], []) => by_place().ok_or_else(|| ColumnError::NotThere {
                input: input.to_owned(),
                column: shown(column).into_owned(),
                nearest: nearest(column, header.iter().map(String::as_str)),
                known: listed(header),
            }),
            _ => Err(ColumnError::Repeated { input: input.to_owned(), column: column.to_owned() }),
        };
    }
    // Columns that an earlier run added, or without a name, are not candidates.
    let own = places(header, |name| !name.is_empty() && !name.starts_with(RESULT_PREFIX));
    for wanted in usual {
        let found: Vec<usize> =
            own.iter().copied().filter(|place| folded_column(&header[*place]) == *wanted).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            _ => {
                return Err(ColumnError::Repeated { input: input.to_owned(), column: (*wanted).to_owned() });
            }
        }
    }
    match own.as_slice() {
        [one] if is_value(&header[*one]) => {
            Err(ColumnError::NoHeader { input: input.to_owned(), value: header[*one].clone() })
        }
        [one] => Ok(*one),
        _ => Err(ColumnError::NotNamed {
            input: input.to_owned(),
            usual: usual.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" or "),
            nearest: nearest_of(header, usual),
            known: listed(header),
        }),
    }
}

/// The column whose name is nearest to a usual one.
fn nearest_of(header: &[String], usual: &[&str]) -> Nearest {
    let candidates = || header.iter().map(String::as_str);
    let found = usual.iter().map(|name| nearest(name, candidates())).find(|near| near.name().is_some());
    found.unwrap_or_else(|| nearest("", []))
}

fn places(header: &[String], is_it: impl Fn(&str) -> bool) -> Vec<usize> {
    let named = header.iter().enumerate().filter(|(_, name)| is_it(name));
    named.map(|(place, _)| place).collect()
}

/// The name of a column as it is compared: case does not matter, nor do hyphens or spaces for underscores.
pub fn folded_column(name: &str) -> String {
    clean(name).to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::{ColumnError, pick_column};

    fn pick(header: &[&str], named: Option<&str>) -> Result<usize, ColumnError> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        pick_column("x.csv", &header, named, &["billing_uid", "uid"], |name| {
            name.bytes().all(|b| b.is_ascii_digit())
        })
    }

    #[track_caller]
    fn refused(header: &[&str], named: Option<&str>) -> String {
        pick(header, named).expect_err("no column").to_string()
    }

    #[test]
    fn the_named_column_wins_then_the_usual_name_then_the_only_one() {
        assert_eq!(pick(&["billing_uid", "Phone"], Some("phone")), Ok(1));
        assert_eq!(pick(&["phone", "Phone"], Some("Phone")), Ok(1));
        assert_eq!(pick(&["x", "uid", "Billing-UID"], None), Ok(2));
        assert_eq!(pick(&["x", "UID"], None), Ok(1));
        assert_eq!(pick(&["Телефон"], None), Ok(0));
        assert_eq!(pick(&["Телефон", "result_status", "result_id", ""], None), Ok(0));
        assert_eq!(pick(&["Телефон", "result_id"], Some("result_id")), Ok(1));
    }

    #[test]
    fn what_cannot_be_told_is_an_error_that_names_the_columns() {
        let text = refused(&["bilng_uid", "name"], None);
        assert!(text.contains("named 'billing_uid' or 'uid' (did you mean 'bilng_uid'?)"), "{text}");
        assert!(text.contains("--column NAME. Its columns are 'bilng_uid', 'name'"), "{text}");
        let text = refused(&["phone", "name"], Some("phnoe"));
        assert!(text.contains("no column 'phnoe' (did you mean 'phone'?)"), "{text}");
        assert!(refused(&["uid", "UID"], None).contains("more than one column named 'uid'"));
        assert!(refused(&["phone", "PHONE"], Some("Phone")).contains("more than one"));
        assert!(refused(&["", ""], None).contains("--column"));
    }

    #[test]
    fn the_second_column_of_a_name_is_named_by_its_place() {
        assert_eq!(pick(&["phone", "Phone\u{A0}"], Some("phone#2")), Ok(1));
        assert!(refused(&["phone", "phone"], Some("phone#3")).contains("no column"));
        assert!(refused(&["phone", "phone"], Some("phone")).contains("--column 'phone#2'"));
    }

    #[test]
    fn a_list_without_a_header_does_not_lose_its_first_value() {
        let text = refused(&["1001"], None);
        assert!(text.contains("'1001' looks like a value") && text.contains("--column '1001'"), "{text}");
        assert_eq!(pick(&["1001"], Some("1001")), Ok(0));
    }
}
