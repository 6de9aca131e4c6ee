//! One request from admission to answer, under one lock: whether it is admitted, which fault strikes it, what
//! it does to the store, what the client sees and what the log says about it.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{Method, StatusCode};
use tokio::sync::watch;

use super::actions::perform;
use super::answer::{ApiError, CallResult};
use super::chance::Draw;
use super::fault::{Execution, FaultKind, Symptom};
use super::ledger::{Log, LogEntry, page};
use super::render::render;
use super::request::Received;
use super::settings::Settings;
use super::store::{Moment, Store};
use super::transmission::{Transmission, deliver};
use crate::catalogue::{Action, Effect, Subcategory, Version};

/// From this version on, writes must come by POST.
const POST_ONLY_SINCE: &str = "3.21";

/// What all requests share.
pub(super) struct App {
    pub(super) settings: Settings,
    post_only: bool,
    started: Instant,
    state: Mutex<AppState>,
    stopping: watch::Sender<bool>,
}

struct AppState {
    store: Store,
    log: Option<Log>,
    /// Why the log could not be written.
    broken: Option<io::Error>,
    /// How often a request with the same content has come.
    seen: HashMap<u64, u64>,
    requests: u64,
    reads: u64,
    writes: u64,
}

/// The result of handling a request.
pub(super) struct Handled {
    pub(super) transmission: Transmission,
    /// A call that is carried out after the answer.
    pub(super) late: Option<Late>,
}

/// A call that the web server in front gave up on, but PHP did not.
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
            AppState { store, log, broken: None, seen: HashMap::new(), requests: 0, reads: 0, writes: 0 };
        Self {
            post_only: settings.post_only || settings.version.is_some_and(modern),
            started: Instant::now(),
            state: Mutex::new(state),
            stopping: watch::Sender::new(false),
            settings,
        }
    }

    /// Handles a request.
    pub(super) fn decide(&self, received: Received) -> Handled {
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
        let (reply, late) = match (admitted, fault.map_or(Execution::Now, FaultKind::execution)) {
            (Err(refusal), _) => (Err(refusal), None),
            (Ok(subcategory), Execution::Now) => {
                (self.carry_out(&mut state, &received, subcategory, at), None)
            }
            (Ok(_), Execution::Never) => (Err(refusal_of(fault)), None),
            (Ok(subcategory), Execution::Late) => (Err(refusal_of(fault)), Some(subcategory)),
        };
        let (applied, id) = effect_of(&reply, &received);
        let answer = render(reply, self.settings.shape, draw);
        let transmission = deliver(fault.map(FaultKind::symptom), answer, &self.settings);
        let status = transmission.status();
        if let (Some(subcategory), Some(fault)) = (late, fault) {
            return Handled { transmission, late: Some(Late { received, subcategory, fault, at, status }) };
        }
        self.log(&mut state, &LogEntry { at, received: &received, fault, applied, status, id });
        Handled { transmission, late: None }
    }

    /// Carries out a call after its answer. Its line is logged only now, when the result is known; the time
    /// in it is that of the request.
    pub(super) fn catch_up(&self, late: Late) {
        let Late { received, subcategory, fault, at, status } = late;
        let mut state = self.state();
        let reply = self.carry_out(&mut state, &received, subcategory, at);
        let (applied, id) = effect_of(&reply, &received);
        self.log(&mut state, &LogEntry { at, received: &received, fault: Some(fault), applied, status, id });
    }

    /// The customers and bookings as JSON.
    pub(super) fn ledger(&self) -> Result<Vec<u8>, serde_json::Error> {
        let state = self.state();
        page(&state.store, state.requests)
    }

    /// Tells everything that waits that the sandbox stops.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits until the sandbox stops. [`App::all_done`] waits for everything that waits here.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error means that the sandbox is gone.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }

    /// Waits until nobody waits for the stop any more.
    pub(super) async fn all_done(&self) {
        self.stopping.closed().await;
    }

    /// Why the log could not be written, if it could not.
    pub(super) fn take_broken(&self) -> Option<io::Error> {
        self.state().broken.take()
    }

    fn carry_out(
        &self,
        state: &mut AppState,
        received: &Received,
        subcategory: &'static Subcategory,
        at: Moment,
    ) -> CallResult {
        if self.post_only && subcategory.effect != Effect::Reads && received.method != Method::POST {
            return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "writes must be sent by POST"));
        }
        perform(&mut state.store, subcategory, &received.parameters, &self.settings, at)
    }

    /// Counts the request among reads or writes, and picks the first fault that strikes it.
    fn strike(
        &self,
        state: &mut AppState,
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

    /// Whether the request reads customers and one of them cannot be read.
    fn breaks_down(&self, received: &Received, subcategory: &Subcategory) -> bool {
        subcategory.action == Action::Read
            && self
                .settings
                .unreadable
                .as_ref()
                .is_some_and(|unreadable| received.customers(subcategory).any(|id| unreadable.contains(id)))
    }

    /// A log with a gap proves nothing: if it cannot be written, the sandbox stops.
    fn log(&self, state: &mut AppState, entry: &LogEntry<'_>) {
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

    /// Every change of the state is complete before anything could panic, so a poisoned lock can still be
    /// used.
    fn state(&self) -> MutexGuard<'_, AppState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The API's error for a fault that refuses a request.
fn refusal_of(fault: Option<FaultKind>) -> ApiError {
    let status = match fault.map(FaultKind::symptom) {
        Some(Symptom::ApiError(status)) => StatusCode::from_u16(status).ok(),
        _ => None,
    };
    ApiError::new(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), "refused on purpose by the sandbox")
}

/// Whether the store was changed, and the id of a new customer.
fn effect_of(reply: &CallResult, received: &Received) -> (bool, Option<u64>) {
    let effect = received.admit().map_or(Effect::Reads, |subcategory| subcategory.effect);
    match reply {
        Ok(done) if effect != Effect::Reads => (true, done.ids.as_ref().and_then(|ids| ids.first().copied())),
        _ => (false, None),
    }
}
