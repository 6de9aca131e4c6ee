//! Reads: one question and its answer, with the retries of a read, at the link's pace.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::asked_for::{counted, shows_what_was_asked_for};
use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::hold::{LinkNews, Strike, Way};
use super::link::{Attempt, Link, TurnedBack, date_of};
use super::outcome::{FailureCode, Problem};
use super::payload::ids as ids_in;
use super::reply::{Accepted, Reply, Wanted};
use super::request::Envelope;
use super::retry::{Decision, decide};
use super::transport::Transport;
use crate::catalogue::{Action, ApiSelector, Effect};
use crate::validating::Call;

/// How a read ended, and how many requests it took.
pub(super) struct ReadEnd {
    pub(super) answer: Result<Accepted, (AttemptEnd, Problem)>,
    pub(super) location: Option<String>,
    pub(super) requests: u64,
    is_the_apis: bool,
}

/// What a read does about what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// Whatever went wrong it is tried again, and an outage is waited for.
    None,
    /// It is not tried again where the server may have broken down over it: there is another way.
    AnotherWay,
    /// It is tried again, and an outage is its answer: it finds out whether the server is there at all.
    FirstContact,
    /// The same where there is another way: it is not tried again where the server has broken down over it.
    FirstOfTwo,
}

impl Haste {
    /// Whether it is not tried again after this, because there is another way.
    fn gives_up(self, end: AttemptEnd, code: FailureCode) -> bool {
        let is_answered = !matches!(code, FailureCode::Connect | FailureCode::Timeout);
        end == AttemptEnd::MayHaveHappened
            && (self == Self::AnotherWay || self == Self::FirstOfTwo && is_answered)
    }

    fn is_contact(self) -> bool {
        matches!(self, Self::FirstContact | Self::FirstOfTwo)
    }
}

/// A read that finds out whether the server is back. Dropped before it has an answer, it leaves that to another.
struct Try<'l, T: Transport, C: Clock>(&'l Link<T, C>);

impl<T: Transport, C: Clock> Drop for Try<'_, T, C> {
    fn drop(&mut self) {
        self.0.hold.borrow_mut().tries_no_more();
        self.0.tried.notify_waiters();
    }
}

impl ReadEnd {
    /// Whether the answer is the API's own.
    pub(super) fn is_the_apis(&self) -> bool {
        self.is_the_apis
    }

    /// What was read, or how it failed.
    pub(super) fn read(self) -> Result<Accepted, Unread> {
        match self.answer {
            Ok(accepted) => Ok(accepted),
            Err((AttemptEnd::KeyRefused | AttemptEnd::Barred, problem)) => Err(Unread::KeyRefused(problem)),
            Err((AttemptEnd::SaidNo, problem)) if self.is_the_apis => Err(Unread::Refused(problem)),
            // Its own "no" under a status that says that it broke down: of a write that would leave a doubt.
            Err((AttemptEnd::MayHaveHappened, problem))
                if self.is_the_apis && problem.code == FailureCode::HttpStatus =>
            {
                Err(Unread::Refused(problem))
            }
            Err((_, problem)) => Err(Unread::Lost(problem)),
        }
    }
}

/// What the server answered to a read.
#[derive(Clone, PartialEq, Default)]
pub struct Answer {
    /// The ids that the answer names.
    pub ids: Vec<String>,
    /// Whether something that is not an id stands where an id would: then the ids cannot be counted.
    pub has_odd_id: bool,
    /// Whether it has a field for an id at all, even an empty one: without one it says nothing about ids.
    pub has_id_field: bool,
    /// What was asked for: the answer's `data`, or its `list`. Without the key, unless that is a word of a few
    /// letters that data may hold by chance.
    pub data: Option<Value>,
}

/// Without the data, which is a customer's.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ids, has_odd_id, has_id_field, data: _ } = self;
        f.debug_struct("Answer")
            .field("ids", ids)
            .field("has_odd_id", has_odd_id)
            .field("has_id_field", has_id_field)
            .finish_non_exhaustive()
    }
}

/// A read whose duration was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Whether there was an answer.
    pub read: Result<(), Unread>,
    /// From the request to the last byte of the answer, or to its failure. The wait for the pace is not included.
    pub elapsed: Duration,
    /// The server's time of day, where it tells it.
    pub date: Option<SystemTime>,
    /// This machine's at the same moment.
    pub wall: SystemTime,
}

