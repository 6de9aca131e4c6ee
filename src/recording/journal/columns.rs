//! How values stand in the columns of a journal.

use jiff::Timestamp;

use crate::reading::RowNumber;

/// Rows are counted from 1 in the journal, as people are told.
pub(super) fn number(row: RowNumber) -> i64 {
    row.next().0.cast_signed()
}

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

/// A time that may be missing.
pub(super) fn time(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => parsed(row, column).map(Some),
    }
}

/// A column holds something that no version of the program writes.
pub(super) fn odd(column: usize, text: &str) -> rusqlite::Error {
    let text = format!("'{text}' is not known");
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.into())
}
