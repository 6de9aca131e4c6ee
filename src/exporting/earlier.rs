//! Files that name customers: a list of ids, and an earlier export.

use super::changes::{CHANGE, CHANGED_COLUMNS};
use crate::catalogue::{Nearest, customer_id_names, nearest};
use crate::customers::{CustomerColumns, CustomerColumnsError, MappedCustomer, names_customer};
use crate::reading::{ReadError, Records, Row, RowCheck, Source};

/// A file that was to name customers does not.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No column holds ids.
    #[error("{name} has no column 'id'{nearest}; its columns are {known}")]
    NoIdColumn {
        name: String,
        /// The column that was probably meant.
        nearest: Nearest,
        known: String,
    },
    /// Something stands where an id should.
    #[error("{name}, line {line}: '{value}' is not a customer's id; an id is a whole number such as 1001")]
    NoId {
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        value: String,
    },
    /// Something stands where a customer should be named by something else than the id.
    #[error("{name}, line {line}: '{value}' does not name a customer: {reason}")]
    NoCustomer {
        name: String,
        /// The line, counted from 1.
        line: u64,
        /// What stands there.
        value: String,
        reason: String,
    },
    /// The columns do not say who is meant.
    #[error(transparent)]
    Columns(#[from] CustomerColumnsError),
    /// It has not even a header.
    #[error("{0} is empty; write one id on each line, or a table with a column 'id'")]
    Empty(String),
    /// The file is a list of changes, which does not say who was there before.
    #[error("{0} is itself a list of changes; name a full export")]
    Changes(String),
}

/// What names customers in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// Nothing but ids.
    Plain,
    /// A column of ids.
    Ids(usize),
    /// A column of something else that customers are found by, perhaps beside one of ids.
    Keys(CustomerColumns),
}

/// How a list names its customers.
pub fn list_form(source: &mut Source, mapped: &[MappedCustomer]) -> Result<ListForm, ListError> {
    let (header, _) = records(source)?;
    if mapped.is_empty() && header.iter().all(|cell| cell.is_empty() || is_number(cell)) {
        return Ok(ListForm::Plain);
    }
    source.find_header(&|name| names_customer(name, mapped))?;
    let (header, _) = records(source)?;
    let columns = CustomerColumns::find(source.name(), &header, mapped)?;
    Ok(match columns {
        CustomerColumns { key: Some(_), .. } => ListForm::Keys(columns),
        CustomerColumns { id: Some(column), .. } => ListForm::Ids(column),
        _ => ListForm::Ids(id_column(source.name(), &header)?),
    })
}

/// The ids of a plain list, or of a table's column. An id that comes again is taken once, in its first place.
pub fn ids(source: &Source, column: Option<usize>) -> Result<Vec<u64>, ListError> {
    let (header, mut records) = records(source)?;
    let mut seen = std::collections::HashSet::new();
    let mut ids = Vec::new();
    let mut take = |line: u64, text: &str| {
        let id = id(source.name(), line, text)?;
        if seen.insert(id) {
            ids.push(id);
        }
        Ok::<_, ListError>(())
    };
    let texts = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>();
    if column.is_none() {
        texts(&header).iter().try_for_each(|text| take(1, text))?;
    }
    let (mut row, rows) = (Row::default(), source.row_check());
    while records.read(&mut row)? {
        // Of a table only the ids are wanted.
        match column {
            Some(column) => source.check_cell(&row, column)?,
            None => rows.check(&row)?,
        }
        match column {
            Some(column) => take(row.line(), row.cell(column).unwrap_or_default().trim())?,
            None => {
                let cells: Vec<String> = row.cells().map(|cell| cell.trim().to_owned()).collect();
                texts(&cells).iter().try_for_each(|text| take(row.line(), text))?;
            }
        }
    }
    Ok(ids)
}

/// An earlier export, to compare with.
pub struct EarlierExport {
    name: String,
    header: Vec<String>,
    records: Records,
    check: RowCheck,
    column: usize,
    row: Row,
}

impl EarlierExport {
    /// Opens it; its rows are read later.
    pub fn open(source: &Source) -> Result<Self, ListError> {
        let (header, records) = records(source)?;
        let name = source.name().to_owned();
        let column = id_column(&name, &header)?;
        if [CHANGE, CHANGED_COLUMNS].iter().all(|own| header.iter().any(|column| column == own)) {
            return Err(ListError::Changes(name));
        }
        Ok(Self { name, header, records, check: source.row_check(), column, row: Row::default() })
    }

