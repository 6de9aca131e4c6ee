//! Rounds of asking against a scripted server.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::support::{Said, Server, TestClock, answer, at, booking, call, lost, no, run};
use crate::catalogue::ApiSelector;
use crate::reading::RowNumber;
use crate::reconciling::{Finding, Open, Round, RoundEnd, SameBookings, Verdict};
use crate::recording::Tag;
use crate::sending::{Clock, StopSwitch};
use crate::validating::Call;

const EMPTY: &str = r#"{"Result":"OK","data":[]}"#;

fn open(row: u64, call: Call, sent: Option<&str>, ended: Option<&str>) -> Open {
    let (sent, ended) = (sent.map(at), ended.map(at));
    let tag = Some(Tag::RunAndRow(run(), RowNumber(row)));
    Open { row: RowNumber(row), call, tag, sent, ended, due: None, same: SameBookings::default() }
}

/// Long over: the wait has passed when a test begins.
fn old(row: u64, call: Call) -> Open {
    open(row, call, Some("2026-11-23T18:00:00Z"), Some("2026-11-23T18:00:01Z"))
}

struct Course {
    findings: Vec<Finding>,
    end: RoundEnd,
    took: Duration,
}

impl Course {
    fn verdicts(&self) -> Vec<(u64, &Verdict)> {
        let mut all: Vec<_> = self.findings.iter().map(|f| (f.row.0, &f.verdict)).collect();
        all.sort_by_key(|(row, _)| *row);
        all
    }

    #[track_caller]
    fn only(&self) -> &Verdict {
        assert_eq!((self.findings.len(), &self.end), (1, &RoundEnd::Whole));
        &self.findings[0].verdict
    }
}

/// One round with a wait of 30 s and requests of up to 10 s, stopped after so long.
async fn ask(server: &Server, clock: TestClock, rows: Vec<Open>, stop_after: Option<Duration>) -> Course {
    ask_with(server, clock, rows, stop_after, &|id| id == "777").await
}

async fn ask_with(
    server: &Server,
    clock: TestClock,
    rows: Vec<Open>,
    stop_after: Option<Duration>,
    is_taken: &dyn Fn(&str) -> bool,
) -> Course {
    let link = server.link(clock.clone());
    let round = Round {
        link: &link,
        selector: ApiSelector::Subcat,
        server: Some("3.17".parse().expect("a version")),
        concurrency: NonZeroUsize::new(4).expect("not 0"),
        settle: Duration::from_secs(30),
        timeout: Duration::from_secs(10),
        zone: TimeZone::UTC,
        is_taken,
    };
    let (rows_in, taken) = mpsc::channel(1);
    let (out, mut received) = mpsc::channel(1);
    let (stop, signal) = StopSwitch::new();
    let feeder = async move {
        for row in rows {
            if rows_in.send(row).await.is_err() {
                break;
            }
        }
    };
    let findings = RefCell::new(Vec::new());
    let reader = async {
        while let Some(finding) = received.recv().await {
            findings.borrow_mut().push(finding);
        }
    };
    let stopper = async move {
        if let Some(after) = stop_after {
            tokio::time::sleep(after).await;
            stop.finish();
        }
        // Nobody can stop it any more; that stops nothing.
    };
    let began = clock.now();
    let asking = async {
        let end = round.run(taken, out, signal).await;
        (end, clock.now() - began)
    };
    let ((end, took), (), (), ()) = tokio::join!(asking, feeder, reader, stopper);
    Course { findings: findings.into_inner(), end, took }
}

fn fee(customer: u64) -> Call {
    booking(&customer.to_string(), "10.50", "fee")
}

