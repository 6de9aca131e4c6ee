//! What the loop of a run drives: it decides what comes next for each call, and tells what became of it. A call that
//! waits for another attempt holds nothing else back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;

use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::failure_budget::FailureBudget;
use super::gate::RecordedGroup;
use super::intent_log::IntentLog;
use super::job::{Delivery, Ended, Job, Settled};
use super::limits::Limits;
use super::link::{Attempt, Link};
use super::outcome::{FailureCode, Fate, Outcome, Problem};
use super::pending::{PendingCall, Slot};
use super::proof::proof;
use super::queue::Queue;
use super::reply::{Reply, Wanted};
use super::request::Envelope;
use super::retry::{Decision, decide};
use super::stop::{StopReason, StopSignal};
use super::transport::Transport;
use crate::catalogue::Effect;

/// How many calls wait to be settled, and how many outcomes to be taken, before no more are made.
const WINDOW: usize = 1024;

type InFlight<'l> = FuturesUnordered<Pin<Box<dyn Future<Output = (Slot, Attempt)> + 'l>>>;

pub(super) struct Engine<'l, T, C: Clock, K> {
    link: &'l Link<T, C>,
    envelope: &'l Envelope,
    limits: Limits,
    intents: &'l K,
    /// So many intents may be recorded and not sent yet.
    unsent_intents: usize,
    pub(super) queue: Queue,
    pub(super) in_flight: InFlight<'l>,
    pub(super) told: Vec<Delivery>,
    pub(super) stopped: Option<StopReason>,
    requests: u64,
    retries: u64,
    /// The end of the last pause that was told.
    paused_until: Duration,
    failures: FailureBudget,
}

impl<'l, T: Transport, C: Clock, K: IntentLog> Engine<'l, T, C, K> {
    pub(super) fn new(link: &'l Link<T, C>, envelope: &'l Envelope, limits: Limits, intents: &'l K) -> Self {
        let most = limits.unsent_intents.get();
        Self {
            link,
            envelope,
            limits,
            intents,
            unsent_intents: link.pace.borrow().at_once().unwrap_or(most).clamp(1, most),
            queue: Queue::default(),
            in_flight: FuturesUnordered::new(),
            told: Vec::new(),
            stopped: None,
            requests: 0,
            retries: 0,
            paused_until: Duration::ZERO,
            failures: FailureBudget::new(limits.failures),
        }
    }

    /// Calls that wait take memory: beyond this many none is taken until one is settled, and after a stop
    /// none is taken at all.
    pub(super) fn has_room(&self) -> bool {
        self.stopped.is_none()
            && self.queue.len() < WINDOW.max(self.limits.concurrency.get().saturating_mul(4))
    }

    pub(super) fn take(&mut self, jobs: Vec<Job>) {
        jobs.into_iter().for_each(|job| self.queue.add(job));
    }

