//! Rows in doubt are asked about while others are sent, each when its time has come: one read at a time, at the pace of the
//! run, so that sending loses no more than a share. What stays open is left to the end of the session.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::doubts::{Doubtful, Meanwhile};
use super::error::RunError;
use super::phases::Phases;
use super::reconcile::{EARLY_LOOKS, Later, RoundOf, with_lag};
use super::recorder::Report;
use super::run_end::RunEnd;
use crate::catalogue::{ApiSelector, Effect};
use crate::reconciling::{RoundEnd, Settling};
use crate::recording::RowStep;
use crate::sending::{Clock, Transport};

/// To go through the rows for what is known beside a doubt takes its time: the rest between two rounds is so many times
/// longer.
const REST: u32 = 20;

/// A row in doubt that is to be asked about.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// When its request had ended.
    ended: Duration,
    /// When the next look is.
    look: Duration,
    /// How many there were.
    looks: usize,
}

impl Waiting {
    /// The look after this one: one of those that may spare the whole wait, or when the wait is over.
    fn after(self, now: Duration, due: Duration) -> Self {
        let early = EARLY_LOOKS.get(self.looks).map_or(due, |wait| now.saturating_add(*wait));
        Self { look: early.min(due), looks: self.looks + 1, ..self }
    }
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Asks about rows in doubt as long as rows are sent: it has no end of its own, and may be dropped at any time.
    pub(super) async fn settle_meanwhile(&self, selector: ApiSelector, end: &mut RunEnd) -> Infallible {
        let is_once_only = self.input.spec.operation.effect() == Effect::OnceOnly;
        if !is_once_only || !self.policy.reconcile {
            return std::future::pending().await;
        }
        let (told, mut doubted) = mpsc::unbounded_channel();
        self.notes.report(Report::WatchDoubts(told)).await;
        let clock = &self.host.clock;
        let (mut waiting, mut rested) = (BTreeMap::new(), Duration::ZERO);
        loop {
            let look = waiting.values().map(|row: &Waiting| row.look).min().map(|look| look.max(rested));
            tokio::select! {
                biased;
                row = doubted.recv() => match row {
                    Some(row) => {
                        let ended = clock.now();
                        let first = Waiting { ended, look: ended, looks: 0 };
                        waiting.insert(row, first.after(ended, ended.saturating_add(self.policy.settle)));
                    }
                    // The journal can't be written any more, and the run stops.
                    None => return std::future::pending().await,
                },
                () = clock.sleep_until(look.unwrap_or_default()), if look.is_some() => {
                    match self.round_meanwhile(selector, &mut waiting, end).await {
                        Ok((RoundEnd::Whole, span)) => rested = clock.now().saturating_add(span * REST),
                        // Sending, or what comes after it, will hear of it too.
                        Ok(_) | Err(_) => return std::future::pending().await,
                    }
                }
            }
        }
    }

    /// Asks about those whose look is due. How long it took to gather what is known beside them.
    async fn round_meanwhile(
        &self,
        selector: ApiSelector,
        waiting: &mut BTreeMap<RowStep, Waiting>,
        end: &mut RunEnd,
    ) -> Result<(RoundEnd, Duration), RunError> {
        let (clock, mut spans) = (&self.host.clock, Duration::ZERO);
        let now = clock.now();
        let due = |waiting: &BTreeMap<RowStep, Waiting>, step| {
            let due = waiting.iter().filter(|(of, row)| of.step == step && row.look <= now);
            due.map(|(of, known)| (*of, known.ended)).collect::<Vec<_>>()
        };
        for step in self.input.spec.operation.once_only() {
            let looked = due(waiting, step);
            if looked.is_empty() {
                continue;
            }
            let (began, instrument) = (clock.now(), self.proven(step)?);
            let settling = Settling {
                settle: self.policy.settle,
                lag: Duration::ZERO,
                begun: self.begun.at,
                begun_wall: self.begun.wall,
                ended_before: None,
            };
            let settling = with_lag(settling, &instrument);
            let wait = settling.settle.saturating_add(settling.lag);
            let looked: Later =
                looked.into_iter().map(|(of, ended)| (of, ended.saturating_add(wait))).collect();
            let doubts = Arc::new(self.doubts(step, Doubtful::Unknown, Meanwhile::Sending).await?);
            spans += clock.now().saturating_sub(began);
            let (due, meanwhile) = (Some(looked.clone()), Meanwhile::Sending);
            let round = RoundOf { step, doubts: &doubts, due, meanwhile };
            let (ended, later) = self.round(selector, &instrument, settling, round, end).await?;
            for of in looked.into_keys() {
                // What a later look can't settle either is left to the end, when more is known.
                if let Some((due, known)) = later.get(&of).zip(waiting.remove(&of)) {
                    waiting.insert(of, known.after(clock.now(), *due));
                }
            }
            if ended != RoundEnd::Whole {
                return Ok((ended, spans));
            }
        }
        Ok((RoundEnd::Whole, spans))
    }
}