/// A read has no answer that tells what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The server said no; `NotFound` where it said so by its status.
    #[error("{0}")]
    Refused(Problem),
    /// The server refused the key; no other read has a chance.
    #[error("{0}")]
    KeyRefused(Problem),
    /// No answer, or none of the API: nothing is known.
    #[error("{0}")]
    Lost(Problem),
}

impl<T: Transport, C: Clock> Link<T, C> {
    /// One read with its retries, at the link's pace, that does not wait for a server that is not there.
    pub(super) async fn ask(&self, envelope: &Envelope, call: &Call) -> ReadEnd {
        self.ask_for(envelope, call, Wanted::Content, Haste::FirstContact).await
    }

    /// The same where there is another way to ask: it is not tried again where the server has broken down over it.
    pub(super) async fn ask_once(&self, envelope: &Envelope, call: &Call) -> ReadEnd {
        self.ask_for(envelope, call, Wanted::Content, Haste::FirstOfTwo).await
    }

    /// Waits until an outage is over. Where nobody else finds out whether it is, one harmless read does: this read may be
    /// turned away for what it asks. How many of those it took; a problem where the user's patience is over.
    async fn way_through(&self, envelope: &Envelope) -> Result<u64, Problem> {
        let mut tries = 0;
        loop {
            let way = self.hold.borrow().way(self.clock.now());
            match way {
                Way::Open => return Ok(tries),
                Way::Wait(until) => self.clock.sleep_until(until).await,
                Way::Try => {
                    self.hold.borrow_mut().tries();
                    let own_try = Try(self);
                    match Call::probe() {
                        Ok(probe) => {
                            self.permit().await;
                            tries += 1;
                            // If the key is refused, this read will hear of it too.
                            let _ = self.end_try(self.attempt(envelope.body(&probe), Wanted::Content).await);
                        }
                        Err(_) => self.got_through(),
                    }
                    drop(own_try);
                }
                Way::Tried => self.tried.notified().await,
                Way::Over(problem) => return Err(problem),
            }
        }
    }

    pub(super) async fn ask_for(
        &self,
        envelope: &Envelope,
        call: &Call,
        wanted: Wanted,
        haste: Haste,
    ) -> ReadEnd {
        /// So often, beside its retries, a read may be turned away by a server that answers others.
        const OFTEN: u32 = 5;
        let (mut requests, mut made, mut away) = (0, 0, 0);
        // The last try of a first contact is made when patience ends, and not later.
        let last = haste.is_contact().then(|| self.hold.borrow().last_try(self.clock.now()));
        loop {
            if !haste.is_contact() {
                match self.way_through(envelope).await {
                    Ok(tries) => requests += tries,
                    Err(problem) => {
                        let answer = Err((AttemptEnd::Unreached, problem));
                        return ReadEnd { answer, location: None, requests, is_the_apis: false };
                    }
                }
            }
            self.permit().await;
            requests += 1;
            made += 1;
            self.again.set(self.again.get() + u64::from(made + away > 1));
            let name = call.subcategory();
            tracing::trace!(attempt = requests, name, values = ?call.values().collect::<Vec<_>>(), "sent");
            let attempt = self.attempt(envelope.body(call), wanted).await;
            tracing::debug!(attempt = requests, name, status = attempt.status, reply = ?attempt.reply, "answered");
            if let Some(ordered) = attempt.ordered.filter(|_| haste.is_contact()) {
                self.obey_and_tell(ordered, &attempt.reply);
            }
            let is_the_apis = attempt.is_the_apis;
            let reply = match attempt.reply {
                Reply::Accepted(accepted)
                    if accepted.has_verdict || shows_what_was_asked_for(call, &accepted) =>
                {
                    Ok(accepted)
                }
                Reply::Accepted(_) => Err((AttemptEnd::MayHaveHappened, without_content())),
                Reply::Problem { end, problem } => Err((end, problem)),
            };
            let decision = match &reply {
                Ok(_) => Decision::Accept,
                Err((end, _)) => decide(*end, Effect::Reads, false, made <= self.retries),
            };
            if !haste.is_contact() {
                match &reply {
                    Err((end, problem)) if decision == Decision::Hold && away <= self.retries + OFTEN => {
                        let Attempt { status, ordered, .. } = attempt;
                        self.struck(
                            problem,
                            TurnedBack { end: *end, status, ordered },
                            Strike::of_call(away == 0),
                        );
                        away += u32::from(*end == AttemptEnd::TurnedAway);
                        made -= 1;
                        continue;
                    }
                    // What a read is answered is what was held back: the server is there.
                    _ => {
                        self.got_through();
                        self.answered();
                    }
                }
            }
            let (end, problem) = match reply {
                Ok(accepted) => {
                    return ReadEnd { answer: Ok(accepted), location: None, requests, is_the_apis };
                }
                Err(failed) => failed,
            };
            let now = self.clock.now();
            // A server that points elsewhere does so every time.
            let is_final = attempt.location.is_some()
                || haste.gives_up(end, problem.code)
                || last.is_some_and(|last| now >= last);
            let is_again = match decision {
                Decision::Again => true,
                Decision::Hold => haste.is_contact() && made <= self.retries,
                _ => false,
            };
            if is_final || !is_again {
                let answer = Err((end, problem));
                return ReadEnd { answer, location: attempt.location, requests, is_the_apis };
            }
            let wait = self.schedule.wait(made);
            tracing::info!(attempt = made, wait = ?wait, %problem, "a read is tried again");
            self.clock.sleep_until(last.map_or(now + wait, |last| last.min(now + wait))).await;
        }
    }

