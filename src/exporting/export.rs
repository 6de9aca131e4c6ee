//! An export: its phases, in order. What was read is kept in the journal, from which the file is written at the end.

use std::path::Path;
use std::sync::Arc;

use super::begin::{Beginning, check_targets};
use super::end::{self, CollectEnd, PhaseEnd};
use super::error::ExportError;
use super::fetch::fetch;
use super::search::search;
use super::spec::{ExportSpec, NewExport};
use super::write::write;
use crate::catalogue::ApiSelector;
use crate::exit::Exit;
use crate::read_session::ReadSession;
use crate::recording::ExportJournal;
use crate::sending::{Clock, Transport};
use crate::validating::Conditions;

/// An export before its first request.
pub struct Export {
    spec: Arc<ExportSpec>,
    beginning: Beginning,
}

impl Export {
    /// A new one.
    pub fn new(spec: ExportSpec, new: NewExport) -> Result<Self, ExportError> {
        let beginning = Beginning::anew(new)?;
        check_targets(&spec)?;
        Ok(Self { spec: Arc::new(spec), beginning })
    }

    /// One that was interrupted.
    pub fn resumed(spec: ExportSpec, journal: ExportJournal) -> Result<Self, ExportError> {
        let beginning = Beginning::resumed(journal)?;
        check_targets(&spec)?;
        Ok(Self { spec: Arc::new(spec), beginning })
    }

    /// Goes through the phases that are left, and tells how it ended.
    pub async fn run<T: Transport, C: Clock>(
        mut self,
        session: ReadSession<T, C>,
    ) -> Result<Exit, ExportError> {
        let mut known = None;
        if let Some(keys) = self.beginning.take_keys() {
            // Who is exported is known before there is anything to go on with.
            let selector = match session.selector().await {
                Ok(selector) => selector,
                Err(not_ready) => return Ok(end::not_begun(&session, not_ready)),
            };
            let list = match keys.look_up(&session, selector).await {
                Ok(keys) => keys.named()?,
                Err(stop) => return Ok(end::not_looked_up(&session, stop)),
            };
            self.beginning.name(list)?;
            known = Some(selector);
        }
        let (journal, conditions) = self.beginning.journal(&session).await?;
        let place = journal.path().map(Path::to_owned);
        let exit = match phases(&session, &self.spec, journal, conditions, known).await {
            Ok(exit) => Ok(exit),
            Err(PhaseEnd::Early(journal, end)) => {
                end::early(&session, *journal, end).map_err(ExportError::from)
            }
            Err(PhaseEnd::Failed(error)) => Err(error),
        };
        exit.map_err(|error| error.after_begin(place.as_deref()))
    }
}

/// Who is there, which customers are wanted, the customers, the files.
async fn phases<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    spec: &Arc<ExportSpec>,
    journal: ExportJournal,
    conditions: Option<Conditions>,
    known: Option<ApiSelector>,
) -> Result<Exit, PhaseEnd> {
    let selector = match known {
        Some(selector) => Ok(selector),
        None => session.selector().await,
    };
    let selector = match selector {
        Ok(selector) => selector,
        Err(not_ready) => return Err(PhaseEnd::early(journal, CollectEnd::NotReady(not_ready))),
    };
    let journal = search(session, selector, conditions, journal).await?;
    let journal = fetch(session, selector, spec, journal).await?;
    let (journal, written) = write(session, spec, journal).await?;
    Ok(end::whole(session, journal, written, spec.fail_if_empty)?)
}