    /// The names of its columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }
}

/// Rows with their ids.
impl Iterator for EarlierExport {
    type Item = Result<(u64, Vec<String>), ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.records.read(&mut self.row) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error.into())),
        }
        // A value that is not what it seems would be told as a change.
        if let Err(error) = self.check.check(&self.row) {
            return Some(Err(error.into()));
        }
        let text = self.row.cell(self.column).unwrap_or_default().trim();
        Some(
            id(&self.name, self.row.line(), text)
                .map(|id| (id, self.row.cells().map(str::to_owned).collect())),
        )
    }
}

fn records(source: &Source) -> Result<(Vec<String>, Records), ListError> {
    source.records().map_err(|error| match error {
        ReadError::Empty { name } => ListError::Empty(name),
        other => other.into(),
    })
}

fn id_column(name: &str, header: &[String]) -> Result<usize, ListError> {
    let bare = |column: &String| column.trim().to_lowercase().replace('-', "_");
    let place = |wanted: &&str| header.iter().position(|column| bare(column) == **wanted);
    customer_id_names().iter().find_map(place).ok_or_else(|| ListError::NoIdColumn {
        name: name.to_owned(),
        nearest: nearest("id", header.iter().map(String::as_str)),
        known: header.iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", "),
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn id(name: &str, line: u64, text: &str) -> Result<u64, ListError> {
    let is_id = is_number(text) && text.len() <= 18;
    let id = if is_id { text.parse().ok().filter(|id| *id > 0) } else { None };
    id.ok_or_else(|| ListError::NoId { name: name.to_owned(), line, value: text.chars().take(60).collect() })
}

#[cfg(test)]
mod tests {
    use super::{EarlierExport, ListError, ListForm, list_form};
    use crate::reading::{Input, Source, TableChoice};

    fn source(text: &str) -> Source {
        Source::open(&Input::Stdin, &TableChoice::default(), text.as_bytes()).expect("a source")
    }

    fn ids(text: &str) -> Result<Vec<u64>, ListError> {
        let mut source = source(text);
        match list_form(&mut source, &[])? {
            ListForm::Plain => super::ids(&source, None),
            ListForm::Ids(column) => super::ids(&source, Some(column)),
            ListForm::Keys(_) => panic!("keys in {text}"),
        }
    }

    #[test]
    fn ids_are_a_plain_list_or_a_column() {
        for text in [
            "3\n1\n2\n",
            "3\r\n1\r\n\r\n2",
            "3,1,2\n",
            "3,1\n2\n1\n",
            "id\n3\n1\n2\n",
            "login;ID\nx;3\ny;1\nz;2\n",
            "Customer_ID,amount\n3,1\n1,1\n2,1\n3,5\n",
        ] {
            assert_eq!(ids(text).expect(text), [3, 1, 2], "{text}");
        }
    }

    #[test]
    fn what_is_no_id_is_named_with_its_line() {
        let refused = |text: &str| ids(text).expect_err(text).to_string();
        assert!(refused("id\n1\nx\n").contains("line 3: 'x' is not a customer's id"));
        assert!(refused("1\n0\n").contains("line 2: '0' is not a customer's id"));
        assert!(refused("login,idd\nx,1\n").contains("no column 'id'"));
    }

    #[test]
    fn rows_that_cannot_be_trusted_are_refused() {
        let torn = "id;name\n1;Гнатюк\n2;\"Мороз\n3;Кіт\" x\n";
        let earlier = EarlierExport::open(&source(torn)).expect("an export");
        let error = earlier.last().expect("a row").expect_err("a torn row").to_string();
        assert!(error.contains("line 3") && error.contains("lines 3 to 4"), "{error}");
        let refused = |text: &str| ids(text).expect_err(text).to_string();
        assert!(refused("id;name\n1;x\n2;\"y\n3;z\n").contains("line 3"));
        assert!(refused("1,2\n3,\"4\n5\n").contains("line 2"));
    }

    #[test]
    fn an_earlier_export_gives_rows_with_their_ids() {
        let earlier = EarlierExport::open(&source("login;id\nx;7\n")).expect("an export");
        assert_eq!(earlier.header(), ["login", "id"]);
        let rows: Vec<_> = earlier.map(|row| row.expect("a row")).collect();
        assert_eq!(rows, [(7, vec!["x".to_owned(), "7".to_owned()])]);
        let changes = EarlierExport::open(&source("change,changed_columns,id\nadded,,7\n"));
        assert!(matches!(changes, Err(ListError::Changes(_))));
    }
}
