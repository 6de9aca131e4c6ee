//! Runs that go wrong stop by themselves, for the reason that counts.

use std::num::NonZeroU64;
use std::time::Duration;

use super::support::{Reply, Server, Setup, jobs};
use crate::sending::LostKind::Broken;
use crate::sending::{FailureLimit, StopReason};

fn limit(count: u64) -> NonZeroU64 {
    NonZeroU64::new(count).expect("not 0")
}

fn setup(failures: FailureLimit) -> Setup {
    Setup { failures, concurrency: 1, ..Setup::default() }
}

#[tokio::test(start_paused = true)]
async fn so_many_failures_in_a_row_stop_the_run() {
    for reply in [Reply::No(200), Reply::Page(502)] {
        let server = Server::replies(&[reply]);
        let course = setup(FailureLimit::InARow(limit(5))).run(&server, jobs("add", 50)).await;
        course.assert_whole();
        assert!(matches!(course.ended.stopped, Some(StopReason::TooManyFailures(_))));
        assert_eq!(server.requests().len(), 5);
        assert!(course.letters()[5..].chars().all(|letter| letter == 'N'));
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_row_between_failures_begins_a_new_count() {
    let server = Server::new(|request| match request.customer().parse::<u64>() {
        Ok(number) if number % 5 == 4 => Reply::Ok,
        _ => Reply::No(200),
    });
    let course = setup(FailureLimit::InARow(limit(5))).run(&server, jobs("add", 50)).await;
    assert_eq!(course.letters(), "FFFFD".repeat(10));
    assert_eq!(course.ended.stopped, None);
}

#[tokio::test(start_paused = true)]
async fn so_many_failures_in_all_stop_the_run() {
    let server = Server::new(|request| match request.customer().parse::<u64>() {
        Ok(number) if number % 2 == 0 => Reply::Ok,
        _ => Reply::No(200),
    });
    let course = setup(FailureLimit::InAll(limit(5))).run(&server, jobs("add", 50)).await;
    course.assert_whole();
    assert!(course.letters().starts_with("DFDFDFDFDFN"), "{}", course.letters());
    assert!(matches!(course.ended.stopped, Some(StopReason::TooManyFailures(_))));
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_when_the_limit_is_reached_finishes() {
    let server = Server::timed(|request| match request.customer() {
        "1000" => (Duration::from_secs(1), Reply::No(200)),
        _ => (Duration::from_secs(9), Reply::Ok),
    });
    let setup = Setup { concurrency: 4, ..setup(FailureLimit::InAll(limit(1))) };
    let course = setup.run(&server, jobs("add", 20)).await;
    course.assert_whole();
    assert!(course.letters().starts_with("FDDDNN"), "{}", course.letters());
}

/// A refused key is the reason that a person can do something about, even where a limit is reached with it.
#[tokio::test(start_paused = true)]
async fn a_refused_key_is_the_reason_and_not_the_limit() {
    for failures in [FailureLimit::InAll(limit(1)), FailureLimit::InARow(limit(1))] {
        for replies in [vec![Reply::No(403)], vec![Reply::Lost(Broken), Reply::No(403)]] {
            let server = Server::replies(&replies);
            let course = setup(failures).run(&server, jobs("edit", 9)).await;
            course.assert_whole();
            assert!(matches!(course.ended.stopped, Some(StopReason::KeyRefused(_))), "{:?}", course.ended);
        }
        let server = Server::new(|request| match (request.is_read(), request.nth) {
            (true, _) => Reply::No(403),
            (false, 1) => Reply::Lost(Broken),
            (false, _) => Reply::No(404),
        });
        let course = setup(failures).run(&server, jobs("delete", 1)).await;
        assert!(matches!(course.ended.stopped, Some(StopReason::KeyRefused(_))), "{:?}", course.ended);
    }
}
