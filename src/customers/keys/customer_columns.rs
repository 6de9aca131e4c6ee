//! The columns of a table that name its customers: by id, or by something else that they are found by.

use std::str::FromStr;

use crate::catalogue::{KeyKind, Nearest, customer_id_names, key_kinds, nearest};
use crate::reading::{Assignment, ColumnError, Row, folded_column, pick_column};
use crate::validating::{KeyMap, customer_id, key_value};

/// `--map COLUMN=id:login`, for tables of which nothing but the customers is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedCustomer {
    column: String,
    /// What names them; none for the id.
    key: Option<KeyKind>,
}

/// Columns do not say who is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerColumnsError {
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// The column names customers by something that they are not found by.
    #[error("'{name}' names customers by something that they are not found by{nearest}; there are {known}")]
    NoKind {
        /// What was written.
        name: String,
        /// The kind that was probably meant.
        nearest: Nearest,
        known: String,
    },
    /// Two columns name customers by keys.
    #[error(
        "{input} names its customers in the column '{first}' and in '{second}'; leave out one of them, or say which one counts with --map '{first}=id:KIND'"
    )]
    TwoKeys {
        /// The input's name.
        input: String,
        first: String,
        second: String,
    },
}

/// The columns that name customers. A key counts where the row has no id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerColumns {
    pub id: Option<usize>,
    pub key: Option<(usize, KeyKind)>,
}

/// A customer of a table, as the table names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedCustomer {
    Id(u64),
    Key(KeyKind, String),
}

/// What stands where a customer should be named, and why it names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnamedCustomer {
    pub cell: String,
    pub reason: String,
}

/// What a column of this name names customers by, where its name has a colon: a kind, or what is none.
pub(super) fn key_of_name(name: &str) -> Option<Result<KeyKind, CustomerColumnsError>> {
    let (of, kind) = name.split_once(':').filter(|(_, kind)| !kind.trim().is_empty())?;
    let is_customer = customer_id_names().contains(&folded_column(of).as_str());
    let unknown = || CustomerColumnsError::NoKind {
        name: name.chars().take(60).collect(),
        nearest: nearest(kind, key_kinds().map(KeyKind::name)),
        known: key_kinds().map(KeyKind::name).collect::<Vec<_>>().join(", "),
    };
    is_customer.then(|| KeyKind::named(kind).ok_or_else(unknown))
}

/// Whether a column of this name may name customers: for finding the header.
pub fn names_customer(name: &str, mapped: &[MappedCustomer]) -> bool {
    let name = folded_column(name);
    let is_mapped = || mapped.iter().any(|mapped| folded_column(&mapped.column) == name);
    is_mapped() || customer_id_names().contains(&name.as_str()) || key_of_name(&name).is_some()
}

impl FromStr for MappedCustomer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Assignment { left, right } = Assignment::of_column(text).map_err(|error| error.to_string())?;
        let key = match key_of_name(&right) {
            Some(kind) => Some(kind.map_err(|error| error.to_string())?),
            None if customer_id_names().contains(&folded_column(&right).as_str()) => None,
            None => {
                return Err(format!(
                    "'{right}' does not name customers; write id, or by what they are named, as in id:login"
                ));
            }
        };
        Ok(Self { column: left, key })
    }
}

impl CustomerColumns {
    /// The columns that are said to name customers, or else are named so; none of them may be there.
    pub fn find(
        input: &str,
        header: &[String],
        mapped: &[MappedCustomer],
    ) -> Result<Self, CustomerColumnsError> {
        let mut columns = Self::default();
        for MappedCustomer { column, key } in mapped {
            let place = pick_column(input, header, Some(column), &[], |_| false)?;
            match key {
                None => columns.id = Some(place),
                Some(kind) => columns.take_key(input, header, place, *kind)?,
            }
        }
        if !mapped.is_empty() {
            return Ok(columns);
        }
        let names: Vec<String> = header.iter().map(|name| folded_column(name)).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        columns.id = customer_id_names().into_iter().find_map(place);
        for (place, name) in header.iter().enumerate() {
            if let Some(kind) = key_of_name(name) {
                columns.take_key(input, header, place, kind?)?;
            }
        }
        Ok(columns)
    }

    /// A column that was chosen by its name, which may say that it holds keys.
    pub fn of_column(header: &[String], column: usize) -> Result<Self, CustomerColumnsError> {
        match header.get(column).and_then(|name| key_of_name(name)) {
            Some(kind) => Ok(Self { id: None, key: Some((column, kind?)) }),
            None => Ok(Self { id: Some(column), key: None }),
        }
    }

    /// The columns' places.
    pub fn places(self) -> impl Iterator<Item = usize> {
        self.id.into_iter().chain(self.key.map(|(column, _)| column))
    }

