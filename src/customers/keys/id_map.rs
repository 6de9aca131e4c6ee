//! `--id-map`: tables that know whose ids stand for which values, such as exports and results.

use std::path::PathBuf;

use super::customer_columns::key_of_name;
use super::id_map_error::IdMapError;
use crate::catalogue::{CUSTOMER_ID, KeyKind, customer_id_names, key_kinds, nearest};
use crate::count::Count;
use crate::reading::{Input, Row, Source, TableChoice, folded_column};
use crate::recording::{ErrorCode, RESULT_COLUMNS, Status};
use crate::validating::{KeyMap, customer_id, key_value};

/// What the files know.
#[derive(Debug, Clone, Default)]
pub struct IdMap {
    pub map: KeyMap,
    /// How many values belong to more than one customer, and what is said of the first.
    conflicts: Option<(u64, String)>,
}

/// Reads all of these files; a later one adds to the earlier ones.
pub fn read_id_maps(paths: &[PathBuf]) -> Result<IdMap, IdMapError> {
    let mut known = IdMap::default();
    for path in paths {
        let source = Source::open(&Input::File(path.clone()), &TableChoice::default(), std::io::empty())?;
        IdMapTable::open(&source)?.read(&source, &mut known)?;
    }
    Ok(known)
}

impl IdMap {
    /// What is said of values that belong to several customers.
    pub fn conflict(&self) -> Option<String> {
        let (count, first) = self.conflicts.as_ref()?;
        let more = match count - 1 {
            0 => String::new(),
            more => format!("; {} more of the kind", Count(more, "value")),
        };
        Some(format!("{first}, so that it names nobody{more}"))
    }

    fn add(&mut self, name: &str, line: u64, kind: KeyKind, value: &str, id: u64) {
        let Err(other) = self.map.add(kind, value, id) else { return };
        let (count, _) = self.conflicts.get_or_insert_with(|| {
            (0, format!("{name}, line {line}: the {kind} '{value}' is that of customer {id}, and of customer {other} elsewhere"))
        });
        *count += 1;
    }
}

/// The columns of a table that knows ids.
#[derive(Debug)]
pub(super) struct IdMapTable {
    id: Option<usize>,
    result_id: Option<usize>,
    /// How an import ended for the row, where the table is of results.
    status: Option<usize>,
    code: Option<usize>,
    pub(super) keys: Vec<(usize, KeyKind)>,
}

impl IdMapTable {
    pub(super) fn open(source: &Source) -> Result<Self, IdMapError> {
        let (header, _) = source.records()?;
        let place = |wanted: &str| header.iter().position(|name| folded_column(name) == wanted);
        let [status, result_id, code, ..] = RESULT_COLUMNS;
        let table = Self {
            id: customer_id_names().into_iter().find_map(place),
            result_id: place(result_id),
            status: place(status),
            code: place(code),
            keys: header
                .iter()
                .enumerate()
                .filter_map(|(place, name)| Some((place, kind_of(name)?)))
                .collect(),
        };
        let name = source.name().to_owned();
        if table.id.is_none() && table.result_id.is_none() {
            let known = header.iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", ");
            return Err(IdMapError::NoIds {
                name,
                nearest: nearest(CUSTOMER_ID, header.iter().map(String::as_str)),
                known,
            });
        }
        if table.keys.is_empty() {
            let kinds = key_kinds().map(KeyKind::name).collect::<Vec<_>>().join(", ");
            return Err(IdMapError::NoKeys { name, kinds });
        }
        Ok(table)
    }

    /// Where the ids of new entries stand.
    pub(super) fn id_place(&self) -> usize {
        self.id.or(self.result_id).unwrap_or(0)
    }

    pub(super) fn read(&self, source: &Source, known: &mut IdMap) -> Result<(), IdMapError> {
        let (_, mut records) = source.records()?;
        let mut row = Row::default();
        while records.read(&mut row)? {
            let Some(id) = self.id_of(source, &row)? else { continue };
            for (column, kind) in &self.keys {
                source.check_cell(&row, *column)?;
                // What cannot be a key of that kind is none: an empty cell, or the phones of an export in one cell.
                let cell = row.cell(*column).unwrap_or_default().trim();
                if !cell.is_empty()
                    && let Ok(value) = key_value(*kind, cell)
                {
                    known.add(source.name(), row.line(), *kind, &value, id);
                }
            }
        }
        Ok(())
    }

    /// Whose row it is; none where it does not say so.
    pub(super) fn id_of(&self, source: &Source, row: &Row) -> Result<Option<u64>, IdMapError> {
        let read = |column: Option<usize>| -> Result<Option<u64>, IdMapError> {
            let Some(column) = column else { return Ok(None) };
            source.check_cell(row, column)?;
            let cell = row.cell(column).unwrap_or_default().trim();
            // Several stand where a search has found several.
            if cell.is_empty() || cell.contains(';') {
                return Ok(None);
            }
            customer_id(cell).map(Some).map_err(|_| IdMapError::NoId {
                name: source.name().to_owned(),
                line: row.line(),
                value: cell.chars().take(60).collect(),
            })
        };
        if !self.is_done(row) {
            return Ok(None);
        }
        match (read(self.id)?, read(self.result_id)?) {
            (Some(id), Some(result_id)) if id != result_id => {
                Err(IdMapError::TwoIds { name: source.name().to_owned(), line: row.line(), id, result_id })
            }
            (id, result_id) => Ok(id.or(result_id)),
        }
    }

    /// Whether what stands in the row is so: a result that is not ok says what somebody wanted.
    fn is_done(&self, row: &Row) -> bool {
        let is = |column: Option<usize>, wanted: &str| {
            column.and_then(|at| row.cell(at)).is_some_and(|cell| cell == wanted)
        };
        let says = self.status.and_then(|at| row.cell(at)).is_some_and(|status| !status.is_empty());
        !says || is(self.status, Status::Ok.name()) || is(self.code, ErrorCode::AlreadyExists.name())
    }
}

/// What a column of this name holds: it is named as the kind, as the field in an export, or as the key of a customer.
fn kind_of(name: &str) -> Option<KeyKind> {
    key_of_name(name)
        .and_then(Result::ok)
        .or_else(|| KeyKind::named(name))
        .or_else(|| KeyKind::of_field(name.trim()))
}
