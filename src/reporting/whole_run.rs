//! How far a command has come, counted over all its parts. What counts is requests, because they set the pace; where their
//! number is not known a row is one.

use std::collections::VecDeque;
use std::time::Duration;

use crate::events::{Ahead, WorkPart};
use crate::recording::Status;

/// The pace is that of so long, at the most.
const WINDOW: Duration = Duration::from_secs(600);

/// How far a command has come.
#[derive(Debug, Default)]
pub(super) struct WholeRun {
    parts: Vec<PartProgress>,
    /// Whether the parts were told beforehand.
    is_planned: bool,
    /// How many of the parts have begun.
    begun: usize,
    checked: Option<u64>,
    pub(super) ok: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    /// What everything waits for.
    pub(super) outage: Option<String>,
    /// For so long rows in doubt are still looked for.
    settling: Option<Duration>,
    /// When how many requests were made.
    samples: VecDeque<(Duration, u64)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PartProgress {
    pub(super) part: WorkPart,
    pub(super) rows: u64,
    pub(super) done: u64,
    /// How many of the rows take requests; the others go by.
    left: u64,
    calls: u64,
    /// How many of them were made, where that is told.
    called: Option<u64>,
}

impl PartProgress {
    /// How many of its requests were made.
    fn position(&self) -> u64 {
        if let Some(called) = self.called {
            return called.min(self.calls);
        }
        let done = self.done.saturating_sub(self.rows.saturating_sub(self.left)).min(self.left);
        let calls = u128::from(self.calls) * u128::from(done) / u128::from(self.left.max(1));
        u64::try_from(calls).unwrap_or(u64::MAX)
    }

    /// Whether a row is a request.
    pub(super) fn is_by_rows(&self) -> bool {
        self.calls == self.left
    }
}

impl WholeRun {
    /// What is ahead, as far as it is known.
    pub(super) fn plan(&mut self, ahead: &[Ahead]) {
        let part = |&Ahead { part, rows, calls }: &Ahead| PartProgress {
            part,
            rows,
            done: 0,
            left: rows,
            calls,
            called: None,
        };
        self.parts = ahead.iter().map(part).collect();
        (self.is_planned, self.begun) = (true, 0);
    }

    /// A part begins. What was to come before it does not come any more.
    pub(super) fn begin(&mut self, part: WorkPart, rows: u64, done: u64) {
        (self.checked, self.settling) = (None, None);
        // The pace is that of the part: of one before it many rows may have gone by without a request.
        self.samples.clear();
        if !self.is_planned {
            self.parts.clear();
            self.begun = 0;
        }
        if let Some(ended) = self.begun.checked_sub(1).and_then(|place| self.parts.get_mut(place)) {
            ended.calls = ended.position();
            (ended.rows, ended.done, ended.left) = (ended.calls, ended.calls, ended.calls);
        }
        let planned = self.parts[self.begun..].iter().position(|ahead| ahead.part == part);
        let place = self.begun + planned.unwrap_or_default();
        match planned {
            Some(_) => {
                self.parts.drain(self.begun..place);
                let begins = &mut self.parts[self.begun];
                (begins.rows, begins.done, begins.left) = (rows, done, begins.left.min(rows));
            }
            None => {
                let left = rows.saturating_sub(done);
                self.parts.insert(place, PartProgress { part, rows, done, left, calls: left, called: None });
            }
        }
        self.begun += 1;
    }

    /// So many rows of the part are done.
    pub(super) fn set(&mut self, done: u64) {
        if let Some(place) = self.begun.checked_sub(1) {
            self.parts[place].done = done;
        }
    }

    /// So many more calls of rows came to an end.
    pub(super) fn call(&mut self, calls: u64) {
        let now = self.begun.checked_sub(1).map(|place| &mut self.parts[place]);
        if let Some(sending) = now.filter(|part| part.part == WorkPart::Sending) {
            sending.called = Some(sending.called.unwrap_or_default() + calls);
        }
    }

