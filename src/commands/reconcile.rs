//! Finding out what became of rows in doubt: they are read from the input and the journal, asked for in rounds,
//! and what is found goes to the journal.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::import::{Course, broken};
use super::pipeline::Rows;
use super::recorder::{FoundOut, Report};
use super::session::Phases;
use crate::catalogue::{Action, ApiSelector, Effect};
use crate::events::Event;
use crate::reading::RowNumber;
use crate::reconciling::{
    Conclusion, Control, Finding, Open, Round, RoundEnd, SameBookings, Sample, Window, shows_bookings,
};
use crate::recording::{Counts, Entry, ErrorCode, JournalError, Replay, Status, Tag};
use crate::sending::StopReason;
use crate::validating::{Call, Digest, SequenceKey};

/// How many rows wait to be asked for, and how many findings to be written.
const WAITING: usize = 64;
/// How many bookings that were applied are looked for in the history, to see whether it shows any.
const SAMPLES: usize = 3;

/// Rows that are to be asked for again, and when.
type Later = BTreeMap<RowNumber, Timestamp>;

impl Phases<'_> {
    /// Asks the server until nothing is left that waiting could help.
    pub(super) async fn find_out(&self, selector: ApiSelector, course: &mut Course) -> Result<(), Failure> {
        if self.job.settings.operation.subcategory().effect != Effect::OnceOnly || !self.notes.written().await
        {
            return Ok(());
        }
        let unknown = self.counts()?.unknown;
        if unknown == 0 {
            return Ok(());
        }
        self.job.listener.event(Event::FindingOut(unknown));
        let control = self.control(selector).await?;
        let twins = Arc::new(self.twins().await?);
        let mut later: Option<Later> = None;
        loop {
            let (end, again) = self.round(selector, &control, &twins, later.take(), course).await?;
            match end {
                RoundEnd::Whole => {}
                RoundEnd::Stopped => course.stop(StopReason::Interrupted),
                RoundEnd::KeyRefused(problem) => course.stop(StopReason::KeyRefused(problem)),
                RoundEnd::ServerGone(problem) => course.stop(StopReason::ServerGone(problem)),
            }
            // Until the last of them: each of them once more is enough.
            let Some(last) = again.values().max().copied() else { break };
            if !course.may_ask() || !self.wait_until(last, again.len()).await {
                course.stop(StopReason::Interrupted);
                break;
            }
            later = Some(again);
        }
        course.asked = course.may_ask();
        self.notes.written().await;
        Ok(())
    }

    /// Counts over the rows as the journal has them now.
    pub(super) fn counts(&self) -> Result<Counts, Failure> {
        Ok(self.replay()?.counts(self.validated.totals.rows)?)
    }

    /// Whether this server's history shows bookings at all.
    async fn control(&self, selector: ApiSelector) -> Result<Control, Failure> {
        if self.job.settings.operation.subcategory().action != Action::ChangeBalance {
            return Ok(Control::Unknown);
        }
        let (rows, mut replay, tags) = (self.rows()?, self.replay()?, self.tags());
        let samples = spawn_blocking(move || -> Result<_, Failure> {
            let mut samples = Vec::new();
            rows.each(
                |checked| checked.to_call(),
                |row, checked| {
                    let number = row.number();
                    let is_ok = replay.entry(number)?.is_some_and(|entry| entry.result.status == Status::Ok);
                    if let (true, Ok(call)) = (is_ok, checked) {
                        samples.push(Sample { call, tag: tags.map(|run| Tag { run, row: number }) });
                    }
                    Ok(samples.len() < SAMPLES)
                },
            )?;
            Ok(samples)
        });
        let samples = samples.await.map_err(broken)??;
        let server = self.job.settings.rules.server;
        Ok(shows_bookings(self.link, selector, server, &samples).await)
    }

    /// Rows that nothing but their number tells apart: customers with the same code; and the same bookings, without
    /// tags and with duplicates allowed.
    async fn twins(&self) -> Result<HashMap<Key, Group>, Failure> {
        let is_add = self.job.settings.operation.subcategory().action == Action::Add;
        if !is_add && (self.tags().is_some() || !self.job.settings.rules.allow_duplicates) {
            return Ok(HashMap::new());
        }
        let (first, second) = (self.rows()?, self.rows()?);
        let (mut replay, mut again) = (self.replay()?, self.replay()?);
        let grouped = spawn_blocking(move || -> Result<_, Failure> {
            let mut groups: HashMap<Key, Group> = HashMap::new();
            each_entry(first, &mut replay, |key, entry| {
                if let (Some(key), Status::Unknown) = (key, entry.result.status) {
                    groups.entry(key).or_default().open += 1;
                }
            })?;
            each_entry(second, &mut again, |key, entry| {
                let Some(group) = key.and_then(|key| groups.get_mut(&key)) else { return };
                group.ok += u64::from(entry.result.status == Status::Ok);
                if matches!(entry.result.status, Status::Ok | Status::Unknown) {
                    let window = Window::new(entry.sent, entry.ended);
                    group.window = Some(group.window.map_or(window, |all| all.with(window)));
                }
            })?;
            Ok(groups)
        });
        grouped.await.map_err(broken)?
    }

    /// Asks once for every row in doubt, or for those whose time has come. What has to wait is returned.
    async fn round(
        &self,
        selector: ApiSelector,
        control: &Control,
        twins: &Arc<HashMap<Key, Group>>,
        due: Option<Later>,
        course: &mut Course,
    ) -> Result<(RoundEnd, Later), Failure> {
        let (open, rows_in_doubt) = mpsc::channel(WAITING);
        let (findings, mut found) = mpsc::channel(WAITING);
        let now = self.now();
        let mut later: Later =
            due.iter().flatten().map(|(row, at)| (*row, *at)).filter(|(_, at)| *at > now).collect();
        let asker = Asker { rows: self.rows()?, replay: self.replay()?, twins: Arc::clone(twins), due, now };
        let asker = spawn_blocking(move || asker.run(&open));
        let (taken, unreadable) = (self.replay()?, RefCell::new(None));
        let is_taken = |id: &str| {
            taken.is_taken(id).unwrap_or_else(|error: JournalError| {
                unreadable.borrow_mut().get_or_insert(error);
                false
            })
        };
        let round = Round {
            link: self.link,
            selector,
            server: self.job.settings.rules.server,
            concurrency: self.limits.concurrency,
            settle: self.settings.settle,
            timeout: self.timeout,
            run: self.tags(),
            zone: TimeZone::system(),
            is_taken: &is_taken,
        };
        let asking = round.run(rows_in_doubt, findings, self.stop.clone());
        let writing = async {
            while let Some(finding) = found.recv().await {
                // What was concluded from a journal that cannot be read is no conclusion.
                if unreadable.borrow().is_none() {
                    self.write_down(finding, control, &mut later, course).await;
                }
            }
        };
        let (end, ()) = tokio::join!(asking, writing);
        drop(round);
        asker.await.map_err(broken)??;
        match unreadable.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok((end, later)),
        }
    }

    async fn write_down(&self, finding: Finding, control: &Control, later: &mut Later, course: &mut Course) {
        let Finding { row, conclusion } = finding;
        later.remove(&row);
        let found = match conclusion {
            Conclusion::Applied { id, times } => {
                if times > 1 {
                    course.doubled += 1;
                    let text = format!(
                        "row {row} is booked {times} times: its tag is in so many entries of the customer's history"
                    );
                    self.job.listener.event(Event::Warning(&text));
                }
                FoundOut { row, found: Ok(id) }
            }
            Conclusion::Later(at) => {
                later.insert(row, at);
                return;
            }
            Conclusion::Undecided(text) => FoundOut { row, found: Err((None, text)) },
            Conclusion::NotApplied => match control {
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
        self.job.listener.event(Event::FoundOut(status));
        self.notes.report(Report::Found(vec![found])).await;
    }

    /// Waits until a request that may still be at work has had its time; false where the user does not want to.
    async fn wait_until(&self, moment: Timestamp, rows: usize) -> bool {
        let span = moment.duration_since(self.now()).unsigned_abs();
        self.job.listener.event(Event::Settling { rows: rows as u64, span });
        self.stop.race(self.sleep(span)).await.is_some()
    }

    pub(super) fn rows(&self) -> Result<Rows, Failure> {
        self.validated.rows(&self.job.source)
    }

    pub(super) fn replay(&self) -> Result<Replay, Failure> {
        Ok(Replay::open(self.journal)?)
    }
}

/// Rows that are the same booking.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    ok: u64,
    open: u64,
    window: Option<Window>,
}

