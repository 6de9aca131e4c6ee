//! What is looked at before the first row is sent: who is there already. Whom only a later session finds this run has
//! made: its journal was restored from a backup, or a copy of it has gone on elsewhere.

use std::ops::ControlFlow;

use futures_util::stream::StreamExt;

use super::balances::BALANCES;
use super::booked::BOOKINGS;
use super::claims::claimed;
use super::error::RunError;
use super::facts::{EMPTY_BILLINGS, LOOKED_FOR};
use super::look::{RowLook, UnsentRow};
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::spec::OnExisting;
use crate::catalogue::{Action, ApiSelector};
use crate::customers::{SearchControl, Whereabouts, control_search};
use crate::events::{Event, Look, Refused};
use crate::reconciling::{ExistingCustomer, existing};
use crate::recording::{ErrorCode, Replay, RowResult, Status};
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::Call;

/// So few rows are looked for by themselves with no more requests than it takes to find out whether anyone is in their
/// billing.
const FEW: u64 = 2;

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
            OnExisting::Update => Status::Ok,
            OnExisting::Ignore => return Ok(()),
        };
        let Some(step) = self.input.spec.operation.step_of(Action::Add) else { return Ok(()) };
        let is_over = self.replay()?.progress(EXISTING.name)? >= self.validated.totals.rows;
        let Some(rows) = self.unsent_rows(EXISTING, step)? else { return Ok(()) };
        let (link, replay) = (&self.server.link, self.replay()?);
        let asks_billings = self.counts()?.unsent() > FEW;
        if asks_billings {
            self.list_own_billings(selector).await?;
        }
        let asked = rows.map(|row| async move {
            let found = match asks_billings && self.is_in_empty_billing(selector, &row.call).await {
                true => None,
                false => existing(link, selector, &self.finder, &row.call).await,
            };
            let candidates = match &found {
                Some(found) if !row.is_first_look => self.candidates(selector, &row.call, found).await,
                _ => Candidates { ids: Vec::new(), are_placed: true },
            };
            (row, found, candidates)
        });
        // Only where a row goes on with whom it has found can two be about one customer.
        let mut claims = if status == Status::Ok { Some(self.claims().await?) } else { None };
        let (mut own, mut unfound, mut is_seen) = (0, None, false);
        self.ask_each(asked, end, async |(row, found, candidates), end| {
            match found {
                Some(ExistingCustomer::No) if unfound.is_none() => unfound = Some(row.call.clone()),
                None | Some(ExistingCustomer::No | ExistingCustomer::Unclear(_)) => {}
                Some(_) => is_seen = true,
            }
            let result = match found {
                None | Some(ExistingCustomer::No) => None,
                Some(ExistingCustomer::Unclear(problem)) => {
                    let text = format!("whether the customer of row {} exists already cannot be found out: {problem}; --existing ignore leaves the question. Nothing was sent", row.of.row);
                    self.host.tell(Event::Error(&text));
                    end.refused = Some(Refused::Server);
                    return Ok(ControlFlow::Break(()));
                }
                Some(_) if !row.is_first_look => found_later(&row, candidates, &replay)?,
                Some(ExistingCustomer::Others(ids)) => {
                    self.notes.report(Report::There(ids)).await;
                    None
                }
                Some(ExistingCustomer::Is(id)) => {
                    let owner = claims.as_mut().and_then(|claims| claims.claim(&id, row.of.row));
                    Some(match owner {
                        Some(owner) => claimed(&id, owner),
                        None => there_already(status, vec![id]),
                    })
                }
                Some(ExistingCustomer::Several(ids)) => Some(there_already(status, ids)),
            };
            if let Some(result) = result {
                own += u64::from(result.status == Status::Ok && result.error.is_none());
                self.notes.report(Report::Existing(row.of, result, None)).await;
            }
            self.looked_at_unsent(EXISTING, &row).await;
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        self.tell_own(own);
        let empty = self.billings.begun();
        if !empty.is_empty() {
            self.notes.report(Report::Fact(EMPTY_BILLINGS, empty)).await;
        }
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
        // Whom a row has found is whom its booking is looked for at, and that comes next.
        self.notes.written().await;
        Ok(())
    }

    /// Whether the customer of a row that could be looked for is not there, because nobody is in the billing, or nobody but
    /// others who are known.
    async fn is_in_empty_billing(&self, selector: ApiSelector, add: &Call) -> bool {
        add.find_same().is_some()
            && (self.billings.is_known_missing(add)
                || self.billings.is_empty(&self.server.link, selector, add).await)
    }

    /// Those of the customers found who can be the row's own, whom a look before the first row has not found. Where its
    /// billing was empty, nobody has looked for those in others.
    async fn candidates(&self, selector: ApiSelector, add: &Call, found: &ExistingCustomer) -> Candidates {
        let mut candidates = Candidates { ids: Vec::new(), are_placed: true };
        let is_placed = self.billings.began_empty(add);
        for id in found.ids() {
            let place = match is_placed {
                true => self.billings.whereabouts(&self.server.link, selector, add, id).await,
                false => Whereabouts::There,
            };
            candidates.are_placed &= place != Whereabouts::NotKnown;
            if place != Whereabouts::Elsewhere {
                candidates.ids.push(id.clone());
            }
        }
        candidates
    }
}

/// Customers one of whom may be a row's own.
struct Candidates {
    ids: Vec<String>,
    /// Whether it is known of each that they were not there before the run.
    are_placed: bool,
}

/// Somebody has the row's id in the billing already: it is not sent, or goes on with that customer.
fn there_already(status: Status, ids: Vec<String>) -> RowResult {
    // With several nobody knows whose row it is.
    let status = if status == Status::Ok && ids.len() != 1 { Status::Failed } else { status };
    let text = match ids.as_slice() {
        [id] if status == Status::Ok => format!("customer {id} has this id in the billing already"),
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
    candidates: Candidates,
    replay: &Replay,
) -> Result<Option<RowResult>, RunError> {
    let mut new = Vec::new();
    for id in candidates.ids {
        if !replay.is_taken(&id)? {
            new.push(id);
        }
    }
    Ok(match (new.len(), row.call.sequence()) {
        (0, _) => None,
        (1, None) if candidates.are_placed => {
            let id = new.pop();
            Some(RowResult { status: Status::Ok, id, error: None, http_status: None, attempts: 0 })
        }
        // Which of them is this row's, or whether the one is another row's, a person has to see.
        _ => Some(there_already(Status::Failed, new)),
    })
}
