//! The table: opened, its column found, its rows counted before anything is asked.

use super::error::TableReadError;
use super::spec::ColumnSpec;
use crate::events::{Event, Listener};
use crate::reading::{Row, Source, folded_column, pick_column};

/// A table that can be read.
pub(super) struct InputTable {
    pub(super) source: Source,
    pub(super) header: Vec<String>,
    /// The place of the column.
    pub(super) column: usize,
    /// How many rows there are.
    pub(super) rows: u64,
}

impl InputTable {
    /// Opens it and reads it once: what cannot be read is found before the first request. `usual` are names that
    /// the column goes by; `is_value` tells a value from a name.
    pub(super) fn open(
        spec: &ColumnSpec,
        usual: &[&str],
        is_value: impl Fn(&str) -> bool,
    ) -> Result<Self, TableReadError> {
        let ColumnSpec { input, table, column } = spec;
        let mut source = Source::open(input, table, std::io::stdin())?;
        let named = column.as_deref().map(folded_column);
        source.find_header(&|name| match &named {
            Some(named) => folded_column(name) == *named,
            None => usual.contains(&folded_column(name).as_str()),
        })?;
        let (header, mut records) = source.records()?;
        let column = pick_column(source.name(), &header, column.as_deref(), usual, is_value)?;
        let (mut row, mut rows) = (Row::default(), 0);
        while records.read(&mut row)? {
            source.check_cell(&row, column)?;
            rows += 1;
        }
        Ok(Self { source, header, column, rows })
    }

    pub(super) fn tell(&self, listener: &dyn Listener) {
        tell(&self.source, self.rows, listener);
    }

    pub(super) fn column_name(&self) -> String {
        match self.header.get(self.column) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("column {}", self.column + 1),
        }
    }
}

/// Says how a table was read.
pub(super) fn tell(source: &Source, rows: u64, listener: &dyn Listener) {
    let dialect = (!source.is_sheet()).then(|| source.dialect());
    let (name, sheet) = (source.name(), source.sheet());
    listener.event(Event::Opened { name, dialect, sheet });
    let notes = source.notes().iter();
    notes.for_each(|note| listener.event(Event::Note(&note.to_string())));
    if rows == 0 {
        listener.event(Event::Warning("the file has a header but no rows"));
    }
}
