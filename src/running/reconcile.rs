//! Finding out what became of rows in doubt: they are read from the input and the journal, asked about in rounds,
//! and what is found goes to the journal.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::asker::Asker;
use super::doubts::{Doubtful, Doubts, Meanwhile};
use super::error::RunError;
use super::facts;
use super::phases::Phases;
use super::recorder::{Applied, FoundOut, Report};
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use crate::catalogue::{ApiSelector, Effect, Step};
use crate::events::Event;
use crate::reconciling::{Finding, Instrument, Open, Proof, Round, RoundEnd, Sample, Settling, Verdict};
use crate::recording::{ErrorCode, JournalError, RowStep, Status};
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::Call;

/// How many rows wait to be asked for, and how many findings to be written.
const WAITING: usize = 64;

/// A request that was late has mostly come by then: a look after each of these waits spares its row the whole of
/// `--settle`.
pub(super) const EARLY_LOOKS: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(60)];

/// Rows that are to be asked for again, and from when on what is not found will not come any more.
pub(super) type Later = BTreeMap<RowStep, Duration>;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Asks the server until nothing is left that waiting could help.
    pub(super) async fn reconcile(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        let is_once_only = self.input.spec.operation.effect() == Effect::OnceOnly;
        if !self.policy.reconcile || !end.may_ask() || !is_once_only || !self.notes.written().await {
            return Ok(());
        }
        let unknown = self.counts()?.unknown;
        if unknown == 0 {
            return Ok(());
        }
        self.host.tell(Event::FindingOut(unknown));
        let settling = self.settling(selector).await;
        for step in self.input.spec.operation.once_only() {
            let was_blind = self.rounds(selector, step, settling, end).await?;
            // A row that was found is one to see by that the server shows what is there.
            let is_lit = self.notes.written().await && self.counts()?.unknown < unknown;
            if was_blind && is_lit && end.may_ask() && self.counts()?.unknown > 0 {
                self.rounds(selector, step, settling, end).await?;
            }
        }
        end.asked = end.may_ask();
        self.notes.written().await;
        Ok(())
    }

    /// Asks about every row in doubt, and again until waiting can't help any more. Whether nothing showed that the server
    /// shows what is there.
    async fn rounds(
        &self,
        selector: ApiSelector,
        step: Step,
        settling: Settling,
        end: &mut RunEnd,
    ) -> Result<bool, RunError> {
        if !end.may_ask() {
            return Ok(false);
        }
        let doubts = Arc::new(self.doubts(step, Doubtful::Unknown, Meanwhile::Nothing).await?);
        if doubts.is_empty() {
            return Ok(false);
        }
        let instrument = self.instrument(selector, step, &doubts.samples).await?;
        let settling = with_lag(settling, &instrument);
        let (mut later, mut early_looks): (Option<Later>, _) = (None, EARLY_LOOKS.into_iter());
        loop {
            let round = RoundOf { step, doubts: &doubts, due: later.take(), meanwhile: Meanwhile::Nothing };
            let (ended, again) = self.round(selector, &instrument, settling, round, end).await?;
            stop_after(ended, end);
            // Until the last of them: to ask for each of them once more is then enough.
            let Some(last) = again.values().max().copied() else { break };
            let look = early_looks.next().map_or(last, |wait| last.min(self.host.clock.now() + wait));
            if !end.may_ask() || !self.wait_until(look, last, again.len()).await {
                end.stop(StopReason::Interrupted);
                break;
            }
            later = Some(again);
        }
        Ok(instrument.is_err())
    }

    /// What this session has seen the server show; where it has seen nothing yet, rows that are ok are read back.
    pub(super) async fn instrument(
        &self,
        selector: ApiSelector,
        step: Step,
        samples: &[Sample],
    ) -> Result<Result<Instrument, String>, RunError> {
        let known = self.proof_of(step);
        let proof = match known {
            Proof::Shown(Instrument { has_balance: true, .. }) => known,
            _ => {
                let tried = self.host.stop.stop().race(self.reading_back(selector).any_of(samples)).await;
                let tried = tried.unwrap_or(Proof::Untried);
                match (known, tried) {
                    (Proof::Shown(known), Proof::Shown(Instrument { has_balance, .. })) => {
                        Proof::Shown(Instrument { has_balance, ..known })
                    }
                    (known @ Proof::Shown(_), _) | (known, Proof::Untried) => known,
                    (_, tried) => tried,
                }
            }
        };
        self.keep_proof(step, proof);
        self.proven(step)
    }

    /// What this session has seen so far.
    pub(super) fn proven(&self, step: Step) -> Result<Result<Instrument, String>, RunError> {
        Ok(match self.proof_of(step) {
            Proof::Shown(instrument) => Ok(facts::with_earlier(instrument, &self.replay()?)?),
            Proof::NotShown(why) => Err(format!("{why}, so what it does not show proves nothing")),
            Proof::Unread(why) => {
                Err(format!("{why}, so it is not known whether the server shows what is there"))
            }
            Proof::Untried => Err(
                "no row of this run is known to be ok by which to see whether the server shows what is there"
                    .to_owned(),
            ),
        })
    }

    /// Asks once for every row in doubt, or for those that are due later. What has to wait is returned.
    pub(super) async fn round(
        &self,
        selector: ApiSelector,
        instrument: &Result<Instrument, String>,
        settling: Settling,
        RoundOf { step, doubts, due, meanwhile }: RoundOf<'_>,
        end: &mut RunEnd,
    ) -> Result<(RoundEnd, Later), RunError> {
        let (open, rows_in_doubt) = mpsc::channel(WAITING);
        let (findings, mut found) = mpsc::channel(WAITING);
        let now = self.host.clock.now();
        let mut later = Later::new();
        let asker = Asker {
            step,
            server: self.input.spec.rules.server,
            rows: self.rows()?,
            replay: self.replay()?,
            doubts: Arc::clone(doubts),
            tagging: self.tagging(),
            settling,
            due,
            now,
        };
        let asker = spawn_blocking(move || asker.run(&open));
        let concurrency = match meanwhile {
            Meanwhile::Nothing => self.limits.concurrency,
            Meanwhile::Sending => NonZeroUsize::MIN,
        };
        let asking = self.ask(selector, instrument, settling, concurrency, rows_in_doubt, findings);
        let writing = async {
            while let Some(finding) = found.recv().await {
                let found = self.write_down(finding, &mut later, end).await;
                if let Some(status) = found.filter(|_| meanwhile == Meanwhile::Nothing) {
                    self.host.tell(Event::FoundOut(status));
                }
            }
        };
        let (ended, ()) = tokio::join!(asking, writing);
        asker.await??;
        Ok((ended?, later))
    }

    /// Asks for each of these rows once.
    pub(super) async fn ask(
        &self,
        selector: ApiSelector,
        instrument: &Result<Instrument, String>,
        settling: Settling,
        concurrency: NonZeroUsize,
        rows: mpsc::Receiver<Open>,
        findings: mpsc::Sender<Finding>,
    ) -> Result<RoundEnd, RunError> {
        let (taken, unreadable) = (self.replay()?, RefCell::new(None));
        // What can't be looked up counts as taken: nothing is concluded from it.
        let is_taken = |id: &str| {
            taken.is_taken(id).unwrap_or_else(|error: JournalError| {
                unreadable.borrow_mut().get_or_insert(error);
                true
            })
        };
        let round = Round {
            link: &self.server.link,
            selector,
            histories: &self.histories,
            finder: &self.finder,
            billings: &self.billings,
            concurrency,
            settling,
            instrument,
            was_looked_for: self.replay()?.fact(facts::LOOKED_FOR)?.is_some(),
            zone: TimeZone::system(),
            is_taken: &is_taken,
        };
        let ended = round.run(rows, findings, self.host.stop.stop()).await;
        match unreadable.take() {
            Some(error) => Err(error.into()),
            None => Ok(ended),
        }
    }

    /// Writes down what was found out, and says what the row is then; nothing where it is to be asked for again.
    pub(super) async fn write_down(
        &self,
        finding: Finding,
        later: &mut Later,
        end: &mut RunEnd,
    ) -> Option<Status> {
        let Finding { of, verdict } = finding;
        later.remove(&of);
        let found = match verdict {
            Verdict::Applied { id, times } => {
                if times > 1 {
                    end.doubled += 1;
                    self.tell_doubled(of.row, times);
                }
                FoundOut { of, found: Ok(Applied { id, times }) }
            }
            Verdict::Later(at) => {
                later.insert(of, at);
                return None;
            }
            Verdict::Undecided(text) => FoundOut { of, found: Err((None, text)) },
            Verdict::NotApplied => {
                let text = "the server was asked and does not have it; --resend sends it again".to_owned();
                FoundOut { of, found: Err((Some(ErrorCode::NotApplied), text)) }
            }
        };
        let status = match &found.found {
            Ok(_) => Status::Ok,
            Err((Some(_), _)) => Status::Failed,
            Err((None, _)) => Status::Unknown,
        };
        self.notes.report(Report::Found(vec![found])).await;
        Some(status)
    }

    /// The times by which requests are judged. The server is asked for its own.
    pub(super) async fn settling(&self, selector: ApiSelector) -> Settling {
        let clock = &self.host.clock;
        let measured = match Call::probe() {
            Ok(probe) => {
                let measured = self.host.stop.stop().race(self.server.link.measure(selector, &probe)).await;
                measured.and_then(|measured| measured.date)
            }
            Err(_) => None,
        };
        let date = measured.and_then(|date| Timestamp::try_from(date).ok());
        if let Some(date) =
            date.filter(|_| self.kind != SessionKind::Reconcile || self.doubts_ended.is_none())
        {
            self.notes.report(Report::Fact(facts::DOUBTS_ENDED, date.to_string())).await;
        }
        let begun = date.and_then(|date| date.checked_sub(clock.now().saturating_sub(self.begun.at)).ok());
        // A date is cut to the second.
        let ended_before = begun
            .zip(self.doubts_ended)
            .map(|(begun, ended)| begun.duration_since(ended).saturating_sub(SignedDuration::from_secs(1)));
        Settling {
            settle: self.policy.settle,
            lag: Duration::ZERO,
            begun: self.begun.at,
            begun_wall: self.begun.wall,
            ended_before: ended_before.and_then(|span| Duration::try_from(span).ok()),
        }
    }

    /// Waits for the next look at rows whose requests may be at work until `last`; false where the user does not want
    /// to.
    pub(super) async fn wait_until(&self, look: Duration, last: Duration, rows: usize) -> bool {
        let clock = &self.host.clock;
        let span = last.saturating_sub(clock.now());
        self.host.tell(Event::Settling { rows: rows as u64, span });
        self.host.stop.stop().race(clock.sleep_until(look)).await.is_some()
    }
}

/// Which rows a round asks about, and what goes on meanwhile.
pub(super) struct RoundOf<'r> {
    pub(super) step: Step,
    pub(super) doubts: &'r Arc<Doubts>,
    /// These alone, and from when on what is not found will not come any more; none for all in doubt.
    pub(super) due: Option<Later>,
    pub(super) meanwhile: Meanwhile,
}

/// The same with the lag that was measured.
pub(super) fn with_lag(settling: Settling, instrument: &Result<Instrument, String>) -> Settling {
    Settling { lag: instrument.as_ref().map_or(Duration::ZERO, |instrument| instrument.lag), ..settling }
}

/// What the end of a round means for the session.
pub(super) fn stop_after(ended: RoundEnd, end: &mut RunEnd) {
    match ended {
        RoundEnd::Whole => {}
        RoundEnd::Stopped => end.stop(StopReason::Interrupted),
        RoundEnd::KeyRefused(problem) => end.stop(StopReason::KeyRefused(problem)),
        RoundEnd::ServerGone(problem) => end.stop(StopReason::ServerGone(problem)),
    }
}
