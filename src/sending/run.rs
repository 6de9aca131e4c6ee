//! The one loop of a run: calls in, outcomes out. It holds as many requests in flight as the concurrency allows,
//! launches at the pace that the link permits, and can be stopped at any time.

use futures_util::future::FutureExt;
use futures_util::stream::StreamExt;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};

use super::clock::Clock;
use super::engine::Engine;
use super::intent_log::IntentLog;
use super::job::{Ended, Intake, Settled};
use super::limits::Limits;
use super::link::Link;
use super::stop::Stop;
use super::transport::Transport;
use crate::catalogue::ApiSelector;

/// Sends calls until `calls` is closed and everything is settled, or until something stops the run. What was
/// taken from `calls` is always delivered. Nothing leaves before `intents` has it.
pub async fn run<T: Transport, C: Clock, K: IntentLog, J: Into<Intake>, M: From<Vec<Settled>>>(
    link: &Link<T, C>,
    selector: ApiSelector,
    limits: Limits,
    intents: &K,
    mut calls: mpsc::Receiver<Vec<J>>,
    deliveries: mpsc::Sender<M>,
    stop: Stop,
) -> Ended {
    let envelope = link.envelope(selector);
    let mut engine = Engine::new(link, &envelope, limits, intents);
    let mut is_open = true;
    loop {
        while let Some(Some((flight, attempt))) = engine.in_flight.next().now_or_never() {
            engine.end_attempt(flight, attempt);
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
        while let Some(Some(recorded)) = engine.queue.gate.being_recorded.next().now_or_never() {
            engine.end_recording(recorded);
        }
        let wake = engine.launch();
        engine.record_intents();
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
                jobs.into_iter().for_each(|job| engine.refuse(job.into()));
            }
            is_open = false;
            continue;
        }
        if !is_open && engine.queue.len() == 0 {
            engine.leave_relatives();
            break;
        }
        let wants_calls = is_open && engine.has_room();
        tokio::select! {
            biased;
            Some((flight, attempt)) = engine.in_flight.next(), if !engine.in_flight.is_empty() => engine.end_attempt(flight, attempt),
            Some(recorded) = engine.queue.gate.being_recorded.next(), if !engine.queue.gate.being_recorded.is_empty() => engine.end_recording(recorded),
            () = stop.beyond(wanted) => {}
            jobs = calls.recv(), if wants_calls => match jobs {
                Some(jobs) => engine.take(jobs),
                None => is_open = false,
            },
            // Waited for together with the answers: an answer that is not taken would run into its timeout.
            place = deliveries.reserve(), if !engine.told.is_empty() => match place {
                Ok(place) => place.send(M::from(engine.tell())),
                Err(_) => engine.lose_reader(),
            },
            () = link.tried.notified(), if engine.waits_for_try => {}
            () = link.clock.sleep_until(wake.unwrap_or_default()), if wake.is_some() => {}
        }
    }
    if !engine.told.is_empty() && deliveries.send(M::from(engine.tell())).await.is_err() {
        engine.lose_reader();
    }
    engine.ended()
}