    /// What is to be delivered.
    pub(super) fn tell(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.told)
    }

    /// Outcomes are no longer written down, so nothing more may be sent.
    pub(super) fn lose_reader(&mut self) {
        self.told.clear();
        self.stop(StopReason::Interrupted);
    }

    /// Whether another request may be on its way: what is settled and not yet taken waits in memory too.
    fn may_launch(&self) -> bool {
        self.stopped.is_none()
            && self.in_flight.len() < self.limits.concurrency.get()
            && self.told.len() < WINDOW
    }

    /// Launches what may be launched now; the moment at which to try again, if waiting helps.
    pub(super) fn launch(&mut self) -> Option<Duration> {
        while self.may_launch() {
            let now = self.link.clock.now();
            if self.queue.ready(now).is_none() {
                return self.queue.next_due();
            }
            if let Err(until) = self.link.pace.borrow().permit() {
                return Some(until);
            }
            let Some((slot, work)) = self.queue.launch(now) else { continue };
            let (body, wanted) = match &mut work.confirming {
                Some(confirming) => {
                    confirming.reads += 1;
                    (self.envelope.body(&confirming.read), Wanted::Content)
                }
                None => {
                    work.attempts += 1;
                    self.retries += u64::from(work.attempts > 1);
                    tracing::trace!(call = work.ticket.0, attempt = work.attempts, name = work.call.subcategory(), values = ?work.call.values().collect::<Vec<_>>(), "sent");
                    (self.envelope.body(&work.call), Wanted::Verdict)
                }
            };
            self.requests += 1;
            let link = self.link;
            self.in_flight.push(Box::pin(async move { (slot, link.attempt(body, wanted).await) }));
        }
        None
    }

    /// Has the next intents recorded. Not more of them than leave within a moment: after a crash each of them has
    /// to be looked for.
    pub(super) fn record_intents(&mut self) {
        if self.stopped.is_some() {
            return;
        }
        let (slots, intents) = self.queue.take_fresh(self.queue.gate.room(self.unsent_intents));
        if !slots.is_empty() {
            self.queue.gate.begin(slots, self.intents.record(intents));
        }
    }

    pub(super) fn end_recording(&mut self, (slots, written): RecordedGroup) {
        if written.is_err() {
            self.stop(StopReason::NotRecorded);
        }
        if self.stopped.is_some() {
            slots.into_iter().for_each(|slot| self.finish_unsent(slot));
        } else {
            self.queue.gate.open(slots);
        }
    }

    /// All requests in flight may be turned away with the same order: it is told once.
    fn tell_pause(&mut self, span: Duration, obeyed: Duration) {
        const NEWS: Duration = Duration::from_secs(1);
        let until = self.link.clock.now() + obeyed;
        if until >= self.paused_until + NEWS && span >= NEWS {
            self.paused_until = until;
            self.told.push(Delivery::Paused { span, capped: obeyed < span });
        }
    }

    pub(super) fn end_attempt(&mut self, slot: Slot, attempt: Attempt) {
        let pause = attempt.ordered.map(|span| {
            let obeyed = self.link.obey(span);
            self.tell_pause(span, obeyed);
            obeyed
        });
        let Some(work) = self.queue.work(slot) else { return };
        work.http_status = attempt.status.or(work.http_status);
        tracing::debug!(call = work.ticket.0, attempt = work.attempts, status = attempt.status, reply = ?attempt.reply, "answered");
        if work.confirming.is_some() {
            self.end_confirmation(slot, attempt.reply);
            return;
        }
        match attempt.reply {
            Reply::Accepted(accepted) => match proof(&work.call, &accepted) {
                Ok(id) => {
                    self.failures.server_answered();
                    self.finish(slot, Fate::Ok { id });
                }
                Err(problem) => {
                    self.end_failed_attempt(slot, AttemptEnd::MayHaveHappened, problem, Duration::ZERO);
                }
            },
            Reply::Problem { end, problem } => {
                self.end_failed_attempt(slot, end, problem, pause.unwrap_or_default())
            }
        }
    }

    fn end_failed_attempt(&mut self, slot: Slot, end: AttemptEnd, problem: Problem, pause: Duration) {
        if end != AttemptEnd::Unreached {
            self.failures.server_answered();
        }
        let retries = self.link.retries;
        let Some(work) = self.queue.work(slot) else { return };
        let attempts = work.attempts;
        let decision = decide(end, work.call.effect(), work.doubt.is_some(), attempts <= retries);
        let is_last = matches!(decision, Decision::Fail | Decision::Doubt);
        if end == AttemptEnd::Unreached && is_last {
            self.failures.unreached();
        }
        if end == AttemptEnd::MayHaveHappened && work.doubt.is_none() {
            work.doubt = Some(problem.clone());
        }
        match decision {
            Decision::Accept => {}
            Decision::Again if self.stopped.is_some() => self.finish_unsent(slot),
            Decision::Again => {
                let wait = self.link.schedule.wait(attempts).max(pause);
                tracing::info!(attempt = attempts, wait = ?wait, %problem, "a call is tried again");
                self.queue.wait(slot, self.link.clock.now() + wait);
            }
            Decision::Fail => self.finish(slot, Fate::Failed(problem)),
            Decision::Doubt => match work.confirmation(end, &problem) {
                Some(confirming) if self.stopped.is_none() => {
                    work.confirming = Some(confirming);
                    self.queue.wait(slot, self.link.clock.now());
                }
                _ => {
                    let fate = work.uncertain(problem);
                    self.finish(slot, fate);
                }
            },
            // The stop comes first: this row may also be the one that reaches the limit on failures, and
            // the key is what a person can do something about.
            Decision::FailAndStop => {
                self.stop(StopReason::KeyRefused(problem.clone()));
                self.finish(slot, Fate::Failed(problem));
            }
            Decision::DoubtAndStop => {
                let fate = work.uncertain(problem.clone());
                self.stop(StopReason::KeyRefused(problem));
                self.finish(slot, fate);
            }
        }
    }

    fn end_confirmation(&mut self, slot: Slot, reply: Reply) {
        let retries = self.link.retries;
        let Some(work) = self.queue.work(slot) else { return };
        let Some(confirming) = work.confirming.as_ref() else { return };
        let gone = match &reply {
            Reply::Accepted(accepted) => {
                accepted.has_verdict && !accepted.has_data && accepted.ids.is_empty()
            }
            Reply::Problem { end, problem } => {
                *end == AttemptEnd::SaidNo
                    && matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound)
            }
        };
        if gone {
            let id = work.call.customer().map(str::to_owned);
            self.finish(slot, Fate::Ok { id });
            return;
        }
        let end = match &reply {
            Reply::Accepted(_) => AttemptEnd::Accepted,
            Reply::Problem { end, .. } => *end,
        };
        let again = decide(end, Effect::Reads, false, confirming.reads <= retries) == Decision::Again;
        if again && self.stopped.is_none() {
            let wait = self.link.schedule.wait(confirming.reads);
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

    fn finish(&mut self, slot: Slot, fate: Fate) {
        if let Some(work) = self.queue.settle(slot) {
            self.deliver(&work, fate);
        }
    }

    fn finish_unsent(&mut self, slot: Slot) {
        if let Some(work) = self.queue.settle(slot) {
            self.deliver(&work, work.unsent());
        }
    }

    fn deliver(&mut self, work: &PendingCall, fate: Fate) {
        match &fate {
            Fate::Ok { .. } => self.failures.done(),
            Fate::Failed(problem) | Fate::Unknown(problem) => {
                if let Some(reason) = self.failures.failed(problem) {
                    self.stop(reason);
                }
            }
            Fate::Skipped(_) => {}
        }
        let outcome =
            Outcome { fate, http_status: work.http_status, attempts: work.attempts_before + work.attempts };
        self.told.push(Delivery::Settled(Settled { ticket: work.ticket, outcome }));
    }

    /// Nothing more is launched; the first reason is the one that counts.
    fn stop(&mut self, reason: StopReason) {
        if self.stopped.is_none() {
            self.stopped = Some(reason);
            for work in self.queue.abandon_queued() {
                self.deliver(&work, work.unsent());
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
                    self.deliver(&work, work.unsent());
                    continue;
                }
                let left = Problem::new(
                    FailureCode::Stopped,
                    "the program was stopped at once, before the answer came",
                );
                self.deliver(&work, work.uncertain(left));
            }
        }
    }

    /// A call that came too late.
    pub(super) fn refuse(&mut self, job: Job) {
        let problem = Problem::new(FailureCode::Stopped, "the run stopped before this row was sent");
        let fate = job.prior.doubt.map_or(Fate::Skipped(problem), Fate::Unknown);
        let outcome = Outcome { fate, http_status: None, attempts: job.prior.attempts };
        self.told.push(Delivery::Settled(Settled { ticket: job.ticket, outcome }));
    }

    pub(super) fn ended(self) -> Ended {
        Ended { stopped: self.stopped, requests: self.requests, retries: self.retries }
    }
}
