//! The end of a session: the journal is closed, the results are written from it, and the summary is told.

use std::path::PathBuf;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::first_pass::Validated;
use super::host::Host;
use super::id_map::write_id_map;
use super::input::OpenInput;
use super::recorder::Recorded;
use super::rows::notes;
use super::run_end::RunEnd;
use super::summary::{Account, summarise};
use crate::count::Count;
use crate::events::Event;
use crate::exit::Exit;
use crate::recording::{Finished, Journal, JournalError, Results, ResultsFiles, Tally};
use crate::sending::{Clock, StopReason};

/// A session whose phases are over.
pub(super) struct Ending<'s, C> {
    pub(super) input: &'s OpenInput,
    pub(super) validated: Validated,
    pub(super) files: ResultsFiles,
    /// The journal's file.
    pub(super) path: PathBuf,
    /// Where it is kept whose keys are whose.
    pub(super) id_map: Option<PathBuf>,
    pub(super) end: RunEnd,
    /// Why the phases broke off.
    pub(super) fault: Option<RunError>,
    pub(super) host: &'s Host<C>,
}

impl<C: Clock> Ending<'_, C> {
    pub(super) async fn run(
        mut self,
        recorded: impl Future<Output = Result<Recorded, RunError>>,
    ) -> Result<Exit, RunError> {
        let mut journal = self.close(recorded.await)?;
        let finished = self.write(&journal).await?;
        self.keep_ids(&journal).await?;
        self.end.counts = journal.counts().ok();
        self.end.name_reason(&self.host.stop.stop());
        let exit = self.end.exit(&finished.tally, self.fault.is_some());
        let in_vain = self.end.counts.is_some_and(|counts| self.end.resumed_in_vain(&counts));
        let closed = journal.end_session(self.host.now(), exit as u8, in_vain).and_then(|()| journal.tidy());
        if let Err(error) = closed {
            self.host.tell(Event::Warning(&error.to_string()));
        }
        summarise(self.host, &self.input.spec, Some(&self.path), Account::Written(finished), self.end);
        Ok(exit)
    }

    /// The journal when nobody writes to it any more; what went wrong on the way there is told.
    fn close(&mut self, recorded: Result<Recorded, RunError>) -> Result<Journal, RunError> {
        let Recorded { journal, fault: unwritten } = match recorded {
            Ok(recorded) => recorded,
            // The journal is closed by now, and knows everything that was committed.
            Err(error) => {
                let journal = Journal::open(&self.path).map_err(|error| self.lost(&error))?;
                self.fault.get_or_insert(error);
                Recorded { journal, fault: None }
            }
        };
        if let Some(error @ JournalError::Overtaken { .. }) = unwritten {
            // The results are the other session's.
            self.account_for(&journal);
            return Err(RunError::Overtaken(error));
        }
        if let Some(error) = &unwritten {
            self.host.tell(Event::Error(&error.to_string()));
            self.end.stopped = Some(StopReason::NotRecorded);
        }
        if let Some(error) = &self.fault {
            self.host.tell(Event::Error(&error.to_string()));
        }
        Ok(journal)
    }

    async fn write(&mut self, journal: &Journal) -> Result<Finished, RunError> {
        let replay = journal.replay().map_err(|error| self.lost(&error))?;
        let rows = self.validated.totals.rows;
        let files = std::mem::take(&mut self.files);
        let tagging = self.input.spec.tagging(journal.run().id);
        let results = self
            .validated
            .rows(&self.input.source)
            .and_then(|rows| {
                let columns = self.validated.checker.columns();
                let results = Results::new(
                    files,
                    &self.input.source,
                    columns,
                    self.input.spec.operation,
                    rows.into_keys(tagging),
                )?;
                Ok(results.noting(notes(&self.validated.checker)))
            })
            .map_err(|error| self.lost_with(&error, journal))?;
        let written = spawn_blocking(move || results.write_all(replay, rows)).await?;
        let mut finished = written.map_err(|error| self.lost_with(&error, journal))?;
        if let Some(error) = &finished.failed_lost {
            self.host.tell(Event::Error(&format!(
                "the rows that are not ok are not in a file of their own: {error}"
            )));
        }
        if let Some(error) = finished.unreadable.take() {
            self.host.tell(Event::Error(&error.to_string()));
        }
        Ok(finished)
    }

    /// Keeps whose keys are whose, where that is wanted. What keeps it from that is told: the results have the ids, too.
    async fn keep_ids(&self, journal: &Journal) -> Result<(), RunError> {
        let Some(path) = self.id_map.clone() else { return Ok(()) };
        let made = self.validated.rows(&self.input.source).and_then(|rows| Ok((rows, journal.replay()?)));
        let (rows, replay) = made.map_err(|error| self.lost(&error))?;
        let at = path.display().to_string();
        match spawn_blocking(move || write_id_map(&path, rows, replay)).await? {
            Ok(0) => {}
            Ok(added) => {
                self.host.tell(Event::Note(&format!("{} added to {at}", Count(added, "customer"))));
            }
            Err(error) => {
                self.host.tell(Event::Error(&format!("the table of ids is not kept up to date: {error}")))
            }
        }
        Ok(())
    }

    fn lost(&self, error: &dyn std::fmt::Display) -> RunError {
        RunError::ResultsLost { error: error.to_string(), journal: self.path.clone() }
    }

    /// The same, with a summary of what the journal knows: for scripts there is no other.
    fn lost_with(&self, error: &dyn std::fmt::Display, journal: &Journal) -> RunError {
        self.account_for(journal);
        self.lost(error)
    }

    fn account_for(&self, journal: &Journal) {
        if let Ok(counts) = journal.counts() {
            let RunEnd { requests, reads, retries, .. } = self.end;
            let end = RunEnd { requests, reads, retries, ..RunEnd::of(counts) };
            let account = Account::Counted(Tally::of_counts(&counts));
            summarise(self.host, &self.input.spec, Some(&self.path), account, end);
        }
    }
}
