//! Histories: what happened to the customers of a table.

use jiff::tz::TimeZone;

use super::customer_history::CustomerHistory;
use super::error::TableReadError;
use super::history_counts::HistoryCounts;
use super::history_of::HistoryOf;
use super::history_table::HistoryTable;
use super::in_order::{ReadWindow, finish, read_in_order};
use super::input::InputTable;
use super::reader::TableReader;
use super::spec::HistorySpec;
use super::table_customers::TableCustomers;
use crate::catalogue::{CUSTOMER_ID, HISTORY_COLUMNS};
use crate::customers::HistoryReader;
use crate::events::{Event, Look, ReadSummary};
use crate::exit::Exit;
use crate::read_session::ReadSession;
use crate::recording::OutputTarget;
use crate::sending::{Clock, Transport};
use crate::validating::customer_id;

/// Histories before the first request.
pub struct Histories {
    table: InputTable,
    history: HistoryOf,
    output: OutputTarget,
    errors: Option<OutputTarget>,
}

impl Histories {
    /// Opens the table: what is wrong with it is found before anything is asked.
    pub fn open(spec: HistorySpec) -> Result<Self, TableReadError> {
        let HistorySpec { table, period, server, output, errors } = spec;
        let [customer, ..] = HISTORY_COLUMNS;
        let table = InputTable::open(&table, &[CUSTOMER_ID, customer], |text| customer_id(text).is_ok())?;
        let history = HistoryOf { histories: HistoryReader::new(server), period, zone: TimeZone::system() };
        Ok(Self { table, history, output, errors: errors.map(OutputTarget::File) })
    }

    /// Reads all histories, and tells how it ended.
    pub async fn run<T: Transport, C: Clock>(
        self,
        session: ReadSession<T, C>,
    ) -> Result<Exit, TableReadError> {
        let Self { table, history, output, errors } = self;
        table.tell(&*session.listener);
        let errors = errors.as_ref().map(OutputTarget::begin_anew);
        let written = HistoryTable::begin(output.begin_anew()?, errors.transpose()?)?;
        let selector = match session.selector().await {
            Ok(selector) => selector,
            Err(not_ready) => return Ok(session.refused("history", not_ready)),
        };
        session.tell(Event::Looking { look: Look::Histories, rows: table.rows, done: 0 });
        let reader = TableReader::new(&session, selector);
        let mut customers = TableCustomers::new(table.source.records()?.1, table.column);
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
