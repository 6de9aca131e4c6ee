//! What the loop of a run drives: it decides what comes next for each call, and tells what became of it. A call that
//! waits for another attempt holds nothing else back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;

use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::failure_budget::FailureBudget;
use super::gate::RecordedGroup;
use super::hold::{Strike, Way};
use super::intent_log::IntentLog;
use super::job::{Intake, Settled};
use super::limits::Limits;
use super::link::{Attempt, Link, TurnedBack};
use super::outcome::{FailureCode, Fate, Problem};
use super::pending::{Flight, Slot};
use super::proof::{NoWriteProof, WriteProof, proof};
use super::queue::Queue;
use super::recent_ids::RecentIds;
use super::relatives::Relatives;
use super::reply::{Reply, Wanted};
use super::request::Envelope;
use super::retry::{Decision, decide};
use super::stop::StopReason;
use super::transport::Transport;
use crate::validating::Call;

/// How many calls wait to be settled, and how many outcomes to be taken, before no more are made.
const WINDOW: usize = 1024;

type InFlight<'l> = FuturesUnordered<Pin<Box<dyn Future<Output = (Flight, Attempt)> + 'l>>>;

pub(super) struct Engine<'l, T, C: Clock, K> {
    pub(super) link: &'l Link<T, C>,
    envelope: &'l Envelope,
    /// The harmless read that finds out whether the server is back; without one the next call does.
    probe: Option<Call>,
    limits: Limits,
    intents: &'l K,
    /// So many intents may be recorded and not sent yet.
    unsent_intents: usize,
    pub(super) queue: Queue,
    pub(super) in_flight: InFlight<'l>,
    pub(super) told: Vec<Settled>,
    pub(super) stopped: Option<StopReason>,
    /// Requests before this run.
    pub(super) requests_before: u64,
    pub(super) retries: u64,
    /// So many may be in flight: one after an outage, and one more for each that is answered.
    window: usize,
    /// Whether somebody finds out whether the server is back: it may be a read beside this run.
    pub(super) waits_for_try: bool,
    /// Attempts that were neither turned away nor kept from the server.
    answered: u64,
    /// Customers that this run has just made.
    made: RecentIds,
    pub(super) relatives: Relatives,
    pub(super) failures: FailureBudget,
}

impl<'l, T: Transport, C: Clock, K: IntentLog> Engine<'l, T, C, K> {
    pub(super) fn new(link: &'l Link<T, C>, envelope: &'l Envelope, limits: Limits, intents: &'l K) -> Self {
        let most = limits.unsent_intents.get();
        Self {
            link,
            envelope,
            probe: Call::probe().ok(),
            limits,
            intents,
            unsent_intents: link.pace.borrow().at_once().unwrap_or(most).clamp(1, most),
            queue: Queue::default(),
            in_flight: FuturesUnordered::new(),
            told: Vec::new(),
            stopped: None,
            requests_before: link.requests(),
            retries: 0,
            window: limits.concurrency.get(),
            waits_for_try: false,
            answered: 0,
            made: RecentIds::default(),
            relatives: Relatives::default(),
            failures: FailureBudget::new(limits.failures),
        }
    }

    /// Calls that wait take memory: beyond this many none is taken until one is settled, and after a stop
    /// none is taken at all.
    pub(super) fn has_room(&self) -> bool {
        self.stopped.is_none()
            && self.relatives.has_room()
            && self.queue.len() < WINDOW.max(self.limits.concurrency.get().saturating_mul(4))
    }

    pub(super) fn take<J: Into<Intake>>(&mut self, jobs: Vec<J>) {
        for job in jobs {
            match job.into() {
                Intake::Ready(job) => self.queue.add(job),
                Intake::Waiting(waiting) => {
                    let turn = self.relatives.take(waiting);
                    self.turn(turn.into_iter().collect());
                }
            }
        }
    }

    /// What is to be delivered.
    pub(super) fn tell(&mut self) -> Vec<Settled> {
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
            && self.in_flight.len() < self.window.min(self.limits.concurrency.get())
            && self.told.len() < WINDOW
    }

    /// Launches what may be launched now; the moment at which to try again, if waiting helps.
    pub(super) fn launch(&mut self) -> Option<Duration> {
        self.waits_for_try = false;
        while self.may_launch() {
            let now = self.link.clock.now();
            self.queue.release_one(now);
            if self.queue.ready(now).is_none() {
                return self.queue.next_due();
            }
            let way = self.link.hold.borrow().way(now);
            match way {
                Way::Open | Way::Try => {}
                Way::Wait(until) => return Some(until),
                Way::Tried => {
                    self.waits_for_try = true;
                    return None;
                }
                Way::Over(problem) => {
                    self.stop(StopReason::ServerGone(problem));
                    return None;
                }
            }
            if let Err(until) = self.link.pace.borrow_mut().permit() {
                return Some(until);
            }
            if way == Way::Try {
                self.link.hold.borrow_mut().tries();
                if let Some(probe) = &self.probe {
                    self.leave(Flight::Probe, self.envelope.body(probe), Wanted::Content);
                    return None;
                }
                self.link.got_through();
            }
            let Some((slot, work)) = self.queue.launch(now) else { continue };
            work.is_in_flight = true;
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
            self.leave(Flight::Call(slot), body, wanted);
        }
        None
    }

