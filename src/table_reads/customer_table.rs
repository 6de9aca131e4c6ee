//! A table that names customers, by ids or by something else that they are found by: opened, its columns found, and read
//! once before anything is asked.

use super::error::TableReadError;
use super::input::tell;
use super::spec::ColumnSpec;
use crate::catalogue::{CUSTOMER_ID, HISTORY_COLUMNS};
use crate::customers::{CustomerColumns, IdMap, MappedCustomer, NamedCustomer, names_customer};
use crate::events::{Event, Listener};
use crate::reading::{Row, Source, folded_column, pick_column};
use crate::validating::{WantedKeys, customer_id};

/// A table of customers.
pub(super) struct CustomerTable {
    pub(super) source: Source,
    pub(super) columns: CustomerColumns,
    /// How many rows there are.
    pub(super) rows: u64,
    /// Keys of which nobody knows yet whose they are.
    pub(super) wanted: WantedKeys,
}

impl CustomerTable {
    /// Opens it and reads it once: what cannot be read is found before the first request.
    pub(super) fn open(
        spec: &ColumnSpec,
        mapped: &[MappedCustomer],
        known: &IdMap,
    ) -> Result<Self, TableReadError> {
        let ColumnSpec { input, table, column } = spec;
        let [customer, ..] = HISTORY_COLUMNS;
        let usual = [CUSTOMER_ID, customer];
        let mut source = Source::open(input, table, std::io::stdin())?;
        let named = column.as_deref().map(folded_column);
        source.find_header(&|name| match &named {
            Some(named) => folded_column(name) == *named,
            None => names_customer(name, mapped),
        })?;
        let (header, mut records) = source.records()?;
        let mut columns = match &named {
            Some(_) => CustomerColumns::default(),
            None => CustomerColumns::find(source.name(), &header, mapped)?,
        };
        if columns.are_missing() {
            let is_id = |text: &str| customer_id(text).is_ok();
            let column = pick_column(source.name(), &header, column.as_deref(), &usual, is_id)?;
            columns = CustomerColumns::of_column(&header, column)?;
        }
        let (mut row, mut rows, mut wanted) = (Row::default(), 0, WantedKeys::default());
        while records.read(&mut row)? {
            for column in columns.places() {
                source.check_cell(&row, column)?;
            }
            rows += 1;
            if let Ok(NamedCustomer::Key(kind, value)) = columns.read(&row)
                && known.map.get(kind, &value).is_none()
            {
                wanted.add(kind, &value);
            }
        }
        Ok(Self { source, columns, rows, wanted })
    }

    /// Says how the table was read, and what the files of ids leave open.
    pub(super) fn tell(&self, known: &IdMap, listener: &dyn Listener) {
        tell(&self.source, self.rows, listener);
        if let Some(conflict) = known.conflict() {
            listener.event(Event::Warning(&conflict));
        }
    }
}
