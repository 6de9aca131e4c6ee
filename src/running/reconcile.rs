//! Finding out what became of rows in doubt: they are read from the input and the journal, asked about in rounds,
//! and what is found goes to the journal.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::recorder::{Applied, FoundOut, Report};
use super::rows::Rows;
use super::run_end::RunEnd;
use super::same_rows::{SameRows, key};
use crate::catalogue::{Action, ApiSelector, Effect};
use crate::events::Event;
use crate::reading::RowNumber;
use crate::reconciling::{
    Control, Finding, Open, Round, RoundEnd, SameBookings, Sample, Verdict, shows_bookings,
};
use crate::recording::{ErrorCode, JournalError, Replay, Status, Tagging};
use crate::sending::{Clock, StopReason, Transport};

/// How many rows wait to be asked for, and how many findings to be written.
const WAITING: usize = 64;
/// How many bookings that were applied are looked for in the history, to see whether it shows any.
const SAMPLES: usize = 3;

/// Rows that are to be asked for again, and when.
type Later = BTreeMap<RowNumber, Timestamp>;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Asks the server until nothing is left that waiting could help.
    pub(super) async fn reconcile(&self, selector: ApiSelector, end: &mut RunEnd) -> Result<(), RunError> {
        let is_once_only = self.input.spec.operation.subcategory().effect == Effect::OnceOnly;
        if !self.policy.reconcile || !end.may_ask() || !is_once_only || !self.notes.written().await {
            return Ok(());
        }
        let unknown = self.counts()?.unknown;
        if unknown == 0 {
            return Ok(());
        }
        self.host.tell(Event::FindingOut(unknown));
        let control = self.control(selector).await?;
        let same = Arc::new(self.same_rows().await?);
        let mut later: Option<Later> = None;
        loop {
            let (ended, again) = self.round(selector, &control, &same, later.take(), end).await?;
            match ended {
                RoundEnd::Whole => {}
                RoundEnd::Stopped => end.stop(StopReason::Interrupted),
                RoundEnd::KeyRefused(problem) => end.stop(StopReason::KeyRefused(problem)),
                RoundEnd::ServerGone(problem) => end.stop(StopReason::ServerGone(problem)),
            }
            // Until the last of them: each of them once more is enough.
            let Some(last) = again.values().max().copied() else { break };
            if !end.may_ask() || !self.wait_until(last, again.len()).await {
                end.stop(StopReason::Interrupted);
                break;
            }
            later = Some(again);
        }
        end.asked = end.may_ask();
        self.notes.written().await;
        Ok(())
    }

    /// Whether this server's history shows bookings at all.
    async fn control(&self, selector: ApiSelector) -> Result<Control, RunError> {
        let (rows, mut replay, tagging) = (self.rows()?, self.replay()?, self.tagging());
        let samples = spawn_blocking(move || -> Result<_, RunError> {
            let mut samples = Vec::new();
            rows.each(
                |checked| checked.to_call(),
                |row, checked| {
                    let number = row.number();
                    let entry = replay.entry(number)?;
                    let is_ok = entry.as_ref().is_some_and(|entry| entry.result.status == Status::Ok);
                    if let (true, Ok(call)) = (is_ok, checked)
                        && call.action() == Action::ChangeBalance
                    {
                        let tag = tagging.tag(number, call.key(), entry.as_ref());
                        samples.push(Sample { call, tag });
                    }
                    Ok(samples.len() < SAMPLES)
                },
            )?;
            Ok(samples)
        });
        let samples = samples.await??;
        let server = self.input.spec.rules.server;
        Ok(shows_bookings(&self.server.link, selector, server, &samples).await)
    }

    /// Asks once for every row in doubt, or for those whose time has come. What has to wait is returned.
    async fn round(
        &self,
        selector: ApiSelector,
        control: &Control,
        same: &Arc<SameRows>,
        due: Option<Later>,
        end: &mut RunEnd,
    ) -> Result<(RoundEnd, Later), RunError> {
        let (open, rows_in_doubt) = mpsc::channel(WAITING);
        let (findings, mut found) = mpsc::channel(WAITING);
        let now = self.host.now();
        let mut later: Later =
            due.iter().flatten().map(|(row, at)| (*row, *at)).filter(|(_, at)| *at > now).collect();
        let (rows, replay, same, tagging) = (self.rows()?, self.replay()?, Arc::clone(same), self.tagging());
        let asker = Asker { rows, replay, same, tagging, due, now };
        let asker = spawn_blocking(move || asker.run(&open));
        let (taken, unreadable) = (self.replay()?, RefCell::new(None));
        let is_taken = |id: &str| {
            taken.is_taken(id).unwrap_or_else(|error: JournalError| {
                unreadable.borrow_mut().get_or_insert(error);
                false
            })
        };
        let round = Round {
            link: &self.server.link,
            selector,
            server: self.input.spec.rules.server,
            concurrency: self.limits.concurrency,
            settle: self.policy.settle,
            timeout: self.server.timeout,
            zone: TimeZone::system(),
            is_taken: &is_taken,
        };
        let asking = round.run(rows_in_doubt, findings, self.host.stop.stop());
        let writing = async {
            while let Some(finding) = found.recv().await {
                // What was concluded from a journal that cannot be read is no conclusion.
                if unreadable.borrow().is_none() {
                    self.write_down(finding, control, &mut later, end).await;
                }
            }
        };
        let (end, ()) = tokio::join!(asking, writing);
        drop(round);
        asker.await??;
        match unreadable.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok((end, later)),
        }
    }

    async fn write_down(&self, finding: Finding, control: &Control, later: &mut Later, end: &mut RunEnd) {
        let Finding { row, verdict } = finding;
        later.remove(&row);
        let found = match verdict {
            Verdict::Applied { id, times } => {
                if times > 1 {
                    end.doubled += 1;
                    let text = format!(
                        "row {row} is booked {times} times: its tag is in so many entries of the customer's history"
                    );
                    self.host.tell(Event::Warning(&text));
                }
                FoundOut { row, found: Ok(Applied { id, times }) }
            }
            Verdict::Later(at) => {
                later.insert(row, at);
                return;
            }
            Verdict::Undecided(text) => FoundOut { row, found: Err((None, text)) },
            Verdict::NotApplied => match control {
                Control::DoesNot(text) => FoundOut { row, found: Err((None, text.clone())) },
                Control::Shows | Control::Unknown => {
                    let text =
                        "the server was asked and does not have it; --resend sends it again".to_owned();
                    FoundOut { row, found: Err((Some(ErrorCode::NotApplied), text)) }
                }
            },
        };
        let status = match &found.found {
            Ok(_) => Status::Ok,
            Err((Some(_), _)) => Status::Failed,
            Err((None, _)) => Status::Unknown,
        };
        self.host.tell(Event::FoundOut(status));
        self.notes.report(Report::Found(vec![found])).await;
    }

    /// Waits until a request that may still be at work has had its time; false where the user does not want to.
    async fn wait_until(&self, moment: Timestamp, rows: usize) -> bool {
        let span = moment.duration_since(self.host.now()).unsigned_abs();
        self.host.tell(Event::Settling { rows: rows as u64, span });
        let clock = &self.host.clock;
        self.host.stop.stop().race(clock.sleep_until(clock.now() + span)).await.is_some()
    }
}

