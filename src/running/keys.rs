//! Customers whom a file names by something else than the id: whose the keys are is found out before anything is sent,
//! and kept in the journal, so that later sessions ask nobody again.

use std::sync::Arc;

use super::error::RunError;
use super::file_keys::FileKeys;
use super::first_pass::AfterPass;
use super::run_end::RunEnd;
use super::session::{Session, left};
use super::spec::Policy;
use super::summary::{Account, summarise};
use super::unsent::{refusal, why_refused, write_unsent};
use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, KeyLookup, KeyStop};
use crate::events::{Event, Look, Refused};
use crate::exit::Exit;
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::KeyMap;

impl<T: Transport, C: Clock + Send> Session<T, C> {
    /// Finds out whom the file names by these keys, and checks its rows once more. Where that can't be found out, the run
    /// ends before it has begun; whatever is not the user's doing is told.
    pub(super) async fn know_customers(
        &mut self,
        keys: FileKeys,
    ) -> Result<Result<ApiSelector, RunEnd>, RunError> {
        let selector = match self.probe().await {
            Ok(selector) => selector,
            Err(end) => return Ok(Err(end)),
        };
        let looked_up = tokio::select! {
            looked_up = self.look_up(keys, selector) => looked_up,
            () = left(&self.host) => return Err(RunError::Interrupted),
        };
        match looked_up {
            Ok(known) => self.input.knows(&mut self.validated, known),
            Err(end) => return Ok(Err(end)),
        }
        self.validated = self.input.validate(true, AfterPass::Anything, &self.host).await?;
        Ok(Ok(selector))
    }

    async fn look_up(&self, keys: FileKeys, selector: ApiSelector) -> Result<KeyMap, RunEnd> {
        let FileKeys { mut known, customers: mut wanted, parents } = keys;
        parents.into_iter().for_each(|(kind, value)| wanted.add(kind, &value));
        let (server, host) = (&self.server, &self.host);
        let listener = Arc::clone(&host.listener);
        server.link.tell_news(move |news| listener.event(Event::Link(&news)));
        host.tell(Event::Looking { look: Look::Keys, rows: wanted.len() as u64, done: 0 });
        let finder = CustomerFinder::default();
        let (link, concurrency) = (&server.link, server.concurrency.get());
        let lookup = KeyLookup { link, selector, finder: &finder, concurrency };
        let refused = |text: &str| {
            host.tell(Event::Error(&format!("{text}; nothing was sent")));
            RunEnd::refused(Refused::Server)
        };
        match lookup.all(wanted, &host.stop.stop(), |done| host.tell(Event::Looked(done))).await {
            Ok(found) => {
                known.extend(found);
                Ok(known)
            }
            Err(KeyStop::Stopped(StopReason::KeyRefused(problem))) => Err(refused(&problem.to_string())),
            Err(KeyStop::Stopped(reason)) => Err(RunEnd { stopped: Some(reason), ..RunEnd::default() }),
            Err(KeyStop::Unanswered(text)) => Err(refused(&text)),
        }
    }

    /// Why nothing may be sent, now that all customers are known.
    pub(super) fn refusal(&self) -> Option<Refused> {
        let Policy { expectation, skip_invalid, .. } = &self.policy;
        refusal(&self.input, &self.validated, expectation, *skip_invalid, |event| self.host.tell(event))
    }

    /// The end of a run that has not begun because of its rows.
    pub(super) async fn refuse(self, refused: Refused) -> Result<Exit, RunError> {
        let Self { input, validated, files, server, host, path, .. } = self;
        let finished = write_unsent(&input, &validated, files, why_refused(refused)).await?;
        let (requests, reads) = (server.link.requests(), server.link.reads());
        let end = RunEnd { requests, reads, ..RunEnd::refused(refused) };
        summarise(&host, &input.spec, Some(&path), Account::Written(finished), end);
        Ok(Exit::Refused)
    }
}
