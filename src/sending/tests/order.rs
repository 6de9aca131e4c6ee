//! What goes together, what goes one after the other, and how much is taken in.

use std::time::Duration;

use super::support::{Reply, Request, Server, Setup, jobs, jobs_for};
use crate::sending::LostKind::{TimedOut, Unreached};
use crate::sending::stop::StopSignal;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn concurrency_is_used_and_never_exceeded() {
    for concurrency in [1, 2, 7, 32] {
        let server = Server::timed(|request| {
            let number: u64 = request.customer().parse().unwrap_or(0);
            (Duration::from_millis(20 + number * 37 % 300), Reply::Ok)
        });
        let setup = Setup { concurrency, bundle: 10, ..Setup::default() };
        let course = setup.run(&server, jobs("add", 300)).await;
        course.assert_whole();
        assert_eq!(course.letters(), "D".repeat(300));
        assert_eq!(server.most_in_flight(), concurrency);
    }
}

/// With equal latency a run takes rows x latency / concurrency, whatever the size of the bundles.
#[tokio::test(start_paused = true)]
async fn no_place_in_flight_stays_empty() {
    for bundle in [1, 3, 64] {
        let server = Server::timed(|_| (Duration::from_millis(50), Reply::Ok));
        let setup = Setup { concurrency: 32, bundle, ..Setup::default() };
        let course = setup.run(&server, jobs("edit", 1600)).await;
        course.assert_whole();
        let ideal = Duration::from_millis(1600 * 50 / 32);
        assert!(course.took < ideal.mul_f64(1.05), "{bundle}: {:?}", course.took);
    }
}

#[tokio::test(start_paused = true)]
async fn one_slow_row_holds_nothing_back() {
    let server = Server::timed(|request| match request.customer() {
        "1000" => (30 * SECOND, Reply::Lost(TimedOut)),
        _ => (Duration::from_millis(10), Reply::Ok),
    });
    let setup = Setup { concurrency: 2, bundle: 50, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 5000)).await;
    course.assert_whole();
    let others: Vec<Request> = server.requests().into_iter().filter(|r| r.customer() != "1000").collect();
    assert_eq!(others.len(), 4999);
    assert!(others.iter().all(|r| r.began < 51 * SECOND), "{:?}", others.last());
    assert!(course.took > 90 * SECOND && course.letters().starts_with("UDDD"));
}

/// A row that waits for another attempt takes no place in flight.
#[tokio::test(start_paused = true)]
async fn rows_that_wait_take_no_place_in_flight() {
    let server = Server::new(|request| match request.customer() {
        "1000" | "1001" | "1002" => Reply::Page(502),
        _ => Reply::Ok,
    });
    let setup = Setup { concurrency: 1, retry_wait: 20 * SECOND, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 100)).await;
    assert_eq!(course.letters(), format!("UUU{}", "D".repeat(97)));
    assert!(server.requests()[3..100].iter().all(|r| r.nth == 1 && r.began < 10 * SECOND));
}

/// A server that breaks down over some rows, and says 503, is no outage: the others go on, and those end.
#[tokio::test(start_paused = true)]
async fn rows_that_are_turned_away_alone_hold_nobody_up() {
    let server = Server::new(|request| match request.customer() {
        "1000" | "1050" | "1051" => Reply::Page(503),
        _ => Reply::Ok,
    });
    let setup = Setup { concurrency: 4, rate: "20/s", ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 1500)).await;
    let letters = course.letters();
    assert_eq!((letters.matches('D').count(), letters.matches('F').count()), (1497, 3), "{letters}");
    assert_eq!(course.ended.stopped, None);
    assert!(course.took < 300 * SECOND, "{:?}", course.took);
}