    fn leave(&self, flight: Flight, body: Bytes, wanted: Wanted) {
        let link = self.link;
        self.in_flight.push(Box::pin(async move { (flight, link.attempt(body, wanted).await) }));
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

    pub(super) fn end_attempt(&mut self, flight: Flight, attempt: Attempt) {
        let Flight::Call(slot) = flight else { return self.end_probe(attempt) };
        match &attempt.reply {
            Reply::Problem { end: end @ (AttemptEnd::Unreached | AttemptEnd::TurnedAway), problem } => {
                self.window = 1;
                let is_first = self.queue.work(slot).is_some_and(|work| work.outage.is_none());
                let Attempt { status, ordered, .. } = attempt;
                self.link.struck(
                    problem,
                    TurnedBack { end: *end, status, ordered },
                    Strike::of_call(is_first),
                );
            }
            _ => {
                self.answered += 1;
                self.window = self.window.saturating_add(1).min(self.limits.concurrency.get());
                self.link.answered();
                let (now, schedule) = (self.link.clock.now(), self.link.schedule);
                self.queue.release(|blamed| now + schedule.wait((blamed + 1).min(3)));
            }
        }
        let Some(work) = self.queue.work(slot) else { return };
        work.http_status = attempt.status.or(work.http_status);
        let is_suspect = std::mem::take(&mut work.is_suspect);
        work.is_in_flight = false;
        tracing::debug!(call = work.ticket.0, attempt = work.attempts, status = attempt.status, reply = ?attempt.reply, "answered");
        if work.confirming.is_some() {
            self.end_confirmation(slot, attempt.reply);
            return;
        }
        match attempt.reply {
            Reply::Accepted(accepted) => match proof(&work.call, &accepted) {
                Ok(_) if is_suspect => {
                    let problem = Problem::new(FailureCode::BadAnswer, "the answer may be another request's");
                    self.end_failed_attempt(slot, AttemptEnd::MayHaveHappened, problem);
                }
                Ok(WriteProof::Made(id)) if !self.made.is_new(id) => {
                    self.end_mixed_up(slot, NoWriteProof::twice(id))
                }
                Ok(WriteProof::Made(id)) => self.finish(slot, Fate::Ok { id: Some(id.to_string()) }),
                Ok(WriteProof::Of(customer)) => self.finish(slot, Fate::Ok { id: Some(customer) }),
                Err(no_proof) => self.end_mixed_up(slot, no_proof),
            },
            Reply::Problem { end, problem } => self.end_failed_attempt(slot, end, problem),
        }
    }

    /// An OK that does not prove what it should.
    fn end_mixed_up(&mut self, slot: Slot, no_proof: NoWriteProof) {
        let problem = match no_proof {
            NoWriteProof::Silent(problem) => problem,
            NoWriteProof::Other(problem) => {
                self.queue.suspect_all_in_flight();
                self.link.mixed_up(problem.clone());
                problem
            }
        };
        self.end_failed_attempt(slot, AttemptEnd::MayHaveHappened, problem);
    }

    fn end_probe(&mut self, attempt: Attempt) {
        if let Some(problem) = self.link.end_try(attempt) {
            self.stop(StopReason::KeyRefused(problem));
        }
    }

    fn end_failed_attempt(&mut self, slot: Slot, end: AttemptEnd, problem: Problem) {
        let retries = self.link.retries;
        let Some(work) = self.queue.work(slot) else { return };
        let attempts = work.attempts - work.held;
        let decision = decide(end, work.call.effect(), work.doubt.is_some(), attempts <= retries);
        let is_open =
            matches!(end, AttemptEnd::MayHaveHappened | AttemptEnd::TurnedAway | AttemptEnd::Replaced);
        if is_open && decision != Decision::Hold && decision != Decision::Fail && work.doubt.is_none() {
            work.doubt = Some(problem.clone());
        }
        match decision {
            Decision::Accept => {}
            Decision::Hold => {
                /// A server may be out of order for long, and take a request now and then.
                const OFTEN: u32 = 10;
                let (is_again, were_others) = (work.outage.is_some(), self.answered > work.held_at);
                work.blamed += u32::from(is_again && were_others && end == AttemptEnd::TurnedAway);
                work.held_at = self.answered;
                if end == AttemptEnd::Unreached {
                    self.retries -= u64::from(work.attempts > 1);
                    work.attempts -= 1;
                } else {
                    work.held += 1;
                }
                work.outage = Some(problem.clone());
                if self.stopped.is_some() {
                    self.finish_unsent(slot);
                } else if work.blamed > retries.saturating_add(OFTEN) {
                    let fate = work.turned_away(problem);
                    self.finish(slot, fate);
                } else {
                    match is_again {
                        true => self.queue.hold(slot),
                        false => self.queue.wait(slot, self.link.clock.now()),
                    }
                }
            }
            Decision::Again if self.stopped.is_some() => self.finish_unsent(slot),
            Decision::Again => {
                let wait = self.link.schedule.wait(attempts);
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
}
