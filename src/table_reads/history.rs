//! Histories: what happened to the customers of a table.

use jiff::tz::TimeZone;

use super::customer_history::CustomerHistory;
use super::customer_table::CustomerTable;
use super::error::TableReadError;
use super::history_counts::HistoryCounts;
use super::history_of::HistoryOf;
use super::history_table::HistoryTable;
use super::in_order::{ReadWindow, finish, read_in_order};
use super::reader::TableReader;
use super::spec::HistorySpec;
use super::table_customers::TableCustomers;
use crate::customers::{HistoryReader, IdMap, KeyStop, read_id_maps};
use crate::events::{Event, Look, ReadSummary};
use crate::exit::Exit;
use crate::read_session::{NotReady, ReadSession};
use crate::recording::OutputTarget;
use crate::sending::{Clock, Transport};

/// Histories before the first request.
pub struct Histories {
    table: CustomerTable,
    known: IdMap,
    history: HistoryOf,
    output: OutputTarget,
    errors: Option<OutputTarget>,
}

impl Histories {
    /// Opens the table: what is wrong with it is found before anything is asked.
    pub fn open(spec: HistorySpec) -> Result<Self, TableReadError> {
        let HistorySpec { table, mapped, id_maps, period, server, output, errors } = spec;
        let known = read_id_maps(&id_maps)?;
        let table = CustomerTable::open(&table, &mapped, &known)?;
        let history = HistoryOf { histories: HistoryReader::new(server), period, zone: TimeZone::system() };
        Ok(Self { table, known, history, output, errors: errors.map(OutputTarget::File) })
    }

    /// Reads all histories, and tells how it ended.
    pub async fn run<T: Transport, C: Clock>(
        self,
        session: ReadSession<T, C>,
    ) -> Result<Exit, TableReadError> {
        let Self { table, known, history, output, errors } = self;
        table.tell(&known, &*session.listener);
        let errors = errors.as_ref().map(OutputTarget::begin_anew);
        let written = HistoryTable::begin(output.begin_anew()?, errors.transpose()?)?;
        let selector = match session.selector().await {
            Ok(selector) => selector,
            Err(not_ready) => return Ok(session.refused("history", not_ready)),
        };
        let reader = TableReader::new(&session, selector);
        let CustomerTable { source, columns, rows, wanted } = table;
        let known = match reader.look_up(&session, wanted, known.map).await {
            Ok(known) => known,
            Err(KeyStop::Unanswered(text)) => {
                session.tell(Event::Error(&format!("{text}. Nothing is written")));
                return Ok(session.refused("history", NotReady::NoServer));
            }
            Err(KeyStop::Stopped(reason)) => {
                let stopped = Some(reason);
                let counts = HistoryCounts::default().summary(0);
                return Ok(session.finish(ReadSummary { rows, skipped: rows, stopped, ..counts }));
            }
        };
        session.tell(Event::Looking { look: Look::Histories, rows, done: 0 });
        let mut customers = TableCustomers::new(source.records()?.1, columns, known);
        let next = || Ok(customers.next()?.map(|cell| history.of(cell, &reader)));
        let mut counts = HistoryCounts::default();
        let keeps = |history: &CustomerHistory| {
            counts.count(history, &*session.listener);
            session.tell(Event::Looked(counts.customers()));
            // What follows would have a hole before it; it is only counted.
            reader.stopped().is_none()
        };
        let window = ReadWindow { reads: reader.at_least(32), results: 16 };
        let written = read_in_order(window, next, keeps, written).await?;
        let stopped = reader.stopped();
        let path = if stopped.is_some() {
            drop(written);
            None
        } else {
            match finish(written).await {
                Err(error) if error.is_closed() => return Ok(Exit::Done),
                path => Some(path?),
            }
        };
        counts.tell(&history.period, &*session.listener);
        if stopped.is_some() {
            let text = "nothing is written: a history with a hole in it is worse than none. Run the same command again";
            session.tell(Event::Error(text));
        }
        let output = output.path().and(path);
        Ok(session.finish(ReadSummary { output, stopped, ..counts.summary(customers.repeated) }))
    }
}
