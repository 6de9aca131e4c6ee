//! One request from admission to answer, under one lock: whether it is admitted, which fault strikes it, what
//! it does to the store, what the client sees and what the log says about it.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::http::{Method, StatusCode};
use tokio::sync::watch;

use super::actions::perform;
use super::answer::{ApiError, CallResult};
use super::chance::Draw;
use super::disguise::{disguise, refusal_of, with_residue};
use super::fault::Counted;
use super::kind::{Execution, FaultKind, Symptom};
use super::ledger::{Log, LogEntry, page};
use super::quota::Usage;
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
    state: Mutex<AppState>,
    stopping: watch::Sender<bool>,
    /// Until when nobody can connect.
    away: watch::Sender<Option<Instant>>,
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
    /// How many requests did the same.
    actions: HashMap<Action, u64>,
    usage: Usage,
    late: Vec<Late>,
}

/// The result of handling a request.
pub(super) struct Handled {
    pub(super) transmission: Transmission,
    /// When [`App::catch_up`] is due, if something was put off.
    pub(super) put_off: Option<Duration>,
}

/// A fault that strikes a request, with its time.
#[derive(Debug, Clone, Copy)]
struct Struck {
    kind: FaultKind,
    time: Duration,
}

/// A call that the web server in front gave up on, but PHP did not.
struct Late {
    /// Since the sandbox was made.
    due: Duration,
    received: Received,
    subcategory: &'static Subcategory,
    fault: FaultKind,
    at: Moment,
    status: Option<u16>,
}

impl App {
    pub(super) fn new(settings: Settings, store: Store, log: Option<Log>) -> Self {
        let modern = |version: Version| POST_ONLY_SINCE.parse().is_ok_and(|first: Version| version >= first);
        let state = AppState {
            store,
            log,
            broken: None,
            seen: HashMap::new(),
            requests: 0,
            reads: 0,
            writes: 0,
            actions: HashMap::new(),
            usage: Usage::default(),
            late: Vec::new(),
        };
        Self {
            post_only: settings.post_only || settings.version.is_some_and(modern),
            state: Mutex::new(state),
            stopping: watch::Sender::new(false),
            away: watch::Sender::new(None),
            settings,
        }
    }

    /// Handles a request.
    pub(super) fn decide(&self, received: Received) -> Handled {
        let mut state = self.state();
        let at = self.now();
        self.carry_out_due(&mut state, at.elapsed);
        state.requests += 1;
        let content = received.content();
        let seen = state.seen.entry(content).or_default();
        let draw = Draw::new(self.settings.seed, content, *seen);
        *seen += 1;

        let turned_away = self.turns_away(&mut state, at);
        let admitted = received.admit();
        let struck = match (turned_away, &admitted) {
            (Some(kind), _) => Some(Struck { kind, time: Duration::ZERO }),
            (None, Ok(subcategory)) => self.strike(&mut state, &received, subcategory, draw),
            (None, Err(_)) => None,
        };
        let fault = struck.map(|struck| struck.kind);
        let symptom = fault.map(FaultKind::symptom);
        let execution = fault.map_or(Execution::Now, FaultKind::execution);
        let reply = match (admitted, execution) {
            (Err(refusal), _) => Err(refusal),
            (Ok(_), Execution::Never | Execution::Late) => Err(refusal_of(symptom)),
            (Ok(subcategory), Execution::Now | Execution::Twice) => {
                self.carry_out(&mut state, &received, subcategory, at)
            }
        };
        let (applied, id) = effect_of(&reply, &received);
        let reply = disguise(reply, symptom);
        let reply = if self.settings.shape.residue { with_residue(reply) } else { reply };
        let answer = render(reply, self.settings.shape, symptom, draw);
        let time = struck.map_or(Duration::ZERO, |struck| struck.time);
        let transmission = deliver(symptom, answer, time, &self.settings);
        let status = transmission.status();
        if symptom == Some(Symptom::Refuse) && turned_away.is_none() {
            self.away.send_replace(Some(Instant::now() + time));
        }
        match (execution, received.admit(), fault) {
            (Execution::Late, Ok(subcategory), Some(fault)) => {
                let due = at.elapsed + time;
                state.late.push(Late { due, received, subcategory, fault, at, status });
                return Handled { transmission, put_off: Some(time) };
            }
            (Execution::Twice, Ok(subcategory), Some(fault)) => {
                self.log(
                    &mut state,
                    &LogEntry { at, received: &received, fault: Some(fault), applied, status, id },
                );
                state.requests += 1;
                let again = self.carry_out(&mut state, &received, subcategory, at);
                let (applied, id) = effect_of(&again, &received);
                self.log(
                    &mut state,
                    &LogEntry { at, received: &received, fault: Some(fault), applied, status, id },
                );
            }
            _ => self.log(&mut state, &LogEntry { at, received: &received, fault, applied, status, id }),
        }
        Handled { transmission, put_off: None }
    }

