//! What is sent for a row: the call of its next step, and those that follow it, given what the journal knows.

use std::collections::VecDeque;

use crate::catalogue::{Action, Effect, Version};
use crate::reading::RowNumber;
use crate::reconciling::{Next, next};
use crate::recording::{Entry, RowEntries, RowStep, Status, Tagging};
use crate::sending::{Job, NextCall, PriorAttempts, WaitingJob};
use crate::validating::{Call, CallTarget, RowCalls, StepCall};

/// Which rows are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that were not sent yet, and those that are safe to be sent again.
    Open,
    /// Only those that were proven not to be applied.
    NotApplied,
}

/// Why a row is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// What became of it is known, or has to be found out.
    Settled(Status),
    /// Its content is not what it was.
    Changed,
}

/// Makes the calls of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain {
    pub(super) row: RowNumber,
    pub(super) tagging: Tagging,
    pub(super) server: Option<Version>,
    pub(super) scope: Scope,
    /// Whether other rows wait for this one.
    pub(super) is_awaited: bool,
}

/// A call with what the journal knows of it.
struct ChainLink {
    of: RowStep,
    call: Call,
    prior: PriorAttempts,
    entry: Option<Entry>,
}

impl Chain {
    /// What is sent for a row whose parent, if it has one in the file, is known. `follows_resent`: an earlier row of the
    /// same customer is sent again.
    pub(super) fn job(
        self,
        calls: RowCalls,
        entries: &RowEntries,
        follows_resent: bool,
    ) -> Result<Job, Left> {
        let mut links = self.links(calls, entries, follows_resent)?;
        let Some(ChainLink { of, call, prior, entry }) = links.pop_front() else {
            return Err(Left::Settled(Status::Ok));
        };
        let call = match entries.customer_before(of.step) {
            Some(customer) => call.of_customer(customer, self.server),
            None => call,
        };
        if call.target() == CallTarget::ToCome {
            // Nobody knows whose it is: the step that was to make the customer is not done.
            return Err(Left::Settled(Status::Skipped));
        }
        let call = self.tagging.put_on(self.row, call, entry.as_ref());
        let sent = entry.as_ref().and_then(|entry| entry.content.as_ref());
        if sent.is_some_and(|content| *content != call.digest().to_string()) {
            return Err(Left::Changed);
        }
        let then = links.into_iter().map(|link| self.next_call(link)).collect();
        Ok(Job { ticket: of.ticket(), call, prior, then, is_awaited: self.is_awaited })
    }

    /// The same for a row that waits until the row of its parent has made that.
    pub(super) fn waiting(
        self,
        calls: RowCalls,
        entries: RowEntries,
        parent: RowNumber,
    ) -> Result<WaitingJob, Left> {
        // Made once to see what it comes to: which calls it has does not depend on who the parent is.
        let job = self.job(calls.clone(), &entries, false)?;
        let first = (job.ticket, job.prior.clone());
        let then = job.then.iter().map(|next| (next.ticket, next.prior.clone()));
        let tickets = std::iter::once(first).chain(then).collect();
        let make = move |id: &str| self.job(calls.of_parent(id), &entries, false).ok();
        Ok(WaitingJob {
            parent: RowStep::first(parent).ticket(),
            calls: tickets,
            make: Box::new(make),
            is_awaited: self.is_awaited,
        })
    }

    /// A call that waits for its customer.
    fn next_call(self, ChainLink { of, call, prior, entry }: ChainLink) -> NextCall {
        let make = move |customer: &str| {
            self.tagging.put_on(self.row, call.of_customer(customer, self.server), entry.as_ref())
        };
        NextCall { ticket: of.ticket(), make: Box::new(make), prior }
    }

    /// The calls that are still to be made, from the next one on.
    fn links(
        self,
        calls: RowCalls,
        entries: &RowEntries,
        follows_resent: bool,
    ) -> Result<VecDeque<ChainLink>, Left> {
        let resend = self.scope == Scope::NotApplied;
        let mut links: VecDeque<ChainLink> = VecDeque::new();
        let mut last = Status::Skipped;
        // What was refused, whichever step it was, ends the row.
        let ended = entries.iter().find(|entry| ends_row(entry) && !(resend && entry.was_not_applied()));
        if let Some(ended) = ended {
            return Err(Left::Settled(ended.result.status));
        }
        for StepCall { step, call } in calls {
            let of = RowStep { row: self.row, step };
            let entry = entries.of(step);
            if let Some(entry) = entry.filter(|entry| is_done(entry)) {
                // An earlier row of the same customer is sent again: the later one must have the last word.
                let is_overtaken = follows_resent
                    && entry.result.status == Status::Ok
                    && call.effect() == Effect::Repeatable;
                if !is_overtaken {
                    if entry.result.status == Status::Skipped && call.action() == Action::Add {
                        return Err(Left::Settled(Status::Skipped));
                    }
                    last = entry.result.status;
                    continue;
                }
            }
            let is_first = links.is_empty();
            let prior = match (entry, next(call.effect(), entry, resend)) {
                (None, _) => PriorAttempts::default(),
                (Some(entry), Next::Send) => PriorAttempts { attempts: entry.result.attempts, doubt: None },
                (Some(entry), Next::SendInDoubt) => {
                    PriorAttempts { attempts: entry.result.attempts, doubt: Some(entry.doubt()) }
                }
                (Some(entry), Next::Leave) if is_done(entry) => {
                    PriorAttempts { attempts: entry.result.attempts, doubt: Some(entry.doubt()) }
                }
                (Some(entry), Next::Ask | Next::Leave) if is_first => {
                    return Err(Left::Settled(entry.result.status));
                }
                (Some(_), Next::Ask | Next::Leave) => break,
            };
            let is_wanted = !is_first || !resend || entry.is_some_and(Entry::was_not_applied);
            if !is_wanted {
                return Err(Left::Settled(entry.map_or(Status::Skipped, |entry| entry.result.status)));
            }
            links.push_back(ChainLink { of, call, prior, entry: entry.cloned() });
        }
        if links.is_empty() { Err(Left::Settled(last)) } else { Ok(links) }
    }
}

/// Whether a step is as it should be: it was done, or is there already and that is as wanted.
fn is_done(entry: &Entry) -> bool {
    match entry.result.status {
        Status::Ok => true,
        Status::Skipped => entry.existed(),
        _ => false,
    }
}

/// Whether nothing of a row is sent after this.
fn ends_row(entry: &Entry) -> bool {
    matches!(entry.result.status, Status::Failed | Status::Invalid)
}