/// Reads the rows in doubt.
struct Asker {
    rows: Rows,
    replay: Replay,
    same: Arc<SameRows>,
    tagging: Tagging,
    due: Option<Later>,
    now: Timestamp,
}

impl Asker {
    fn run(self, open: &mpsc::Sender<Open>) -> Result<(), RunError> {
        let Self { rows, mut replay, same, tagging, due, now } = self;
        rows.each(
            |checked| checked.to_call(),
            |row, checked| {
                let number = row.number();
                let Some(entry) = replay.entry(number)? else { return Ok(true) };
                let asked_before = due.as_ref().map(|due| due.get(&number).copied());
                let is_wanted = match asked_before {
                    // The first round asks for all.
                    None => entry.result.status == Status::Unknown,
                    Some(due) => due.is_some_and(|due| due <= now),
                };
                let (true, Ok(call)) = (is_wanted, checked) else { return Ok(true) };
                let same =
                    key(&call).and_then(|key| same.get(&key)).map_or_else(SameBookings::default, |group| {
                        SameBookings {
                            ok: group.ok,
                            open: group.open.saturating_sub(1),
                            window: group.window,
                        }
                    });
                let due = asked_before.flatten();
                let tag = tagging.tag(number, call.key(), Some(&entry));
                let row = Open { row: number, call, tag, sent: entry.sent, ended: entry.ended, due, same };
                Ok(open.blocking_send(row).is_ok())
            },
        )
    }
}
