//! Stage 4, outcomes to disk: one line per input row, in the input's order, in a file that appears whole.
//! Knows rows and outcomes; no network.

mod atomic;
mod busy;
mod export_journal;
mod journal;
mod lock;
mod next_step;
mod results;
mod row_result;
mod row_state;
mod row_step;
mod runs;
mod sheet_file;
mod sink;
mod spool;
mod table;
mod tag;
mod tally;
mod target;
#[cfg(test)]
mod tests;

pub use atomic::{AtomicFile, RecordError, beside};
pub use busy::tell_of_locked_journals;
pub use export_journal::{AboutExport, ExportJournal, JournalKind, StoredCustomer, UnnamedRow, journal_kind};
pub use journal::{
    Counts, Durability, Entry, Found, Journal, JournalError, NewRun, PutAside, Replay, RowEntries, Run,
    StoredInput, UnnamedJournal, look, put_aside,
};
pub use lock::{Held, HeldInput, hold_input};
pub use next_step::{RunStep, Tried, next_step};
pub use results::{Finished, NoteOfRow, Results, ResultsError, ResultsFiles, RowKeys};
pub use row_result::{ErrorCode, RESULT_COLUMNS, RowResult, Status};
pub use row_step::RowStep;
pub use runs::{FoundRun, OneRun, RunProgress, failed_file, find_run, runs_at};
pub use sheet_file::{SHEET_ROWS, SheetFile, put_text};
pub use sink::OutputSink;
pub use table::Table;
pub use tag::{OldTag, RunId, Tag, Tagging};
pub use tally::Tally;
pub use target::OutputTarget;