    /// So many rows were checked.
    pub(super) fn check(&mut self, rows: u64) {
        self.checked = Some(rows);
    }

    /// All of them were.
    pub(super) fn end_check(&mut self) {
        self.checked = None;
    }

    /// One more row of the part has its result.
    pub(super) fn row(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Failed | Status::Invalid => self.failed += 1,
            Status::Unknown => self.unknown += 1,
            Status::Skipped | Status::Partial => {}
        }
        if let Some(place) = self.begun.checked_sub(1) {
            self.parts[place].done += 1;
        }
    }

    /// The rows in doubt are asked about.
    pub(super) fn find_out(&mut self, rows: u64) {
        self.unknown = self.unknown.max(rows);
        self.begin(WorkPart::FindingOut, rows, 0);
    }

    /// One of the rows in doubt has a new status.
    pub(super) fn found_out(&mut self, status: Status) {
        self.unknown = self.unknown.saturating_sub(1);
        self.row(status);
    }

    /// For so long rows in doubt are looked for again.
    pub(super) fn settle(&mut self, span: Duration) {
        self.settling = Some(span);
    }

    /// The part that goes on.
    pub(super) fn now(&self) -> Option<PartProgress> {
        self.begun.checked_sub(1).map(|place| self.parts[place])
    }

    /// How many rows were checked, as long as that goes on.
    pub(super) fn checked(&self) -> Option<u64> {
        self.checked
    }

    /// All requests of all parts.
    pub(super) fn total(&self) -> u64 {
        self.parts.iter().map(|part| part.calls).sum()
    }

    /// How many of them were made.
    pub(super) fn position(&self) -> u64 {
        self.parts[..self.begun].iter().map(PartProgress::position).sum()
    }

