//! One request from admission to verdict, under one lock: whether it may pass, which fault strikes it, what
//! it does to the store, what the client gets to see and what the log says about it.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{Method, StatusCode};
use tokio::sync::watch;

use super::actions::perform;
use super::answer::{Refusal, Reply, render};
use super::chance::Draw;
use super::delivery::{Delivery, deliver};
use super::fault::{FaultKind, Manner, Work};
use super::ledger::{Entry, Log, page};
use super::request::Received;
use super::settings::Settings;
use super::store::{Moment, Store};
use crate::catalogue::{Action, Effect, Subcategory, Version};

/// From this version on, whatever writes must come by POST.
const POST_ONLY_SINCE: &str = "3.21";

/// What all requests share.
pub(super) struct App {
    pub(super) settings: Settings,
    post_only: bool,
    started: Instant,
    state: Mutex<State>,
    stopping: watch::Sender<bool>,
}

struct State {
    store: Store,
    log: Option<Log>,
    /// Why the log broke off.
    broken: Option<io::Error>,
    /// How often each content has come.
    seen: HashMap<u64, u64>,
    requests: u64,
    reads: u64,
    writes: u64,
}

/// What happens with a request.
pub(super) struct Verdict {
    pub(super) delivery: Delivery,
    /// Work that is done after the answer.
    pub(super) late: Option<Late>,
}

/// Work that the web server in front gave up on, but PHP did not.
pub(super) struct Late {
    received: Received,
    subcategory: &'static Subcategory,
    fault: FaultKind,
    at: Moment,
    status: Option<u16>,
}

impl App {
    pub(super) fn new(settings: Settings, store: Store, log: Option<Log>) -> Self {
        let modern = |version: Version| POST_ONLY_SINCE.parse().is_ok_and(|first: Version| version >= first);
        let state =
            State { store, log, broken: None, seen: HashMap::new(), requests: 0, reads: 0, writes: 0 };
        Self {
            post_only: settings.post_only || settings.version.is_some_and(modern),
            started: Instant::now(),
            state: Mutex::new(state),
            stopping: watch::Sender::new(false),
            settings,
        }
    }

    /// Deals with a request.
    pub(super) fn decide(&self, received: Received) -> Verdict {
        let mut state = self.state();
        let at = self.now();
        state.requests += 1;
        let content = received.content();
        let seen = state.seen.entry(content).or_default();
        let draw = Draw::new(self.settings.seed, content, *seen);
        *seen += 1;

        let admitted = received.admit();
        let fault = admitted
            .as_ref()
            .ok()
            .and_then(|subcategory| self.strike(&mut state, &received, subcategory, draw));
        let (reply, late) = match (admitted, fault.map_or(Work::Now, FaultKind::work)) {
            (Err(refusal), _) => (Reply::Refused(refusal), None),
            (Ok(subcategory), Work::Now) => (self.carry_out(&mut state, &received, subcategory, at), None),
            (Ok(_), Work::Never) => (Reply::Refused(refusal_of(fault)), None),
            (Ok(subcategory), Work::Late) => (Reply::Refused(refusal_of(fault)), Some(subcategory)),
        };
        let (applied, id) = told(&reply, &received);
        let answer = render(reply, self.settings.shape, draw);
        let delivery = deliver(fault.map(FaultKind::manner), answer, &self.settings);
        let status = delivery.status();
        if let (Some(subcategory), Some(fault)) = (late, fault) {
            return Verdict { delivery, late: Some(Late { received, subcategory, fault, at, status }) };
        }
        self.log(&mut state, &Entry { at, received: &received, fault, applied, status, id });
        Verdict { delivery, late: None }
    }

    /// Does what was put off. The log gets its line only now, when it is known what came of it; the time in
    /// it is that of the request.
    pub(super) fn catch_up(&self, late: Late) {
        let Late { received, subcategory, fault, at, status } = late;
        let mut state = self.state();
        let reply = self.carry_out(&mut state, &received, subcategory, at);
        let (applied, id) = told(&reply, &received);
        self.log(&mut state, &Entry { at, received: &received, fault: Some(fault), applied, status, id });
    }

    /// The customers and bookings as JSON.
    pub(super) fn ledger(&self) -> Result<Vec<u8>, serde_json::Error> {
        let state = self.state();
        page(&state.store, state.requests)
    }

    /// Tells whatever waits that the sandbox stops.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits until the sandbox stops. Whoever waits here is waited for by [`App::all_done`].
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error means that the sandbox is gone altogether.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }

    /// Waits until nobody waits for the stop any more.
    pub(super) async fn all_done(&self) {
        self.stopping.closed().await;
    }

    /// Why the log broke off, if it did.
    pub(super) fn take_broken(&self) -> Option<io::Error> {
        self.state().broken.take()
    }

    fn carry_out(
        &self,
        state: &mut State,
        received: &Received,
        subcategory: &'static Subcategory,
        at: Moment,
    ) -> Reply {
        if self.post_only && subcategory.effect != Effect::Reads && received.method != Method::POST {
            return Reply::Refused(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "whatever writes must be POST",
            ));
        }
        perform(&mut state.store, subcategory, &received.parameters, &self.settings, at)
    }

    /// Counts the request among its sort and picks the first fault that strikes it.
    fn strike(
        &self,
        state: &mut State,
        received: &Received,
        subcategory: &Subcategory,
        draw: Draw,
    ) -> Option<FaultKind> {
        let counter = match subcategory.effect {
            Effect::Reads => &mut state.reads,
            Effect::Repeatable | Effect::OnceOnly => &mut state.writes,
        };
        *counter += 1;
        let number = *counter;
        if self.breaks_down(received, subcategory) {
            return Some(FaultKind::Status500);
        }
        let mut faults = (0..).zip(&self.settings.faults);
        faults.find(|(place, f)| f.strikes(subcategory.effect, number, draw, *place)).map(|(_, f)| f.kind())
    }

    /// Whether the request reads customers and names one who cannot be read.
    fn breaks_down(&self, received: &Received, subcategory: &Subcategory) -> bool {
        subcategory.action == Action::Read
            && self
                .settings
                .unreadable
                .as_ref()
                .is_some_and(|unreadable| received.customers(subcategory).any(|id| unreadable.contains(id)))
    }

    /// A ledger with a hole proves nothing: when the log cannot be written, the sandbox stops.
    fn log(&self, state: &mut State, entry: &Entry<'_>) {
        if let Some(log) = &mut state.log
            && let Err(error) = log.write(entry)
        {
            state.broken.get_or_insert(error);
            self.stop();
        }
    }

    fn now(&self) -> Moment {
        Moment { elapsed: self.started.elapsed(), wall: jiff::Timestamp::now() }
    }

    /// Every change of the state is complete before anything could panic, so a poisoned lock is a sound one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the API says when a fault makes it refuse.
fn refusal_of(fault: Option<FaultKind>) -> Refusal {
    let status = match fault.map(FaultKind::manner) {
        Some(Manner::Refusal(status)) => StatusCode::from_u16(status).ok(),
        _ => None,
    };
    Refusal::new(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), "refused on purpose by the sandbox")
}

/// Whether the store was changed, and the id that was given out.
fn told(reply: &Reply, received: &Received) -> (bool, Option<u64>) {
    let effect = received.admit().map_or(Effect::Reads, |subcategory| subcategory.effect);
    match reply {
        Reply::Done(done) if effect != Effect::Reads => {
            (true, done.ids.as_ref().and_then(|ids| ids.first().copied()))
        }
        _ => (false, None),
    }
}
