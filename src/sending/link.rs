//! One server, one key, one pace: every request of the program goes through a link. Writes are the engine's, reads
//! stand in `read`.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::Notify;

use super::asked_for::counted;
use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::hold::{Hold, LinkNews, Strike};
use super::interpret::{self, Interpreted};
use super::key::ApiKey;
use super::learned::Refusal;
use super::outcome::{FailureCode, Problem};
use super::pace::{LONGEST_PAUSE, Pace, PaceSettings};
use super::reply::{Reply, Wanted};
use super::request::Envelope;
use super::retry::Schedule;
use super::transport::{Lost, Response, Transport};
use crate::catalogue::ApiSelector;

/// Pace and retries.
#[derive(Debug, Clone, Copy)]
pub struct LinkSettings {
    /// `--rate` and `--burst`.
    pub pace: PaceSettings,
    /// `--retries`: attempts after the first.
    pub retries: u32,
    /// `--retry-wait`: the wait before the first retry; it doubles with every further one.
    pub retry_wait: Duration,
    /// `--patience`: how long an outage may last.
    pub patience: Duration,
}

/// Who is told of the way to the server.
type Teller = Box<dyn Fn(LinkNews)>;

/// The way to a server.
pub struct Link<T, C: Clock> {
    pub(super) transport: T,
    pub(super) clock: C,
    pub(super) pace: RefCell<Pace<C>>,
    pub(super) schedule: Schedule,
    pub(super) retries: u32,
    pub(super) hold: RefCell<Hold>,
    /// What the server had taken when the hold began.
    refusal: Cell<Option<Refusal>>,
    /// Wakes reads that wait for a try of another one.
    pub(super) tried: Notify,
    on_news: RefCell<Option<Teller>>,
    /// Whether it was told that answers are not in UTF-8.
    has_told_encoding: Cell<bool>,
    /// Under which name the server takes a customer who is read; none where that is not known yet.
    pub(super) reads_by: Cell<Option<ReadName>>,
    /// Whether the server broke down over the one name, and the other did not help.
    pub(super) breaks_down_anyway: Cell<bool>,
    /// Whether the server has shown a history with entries.
    history_shown: Cell<bool>,
    key: ApiKey,
    pub(super) sent: Cell<u64>,
    /// Of these, those that change nothing.
    pub(super) read: Cell<u64>,
    /// Of these, the reads that were tried again.
    pub(super) again: Cell<u64>,
}

/// The name of the parameter under which a server takes the customers who are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadName {
    /// The specification's.
    Older,
    /// The one that some newer servers have in its place.
    Newer,
}

/// How an attempt ended.
pub(super) struct Attempt {
    pub(super) reply: Reply,
    /// None where no answer came.
    pub(super) status: Option<u16>,
    /// How long the server wants to be left alone.
    pub(super) ordered: Option<Duration>,
    /// The `Location` of a redirect, without the key.
    pub(super) location: Option<String>,
    /// Whether the answer is one of the API, and not of a web server in front of it.
    pub(super) is_the_apis: bool,
}

/// How a request was turned away, or did not reach the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct TurnedBack {
    pub(super) end: AttemptEnd,
    pub(super) status: Option<u16>,
    /// The pause that the server orders.
    pub(super) ordered: Option<Duration>,
}

/// The status of a server whose quota is used up.
const TOO_MANY_REQUESTS: u16 = 429;

impl<T: Transport, C: Clock> Link<T, C> {
    /// A link; nothing is sent yet.
    pub fn new(transport: T, clock: C, key: ApiKey, settings: LinkSettings) -> Self {
        let schedule = Schedule::new(settings.retry_wait);
        Self {
            transport,
            hold: RefCell::new(Hold::new(schedule, settings.patience)),
            refusal: Cell::new(None),
            tried: Notify::new(),
            on_news: RefCell::new(None),
            pace: RefCell::new(Pace::new(settings.pace, clock.clone())),
            clock,
            schedule,
            retries: settings.retries,
            has_told_encoding: Cell::new(false),
            reads_by: Cell::new(None),
            breaks_down_anyway: Cell::new(false),
            history_shown: Cell::new(false),
            key,
            sent: Cell::new(0),
            read: Cell::new(0),
            again: Cell::new(0),
        }
    }

