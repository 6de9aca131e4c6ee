//! The one loop of a run: calls in, outcomes out. It holds as many requests in flight as the concurrency
//! allows, launches at the pace that the link permits, and can be stopped at any time. A call that waits
//! for another attempt holds nothing else back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};

use super::clock::Clock;
use super::failure_budget::FailureBudget;
use super::job::{Delivery, Ended, Job, Settled};
use super::limits::Limits;
use super::link::{Attempt, Link};
use super::marks::{IntentLog, Marking};
use super::outcome::{FailureCode, Fate, Outcome, Problem};
use super::queue::{Queue, Slot, Work};
use super::reply::{Reply, Wanted};
use super::request::Envelope;
use super::retry::{Decision, Event, decide};
use super::stop::{Stop, StopReason, StopSignal};
use super::transport::Transport;
use crate::catalogue::{ApiSelector, Effect};

/// How many calls wait to be settled, and how many outcomes to be taken, before no more are made.
const WINDOW: usize = 1024;

/// Sends calls until `calls` is closed and everything is settled, or until something stops the run. What was
/// taken from `calls` is always delivered. Nothing leaves before `marks` has it.
pub async fn run<T: Transport, C: Clock, K: IntentLog, M: From<Vec<Delivery>>>(
    link: &Link<T, C>,
    selector: ApiSelector,
    limits: Limits,
    marks: &K,
    mut calls: mpsc::Receiver<Vec<Job>>,
    deliveries: mpsc::Sender<M>,
    stop: Stop,
) -> Ended {
    let envelope = link.envelope(selector);
    let mut engine = Engine::new(link, &envelope, limits, marks);
    let mut is_open = true;
    loop {
        while let Some(Some((slot, attempt))) = engine.in_flight.next().now_or_never() {
            engine.end_attempt(slot, attempt);
        }
        let wanted = stop.signal();
        engine.obey_stop(wanted);
        // Taken here as well as below, because below answers go first: under full load places in flight
        // would stay empty although calls are there.
        while is_open && engine.has_room() {
            match calls.try_recv() {
                Ok(jobs) => engine.take(jobs),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => is_open = false,
            }
        }
        while let Some(Some(marking)) = engine.queue.gate.being_marked.next().now_or_never() {
            engine.end_marking(marking);
        }
        let wake = engine.launch();
        engine.mark();
        if !engine.told.is_empty() {
            match deliveries.try_reserve() {
                Ok(place) => place.send(M::from(engine.tell())),
                Err(TrySendError::Full(())) => {}
                Err(TrySendError::Closed(())) => engine.lose_reader(),
            }
        }
        if engine.stopped.is_some() && is_open {
            calls.close();
            while let Some(jobs) = calls.recv().await {
                jobs.into_iter().for_each(|job| engine.refuse(job));
            }
            is_open = false;
            continue;
        }
        if !is_open && engine.queue.len() == 0 {
            break;
        }
        let wants_calls = is_open && engine.has_room();
        tokio::select! {
            biased;
            Some((slot, attempt)) = engine.in_flight.next(), if !engine.in_flight.is_empty() => engine.end_attempt(slot, attempt),
            Some(marking) = engine.queue.gate.being_marked.next(), if !engine.queue.gate.being_marked.is_empty() => engine.end_marking(marking),
            () = stop.beyond(wanted) => {}
            jobs = calls.recv(), if wants_calls => match jobs {
                Some(jobs) => engine.take(jobs),
                None => is_open = false,
            },
            // Waited for beside the answers: an answer that nobody takes would run into its timeout.
            place = deliveries.reserve(), if !engine.told.is_empty() => match place {
                Ok(place) => place.send(M::from(engine.tell())),
                Err(_) => engine.lose_reader(),
            },
            () = link.clock.sleep_until(wake.unwrap_or_default()), if wake.is_some() => {}
        }
    }
    if !engine.told.is_empty() && deliveries.send(M::from(engine.tell())).await.is_err() {
        engine.lose_reader();
    }
    Ended { stopped: engine.stopped, requests: engine.requests, retries: engine.retries }
}

type InFlight<'l> = FuturesUnordered<Pin<Box<dyn Future<Output = (Slot, Attempt)> + 'l>>>;

struct Engine<'l, T, C: Clock, K> {
    link: &'l Link<T, C>,
    envelope: &'l Envelope,
    limits: Limits,
    marks: &'l K,
    /// So many calls may be marked and not sent yet.
    ahead: usize,
    queue: Queue,
    in_flight: InFlight<'l>,
    told: Vec<Delivery>,
    stopped: Option<StopReason>,
    requests: u64,
    retries: u64,
    /// The end of the last pause that was told.
    paused_until: Duration,
    patience: FailureBudget,
}

impl<'l, T: Transport, C: Clock, K: IntentLog> Engine<'l, T, C, K> {
    fn new(link: &'l Link<T, C>, envelope: &'l Envelope, limits: Limits, marks: &'l K) -> Self {
        let ahead = limits.ahead.get();
        Self {
            link,
            envelope,
            limits,
            marks,
            ahead: link.pace.borrow().at_once().unwrap_or(ahead).clamp(1, ahead),
            queue: Queue::default(),
            in_flight: FuturesUnordered::new(),
            told: Vec::new(),
            stopped: None,
            requests: 0,
            retries: 0,
            paused_until: Duration::ZERO,
            patience: FailureBudget::new(limits.failures),
        }
    }

    /// Calls that wait take memory: beyond this many none is taken in until one is settled. Behind a stop
    /// none is taken in at all.
    fn has_room(&self) -> bool {
        self.stopped.is_none() && self.queue.len() < WINDOW.max(4 * self.limits.concurrency.get())
    }

