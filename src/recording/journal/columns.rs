//! How values stand in the columns of a journal.

use jiff::Timestamp;
use rusqlite::types::ValueRef;

/// A time as the journal holds it: UTC, to the millisecond.
pub(in crate::recording) fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A column that holds something as text.
pub(super) fn parsed<T>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// Reads times. Entries that were committed together have the same one, which is read once.
#[derive(Default)]
pub(super) struct TimeReader(Option<(String, Timestamp)>);

impl TimeReader {
    /// A time that may be missing.
    pub(super) fn read(
        &mut self,
        row: &rusqlite::Row<'_>,
        column: usize,
    ) -> rusqlite::Result<Option<Timestamp>> {
        let ValueRef::Text(text) = row.get_ref(column)? else {
            return match row.get_ref(column)? {
                ValueRef::Null => Ok(None),
                _ => parsed(row, column).map(Some),
            };
        };
        if let Some((known, time)) = &self.0
            && known.as_bytes() == text
        {
            return Ok(Some(*time));
        }
        let time = parsed(row, column)?;
        self.0 = Some((row.get(column)?, time));
        Ok(Some(time))
    }
}

/// A column holds something that no version of the program writes.
pub(super) fn odd(column: usize, text: &str) -> rusqlite::Error {
    let text = format!("'{text}' is not known");
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.into())
}
