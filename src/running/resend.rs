//! `--resend`: rows that were proven not to be applied are looked for once more, each immediately before it is sent
//! again. A few go at a time: a look that was long ago proves nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::chain::{Chain, Scope};
use super::doubts::{Doubtful, Doubts, Meanwhile};
use super::error::RunError;
use super::kin::{Kin, Kinship};
use super::phases::Phases;
use super::reconcile::{Later, stop_after, with_lag};
use super::recorder::{Notes, Report};
use super::rows::{Rows, call_of};
use super::run_end::RunEnd;
use crate::catalogue::{ApiSelector, Effect, Step, Version};
use crate::events::Event;
use crate::reconciling::{Finding, Instrument, Open, Settling, Verdict};
use crate::recording::{ErrorCode, Replay, RowResult, RowStep, Status, Tagging};
use crate::sending::{Clock, Job, StopReason, Transport};

/// So many rows at the most lie between a look and the request that it is for.
const AT_ONCE: usize = 8;

/// A row that may be sent again.
struct Candidate {
    open: Open,
    job: Job,
    result: RowResult,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Looks for every row that was proven not to be applied, and sends it if it is still not there.
    pub(super) async fn resend(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        let is_once_only = self.input.spec.operation.effect() == Effect::OnceOnly;
        let is_written = self.notes.written().await;
        if !is_once_only || !is_written || self.counts()?.not_applied == 0 {
            return Ok(());
        }
        let settling = self.settling(selector).await;
        self.forget_doubts_end().await;
        for step in self.input.spec.operation.once_only() {
            self.resend_step(selector, step, settling, end).await?;
        }
        self.notes.written().await;
        Ok(())
    }

    async fn resend_step(
        &self,
        selector: ApiSelector,
        step: Step,
        settling: Settling,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let doubts = Arc::new(self.doubts(step, Doubtful::NotApplied, Meanwhile::Nothing).await?);
        if doubts.is_empty() || !end.may_send() {
            return Ok(());
        }
        let instrument = self.instrument(selector, step, &doubts.samples).await?;
        let settling = with_lag(settling, &instrument);
        let mut due: Option<Later> = None;
        loop {
            let asked = ResendOf { step, instrument: &instrument, settling, doubts: &doubts };
            let later = self.resend_due(selector, asked, due.take(), end).await?;
            let Some(last) = later.values().max().copied() else { break };
            if !end.may_send() {
                break;
            }
            if !self.wait_until(last, last, later.len()).await {
                end.stop(StopReason::Interrupted);
                break;
            }
            due = Some(later);
        }
        Ok(())
    }

    /// Goes through the rows once. Those whose time has not come are returned.
    async fn resend_due(
        &self,
        selector: ApiSelector,
        asked: ResendOf<'_>,
        due: Option<Later>,
        end: &mut RunEnd,
    ) -> Result<Later, RunError> {
        let ResendOf { step, instrument, settling, doubts } = asked;
        let (candidates, mut received) = mpsc::channel(1);
        let (families, found) = (self.validated.checker.families(), self.parents_found.borrow().clone());
        let reader = CandidateReader {
            step,
            kin: Kin::find(families, found, self.rows()?, self.replay()?)?,
            server: self.input.spec.rules.server,
            rows: self.rows()?,
            replay: self.replay()?,
            doubts: Arc::clone(doubts),
            tagging: self.tagging(),
            settling,
            now: self.host.clock.now(),
            due,
        };
        let reader = spawn_blocking(move || reader.run(&candidates));
        let most = self.limits.concurrency.get().min(AT_ONCE);
        let (mut later, mut group) = (Later::new(), Vec::new());
        while end.may_send() {
            let next = received.recv().await;
            let is_over = next.is_none();
            group.extend(next);
            if group.len() < most && !is_over {
                continue;
            }
            if !group.is_empty() {
                let group = std::mem::take(&mut group);
                self.resend_group(selector, instrument, settling, group, &mut later, end).await?;
            }
            if is_over {
                break;
            }
        }
        drop(received);
        reader.await??;
        Ok(later)
    }