    /// Carries out what was put off and is due; when the sandbox stops, everything.
    pub(super) fn catch_up(&self) {
        let mut state = self.state();
        let until = if *self.stopping.borrow() { Duration::MAX } else { self.now().elapsed };
        self.carry_out_due(&mut state, until);
    }

    /// Carries out calls after their answers, as if each had been done when it was due. Their lines are logged
    /// only now, when the results are known; the time in them is that of the request.
    fn carry_out_due(&self, state: &mut AppState, until: Duration) {
        let (mut due, later) =
            std::mem::take(&mut state.late).into_iter().partition::<Vec<_>, _>(|l| l.due <= until);
        state.late = later;
        due.sort_by_key(|late| late.due);
        for Late { due, received, subcategory, fault, at, status } in due {
            let reply =
                self.carry_out(state, &received, subcategory, at.later(due.saturating_sub(at.elapsed)));
            let (applied, id) = effect_of(&reply, &received);
            self.log(state, &LogEntry { at, received: &received, fault: Some(fault), applied, status, id });
        }
    }

    /// Whether the request is turned away before anything looks at it.
    fn turns_away(&self, state: &mut AppState, at: Moment) -> Option<FaultKind> {
        if self.away.borrow().is_some_and(|until| Instant::now() < until) {
            return Some(FaultKind::Refuse);
        }
        let quota = self.settings.quota?;
        (!state.usage.admits(quota, at.elapsed)).then_some(FaultKind::Status429)
    }

    /// Until when nobody can connect, as it changes.
    pub(super) fn away(&self) -> watch::Receiver<Option<Instant>> {
        self.away.subscribe()
    }

    /// The customers and bookings as JSON.
    pub(super) fn ledger(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.catch_up();
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
    ) -> Option<Struck> {
        let counter = match subcategory.effect {
            Effect::Reads => &mut state.reads,
            Effect::Repeatable | Effect::OnceOnly => &mut state.writes,
        };
        *counter += 1;
        let number = *counter;
        let of_action = state.actions.entry(subcategory.action).or_default();
        *of_action += 1;
        let of_action = *of_action;
        if self.breaks_down(received, subcategory) {
            return Some(Struck { kind: FaultKind::Status500, time: Duration::ZERO });
        }
        let mut faults = (0..).zip(&self.settings.faults);
        let Subcategory { action, effect, .. } = *subcategory;
        let request = Counted { action, effect, number, of_action };
        let (_, fault) = faults.find(|(place, fault)| fault.strikes(request, draw, *place))?;
        Some(Struck { kind: fault.kind(), time: fault.time() })
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
        self.settings.clock.now().skewed(self.settings.skew)
    }

    /// The server's wall clock, where it is not that of the machine.
    pub(super) fn other_time(&self) -> Option<SystemTime> {
        let other = !self.settings.skew.is_zero() || self.settings.clock.is_turned();
        let since = Duration::try_from(self.now().wall.as_duration()).ok()?;
        other.then(|| SystemTime::UNIX_EPOCH + since)
    }

    /// Every change of the state is complete before anything could panic, so a poisoned lock can still be
    /// used.
    fn state(&self) -> MutexGuard<'_, AppState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the store was changed, and the id of a new customer.
fn effect_of(reply: &CallResult, received: &Received) -> (bool, Option<u64>) {
    let effect = received.admit().map_or(Effect::Reads, |subcategory| subcategory.effect);
    match reply {
        Ok(done) if effect != Effect::Reads => (true, done.ids.as_ref().and_then(|ids| ids.first().copied())),
        _ => (false, None),
    }
}
