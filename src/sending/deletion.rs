//! A `delete` in doubt whose repetition was refused: the server was asked whether the customer is still there.

use std::time::Duration;

use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::engine::Engine;
use super::intent_log::IntentLog;
use super::outcome::{FailureCode, Fate};
use super::pending::Slot;
use super::reply::Reply;
use super::retry::{Decision, decide};
use super::stop::StopReason;
use super::transport::Transport;
use crate::catalogue::Effect;

impl<T: Transport, C: Clock, K: IntentLog> Engine<'_, T, C, K> {
    pub(super) fn end_confirmation(&mut self, slot: Slot, reply: Reply) {
        let retries = self.link.retries;
        let Some(work) = self.queue.work(slot) else { return };
        let Some(confirming) = work.confirming.as_mut() else { return };
        let gone = match &reply {
            Reply::Accepted(accepted) => {
                accepted.has_verdict && !accepted.has_data && accepted.ids.is_empty()
            }
            Reply::Problem { end, problem } => {
                *end == AttemptEnd::SaidNo
                    // Under the other name any refusal is one of the name: of the customer it was said before.
                    && (confirming.is_other_name || matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound))
            }
        };
        // Of a server that takes customers under another name "not found" says nothing before that name was tried.
        if gone
            && !confirming.is_other_name
            && self.link.reads_by.get().is_none()
            && self.stopped.is_none()
            && let Some(newer) = confirming.read.newer_read()
        {
            confirming.read = newer;
            confirming.is_other_name = true;
            self.queue.wait(slot, self.link.clock.now());
            return;
        }
        if gone {
            let id = work.call.customer().map(str::to_owned);
            self.finish(slot, Fate::Ok { id });
            return;
        }
        let end = match &reply {
            Reply::Accepted(_) => AttemptEnd::Accepted,
            Reply::Problem { end, .. } => *end,
        };
        let wait = match decide(end, Effect::Reads, false, confirming.reads <= retries) {
            Decision::Again => Some(self.link.schedule.wait(confirming.reads)),
            Decision::Hold => {
                confirming.reads -= 1;
                Some(Duration::ZERO)
            }
            _ => None,
        };
        if let Some(wait) = wait.filter(|_| self.stopped.is_none()) {
            self.queue.wait(slot, self.link.clock.now() + wait);
            return;
        }
        let refusal = confirming.refusal.clone();
        let fate = work.uncertain(refusal);
        if let Reply::Problem { end: AttemptEnd::KeyRefused | AttemptEnd::Barred, problem } = reply {
            self.stop(StopReason::KeyRefused(problem));
        }
        self.finish(slot, fate);
    }
}
