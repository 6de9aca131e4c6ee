//! Rounds of asking against a scripted server.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::support::{Fields, Said, Server, TestClock, answer, at, booking, call, lost, no, tag};
use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, EmptyBillings, HistoryReader};
use crate::reading::RowNumber;
use crate::reconciling::{CustomerBookings, Finding, Instrument, Open, Round, RoundEnd, Settling, Verdict};
use crate::recording::RowStep;
use crate::sending::{Clock, StopSwitch};
use crate::validating::{Call, Money};

const EMPTY: &str = r#"{"Result":"OK","data":[]}"#;

/// A row whose time has come, of a customer who had nothing before the run.
fn old(row: u64, call: Call) -> Open {
    let bookings = CustomerBookings {
        before: Some(Money::ZERO),
        booked: Some(Money::ZERO),
        ..CustomerBookings::default()
    };
    Open {
        of: RowStep::first(RowNumber(row)),
        tag: Some(tag(row)),
        sent: Some(at("2026-11-23T18:00:00Z")),
        ended: Some(at("2026-11-23T18:00:01Z")),
        due: Duration::ZERO,
        rivals: 0,
        bookings,
        call,
    }
}

/// The same, due in so many milliseconds.
fn early(row: u64, call: Call, due: u64) -> Open {
    Open { due: Duration::from_millis(due), ..old(row, call) }
}

/// Nobody has booked anything: a history without entries, and a balance of nothing.
fn nothing(fields: &Fields) -> Said {
    if fields["subcat"] == "get_data" {
        let id = &fields["customer_id"];
        return answer(200, &format!(r#"{{"Result":"OK","data":{{"id":{id},"balance":"0"}}}}"#));
    }
    answer(200, EMPTY)
}

struct Course {
    findings: Vec<Finding>,
    end: RoundEnd,
    took: Duration,
}

impl Course {
    fn verdicts(&self) -> Vec<(u64, &Verdict)> {
        let mut all: Vec<_> = self.findings.iter().map(|f| (f.of.row.0, &f.verdict)).collect();
        all.sort_by_key(|(row, _)| *row);
        all
    }

    #[track_caller]
    fn only(&self) -> &Verdict {
        assert_eq!((self.findings.len(), &self.end), (1, &RoundEnd::Whole));
        &self.findings[0].verdict
    }
}

/// One round, stopped after so long.
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
    let billings = EmptyBillings::default();
    let round = Round {
        billings: &billings,
        link: &link,
        selector: ApiSelector::Subcat,
        histories: &HistoryReader::new(Some("3.17".parse().expect("a version"))),
        finder: &CustomerFinder::default(),
        concurrency: NonZeroUsize::new(4).expect("not 0"),
        settling: Settling {
            settle: Duration::from_secs(30),
            lag: Duration::ZERO,
            begun: Duration::ZERO,
            begun_wall: at(super::support::DAWN),
            ended_before: None,
        },
        instrument: &Ok(Instrument { has_balance: true, ..Instrument::default() }),
        was_looked_for: true,
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
        if customer.is_multiple_of(2) { history(customer, customer) } else { nothing(fields) }
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

#[tokio::test(start_paused = true)]
async fn what_is_not_there_yet_proves_nothing_before_its_time() {
    for call in [fee(1002), call("add", &[("fio", "x"), ("codeti", "7")])] {
        for (due, expected) in [(0, Verdict::NotApplied), (1000, Verdict::Later(Duration::from_secs(1)))] {
            let rows = vec![early(11, call.clone(), due)];
            let course = ask(&Server::new(nothing), TestClock::start(), rows, None).await;
            assert_eq!(*course.only(), expected, "{due}");
        }
    }
}

/// The read has to begin when the time is over: what it saw before that may have come since.
#[tokio::test(start_paused = true)]
async fn a_read_that_began_too_early_does_not_count() {
    // The answer needs 0.1 s and the wait is over in the midst of it.
    let course = ask(&Server::new(nothing), TestClock::start(), vec![early(11, fee(1002), 50)], None).await;
    assert_eq!(*course.only(), Verdict::Later(Duration::from_millis(50)));
}

/// A history that shows nothing and a balance that has moved as if the row were booked.
#[tokio::test(start_paused = true)]
async fn a_balance_that_has_moved_leaves_it_open() {
    for (balance, expected) in
        [("10.50", "has moved by its amount"), ("77", "nothing proves that the history")]
    {
        let server = Server::new(move |fields| match fields["subcat"].as_str() {
            "get_data" => {
                let id = &fields["customer_id"];
                answer(200, &format!(r#"{{"Result":"OK","data":{{"id":{id},"balance":"{balance}"}}}}"#))
            }
            _ => answer(200, EMPTY),
        });
        let course = ask(&server, TestClock::start(), vec![old(11, fee(1002))], None).await;
        let Verdict::Undecided(text) = course.only() else { panic!("{:?}", course.only()) };
        assert!(text.contains(expected), "{text}");
    }
    // A server that does not show it, or shows nobody's.
    let server = Server::new(|fields| if fields["subcat"] == "get_data" { no() } else { answer(200, EMPTY) });
    let course = ask(&server, TestClock::start(), vec![old(11, fee(1002))], None).await;
    assert!(matches!(course.only(), Verdict::Undecided(_)));
}

/// Without its balance, a booking of the same customer that was made later shows that the history goes so far.
#[tokio::test(start_paused = true)]
async fn a_later_entry_of_the_same_customer_proves_as_much() {
    let unread = |later| {
        let bookings = CustomerBookings { later, ..CustomerBookings::default() };
        vec![Open { bookings, ..old(11, fee(1002)) }]
    };
    let server = Server::new(|_| history(1002, 13));
    let course = ask(&server, TestClock::start(), unread(vec![tag(12)]), None).await;
    assert_eq!(*course.only(), Verdict::NotApplied);
    let course = ask(&server, TestClock::start(), unread(Vec::new()), None).await;
    assert!(matches!(course.only(), Verdict::Undecided(text) if text.contains("is complete")));
}

#[tokio::test(start_paused = true)]
async fn what_is_there_counts_at_any_time() {
    let server = Server::new(|_| history(1002, 12));
    let course = ask(&server, TestClock::start(), vec![early(11, fee(1002), 9000)], None).await;
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
    let rival = |row| Open { rivals: 1, ..old(row, add()) };
    let course = ask(&server, TestClock::start(), vec![rival(0), rival(1)], None).await;
    assert!(course.findings.len() == 2 && course.verdicts().iter().all(|(_, c)| is_open(c)));
    let course = ask(&server, TestClock::start(), vec![rival(0)], None).await;
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
    let server = Server::new(|_| history(1002, 1));
    let rows = (0..100).map(|row| Open { tag: Some(tag(0)), ..old(row, fee(row + 1)) }).collect();
    let course = ask(&server, TestClock::start(), rows, Some(Duration::from_millis(250))).await;
    assert_eq!((&course.end, course.findings.len()), (&RoundEnd::Stopped, 8));
    assert_eq!(course.took, Duration::from_millis(250), "what is in flight is not waited for");
}
