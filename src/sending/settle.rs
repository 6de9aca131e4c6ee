//! The engine's last word on calls: what became of each is delivered once, also when the run stops.

use std::collections::VecDeque;

use super::clock::Clock;
use super::engine::Engine;
use super::intent_log::IntentLog;
use super::job::{Ended, Job, NextCall, Settled};
use super::outcome::{FailureCode, Fate, Outcome, Problem};
use super::pending::{PendingCall, Slot};
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
        Some(PendingCall::new(Job { ticket, call: make(customer), prior, then }))
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
        self.leave_unsent(then);
    }

    /// Calls that do not go, because the one before them is not done.
    fn leave_unsent(&mut self, calls: VecDeque<NextCall>) {
        for NextCall { ticket, prior, .. } in calls {
            let problem = Problem::new(FailureCode::Stopped, "the step before it is not done");
            let fate = prior.doubt.map_or(Fate::Skipped(problem), Fate::Unknown);
            let outcome = Outcome { fate, http_status: None, attempts: prior.attempts };
            self.told.push(Settled { ticket, outcome, is_last: false });
        }
    }

    fn tell_of(&mut self, work: &PendingCall, fate: Fate, is_last: bool) {
        let outcome =
            Outcome { fate, http_status: work.http_status, attempts: work.attempts_before + work.attempts };
        self.told.push(Settled { ticket: work.ticket, outcome, is_last });
    }

    /// Nothing more is launched; the first reason is the one that counts.
    pub(super) fn stop(&mut self, reason: StopReason) {
        if self.stopped.is_none() {
            self.stopped = Some(reason);
            for work in self.queue.abandon_queued() {
                let fate = work.unsent(self.stopped.as_ref());
                self.deliver(work, fate);
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

    /// A call that came too late.
    pub(super) fn refuse(&mut self, job: Job) {
        let problem = Problem::new(FailureCode::Stopped, "the run stopped before this row was sent");
        let fate = job.prior.doubt.map_or(Fate::Skipped(problem), Fate::Unknown);
        let outcome = Outcome { fate, http_status: None, attempts: job.prior.attempts };
        self.told.push(Settled { ticket: job.ticket, outcome, is_last: true });
        self.leave_unsent(job.then);
    }

    pub(super) fn ended(self) -> Ended {
        Ended {
            stopped: self.stopped,
            requests: self.link.requests() - self.requests_before,
            retries: self.retries,
        }
    }
}