    /// Looks for these rows, and sends those that are not there.
    async fn resend_group(
        &self,
        selector: ApiSelector,
        instrument: &Result<Instrument, String>,
        settling: Settling,
        group: Vec<Candidate>,
        later: &mut Later,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let (open, rows) = mpsc::channel(AT_ONCE);
        let (findings, mut found) = mpsc::channel(AT_ONCE);
        let mut jobs: BTreeMap<RowStep, (Job, RowResult)> = BTreeMap::new();
        for Candidate { open: row, job, result } in group {
            jobs.insert(row.of, (job, result));
            // There is room for all of them.
            let _ = open.send(row).await;
        }
        drop(open);
        let ended = self.ask(selector, instrument, settling, self.limits.concurrency, rows, findings).await?;
        stop_after(ended, end);
        let mut missing = Vec::new();
        while let Some(Finding { of, verdict }) = found.recv().await {
            let Some((job, result)) = jobs.remove(&of) else { continue };
            match verdict {
                Verdict::NotApplied => missing.push(job),
                Verdict::Undecided(text) => self.put_in_doubt(of, result, &text).await,
                verdict => {
                    let found = self.write_down(Finding { of, verdict }, later, end).await;
                    found.into_iter().for_each(|status| self.host.tell(Event::FoundOut(status)));
                }
            }
        }
        if missing.is_empty() || !end.may_send() {
            return Ok(());
        }
        let (calls, taken) = mpsc::channel(1);
        // The engine has not begun, and there is room.
        let _ = calls.send(missing).await;
        drop(calls);
        let Notes(reports) = self.notes.clone();
        let (link, stop) = (&self.server.link, self.host.stop.stop());
        let ended = crate::sending::run(link, selector, self.limits, &self.notes, taken, reports, stop).await;
        end.retries += ended.retries;
        if let Some(reason) = ended.stopped {
            end.stop(reason);
        }
        Ok(())
    }

    /// What was proven before is in doubt again.
    async fn put_in_doubt(&self, of: RowStep, result: RowResult, text: &str) {
        let code = if result.http_status.is_some() { ErrorCode::HttpStatus } else { ErrorCode::Timeout };
        let text = format!("not sent again: {text}");
        let result = RowResult { status: Status::Unknown, error: Some((code, text)), ..result };
        self.notes.report(Report::Rows(vec![(of, result)])).await;
    }
}

/// What of the rows is sent again, and what is known beside them.
#[derive(Clone, Copy)]
struct ResendOf<'r> {
    step: Step,
    instrument: &'r Result<Instrument, String>,
    settling: Settling,
    doubts: &'r Arc<Doubts>,
}

/// Reads the rows that may be sent again.
struct CandidateReader {
    step: Step,
    kin: Kin,
    server: Option<Version>,
    rows: Rows,
    replay: Replay,
    doubts: Arc<Doubts>,
    tagging: Tagging,
    settling: Settling,
    now: Duration,
    due: Option<Later>,
}

impl CandidateReader {
    fn run(self, candidates: &mpsc::Sender<Candidate>) -> Result<(), RunError> {
        let Self { step, kin, server, rows, mut replay, doubts, tagging, settling, now, due } = self;
        rows.each(
            |checked| checked.calls(),
            |row, checked| {
                let of = RowStep { row: row.number(), step };
                let entries = replay.entries(of.row)?;
                let known = due.as_ref().map(|due| due.get(&of).copied());
                let Some(entry) = entries.of(step) else { return Ok(true) };
                let is_wanted = Doubtful::NotApplied.is_wanted(entry) && known != Some(None);
                let (true, Ok(calls)) = (is_wanted, checked) else { return Ok(true) };
                // Nothing was sent of a row before its parent was there.
                let calls = match kin.of(of.row, calls.parent()) {
                    Kinship::None => calls,
                    Kinship::Known(parent) => calls.of_parent(&parent),
                    Kinship::OnTheWay(_) | Kinship::Later | Kinship::Missing => return Ok(true),
                };
                let Some(call) = call_of(calls.clone(), step, &entries, server) else { return Ok(true) };
                let due = known.flatten().unwrap_or_else(|| settling.due(now, entry.ended));
                let (open, result) =
                    (doubts.open(call, entry, tagging, due, &settling), entry.result.clone());
                let scope = Scope::NotApplied;
                let chain = Chain { row: of.row, tagging, server, scope, is_awaited: false };
                let Ok(job) = chain.job(calls, &entries, false) else { return Ok(true) };
                Ok(candidates.blocking_send(Candidate { open, job, result }).is_ok())
            },
        )
    }
}