/// Equal rows never overlap and keep their order, whatever becomes of each; others overlap freely.
#[tokio::test(start_paused = true)]
async fn equal_rows_go_one_after_the_other() {
    for operation in ["edit", "change_balance"] {
        let server = Server::timed(|request| {
            let reply = match request.nth % 5 {
                0 => Reply::Lost(Unreached),
                1 => Reply::Page(503),
                2 => Reply::Page(502),
                _ => Reply::Ok,
            };
            (Duration::from_millis(70), reply)
        });
        // Three customers in turn, twenty rows each.
        let customers: Vec<u64> = (0..60).map(|place| 1000 + place % 3).collect();
        let setup = Setup { concurrency: 8, bundle: 7, ..Setup::default() };
        let course = setup.run(&server, jobs_for(operation, &customers)).await;
        course.assert_whole();
        assert_eq!(server.most_in_flight(), 3, "{operation}");
        for customer in ["1000", "1001", "1002"] {
            let own: Vec<Request> =
                server.requests().into_iter().filter(|r| r.customer() == customer).collect();
            assert!(own.windows(2).all(|w| w[0].ended.expect("an end") <= w[1].began), "{operation}");
            let places: Vec<usize> = own.iter().map(place).collect();
            assert!(places.is_sorted(), "{operation}: {places:?}");
            let mut places = places;
            places.dedup();
            assert_eq!(places.len(), 20, "{operation}");
        }
    }
}

fn place(request: &Request) -> usize {
    let text = request.fields.get("name").or_else(|| request.fields.get("employee_id"));
    text.and_then(|text| text.parse().ok()).expect("the row's place")
}

/// Equal rows behind one that is in flight when the run stops were never sent.
#[tokio::test(start_paused = true)]
async fn equal_rows_that_wait_are_not_sent_once_the_run_stops() {
    let server = Server::timed(|_| (2 * SECOND, Reply::Ok));
    let stops = vec![(SECOND, StopSignal::Finish)];
    let course =
        Setup { stops, ..Setup::default() }.run(&server, jobs_for("edit", &[7, 7, 8, 7, 8, 9])).await;
    course.assert_whole();
    assert_eq!(course.letters(), "DNDNND");
    assert_eq!(server.requests().len(), 3);
}

/// Whatever waits is held in memory, so only so much of the input is taken in.
#[tokio::test(start_paused = true)]
async fn no_more_calls_are_taken_than_fit_the_window() {
    let server = Server::replies(&[Reply::Lost(Unreached)]);
    let stops = vec![(60 * SECOND, StopSignal::Finish)];
    let setup = Setup { retry_wait: 60 * SECOND, concurrency: 16, bundle: 50, stops, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 5000)).await;
    course.assert_whole();
    assert!((1024..1024 + 3 * 50).contains(&course.taken), "{}", course.taken);
}

/// What is settled waits to be written down; where that is slow, sending slows down with it.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_slows_the_run_down_and_loses_nothing() {
    let server = Server::timed(|_| (Duration::from_millis(1), Reply::Ok));
    let setup = Setup {
        concurrency: 16,
        bundle: 64,
        reader_delay: 40 * SECOND,
        stops: vec![(60 * SECOND, StopSignal::Finish)],
        ..Setup::default()
    };
    let course = setup.run(&server, jobs("add", 20_000)).await;
    course.assert_whole();
    let sent = server.requests().len();
    assert!(sent < 3 * 1200, "{sent} sent while nobody wrote anything down");
}

/// The answers of requests in flight are taken while the outcomes of others wait to be written down: left
/// alone, they would run into their timeouts although the server has answered.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_does_not_keep_answers_from_being_taken() {
    let server = Server::timed(|request| {
        let number: u64 = request.customer().parse().unwrap_or(0);
        (Duration::from_millis(100 * (number - 999)), Reply::Ok)
    });
    let setup = Setup { concurrency: 8, reader_delay: 100 * SECOND, ..Setup::default() };
    let course = setup.run(&server, jobs("add", 8)).await;
    course.assert_whole();
    let ended: Vec<Duration> = server.requests().iter().filter_map(|r| r.ended).collect();
    assert!(ended.len() == 8 && ended.iter().all(|ended| *ended < SECOND), "{ended:?}");
}