    fn take(&mut self, jobs: Vec<Job>) {
        jobs.into_iter().for_each(|job| self.queue.add(job));
    }

    /// What is to be delivered.
    fn tell(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.told)
    }

    /// Nobody writes the outcomes down any more, so nothing more may be sent.
    fn lose_reader(&mut self) {
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
    fn launch(&mut self) -> Option<Duration> {
        while self.may_launch() {
            let now = self.link.clock.now();
            if self.queue.ready(now).is_none() {
                return self.queue.next_due();
            }
            if let Err(until) = self.link.pace.borrow().permit() {
                return Some(until);
            }
            let Some((slot, work)) = self.queue.launch(now) else { continue };
            let body = match &mut work.confirming {
                Some(confirming) => {
                    confirming.reads += 1;
                    self.envelope.body(&confirming.read)
                }
                None => {
                    work.attempts += 1;
                    self.retries += u64::from(work.attempts > 1);
                    tracing::trace!(call = work.ticket.0, attempt = work.attempts, name = work.call.subcategory(), values = ?work.call.values().collect::<Vec<_>>(), "sent");
                    self.envelope.body(&work.call)
                }
            };
            self.requests += 1;
            let link = self.link;
            self.in_flight.push(Box::pin(async move { (slot, link.attempt(body, Wanted::Anything).await) }));
        }
        None
    }

    /// Has the next calls marked. Not more of them than leave within a moment: after a crash each of them has
    /// to be found out.
    fn mark(&mut self) {
        if self.stopped.is_some() {
            return;
        }
        let (slots, departures) = self.queue.take_fresh(self.queue.gate.room(self.ahead));
        if !slots.is_empty() {
            self.queue.gate.begin(slots, self.marks.mark(departures));
        }
    }

    fn end_marking(&mut self, (slots, written): Marking) {
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

    fn end_attempt(&mut self, slot: Slot, attempt: Attempt) {
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
            Reply::Accepted(accepted) => {
                self.patience.server_answered();
                self.finish(slot, Fate::Done { id: accepted.id().map(str::to_owned) });
            }
            Reply::Problem { event, problem } => {
                self.end_failed_attempt(slot, event, problem, pause.unwrap_or_default())
            }
        }
    }

    fn end_failed_attempt(&mut self, slot: Slot, event: Event, problem: Problem, pause: Duration) {
        if event != Event::Unreached {
            self.patience.server_answered();
        }
        let retries = self.link.retries;
        let Some(work) = self.queue.work(slot) else { return };
        let attempts = work.attempts;
        let decision = decide(event, work.call.effect(), work.doubt.is_some(), attempts <= retries);
        let is_last = matches!(decision, Decision::Failed | Decision::Uncertain);
        if event == Event::Unreached && is_last {
            self.patience.unreached();
        }
        if event == Event::MayHaveHappened && work.doubt.is_none() {
            work.doubt = Some(problem.clone());
        }
        match decision {
            Decision::Done => {}
            Decision::Again if self.stopped.is_some() => self.finish_unsent(slot),
            Decision::Again => {
                let wait = self.link.schedule.wait(attempts).max(pause);
                tracing::info!(attempt = attempts, wait = ?wait, %problem, "a call is tried again");
                self.queue.wait(slot, self.link.clock.now() + wait);
            }
            Decision::Failed => self.finish(slot, Fate::Failed(problem)),
            Decision::Uncertain => match work.confirmation(event, &problem) {
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
            Decision::StopFailed => {
                self.stop(StopReason::KeyRefused(problem.clone()));
                self.finish(slot, Fate::Failed(problem));
            }
            Decision::StopUncertain => {
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
            Reply::Accepted(accepted) => !accepted.has_data && accepted.ids.is_empty(),
            Reply::Problem { problem, .. } => {
                matches!(problem.code, FailureCode::ApiError | FailureCode::NotFound)
            }
        };
        if gone {
            self.finish(slot, Fate::Done { id: None });
            return;
        }
        let event = match &reply {
            Reply::Accepted(_) => Event::Accepted,
            Reply::Problem { event, .. } => *event,
        };
        let again = decide(event, Effect::Reads, false, confirming.reads <= retries) == Decision::Again;
        if again && self.stopped.is_none() {
            let wait = self.link.schedule.wait(confirming.reads);
            self.queue.wait(slot, self.link.clock.now() + wait);
            return;
        }
        let refusal = confirming.refusal.clone();
        let fate = work.uncertain(refusal);
        if let Reply::Problem { event: Event::KeyRefused, problem } = reply {
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

    fn deliver(&mut self, work: &Work, fate: Fate) {
        match &fate {
            Fate::Done { .. } => self.patience.done(),
            Fate::Failed(problem) | Fate::Uncertain(problem) => {
                if let Some(reason) = self.patience.failed(problem) {
                    self.stop(reason);
                }
            }
            Fate::NotSent(_) => {}
        }
        let fate = match fate {
            Fate::Done { id } => Fate::Done { id: id.or_else(|| work.call.customer().map(str::to_owned)) },
            other => other,
        };
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

    fn obey_stop(&mut self, signal: StopSignal) {
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
                    "the program was told to leave before the answer came",
                );
                self.deliver(&work, work.uncertain(left));
            }
        }
    }

    /// A call that came too late.
    fn refuse(&mut self, job: Job) {
        let problem = Problem::new(FailureCode::Stopped, "the run stopped before this row was sent");
        let fate = job.past.doubt.map_or(Fate::NotSent(problem), Fate::Uncertain);
        let outcome = Outcome { fate, http_status: None, attempts: job.past.attempts };
        self.told.push(Delivery::Settled(Settled { ticket: job.ticket, outcome }));
    }
}