    /// Whether no column names customers.
    pub fn are_missing(self) -> bool {
        self == Self::default()
    }

    fn take_key(
        &mut self,
        input: &str,
        header: &[String],
        place: usize,
        kind: KeyKind,
    ) -> Result<(), CustomerColumnsError> {
        if let Some((first, _)) = self.key.replace((place, kind)) {
            let name = |place: usize| header.get(place).cloned().unwrap_or_default();
            return Err(CustomerColumnsError::TwoKeys {
                input: input.to_owned(),
                first: name(first),
                second: name(place),
            });
        }
        Ok(())
    }

    /// Whom a row names.
    pub fn read(&self, row: &Row) -> Result<NamedCustomer, UnnamedCustomer> {
        let cell =
            |column: usize| Some((column, row.cell(column)?.trim())).filter(|(_, cell)| !cell.is_empty());
        let id = self.id.and_then(cell);
        let key = self.key.and_then(|(column, kind)| Some((cell(column)?, kind)));
        let (at, text) = id.or(key.map(|(cell, _)| cell)).unwrap_or((usize::MAX, ""));
        let unnamed = |reason: String| UnnamedCustomer { cell: text.to_owned(), reason };
        let is_own = |column: usize| column == at || at == usize::MAX;
        if let Some(flaw) = row.flaws().iter().find(|flaw| flaw.column.is_none_or(is_own)) {
            return Err(unnamed(flaw.kind.to_string()));
        }
        match (id, key) {
            (Some((_, text)), _) => {
                customer_id(text).map(NamedCustomer::Id).map_err(|refusal| unnamed(refusal.to_string()))
            }
            (None, Some(((_, text), kind))) => key_value(kind, text)
                .map(|value| NamedCustomer::Key(kind, value))
                .map_err(|refusal| unnamed(refusal.to_string())),
            (None, None) => Err(unnamed("the cell is empty".to_owned())),
        }
    }
}

impl NamedCustomer {
    /// The customer's id, as far as it is known whose the keys are.
    pub fn id(&self, known: &KeyMap) -> Result<u64, UnnamedCustomer> {
        let (kind, value) = match self {
            Self::Id(id) => return Ok(*id),
            Self::Key(kind, value) => (*kind, value),
        };
        let unnamed = |reason: String| UnnamedCustomer { cell: value.clone(), reason };
        match known.get(kind, value) {
            Some(crate::validating::KeyHolder::One(id)) => Ok(*id),
            Some(holder) => Err(unnamed(holder.problem(kind).unwrap_or_default())),
            None => Err(unnamed(format!("it was not found out who has this {kind}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomerColumns, MappedCustomer, NamedCustomer};
    use crate::catalogue::KeyKind;
    use crate::reading::Row;

    fn find(header: &[&str], mapped: &[&str]) -> Result<CustomerColumns, String> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let mapped: Vec<MappedCustomer> =
            mapped.iter().map(|text| text.parse().expect("a mapping")).collect();
        CustomerColumns::find("x.csv", &header, &mapped).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_say_by_what_they_name_customers() {
        let login = KeyKind::named("login").expect("a kind");
        assert_eq!(find(&["x", "ID:Login"], &[]), Ok(CustomerColumns { id: None, key: Some((1, login)) }));
        let both = CustomerColumns { id: Some(0), key: Some((1, login)) };
        assert_eq!(find(&["customer_id", "customer-id:login"], &[]), Ok(both));
        assert_eq!(
            find(&["x", "Логин"], &["логин=id:login"]),
            Ok(CustomerColumns { id: None, key: Some((1, login)) })
        );
        assert!(find(&["x", "name"], &[]).expect("a header").are_missing());
        assert!(find(&["id:logn"], &[]).is_err_and(|said| said.contains("did you mean 'login'")));
        assert!(
            find(&["id:login", "id:phone"], &[])
                .is_err_and(|said| said.contains("'id:login' and in 'id:phone'"))
        );
        assert!("x=login".parse::<MappedCustomer>().is_err_and(|said| said.contains("as in id:login")));
    }

    #[test]
    fn the_id_counts_where_it_is_filled() {
        let login = KeyKind::named("login").expect("a kind");
        let columns = CustomerColumns { id: Some(0), key: Some((1, login)) };
        let read =
            |cells: &[&str]| columns.read(&Row::from_cells(0, cells)).map_err(|unnamed| unnamed.reason);
        assert_eq!(read(&["7", "anna"]), Ok(NamedCustomer::Id(7)));
        assert_eq!(read(&[" ", " anna "]), Ok(NamedCustomer::Key(login, "anna".to_owned())));
        assert_eq!(read(&["", ""]), Err("the cell is empty".to_owned()));
        assert!(read(&["x", "anna"]).is_err());
    }
}