/// What rows have in common that nothing but their number tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    /// They are looked for in the same way.
    Search(Digest),
    /// They are the same.
    Same(SequenceKey),
}

fn key(call: &Call) -> Option<Key> {
    match call.find_same() {
        Some(search) => Some(Key::Search(search.call.digest())),
        None => call.sequence().map(Key::Same),
    }
}

fn each_entry(
    rows: Rows,
    replay: &mut Replay,
    mut take: impl FnMut(Option<Key>, &Entry),
) -> Result<(), Failure> {
    rows.each(
        |checked| key(&checked.to_call()),
        |row, checked| {
            if let (Some(entry), Ok(key)) = (replay.entry(row.number())?, checked) {
                take(key, &entry);
            }
            Ok(true)
        },
    )
}

/// Reads the rows in doubt.
struct Asker {
    rows: Rows,
    replay: Replay,
    twins: Arc<HashMap<Key, Group>>,
    due: Option<Later>,
    now: Timestamp,
}

impl Asker {
    fn run(self, open: &mpsc::Sender<Open>) -> Result<(), Failure> {
        let Self { rows, mut replay, twins, due, now } = self;
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
                let twins =
                    key(&call).and_then(|key| twins.get(&key)).map_or_else(SameBookings::default, |group| {
                        SameBookings {
                            ok: group.ok,
                            open: group.open.saturating_sub(1),
                            window: group.window,
                        }
                    });
                let due = asked_before.flatten();
                let row = Open { row: number, call, sent: entry.sent, ended: entry.ended, due, twins };
                Ok(open.blocking_send(row).is_ok())
            },
        )
    }
}
