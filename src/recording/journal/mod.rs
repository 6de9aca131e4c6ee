//! What survives `kill -9`: a file per run that says what is known of every row. An SQLite database, so that it
//! is whole after a power failure, and so that anybody can read it.
//!
//! What is synced when: the intent to send a call that must not happen twice is on the disk before its
//! request leaves. So are outcomes, with the next intents, and all of it at the end of a session. The intents of calls
//! that may be repeated are handed to the system before their request leaves, which is enough against the death
//! of the program. Many rows share one commit.
//!
//! Everything that is committed is in the one file: people copy, move and mail it, and a journal that forgot half of
//! its rows on the way would have them sent twice. That is why it is not kept in WAL mode, where the newest
//! entries lie in another file, although commits would be cheaper there.

mod columns;
mod connection;
mod counts;
mod entry;
mod error;
mod file;
mod holding;
mod input;
mod keys;
mod replay;
mod row_sums;
mod run;
mod schema;
mod seal;
mod soundness;
mod statements;
mod step_sets;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use columns::written;
pub(super) use connection::looking;
pub use counts::Counts;
pub use entry::{Entry, RowEntries};
pub use error::JournalError;
pub use file::{Found, Journal, PutAside, UnnamedJournal, look, put_aside};
pub(super) use holding::{begin_unfinished, forget_companions, hold, is_held, not_a_link};
pub use input::StoredInput;
pub use replay::Replay;
pub(super) use run::PROGRAM;
pub use run::{NewRun, Run};
pub(super) use schema::{APPLICATION as IMPORT, EXPORT};
pub(super) use soundness::flaw;
pub use writer::Durability;
