//! How an export ends, and what is told of it.

use std::path::{Path, PathBuf};

use super::error::ExportError;
use super::written::Written;
use crate::customers::KeyStop;
use crate::events::{Event, ReadSummary};
use crate::exit::Exit;
use crate::read_session::{NotReady, ReadSession};
use crate::recording::{ExportJournal, JournalError};
use crate::sending::{Clock, StopReason, Transport};

/// The command, as its summary calls it.
const NAME: &str = "export";

/// Why not everything was read and written, though nothing failed.
#[derive(Debug)]
pub(super) enum CollectEnd {
    /// The server was no good before the first read.
    NotReady(NotReady),
    /// Not every customer was asked for, or not everything was written.
    Stopped(StopReason),
    /// A search had no answer, and what is to be told of that; another time it may have one.
    Unanswered(String),
    /// What is asked for can't be had, and what is to be told of that.
    Refused(String),
    /// Standard output has had enough.
    ReaderGone,
}

/// Why a phase is not followed by the next one.
pub(super) enum PhaseEnd {
    Failed(ExportError),
    /// It came to an early end; the journal has what was read.
    Early(Box<ExportJournal>, CollectEnd),
}

impl PhaseEnd {
    pub(super) fn early(journal: ExportJournal, end: CollectEnd) -> Self {
        Self::Early(Box::new(journal), end)
    }
}

impl<E: Into<ExportError>> From<E> for PhaseEnd {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What an export that is whole comes to.
pub(super) fn whole<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    journal: ExportJournal,
    written: Written,
    fail_if_empty: bool,
) -> Result<Exit, JournalError> {
    let Written { lines, changes, totals, rows, unread, output } = written;
    let wanted = journal.wanted()? + journal.unnamed()?.len() as u64;
    journal.discard();
    let ok = wanted.saturating_sub(unread);
    let exit = session.finish(ReadSummary { ok, lines, changes, totals, output, ..counted(wanted, unread) });
    if fail_if_empty && rows == 0 {
        session.tell(Event::Warning("no row was written, and --fail-if-empty makes that a failure"));
        return Ok(Exit::SomeNotOk);
    }
    Ok(exit)
}

/// What an export that ended early comes to.
pub(super) fn early<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    journal: ExportJournal,
    end: CollectEnd,
) -> Result<Exit, JournalError> {
    let place = journal.path().map(Path::to_owned);
    match end {
        // What was given is in the journal: once the server answers, `resume` is enough.
        CollectEnd::NotReady(not_ready) => {
            session.summarise(refused(place));
            Ok(not_ready.exit())
        }
        CollectEnd::Stopped(reason) => {
            let (wanted, unread, left) = (journal.wanted()?, journal.unread()?, journal.missing_count()?);
            Ok(session.finish(ReadSummary {
                ok: wanted.saturating_sub(left + unread),
                skipped: left,
                stopped: Some(reason),
                journal: place,
                ..counted(wanted, unread)
            }))
        }
        CollectEnd::Unanswered(text) => {
            session.tell(Event::Error(&text));
            session.summarise(refused(place));
            Ok(Exit::StoppedEarly)
        }
        CollectEnd::Refused(text) => {
            session.tell(Event::Error(&text));
            // Anyone who asks the same again is refused again; but what other searches have found is worth another
            // try.
            let is_of_use = journal.searches_done()? > 0 && !journal.is_complete()?;
            if !is_of_use {
                journal.discard();
            }
            session.summarise(refused(place.filter(|_| is_of_use)));
            Ok(Exit::StoppedEarly)
        }
        CollectEnd::ReaderGone => Ok(Exit::Done),
    }
}

/// What an export comes to whose server was no good before it began.
pub(super) fn not_begun<T: Transport, C: Clock>(session: &ReadSession<T, C>, why: NotReady) -> Exit {
    session.refused(NAME, why)
}

/// The same where it was not found out who is exported.
pub(super) fn not_looked_up<T: Transport, C: Clock>(session: &ReadSession<T, C>, stop: KeyStop) -> Exit {
    match stop {
        KeyStop::Stopped(reason) => session.finish(ReadSummary { stopped: Some(reason), ..counted(0, 0) }),
        KeyStop::Unanswered(text) => {
            session.tell(Event::Error(&format!("{text}. Nothing is written")));
            session.refused(NAME, NotReady::NoServer)
        }
    }
}

fn counted(wanted: u64, unread: u64) -> ReadSummary {
    ReadSummary { command: NAME, what: "customer", rows: wanted, failed: unread, ..ReadSummary::default() }
}

fn refused(journal: Option<PathBuf>) -> ReadSummary {
    ReadSummary { command: NAME, refused: true, journal, ..ReadSummary::default() }
}
