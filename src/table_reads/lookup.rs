//! A lookup: who has each value of a column.

use super::error::TableReadError;
use super::in_order::{ReadWindow, finish, read_in_order};
use super::input::InputTable;
use super::lookup_counts::LookupCounts;
use super::lookup_table::{LookupResult, LookupTable};
use super::reader::TableReader;
use super::row_lookup::{RowLookup, reads_like_a_value};
use super::spec::LookupSpec;
use crate::events::{Event, Look, ReadSummary};
use crate::exit::Exit;
use crate::read_session::ReadSession;
use crate::reading::Row;
use crate::recording::OutputTarget;
use crate::sending::{Clock, Transport};

/// A lookup before its first request.
pub struct Lookup {
    table: InputTable,
    lookup: RowLookup,
    output: OutputTarget,
}

impl Lookup {
    /// Opens the table: what is wrong with it is found before anything is asked.
    pub fn open(spec: LookupSpec) -> Result<Self, TableReadError> {
        let LookupSpec { kind, table, skip_former, server, output } = spec;
        if let (Some(server), Some(added)) = (server, kind.since)
            && server < added
        {
            return Err(TableReadError::NotInVersion { kind: kind.name, added, server });
        }
        let table = InputTable::open(&table, &[kind.name], |text| reads_like_a_value(kind, text))?;
        let lookup = RowLookup {
            kind,
            skip_former,
            column: table.column,
            name: table.column_name(),
            width: table.header.len(),
        };
        Ok(Self { table, lookup, output })
    }

    /// Looks all rows up, and tells how it ended.
    pub async fn run<T: Transport, C: Clock>(
        self,
        session: ReadSession<T, C>,
    ) -> Result<Exit, TableReadError> {
        let Self { table, lookup, output } = self;
        table.tell(&*session.listener);
        let written = LookupTable::begin(output.begin_anew()?, &table.source, &table.header)?;
        let selector = match session.selector().await {
            Ok(selector) => selector,
            Err(not_ready) => return Ok(session.refused("lookup", not_ready)),
        };
        session.tell(Event::Looking { look: Look::Lookups, rows: table.rows, done: 0 });
        let reader = TableReader::new(&session, selector);
        let (_, mut records) = table.source.records()?;
        let next = || {
            let mut row = Row::default();
            Ok(if records.read(&mut row)? { Some(lookup.of(row, &reader)) } else { None })
        };
        let mut counts = LookupCounts::default();
        let keeps = |(_, result): &(Row, LookupResult)| {
            counts.count(result);
            session.tell(Event::Looked(counts.rows()));
            true
        };
        let window = ReadWindow { reads: reader.at_least(256), results: 64 };
        // It is finished only where every row is known to have come.
        let path = match read_in_order(window, next, keeps, written).await {
            Ok(written) => finish(written).await,
            Err(error) => Err(error),
        };
        let path = match path {
            Err(error) if error.is_closed() => return Ok(Exit::Done),
            path => path?,
        };
        Ok(session.finish(ReadSummary {
            output: output.path().map(|_| path),
            stopped: reader.stopped(),
            ..counts.summary()
        }))
    }
}
