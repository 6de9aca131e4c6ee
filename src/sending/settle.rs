//! The engine's last word on calls: what became of each is delivered once, also when the run stops.

use super::clock::Clock;
use super::engine::Engine;
use super::intent_log::IntentLog;
use super::job::{Ended, Intake, Job, NextCall, PriorAttempts, Settled, WaitingJob};
use super::outcome::{FailureCode, Fate, Outcome, Problem, Ticket};
use super::pending::{PendingCall, Slot};
use super::relatives::Turn;
use super::stop::{StopReason, StopSignal};
use super::transport::Transport;

impl<T: Transport, C: Clock, K: IntentLog> Engine<'_, T, C, K> {
    pub(super) fn finish(&mut self, slot: Slot, fate: Fate) {
        if let Some(next) = self.next_of(slot, &fate) {
            // The row goes on: only its end counts.
            if let Some(work) = self.queue.go_on(slot, next) {
                self.tell_of(&work, fate, false);
            }
        } else if let Some(work) = self.queue.settle(slot) {
            self.deliver(work, fate);
        }
    }

    /// The call that goes next in this place; none where there is none, or it may not go.
    fn next_of(&mut self, slot: Slot, fate: &Fate) -> Option<PendingCall> {
        let Fate::Ok { id: Some(customer) } = fate else { return None };
        if self.stopped.is_some() {
            return None;
        }
        let work = self.queue.work(slot)?;
        let NextCall { ticket, make, prior } = work.then.pop_front()?;
        let then = std::mem::take(&mut work.then);
        Some(PendingCall::new(Job { ticket, call: make(customer), prior, then, is_awaited: false }))
    }

    pub(super) fn finish_unsent(&mut self, slot: Slot) {
        if let Some(work) = self.queue.settle(slot) {
            let fate = work.unsent(self.stopped.as_ref());
            self.deliver(work, fate);
        }
    }

    fn deliver(&mut self, mut work: PendingCall, fate: Fate) {
        let then = std::mem::take(&mut work.then);
        match &fate {
            Fate::Ok { .. } => self.failures.done(),
            Fate::Failed(problem) | Fate::Unknown(problem) => {
                if let Some(reason) = self.failures.failed(problem) {
                    self.stop(reason);
                }
            }
            Fate::Skipped(_) => {}
        }
        self.tell_of(&work, fate, true);
        let calls = then.into_iter().map(|next| (next.ticket, next.prior)).collect();
        let problem = Problem::new(FailureCode::Stopped, "the step before it is not done");
        self.leave_unsent(calls, &problem, false);
    }

    /// Calls of a row that do not go. `is_row`: none of the row does.
    fn leave_unsent(&mut self, calls: Vec<(Ticket, PriorAttempts)>, problem: &Problem, is_row: bool) {
        for (place, (ticket, prior)) in calls.into_iter().enumerate() {
            let fate = prior.doubt.map_or_else(|| Fate::Skipped(problem.clone()), Fate::Unknown);
            let outcome = Outcome { fate, http_status: None, attempts: prior.attempts };
            self.told.push(Settled { ticket, outcome, is_last: is_row && place == 0 });
        }
    }

    /// Rows that have waited for another: they go, or stay because that one is not there.
    pub(super) fn turn(&mut self, mut turns: Vec<Turn>) {
        while let Some(turn) = turns.pop() {
            match turn {
                Turn::Goes(waiting, parent) if self.stopped.is_none() => {
                    let WaitingJob { calls, make, .. } = waiting;
                    match make(&parent) {
                        Some(job) => self.queue.add(job),
                        None => self.leave_unsent(calls, &not_reached(), true),
                    }
                }
                Turn::Goes(waiting, _) => self.leave_unsent(waiting.calls, &not_reached(), true),
                Turn::Stays(waiting) => {
                    let first = waiting.calls.first().map(|(ticket, _)| *ticket);
                    let awaited = first.filter(|_| waiting.is_awaited);
                    self.leave_child(waiting);
                    turns.extend(awaited.into_iter().flat_map(|first| self.relatives.settle(first, None)));
                }
            }
        }
    }

    /// A row whose parent is not there: its first call says so.
    fn leave_child(&mut self, waiting: WaitingJob) {
        let mut calls = waiting.calls;
        let later = calls.split_off(calls.len().min(1));
        self.leave_unsent(calls, &no_parent(), true);
        self.leave_unsent(later, &not_reached(), false);
    }

    /// Nothing more comes for which a row could wait.
    pub(super) fn leave_relatives(&mut self) {
        while !self.relatives.is_empty() {
            let left = self.relatives.leave();
            self.turn(left.into_iter().map(Turn::Stays).collect());
        }
    }

    fn tell_of(&mut self, work: &PendingCall, fate: Fate, is_last: bool) {
        let outcome =
            Outcome { fate, http_status: work.http_status, attempts: work.attempts_before + work.attempts };
        let made = match &outcome.fate {
            Fate::Ok { id } => id.clone(),
            _ => None,
        };
        self.told.push(Settled { ticket: work.ticket, outcome, is_last });
        if work.is_awaited {
            let turns = self.relatives.settle(work.ticket, made.as_deref());
            self.turn(turns);
        }
    }

    /// Nothing more is launched; the first reason is the one that counts.
    pub(super) fn stop(&mut self, reason: StopReason) {
        if self.stopped.is_none() {
            self.stopped = Some(reason);
            for work in self.queue.abandon_queued() {
                let fate = work.unsent(self.stopped.as_ref());
                self.deliver(work, fate);
            }
            for waiting in self.relatives.leave() {
                self.leave_unsent(waiting.calls, &not_reached(), true);
            }
        }
    }

    pub(super) fn obey_stop(&mut self, signal: StopSignal) {
        if signal >= StopSignal::Finish {
            self.stop(StopReason::Interrupted);
        }
        if signal == StopSignal::Abandon {
            self.in_flight.clear();
            for work in self.queue.abandon_all() {
                if work.attempts == 0 {
                    let fate = work.unsent(None);
                    self.deliver(work, fate);
                    continue;
                }
                let left = Problem::new(
                    FailureCode::Stopped,
                    "the program was stopped at once, before the answer came",
                );
                let fate = work.uncertain(left);
                self.deliver(work, fate);
            }
        }
    }

    /// Calls that came too late.
    pub(super) fn refuse(&mut self, intake: Intake) {
        let calls = match intake {
            Intake::Ready(Job { ticket, prior, then, .. }) => {
                let then = then.into_iter().map(|next| (next.ticket, next.prior));
                std::iter::once((ticket, prior)).chain(then).collect()
            }
            Intake::Waiting(waiting) => waiting.calls,
        };
        self.leave_unsent(calls, &not_reached(), true);
    }

    pub(super) fn ended(self) -> Ended {
        Ended {
            stopped: self.stopped,
            requests: self.link.requests() - self.requests_before,
            retries: self.retries,
        }
    }
}

fn not_reached() -> Problem {
    Problem::new(FailureCode::Stopped, "the run stopped before this row was sent")
}

fn no_parent() -> Problem {
    Problem::new(FailureCode::ParentNotOk, "not sent: the row of its parent has not made the customer")
}