fn history(customer: u64, row: u64) -> Said {
    answer(
        200,
        &format!(
            r#"{{"Result":"OK","data":[{{"Amount":"10.50","Comment":"fee [ub-k3x7qa-{row}]","x":{customer}}}]}}"#
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn every_row_is_found_out_a_few_at_a_time() {
    // Bookings of customers with an even number were made.
    let server = Server::new(|fields| {
        let customer: u64 = fields["customer_id"].parse().expect("a number");
        if customer.is_multiple_of(2) { history(customer, customer) } else { answer(200, EMPTY) }
    });
    let rows = (0..20).map(|row| old(row, fee(row + 1))).collect();
    let course = ask(&server, TestClock::start(), rows, None).await;
    assert_eq!((&course.end, server.most_in_flight()), (&RoundEnd::Whole, 4));
    let verdicts = course.verdicts();
    assert_eq!(verdicts.len(), 20);
    for (row, verdict) in verdicts {
        let applied = Verdict::Applied { id: None, times: 1 };
        let expected = if row % 2 == 1 { applied } else { Verdict::NotApplied };
        assert_eq!(*verdict, expected, "row {row}");
    }
}

/// Tests begin at 18:30. PHP may be at work for 30 s behind the end of a request.
#[tokio::test(start_paused = true)]
async fn what_is_not_there_yet_proves_nothing_before_its_time() {
    let moment = |text: &str| Verdict::Later(at(text));
    for (sent, ended, expected) in [
        (Some("2026-11-23T18:29:00Z"), Some("2026-11-23T18:29:30Z"), Verdict::NotApplied),
        (Some("2026-11-23T18:29:00Z"), Some("2026-11-23T18:29:31Z"), moment("2026-11-23T18:30:01Z")),
        // The program ended before the request did: it may have taken its full 10 s.
        (Some("2026-11-23T18:29:20Z"), None, Verdict::NotApplied),
        (Some("2026-11-23T18:29:21Z"), None, moment("2026-11-23T18:30:01Z")),
        (None, None, moment("2026-11-23T18:30:30Z")),
        // By a clock that was set back since.
        (Some("2027-01-01T00:00:00Z"), Some("2027-01-01T00:00:01Z"), moment("2026-11-23T18:30:30Z")),
    ] {
        for call in [fee(1002), call("add", &[("fio", "x"), ("codeti", "7")])] {
            let rows = vec![open(11, call, sent, ended)];
            let course = ask(&Server::says(EMPTY), TestClock::start(), rows, None).await;
            assert_eq!(*course.only(), expected, "{sent:?} {ended:?}");
        }
    }
}

/// The read has to begin when the time is over: what it saw before that may have come since.
#[tokio::test(start_paused = true)]
async fn a_read_that_began_too_early_does_not_count() {
    // The answer needs 0.1 s and the wait is over in the midst of it.
    let rows = vec![open(11, fee(1002), None, Some("2026-11-23T18:29:30.050Z"))];
    let course = ask(&Server::says(EMPTY), TestClock::start(), rows, None).await;
    assert_eq!(*course.only(), Verdict::Later(at("2026-11-23T18:30:00.050Z")));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_begin_the_wait_anew() {
    let clock = TestClock::start();
    let server = Server::says(EMPTY);
    let ahead = || open(11, fee(1002), None, Some("2026-11-23T20:00:00Z"));
    let course = ask(&server, clock.clone(), vec![ahead()], None).await;
    let Verdict::Later(due) = *course.only() else { panic!("too early") };
    clock.sleep_until(clock.now() + Duration::from_secs(31)).await;
    let again = Open { due: Some(due), ..ahead() };
    assert_eq!(*ask(&server, clock.clone(), vec![again], None).await.only(), Verdict::NotApplied);
    // And one that is set back between the two rounds: the row waits that much longer, for once.
    clock.set_back(Duration::from_secs(60));
    let again = Open { due: Some(due), ..ahead() };
    assert_eq!(*ask(&server, clock.clone(), vec![again], None).await.only(), Verdict::Later(due));
}

#[tokio::test(start_paused = true)]
async fn what_is_there_counts_at_any_time() {
    let server = Server::new(|_| history(1002, 12));
    let course = ask(&server, TestClock::start(), vec![open(11, fee(1002), None, None)], None).await;
    assert_eq!(*course.only(), Verdict::Applied { id: None, times: 1 });
}

#[tokio::test(start_paused = true)]
async fn two_rows_are_not_the_same_customer() {
    let add = || call("add", &[("fio", "x"), ("codeti", "7")]);
    let body = |id: &str| format!(r#"{{"Result":"OK","Id":{id}}}"#);
    let is_open = |c: &Verdict| matches!(c, Verdict::Undecided(text) if text.contains("codeti 7"));
    let server = Server::says(&body("12"));
    let applied = |id: &str| Verdict::Applied { id: Some(id.to_owned()), times: 1 };
    // Whose is it? It may be the one's or the other's, and there may be a second one.
    let course = ask(&server, TestClock::start(), vec![old(0, add()), old(1, add())], None).await;
    assert!(course.findings.len() == 2 && course.verdicts().iter().all(|(_, c)| is_open(c)));
    let same = SameBookings { open: 1, ..SameBookings::default() };
    let course = ask(&server, TestClock::start(), vec![Open { same, ..old(0, add()) }], None).await;
    assert!(is_open(course.only()));
    // Another row by another value.
    let by_other = call("add", &[("fio", "x"), ("billing_customer_id", "9")]);
    let course = ask(&server, TestClock::start(), vec![old(0, by_other), old(1, add())], None).await;
    assert_eq!(*course.verdicts()[0].1, applied("12"));
    assert!(is_open(course.verdicts()[1].1));
    let course = ask(&Server::says(&body("777")), TestClock::start(), vec![old(0, add())], None).await;
    assert!(is_open(course.only()));
    let course = ask(&Server::says(&body("[777,13]")), TestClock::start(), vec![old(0, add())], None).await;
    assert_eq!(*course.only(), applied("13"));
    let course =
        ask(&Server::says(r#"{"Result":"OK"}"#), TestClock::start(), vec![old(0, add())], None).await;
    assert!(is_open(course.only()), "that answer says nothing");
}

/// The first is written down before the second comes: it is not taken for the second as well.
#[tokio::test(start_paused = true)]
async fn a_row_far_behind_another_is_not_the_same_customer() {
    let add = |code: &str| call("add", &[("fio", "x"), ("codeti", code)]);
    let server = Server::new(|fields| {
        let id = if fields["data_value"] == "7" { "12" } else { "[]" };
        answer(200, &format!(r#"{{"Result":"OK","Id":{id}}}"#))
    });
    let mut rows = vec![old(0, add("7"))];
    rows.extend((1..9).map(|row| old(row, add(&format!("x{row}")))));
    rows.push(old(9, add("7")));
    let course = ask(&server, TestClock::start(), rows, None).await;
    let verdicts = course.verdicts();
    assert_eq!(*verdicts[0].1, Verdict::Applied { id: Some("12".to_owned()), times: 1 });
    assert!(matches!(verdicts[9].1, Verdict::Undecided(_)), "{verdicts:?}");
    assert!(verdicts[1..9].iter().all(|(_, c)| **c == Verdict::NotApplied));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_for_or_need_not_be_is_left_to_people() {
    let rows = vec![
        old(0, call("add", &[("fio", "Иванов"), ("billing_id", "1")])),
        old(1, call("edit", &[("id", "7"), ("name", "x")])),
    ];
    let server = Server::says(EMPTY);
    let course = ask(&server, TestClock::start(), rows, None).await;
    let texts: Vec<String> = course
        .verdicts()
        .into_iter()
        .map(|(_, verdict)| match verdict {
            Verdict::Undecided(text) => text.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(texts[0].ends_with("look in UserSide for a customer named 'Иванов'"), "{}", texts[0]);
    assert!(texts[1].contains("safely be sent again"), "{}", texts[1]);
    assert!(server.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_ends_the_round() {
    let server = Server::new(|_| answer(403, r#"{"error":"key"}"#));
    for call in [fee(1002), call("add", &[("fio", "x"), ("codeti", "7")])] {
        let rows = (0..20).map(|row| old(row, call.clone())).collect();
        let course = ask(&server, TestClock::start(), rows, None).await;
        assert!(matches!(&course.end, RoundEnd::KeyRefused(p) if p.text.contains("refused the key")));
        assert!(course.findings.is_empty(), "nothing is known of these rows");
    }
    assert!(server.requests().len() <= 8, "{}", server.requests().len());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_ends_the_round() {
    let server = Server::new(|_| lost());
    let rows = (0..100).map(|row| old(row, fee(row + 1))).collect();
    let course = ask(&server, TestClock::start(), rows, None).await;
    assert!(matches!(&course.end, RoundEnd::ServerGone(_)), "{:?}", course.end);
    assert!(course.findings.iter().all(|f| matches!(f.verdict, Verdict::Undecided(_))));
    assert_eq!(course.findings.len(), 24);
    // A refusal is an answer: the server is there.
    let server = Server::new(|_| no());
    let rows = (0..100).map(|row| old(row, fee(row + 1))).collect();
    let course = ask(&server, TestClock::start(), rows, None).await;
    assert_eq!((&course.end, course.findings.len()), (&RoundEnd::Whole, 100));
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_round_at_once() {
    let server = Server::says(EMPTY);
    let rows = (0..100).map(|row| old(row, fee(row + 1))).collect();
    let course = ask(&server, TestClock::start(), rows, Some(Duration::from_millis(250))).await;
    assert_eq!((&course.end, course.findings.len()), (&RoundEnd::Stopped, 8));
    assert_eq!(course.took, Duration::from_millis(250), "what is in flight is not waited for");
}
