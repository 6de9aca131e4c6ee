//! The loop of all reads for a table: one for each value, several at a time; results are written in the order of the
//! table while further ones are read.

use std::path::PathBuf;

use futures_util::stream::{FuturesOrdered, StreamExt};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::error::TableReadError;
use crate::reading::ReadError;
use crate::recording::RecordError;

/// A table of results being written.
pub(super) trait ResultTable: Send + 'static {
    /// What comes of one read.
    type Result: Send + 'static;

    /// Writes the next one.
    fn put(&mut self, result: &Self::Result) -> Result<(), RecordError>;

    /// Ends the table, and says where it is.
    fn finish(self) -> Result<PathBuf, RecordError>;
}

/// How much may be under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadWindow {
    /// Reads whose results wait for an earlier one, so that one slow answer holds back no more than these.
    pub(super) reads: usize,
    /// Results that wait to be written.
    pub(super) results: usize,
}

/// Makes the reads that `next` gives, until it gives none, and writes what comes of them as far as `keeps` says; it is
/// asked for every result, in the order of the table. The table is handed back unfinished.
pub(super) async fn read_in_order<F, O>(
    window: ReadWindow,
    mut next: impl FnMut() -> Result<Option<F>, ReadError>,
    mut keeps: impl FnMut(&O::Result) -> bool,
    table: O,
) -> Result<O, TableReadError>
where
    F: Future<Output = O::Result>,
    O: ResultTable,
{
    let (results, received) = mpsc::channel(window.results);
    let writer = spawn_blocking(move || write(table, received));
    let mut under_way = FuturesOrdered::new();
    let mut is_over = false;
    loop {
        while !is_over && under_way.len() < window.reads {
            match next()? {
                Some(read) => under_way.push_back(read),
                None => is_over = true,
            }
        }
        let Some(result) = under_way.next().await else { break };
        // A writer that takes no more has a fault of its own to tell.
        if keeps(&result) && results.send(result).await.is_err() {
            break;
        }
    }
    drop(results);
    writer.await.map_err(|_| TableReadError::Panicked)?.map_err(TableReadError::NotWritten)
}

/// Ends a table, where every result is known to have come.
pub(super) async fn finish(table: impl ResultTable) -> Result<PathBuf, TableReadError> {
    let finished = spawn_blocking(move || table.finish()).await.map_err(|_| TableReadError::Panicked)?;
    finished.map_err(TableReadError::NotWritten)
}

/// Writes what comes, until nothing comes any more.
fn write<O: ResultTable>(mut table: O, mut received: mpsc::Receiver<O::Result>) -> Result<O, RecordError> {
    while let Some(result) = received.blocking_recv() {
        table.put(&result)?;
    }
    Ok(table)
}
