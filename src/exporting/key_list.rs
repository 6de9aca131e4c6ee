//! A list that names customers by something else than the id: whom it names is looked up before the export begins.

use crate::catalogue::ApiSelector;
use crate::customers::{
    CustomerColumns, CustomerFinder, IdMap, KeyLookup, KeyStop, NamedCustomer, UnnamedCustomer,
};
use crate::events::{Event, Look};
use crate::exporting::earlier::ListError;
use crate::read_session::ReadSession;
use crate::reading::{Row, Source};
use crate::recording::UnnamedRow;
use crate::sending::{Clock, Transport};
use crate::validating::{KeyMap, WantedKeys};

/// Such a list, read once.
pub(super) struct KeyList {
    source: Source,
    columns: CustomerColumns,
    known: KeyMap,
    wanted: WantedKeys,
}

/// Whom a list names.
#[derive(Debug, Default)]
pub(super) struct NamedList {
    /// Each once, in the order of the list.
    pub(super) ids: Vec<u64>,
    /// The rows that name nobody who is there, or more than one.
    pub(super) unnamed: Vec<UnnamedRow>,
}

impl KeyList {
    /// Reads the list: what names nobody by its form is found before anything is asked.
    pub(super) fn of(source: Source, columns: CustomerColumns, known: IdMap) -> Result<Self, ListError> {
        let mut wanted = WantedKeys::default();
        let (_, mut records) = source.records()?;
        let mut row = Row::default();
        while records.read(&mut row)? {
            for column in columns.places() {
                source.check_cell(&row, column)?;
            }
            match columns.read(&row) {
                Ok(NamedCustomer::Key(kind, value)) if known.map.get(kind, &value).is_none() => {
                    wanted.add(kind, &value);
                }
                Ok(_) => {}
                Err(UnnamedCustomer { cell, reason }) => {
                    let (name, line) = (source.name().to_owned(), row.line());
                    return Err(ListError::NoCustomer {
                        name,
                        line,
                        value: cell.chars().take(60).collect(),
                        reason,
                    });
                }
            }
        }
        Ok(Self { source, columns, known: known.map, wanted })
    }

    /// Looks up whom it names.
    pub(super) async fn look_up<T: Transport, C: Clock>(
        mut self,
        session: &ReadSession<T, C>,
        selector: ApiSelector,
    ) -> Result<Self, KeyStop> {
        let wanted = std::mem::take(&mut self.wanted);
        if wanted.is_empty() {
            return Ok(self);
        }
        session.tell(Event::Looking { look: Look::Keys, rows: wanted.len() as u64, done: 0 });
        let (link, finder) = (&session.server.link, &CustomerFinder::default());
        let lookup = KeyLookup { link, selector, finder, concurrency: session.server.concurrency.get() };
        self.known.extend(lookup.all(wanted, &session.stop, |done| session.tell(Event::Looked(done))).await?);
        Ok(self)
    }

    /// Whom it names, once everything is looked up.
    pub(super) fn named(self) -> Result<NamedList, ListError> {
        let Self { source, columns, known, .. } = self;
        let (mut named, mut seen) = (NamedList::default(), std::collections::HashSet::new());
        let (_, mut records) = source.records()?;
        let mut row = Row::default();
        while records.read(&mut row)? {
            match columns.read(&row).and_then(|customer| customer.id(&known)) {
                Ok(id) if seen.insert(id) => named.ids.push(id),
                Ok(_) => {}
                Err(UnnamedCustomer { cell, reason }) => {
                    named.unnamed.push(UnnamedRow { line: row.line(), cell, reason });
                }
            }
        }
        Ok(named)
    }
}