    /// Who is told from now on.
    pub fn tell_news(&self, tell: impl Fn(LinkNews) + 'static) {
        *self.on_news.borrow_mut() = Some(Box::new(tell));
    }

    /// Whether a read that failed is tried again.
    pub fn tries_again(&self) -> bool {
        self.retries > 0
    }

    /// All requests so far, whatever they were for and however they ended.
    pub fn requests(&self) -> u64 {
        self.sent.get()
    }

    /// Of these, those that change nothing.
    pub fn reads(&self) -> u64 {
        self.read.get()
    }

    /// Of these, the attempts at a read after its first.
    pub fn repeated_reads(&self) -> u64 {
        self.again.get()
    }

    /// Under which name the server takes the customers who are read, as far as its answers have told.
    pub fn read_name(&self) -> Option<ReadName> {
        self.reads_by.get()
    }

    /// The server has shown a history with entries.
    pub fn shows_history(&self) {
        self.history_shown.set(true);
    }

    /// Whether the server has shown a history with entries: then it knows how to.
    pub fn has_shown_history(&self) -> bool {
        self.history_shown.get()
    }

    pub(super) fn envelope(&self, selector: ApiSelector) -> Envelope {
        Envelope::new(&self.key, selector)
    }

    /// Sends one request, once, and reads what comes back. The caller holds the permit.
    pub(super) async fn attempt(&self, body: Bytes, wanted: Wanted) -> Attempt {
        self.sent.set(self.sent.get() + 1);
        // A call that changes something is answered with a verdict alone.
        self.read.set(self.read.get() + u64::from(wanted != Wanted::Verdict));
        let said = self.transport.post(body).await;
        self.attempted(said, wanted)
    }

    /// What a request's end came to.
    pub(super) fn attempted(&self, said: Result<Response, Lost>, wanted: Wanted) -> Attempt {
        match said {
            Ok(response) => {
                let interpreted = interpret::of_response(&response, wanted, &self.key);
                let Interpreted { reply, is_the_apis, decoded_from } = interpreted;
                if let Some(encoding) = decoded_from
                    && !self.has_told_encoding.replace(true)
                {
                    self.tell(Some(LinkNews::Decoded(encoding)));
                }
                if !matches!(reply, Reply::Problem { end: AttemptEnd::TurnedAway, .. }) {
                    self.pace.borrow_mut().took();
                }
                Attempt {
                    reply,
                    status: Some(response.status),
                    ordered: self.ordered(&response),
                    location: response.location.as_deref().map(|place| self.key.scrub(place)),
                    is_the_apis,
                }
            }
            Err(lost) => Attempt {
                reply: interpret::of_lost(&lost, &self.key),
                status: None,
                ordered: None,
                location: None,
                is_the_apis: false,
            },
        }
    }

    /// Obeys a pause that the server ordered, and says for how long: a server may say anything, and a run
    /// that obeyed it might never end.
    pub(super) fn obey(&self, ordered: Duration) -> Duration {
        let obeyed = ordered.min(LONGEST_PAUSE);
        self.pace.borrow_mut().pause(obeyed);
        obeyed
    }

