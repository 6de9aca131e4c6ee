//! Ctrl-C at every phase of a call.

use std::time::Duration;

use super::support::{Course, Reply, Server, Setup, jobs};
use crate::sending::LostKind::{TimedOut, Unreached};
use crate::sending::stop::StopSignal;
use crate::sending::{FailureCode, Fate, StopReason};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64, signal: StopSignal) -> Vec<(Duration, StopSignal)> {
    vec![(Duration::from_secs(seconds), signal)]
}

async fn one(operation: &str, server: &Server, stops: Vec<(Duration, StopSignal)>) -> Course {
    let setup = Setup { stops, retry_wait: 10 * SECOND, ..Setup::default() };
    let course = setup.run(server, jobs(operation, 1)).await;
    course.assert_whole();
    assert_eq!(course.ended.stopped, Some(StopReason::Interrupted));
    course
}

const BOTH: [StopSignal; 2] = [StopSignal::Finish, StopSignal::Abandon];

#[tokio::test(start_paused = true)]
async fn what_is_fresh_is_not_sent() {
    for signal in BOTH {
        let server = Server::replies(&[Reply::Ok]);
        // At this pace one call leaves, and the others wait for theirs.
        let setup = Setup { rate: "1/m", stops: at(5, signal), ..Setup::default() };
        let course = setup.run(&server, jobs("add", 30)).await;
        course.assert_whole();
        assert_eq!(course.letters(), format!("D{}", "N".repeat(course.taken - 1)));
        assert!(course.took < 6 * SECOND && server.requests().len() == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_turned_away_and_waits_is_not_sent() {
    for signal in BOTH {
        for reply in [Reply::Page(429), Reply::Lost(Unreached)] {
            let never_left = reply == Reply::Lost(Unreached);
            let server = Server::replies(&[reply]);
            let outcome = one("edit", &server, at(5, signal)).await.only();
            let Fate::Skipped(problem) = &outcome.fate else { panic!("{outcome:?}") };
            assert_eq!((problem.code, outcome.attempts == 0), (FailureCode::Stopped, never_left));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_and_waits_is_unknown() {
    for signal in BOTH {
        for replies in [vec![Reply::Page(502)], vec![Reply::Page(502), Reply::Lost(Unreached)]] {
            let server = Server::replies(&replies);
            let course = one("edit", &server, at(30, signal)).await;
            let Fate::Unknown(problem) = course.only().fate else { panic!("{}", course.letters()) };
            assert!(problem.text.starts_with("HTTP 502"), "{problem}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_finishes() {
    for (reply, expected) in [
        (Reply::Ok, "D"),
        (Reply::No(200), "F"),
        (Reply::Page(429), "N"),
        (Reply::Lost(Unreached), "N"),
        (Reply::Page(502), "U"),
        (Reply::No(403), "F"),
    ] {
        for operation in ["edit", "add"] {
            let answer = reply.clone();
            let server = Server::timed(move |_| (10 * SECOND, answer.clone()));
            let course = one(operation, &server, at(5, StopSignal::Finish)).await;
            // Turned away by something in front, what must not happen twice may have happened.
            let is_open = operation == "add" && reply == Reply::Page(429);
            assert_eq!(course.letters(), if is_open { "U" } else { expected }, "{operation} {reply:?}");
            assert!(course.took >= 10 * SECOND && course.took < 11 * SECOND && server.requests().len() == 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_and_abandoned_is_unknown() {
    for stops in [
        at(5, StopSignal::Abandon),
        vec![(2 * SECOND, StopSignal::Finish), (5 * SECOND, StopSignal::Abandon)],
    ] {
        let server = Server::timed(|_| (10 * SECOND, Reply::Ok));
        let setup = Setup { stops, ..Setup::default() };
        let course = setup.run(&server, jobs("add", 20)).await;
        course.assert_whole();
        assert_eq!(course.letters(), format!("UUUU{}", "N".repeat(course.taken - 4)));
        assert!(course.took < 6 * SECOND, "{:?}", course.took);
    }
}

/// The doubt of an earlier attempt is not forgotten when a later one is abandoned.
#[tokio::test(start_paused = true)]
async fn an_abandoned_attempt_does_not_hide_an_earlier_doubt() {
    let server = Server::timed(|request| match request.nth {
        1 => (Duration::ZERO, Reply::Page(502)),
        _ => (100 * SECOND, Reply::Ok),
    });
    let course = one("edit", &server, at(40, StopSignal::Abandon)).await;
    let Fate::Unknown(problem) = course.only().fate else { panic!("{}", course.letters()) };
    assert!(problem.text.starts_with("HTTP 502") && problem.text.contains("stopped at once"), "{problem}");
}

/// A delete that is being confirmed has its answer taken, but is not asked about again.
#[tokio::test(start_paused = true)]
async fn a_confirmation_in_flight_finishes_and_none_is_begun() {
    for (delete_after, read, stop, signal, expected) in [
        (0, Reply::No(404), 25, StopSignal::Finish, "D"),
        (0, Reply::OkData, 25, StopSignal::Finish, "U"),
        (0, Reply::Lost(TimedOut), 25, StopSignal::Finish, "U"),
        (0, Reply::No(404), 25, StopSignal::Abandon, "U"),
        (15, Reply::No(404), 25, StopSignal::Finish, "U"),
    ] {
        let answer = read.clone();
        let server = Server::timed(move |request| match (request.is_read(), request.nth) {
            (false, 1) => (Duration::ZERO, Reply::Page(502)),
            (false, _) => (delete_after * SECOND, Reply::No(404)),
            (true, _) => (20 * SECOND, answer.clone()),
        });
        let course = one("delete", &server, at(stop, signal)).await;
        assert_eq!(course.letters(), expected, "{read:?} {signal:?}");
        let reads = server.requests().iter().filter(|r| r.is_read()).count();
        assert_eq!(reads, usize::from(delete_after == 0), "{read:?} {signal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_before_it_begins_sends_nothing() {
    for signal in BOTH {
        let server = Server::replies(&[Reply::Ok]);
        let setup = Setup { stops: at(0, signal), ..Setup::default() };
        let course = setup.run(&server, jobs("add", 30)).await;
        course.assert_whole();
        assert!(course.letters().chars().all(|letter| letter != 'F'), "{}", course.letters());
        assert!(server.requests().len() <= 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_seen_while_nobody_takes_outcomes() {
    let server = Server::timed(|_| (Duration::from_millis(1), Reply::Ok));
    let setup = Setup { stops: at(5, StopSignal::Finish), reader_delay: 10 * SECOND, ..Setup::default() };
    let course = setup.run(&server, jobs("add", 3000)).await;
    course.assert_whole();
    assert!(server.requests().iter().all(|r| r.began <= 5 * SECOND), "sent behind the stop");
}

/// When nobody writes outcomes down any more, nothing more is sent.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_for_nobody() {
    let server = Server::replies(&[Reply::Ok]);
    let setup = Setup { reader_leaves: Some(2), ..Setup::default() };
    let course = setup.run(&server, jobs("add", 1000)).await;
    assert_eq!(course.ended.stopped, Some(StopReason::Interrupted));
    assert!(server.requests().len() <= 5 * 4, "{}", server.requests().len());
}