    /// Obeys the pause that the server orders in place of an answer; people see a pause only if it is told.
    fn obey_and_tell(&self, ordered: Duration, reply: &Reply) {
        let obeyed = self.obey(ordered);
        if let Reply::Problem { problem, .. } = reply
            && obeyed >= TOLD
        {
            self.tell(Some(LinkNews::Paused { problem: problem.clone(), ordered, obeyed }));
        }
    }

    /// One read, once, at the link's pace, to find out how long it takes.
    pub async fn measure(&self, selector: ApiSelector, call: &Call) -> Measured {
        self.permit().await;
        self.sent.set(self.sent.get() + 1);
        self.read.set(self.read.get() + 1);
        let body = self.envelope(selector).body(call);
        let begun = self.clock.now();
        let said = self.transport.post_dated(body).await;
        let (elapsed, wall) = (self.clock.now() - begun, self.clock.wall());
        let date = said.as_ref().ok().and_then(date_of);
        let Attempt { reply, ordered, is_the_apis, .. } = self.attempted(said, Wanted::Content);
        if let Some(ordered) = ordered {
            self.obey_and_tell(ordered, &reply);
        }
        let answer = match reply {
            Reply::Accepted(accepted)
                if accepted.has_verdict || shows_what_was_asked_for(call, &accepted) =>
            {
                Ok(accepted)
            }
            Reply::Accepted(_) => Err((AttemptEnd::MayHaveHappened, without_content())),
            Reply::Problem { end, problem } => Err((end, problem)),
        };
        let asked = ReadEnd { answer, location: None, requests: 1, is_the_apis };
        Measured { read: asked.read().map(|_| ()), elapsed, date, wall }
    }

    /// One read with its retries, at the link's pace, for what is in the answer.
    pub async fn read(&self, selector: ApiSelector, call: &Call) -> Result<Answer, Unread> {
        self.read_with(selector, call, Haste::None).await
    }

    /// The same for a read for which there is another way: it is tried again if the server turned it away or was not
    /// reached, but not if the server may have broken down over it.
    pub async fn read_hastily(&self, selector: ApiSelector, call: &Call) -> Result<Answer, Unread> {
        self.read_with(selector, call, Haste::AnotherWay).await
    }

    async fn read_with(&self, selector: ApiSelector, call: &Call, haste: Haste) -> Result<Answer, Unread> {
        let asked = match call.action() {
            Action::Read => self.ask_for_customers(&self.envelope(selector), call, haste).await,
            _ => self.ask_for(&self.envelope(selector), call, Wanted::Content, haste).await,
        };
        let accepted = asked.read()?;
        let count = (call.action() == Action::Count).then(|| counted(&accepted)).flatten();
        let Accepted { ids, has_odd_id, has_id_field, data, .. } = accepted;
        let data = count.map(Value::from).or(data);
        let (ids, has_odd_id) = match &data {
            // `"list": "1,2,3"`: some answers keep their ids there. Other text there does not count as an odd id.
            Some(list @ Value::String(_)) if ids.is_empty() && !has_odd_id => {
                let (listed, is_odd) = ids_in(Some(list));
                (if is_odd { ids } else { listed }, false)
            }
            _ => (ids, has_odd_id),
        };
        Ok(Answer { ids, has_odd_id, has_id_field, data })
    }
}

/// A pause as long as this is worth a line.
const TOLD: Duration = Duration::from_secs(1);

/// An answer without a verdict that does not show what was asked for.
fn without_content() -> Problem {
    Problem::new(FailureCode::BadAnswer, "the answer has neither a verdict nor what was asked for")
}
