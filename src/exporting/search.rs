//! The first phase of an export: which customers meet the conditions.

use futures_util::stream::{StreamExt, iter};
use tokio::task::spawn_blocking;

use super::end::{CollectEnd, PhaseEnd};
use super::error::ExportError;
use super::nobody::NobodyMeets;
use crate::catalogue::ApiSelector;
use crate::events::{Event, Look};
use crate::read_session::ReadSession;
use crate::recording::ExportJournal;
use crate::sending::{Clock, StopReason, Transport, Unread};
use crate::validating::Conditions;

/// Makes the searches that are left. None are where ids were given, or all are done.
pub(super) async fn search<T: Transport, C: Clock>(
    session: &ReadSession<T, C>,
    selector: ApiSelector,
    conditions: Option<Conditions>,
    mut journal: ExportJournal,
) -> Result<ExportJournal, PhaseEnd> {
    let Some(conditions) = conditions else { return Ok(journal) };
    if journal.is_complete()? {
        return Ok(journal);
    }
    let (total, done) = (conditions.searches(), journal.searches_done()?);
    session.tell(Event::Looking { look: Look::Searches, rows: total, done });
    let answers = iter(done..total).map(|number| {
        let call = conditions.search(number);
        async move { (number, session.server.link.read_ids(selector, &call).await) }
    });
    let nobody = NobodyMeets::default();
    let mut answers = std::pin::pin!(answers.buffered(session.server.concurrency.get()));
    loop {
        let Some(next) = session.stop.race(answers.next()).await else {
            return Err(PhaseEnd::early(journal, CollectEnd::Stopped(StopReason::Interrupted)));
        };
        let Some((number, read)) = next else { break };
        let ids = match read {
            Ok(ids) => ids,
            Err(Unread::Refused(problem)) if nobody.is(session, selector, &problem).await => Vec::new(),
            Err(unread) => return Err(PhaseEnd::early(journal, unanswered(unread, &conditions))),
        };
        let kept = spawn_blocking(move || journal.found(&ids, number + 1).map(|()| journal));
        journal = kept.await.map_err(|_| ExportError::Panicked)??;
        session.tell(Event::Looked(number + 1));
    }
    journal.complete(conditions.limit())?;
    Ok(journal)
}

/// What a search comes to that did not say who meets the conditions.
fn unanswered(unread: Unread, conditions: &Conditions) -> CollectEnd {
    match unread {
        Unread::KeyRefused(problem) => CollectEnd::Stopped(StopReason::KeyRefused(problem)),
        Unread::Lost(problem) => CollectEnd::Unanswered(format!(
            "the server does not say who meets the conditions ({conditions}): {problem}"
        )),
        Unread::Refused(problem) => {
            CollectEnd::Refused(format!("the server refuses the search ({conditions}): {problem}"))
        }
    }
}