    /// Notes how far it is by this time.
    pub(super) fn note(&mut self, passed: Duration) {
        self.samples.push_back((passed, self.position()));
        while self.samples.front().is_some_and(|(first, _)| passed.saturating_sub(*first) > WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Requests in a second; none where that is not known.
    pub(super) fn pace(&self) -> Option<f64> {
        let ((first, before), (last, now)) = (self.samples.front()?, self.samples.back()?);
        let span = last.saturating_sub(*first);
        #[expect(clippy::cast_precision_loss, reason = "a number of requests that is told with two digits")]
        (!span.is_zero()).then(|| now.saturating_sub(*before) as f64 / span.as_secs_f64())
    }

    /// How long it still takes, at this pace.
    pub(super) fn left(&self) -> Option<Duration> {
        if self.settling.is_some() {
            return self.settling;
        }
        let pace = self.pace().filter(|pace| *pace > 0.0)?;
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let seconds = self.total().saturating_sub(self.position()) as f64 / pace;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::WholeRun;
    use crate::events::{Ahead, Look, WorkPart};
    use crate::recording::Status;

    const EXISTING: WorkPart = WorkPart::Look(Look::Existing);
    const AGAIN: WorkPart = WorkPart::Look(Look::BalancesAgain);

    fn planned(ahead: &[(WorkPart, u64, u64)]) -> WholeRun {
        let mut run = WholeRun::default();
        let ahead: Vec<Ahead> =
            ahead.iter().map(|&(part, rows, calls)| Ahead { part, rows, calls }).collect();
        run.plan(&ahead);
        run
    }

    #[test]
    fn the_whole_is_counted_and_not_each_part_anew() {
        let mut run = planned(&[(EXISTING, 100, 100), (WorkPart::Sending, 100, 400), (AGAIN, 100, 1)]);
        assert_eq!((run.position(), run.total()), (0, 501));
        run.begin(EXISTING, 100, 0);
        run.set(50);
        assert_eq!((run.position(), run.total()), (50, 501));
        run.set(100);
        run.begin(WorkPart::Sending, 100, 0);
        assert_eq!((run.position(), run.total()), (100, 501));
        // Each row takes four.
        (0..25).for_each(|_| run.row(Status::Ok));
        assert_eq!((run.position(), run.total()), (200, 501));
        (0..75).for_each(|_| run.row(Status::Failed));
        run.begin(AGAIN, 99, 0);
        assert_eq!((run.position(), run.total()), (500, 501));
        run.set(99);
        assert_eq!((run.position(), run.total(), run.failed), (501, 501, 75));
    }

    /// A row is done with its last call; some have fewer calls than was thought.
    #[test]
    fn calls_are_counted_where_they_are_told() {
        let mut run = planned(&[(WorkPart::Sending, 100, 400), (AGAIN, 100, 1)]);
        run.begin(WorkPart::Sending, 100, 0);
        run.call(64);
        assert_eq!((run.position(), run.total()), (64, 401));
        // Rows of which everything is known from an earlier session go by.
        (0..50).for_each(|_| run.row(Status::Ok));
        run.call(36);
        assert_eq!((run.position(), run.total()), (100, 401));
        run.begin(AGAIN, 100, 0);
        assert_eq!((run.position(), run.total()), (100, 101));
        run.call(7);
        assert_eq!(run.position(), 100);
    }

    #[test]
    fn what_an_earlier_session_has_done_is_not_counted_as_done_now() {
        let mut run = planned(&[(EXISTING, 20, 20), (WorkPart::Sending, 40, 40)]);
        run.begin(EXISTING, 100, 80);
        assert_eq!((run.position(), run.total()), (0, 60));
        run.set(100);
        run.begin(WorkPart::Sending, 100, 0);
        (0..60).for_each(|_| run.row(Status::Ok));
        assert_eq!((run.position(), run.total()), (20, 60));
        (0..20).for_each(|_| run.row(Status::Ok));
        assert_eq!((run.position(), run.total()), (40, 60));
    }

    #[test]
    fn parts_that_do_not_come_and_parts_that_nobody_foresaw_change_the_whole() {
        let mut run = planned(&[(EXISTING, 100, 100), (WorkPart::Sending, 100, 100), (AGAIN, 100, 1)]);
        run.begin(EXISTING, 100, 0);
        run.set(10);
        // It broke off.
        run.begin(WorkPart::Sending, 100, 0);
        assert_eq!((run.position(), run.total()), (10, 111));
        (0..100).for_each(|_| run.row(Status::Unknown));
        run.find_out(100);
        assert_eq!((run.position(), run.total()), (110, 211));
        (0..60).for_each(|_| run.found_out(Status::Ok));
        assert_eq!((run.ok, run.unknown), (60, 40));
        run.begin(WorkPart::Look(Look::Balances), 3, 0);
        assert_eq!((run.position(), run.total()), (170, 174));
        // Without a plan each part stands for itself.
        let mut export = WholeRun::default();
        export.begin(WorkPart::Look(Look::Searches), 3, 0);
        export.set(3);
        export.begin(WorkPart::Look(Look::Customers), 500, 100);
        assert_eq!((export.position(), export.total()), (0, 400));
    }

    #[test]
    fn the_time_left_is_that_of_all_parts_at_the_pace_of_the_last_ten_minutes() {
        let mut run = planned(&[(EXISTING, 10_000, 10_000), (WorkPart::Sending, 10_000, 10_000)]);
        run.begin(EXISTING, 10_000, 0);
        run.note(Duration::ZERO);
        assert_eq!((run.pace(), run.left()), (None, None));
        run.set(1_200);
        run.note(Duration::from_secs(60));
        assert_eq!(run.pace(), Some(20.0));
        assert_eq!(run.left(), Some(Duration::from_secs(940)));
        // Then it is slower; the first minute is forgotten after ten.
        for minute in 2..=12 {
            run.set(1_200 + (minute - 1) * 600);
            run.note(Duration::from_secs(minute * 60));
        }
        assert_eq!(run.pace(), Some(10.0));
        assert_eq!(run.left(), Some(Duration::from_secs((20_000 - 7_800) / 10)));
        run.settle(Duration::from_secs(300));
        assert_eq!(run.left(), Some(Duration::from_secs(300)));
    }
}
