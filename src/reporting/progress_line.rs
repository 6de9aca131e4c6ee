//! Progress where there is no terminal: a line now and then, for a log that somebody reads in the morning.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::progress::what;
use super::whole_run::WholeRun;
use crate::count::grouped;
use crate::events::WorkPart;

/// A line comes so often.
const EVERY: Duration = Duration::from_secs(600);

/// When the last line came.
#[derive(Debug, Default)]
pub(super) struct ProgressLines {
    told: u64,
}

impl ProgressLines {
    /// The line, if it is time for one and there is something to tell.
    pub(super) fn at(&mut self, passed: Duration, wall: SystemTime, run: &WholeRun) -> Option<String> {
        let turn = passed.as_secs() / EVERY.as_secs();
        if turn <= self.told {
            return None;
        }
        self.told = turn;
        let moment = Timestamp::try_from(wall).unwrap_or(Timestamp::MAX);
        Some(format!("{}  {}", TimeZone::system().to_datetime(moment).strftime("%H:%M"), text(run)?))
    }
}

fn text(run: &WholeRun) -> Option<String> {
    if let Some(rows) = run.checked() {
        return Some(format!("checking rows: {}", grouped(rows)));
    }
    let Some(part) = run.now() else { return run.outage.clone() };
    let (name, of) = what(part.part);
    let mut text = if part.part == WorkPart::Sending { String::new() } else { format!("{name}: ") };
    text.push_str(&format!("{} of {} {of}", grouped(part.done), grouped(part.rows)));
    if let Some(pace) = run.pace().filter(|_| run.outage.is_none()) {
        let unit = if part.is_by_rows() { "/s" } else { " requests/s" };
        text.push_str(&format!(", {pace:.1}{unit}"));
    }
    for (count, name) in [(run.failed, "failed"), (run.unknown, "unknown")] {
        if count > 0 {
            text.push_str(&format!(", {} {name}", grouped(count)));
        }
    }
    match (&run.outage, run.left()) {
        (Some(outage), _) => text.push_str(&format!(", {outage}")),
        (None, Some(left)) => text.push_str(&format!(", about {} left", rounded(left))),
        (None, None) => {}
    }
    Some(text)
}

/// Whole minutes: more would not be true for long.
fn rounded(span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60).max(1);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{} h", grouped(hours)),
        (hours, minutes) => format!("{} h {minutes} min", grouped(hours)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{ProgressLines, rounded, text};
    use crate::events::{Ahead, Look, WorkPart};
    use crate::recording::Status;
    use crate::reporting::whole_run::WholeRun;

    /// So many seconds of a run at ten requests a second, told of its time every minute.
    fn run_for(seconds: u64) -> (WholeRun, Vec<(u64, String)>) {
        let (mut run, mut lines, mut told) = (WholeRun::default(), ProgressLines::default(), Vec::new());
        let part = WorkPart::Look(Look::Existing);
        run.plan(&[
            Ahead { part, rows: 9_000, calls: 9_000 },
            Ahead { part: WorkPart::Sending, rows: 50_000, calls: 50_000 },
        ]);
        for second in 0..seconds {
            match second {
                0 => run.begin(part, 9_000, 0),
                1..900 => run.set(second * 10),
                900 => run.begin(WorkPart::Sending, 50_000, 0),
                _ => (0..10).for_each(|row| {
                    run.row(if second < 902 && row > 3 { Status::Failed } else { Status::Ok })
                }),
            }
            if second % 60 == 59 {
                let passed = Duration::from_secs(second + 1);
                run.note(passed);
                told.extend(
                    lines.at(passed, SystemTime::UNIX_EPOCH + passed, &run).map(|line| (second + 1, line)),
                );
            }
        }
        (run, told)
    }

    #[test]
    fn a_line_comes_every_ten_minutes_and_none_before() {
        assert!(run_for(599).1.is_empty());
        let (_, told) = run_for(3_000);
        let seconds: Vec<u64> = told.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [600, 1200, 1800, 2400, 3000]);
        // The time of day is the zone's of this machine, five characters and two blanks.
        let texts: Vec<&str> = told.iter().map(|(_, line)| &line[7..]).collect();
        assert_eq!(
            texts[0],
            "looking for existing customers: 5,990 of 9,000 rows, 10.0/s, about 1 h 29 min left"
        );
        assert_eq!(texts[1], "2,990 of 50,000 rows, 10.0/s, 6 failed, about 1 h 19 min left");
        assert_eq!(texts[4], "20,990 of 50,000 rows, 10.0/s, 6 failed, about 49 min left");
    }

    #[test]
    fn a_line_says_what_is_waited_for() {
        let (mut run, _) = run_for(1_200);
        run.outage = Some("waiting for the server since 06:11:02, next try 06:20:30".to_owned());
        let waiting = text(&run).expect("a line");
        assert_eq!(
            waiting,
            "2,990 of 50,000 rows, 6 failed, waiting for the server since 06:11:02, next try 06:20:30"
        );
        run.outage = None;
        run.row(Status::Unknown);
        run.find_out(1);
        run.settle(Duration::from_secs(290));
        let settling = text(&run).expect("a line");
        assert!(settling.starts_with("reconciling: 0 of 1 rows, "), "{settling}");
        assert!(settling.ends_with("6 failed, 1 unknown, about 5 min left"), "{settling}");
    }

    #[test]
    fn a_line_counts_requests_where_rows_take_several() {
        let mut run = WholeRun::default();
        assert_eq!(text(&run), None);
        run.check(12_000);
        assert_eq!(text(&run).as_deref(), Some("checking rows: 12,000"));
        run.end_check();
        assert_eq!(text(&run), None);
        run.outage = Some("waiting for the server since 06:11:02, next try 06:20:30".to_owned());
        assert_eq!(text(&run), run.outage);
        run.outage = None;
        run.plan(&[Ahead { part: WorkPart::Sending, rows: 50_000, calls: 180_000 }]);
        run.begin(WorkPart::Sending, 50_000, 0);
        run.note(Duration::ZERO);
        (0..1_000).for_each(|_| run.row(Status::Ok));
        run.note(Duration::from_secs(360));
        assert_eq!(
            text(&run).as_deref(),
            Some("1,000 of 50,000 rows, 10.0 requests/s, about 4 h 54 min left")
        );
    }

    #[test]
    fn time_is_told_in_minutes() {
        for (seconds, said) in [
            (0, "1 min"),
            (61, "2 min"),
            (3_540, "59 min"),
            (3_600, "1 h"),
            (7_801, "2 h 11 min"),
            (360_000, "100 h"),
        ] {
            assert_eq!(rounded(Duration::from_secs(seconds)), said);
        }
    }
}