    /// A request was turned away or did not reach the server, or a try has failed: the run is held.
    pub(super) fn struck(&self, problem: &Problem, answer: TurnedBack, strike: Strike) {
        let TurnedBack { end, status, ordered } = answer;
        let obeyed = ordered.map(|span| span.min(LONGEST_PAUSE));
        let now = self.clock.now();
        let mut hold = self.hold.borrow_mut();
        if hold.struck((now, self.clock.wall()), problem, obeyed, strike) {
            self.refusal.set(None);
            if status == Some(TOO_MANY_REQUESTS) {
                // Nothing else has to show that it was the pace, and what finds out whether the server is back counts too.
                self.pace.borrow_mut().over_quota(obeyed);
            } else if end == AttemptEnd::TurnedAway && strike == Strike::Fresh {
                self.refusal.set(Some(self.pace.borrow_mut().taken()));
            }
            tracing::info!(%problem, "held");
        }
        let news = hold.news(now, ordered);
        drop(hold);
        self.tried.notify_waiters();
        self.tell(news);
    }

    /// A try has ended. Only an answer of the API shows that the server is back: what a proxy says in its place would meet
    /// the rows too. Returned is the problem where the key is refused.
    pub(super) fn end_try(&self, attempt: Attempt) -> Option<Problem> {
        match attempt.reply {
            Reply::Accepted(accepted) if counted(&accepted).is_some() => self.got_through(),
            // Older servers do not have this read.
            Reply::Problem { end: AttemptEnd::SaidNo, .. } => self.got_through(),
            Reply::Problem { end: AttemptEnd::KeyRefused | AttemptEnd::Barred, problem } => {
                self.got_through();
                return Some(problem);
            }
            Reply::Problem { end, problem } => {
                let Attempt { status, ordered, .. } = attempt;
                self.struck(&problem, TurnedBack { end, status, ordered }, Strike::Try);
            }
            Reply::Accepted(_) => {
                let problem = Problem::new(FailureCode::BadAnswer, "the server says OK, and nothing else");
                let end = AttemptEnd::MayHaveHappened;
                self.struck(&problem, TurnedBack { end, status: attempt.status, ordered: None }, Strike::Try);
            }
        }
        None
    }

    /// A try got through to the server.
    pub(super) fn got_through(&self) {
        self.hold.borrow_mut().got_through();
        self.tried.notify_waiters();
    }

    /// The server answered a request that was not a try.
    pub(super) fn answered(&self) {
        let ended = self.hold.borrow_mut().ends(self.clock.now());
        if let Some((news, waited)) = ended {
            if let Some(refusal) = self.refusal.take() {
                self.pace.borrow_mut().learn(refusal, waited);
            }
            self.tell(news);
        }
    }

    /// An answer went to another request than its own: no connection is used any longer.
    pub(super) fn mixed_up(&self, problem: Problem) {
        self.transport.forget_connections();
        self.tell(Some(LinkNews::MixedUp(problem)));
    }

    pub(super) fn tell(&self, news: Option<LinkNews>) {
        if let (Some(tell), Some(news)) = (&*self.on_news.borrow(), news) {
            tell(news);
        }
    }

    /// The clock by which requests are sent.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// Waits until the pace lets a request leave.
    pub(super) async fn permit(&self) {
        loop {
            let permit = self.pace.borrow_mut().permit();
            match permit {
                Ok(()) => return,
                Err(until) => self.clock.sleep_until(until).await,
            }
        }
    }

    /// `Retry-After` of an answer that turned the request away: seconds, or a date, which is taken against
    /// the server's own clock where the answer tells it.
    fn ordered(&self, response: &Response) -> Option<Duration> {
        if !matches!(response.status, 429 | 503) {
            return None;
        }
        let text = response.retry_after.as_deref()?.trim();
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            // More seconds than fit in a number are too many in any case.
            return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
        }
        let then = httpdate::parse_http_date(text).ok()?;
        let now: SystemTime = date_of(response).unwrap_or_else(|| self.clock.wall());
        Some(then.duration_since(now).unwrap_or(Duration::ZERO))
    }
}

/// What the server says of its time.
pub(super) fn date_of(response: &Response) -> Option<SystemTime> {
    response.date.as_deref().and_then(|date| httpdate::parse_http_date(date.trim()).ok())
}
