//! What is looked at before the first row is sent: who is there already. Whom only a later session finds this run has
//! made: its journal was restored from a backup, or a copy of it has gone on elsewhere.

use std::ops::ControlFlow;

use futures_util::stream::StreamExt;

use super::balances::BALANCES;
use super::booked::BOOKINGS;
use super::error::RunError;
use super::facts::LOOKED_FOR;
use super::look::{RowLook, UnsentRow};
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::spec::OnExisting;
use crate::catalogue::{Action, ApiSelector};
use crate::customers::{SearchControl, control_search};
use crate::events::{Event, Look, Refused};
use crate::reconciling::{ExistingCustomer, existing};
use crate::recording::{ErrorCode, Replay, RowResult, Status};
use crate::sending::{Clock, StopReason, Transport};

/// Who is there already.
const EXISTING: RowLook = RowLook { name: "existing", look: Look::Existing };
/// All that is looked at before the first row.
pub(super) const LOOKS: [RowLook; 3] = [EXISTING, BOOKINGS, BALANCES];

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds rows of `add` whose customers exist already. They are not sent; the others wait until all have
    /// been looked for, so that no row is taken for one that this very run has added.
    pub(super) async fn look_for_existing(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let status = match self.policy.existing {
            OnExisting::Fail => Status::Failed,
            OnExisting::Skip => Status::Skipped,
            OnExisting::Ignore => return Ok(()),
        };
        if !self.input.spec.operation.does(Action::Add) {
            return Ok(());
        }
        let is_over = self.replay()?.progress(EXISTING.name)? >= self.validated.totals.rows;
        let Some(rows) = self.unsent_rows(EXISTING)? else { return Ok(()) };
        let (link, replay) = (&self.server.link, self.replay()?);
        let asked = rows.map(|row| async move {
            let found = existing(link, selector, &self.finder, &row.call).await;
            (row, found)
        });
        let (mut own, mut unfound, mut is_seen) = (0, None, false);
        self.ask_each(asked, end, async |(row, found), end| {
            match found {
                Some(ExistingCustomer::No) if unfound.is_none() => unfound = Some(row.call.clone()),
                None | Some(ExistingCustomer::No | ExistingCustomer::Unclear(_)) => {}
                Some(_) => is_seen = true,
            }
            let result = match found {
                None | Some(ExistingCustomer::No) => None,
                Some(ExistingCustomer::Unclear(problem)) => {
                    let text = format!("whether the customer of row {} exists already cannot be found out: {problem}; --existing ignore leaves the question. Nothing was sent", row.number);
                    self.host.tell(Event::Error(&text));
                    end.refused = Some(Refused::Server);
                    return Ok(ControlFlow::Break(()));
                }
                Some(found) if !row.is_first_look => found_later(&row, found, &replay)?,
                Some(ExistingCustomer::Others(ids)) => {
                    self.notes.report(Report::There(ids)).await;
                    None
                }
                Some(ExistingCustomer::Is(id)) => Some(there_already(status, vec![id])),
                Some(ExistingCustomer::Several(ids)) => Some(there_already(status, ids)),
            };
            if let Some(result) = result {
                own += u64::from(result.status == Status::Ok);
                self.notes.report(Report::Existing(row.number, result, None)).await;
            }
            self.looked_at_unsent(EXISTING, &row).await;
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        self.tell_own(own);
        if let Some(add) = unfound.filter(|_| !is_seen && end.may_send()) {
            // Nobody was found: only from a server that finds who is there does that say something.
            let tried = control_search(link, selector, &self.finder, &add);
            match self.host.stop.stop().race(tried).await {
                Some(SearchControl::Missed(why)) => end.stop(StopReason::Blind(why)),
                Some(SearchControl::Found | SearchControl::Untried) => {}
                None => end.stop(StopReason::Interrupted),
            }
        }
        if !is_over && end.may_send() {
            self.notes.report(Report::Fact(LOOKED_FOR, "yes".to_owned())).await;
        }
        Ok(())
    }
}

/// The row is not sent: somebody has its id in the billing already.
fn there_already(status: Status, ids: Vec<String>) -> RowResult {
    let text = match ids.as_slice() {
        [id] => format!("customer {id} has this id in the billing already; nothing was sent"),
        _ => format!("customers {} have this id in the billing already; nothing was sent", ids.join(", ")),
    };
    let error = Some((ErrorCode::AlreadyExists, text));
    RowResult { status, id: Some(ids.join(";")), error, http_status: None, attempts: 0 }
}

/// What becomes of a row whose customer is there now, and was not when the run began. Whom another row has made, or who
/// was there before, does not count.
fn found_later(
    row: &UnsentRow,
    found: ExistingCustomer,
    replay: &Replay,
) -> Result<Option<RowResult>, RunError> {
    let ids = match found {
        ExistingCustomer::Is(id) => vec![id],
        ExistingCustomer::Several(ids) | ExistingCustomer::Others(ids) => ids,
        ExistingCustomer::No | ExistingCustomer::Unclear(_) => Vec::new(),
    };
    let mut new = Vec::new();
    for id in ids {
        if !replay.is_taken(&id)? {
            new.push(id);
        }
    }
    Ok(match (new.len(), row.call.sequence()) {
        (0, _) => None,
        (1, None) => {
            let id = new.pop();
            Some(RowResult { status: Status::Ok, id, error: None, http_status: None, attempts: 0 })
        }
        // Which of them is this row's, or whether the one is another row's, a person has to see.
        _ => Some(there_already(Status::Failed, new)),
    })
}
