//! The table of fates, cell by cell, through the whole engine.

use super::support::{ONCE_ONLY, REPEATABLE, Reply, Request, Server, Setup, jobs, letter};
use crate::sending::LostKind::{Broken, TimedOut, Unreached, Unusable};
use crate::sending::{FailureCode, Fate, LinkNews, StopReason};
use std::time::Duration;

const RETRIES: usize = 2;

/// Fate and number of attempts of a call that gets these answers.
async fn fate(operation: &str, replies: &[Reply]) -> (char, u32) {
    let server = Server::replies(replies);
    let course = Setup::default().run(&server, jobs(operation, 1)).await;
    course.assert_whole();
    let outcome = course.only();
    let left = |request: &&Request| {
        !request.is_read() && replies[request.nth.min(replies.len()) - 1] != Reply::Lost(Unreached)
    };
    let sent = server.requests().iter().filter(left).count();
    assert_eq!(outcome.attempts as usize, sent, "attempts are counted");
    assert_eq!(course.ended.requests as usize, server.requests().len(), "requests are counted");
    assert_eq!(course.ended.retries as usize, sent.saturating_sub(1), "retries are counted");
    (letter(&outcome.fate), outcome.attempts)
}

const ALL: u32 = RETRIES as u32 + 1;

fn may_have_happened() -> Vec<Reply> {
    let lost = [TimedOut, Broken, Unusable].map(Reply::Lost);
    let pages = [200, 500, 501, 502, 504, 520].map(Reply::Page);
    let json = [200, 500].map(Reply::Json);
    lost.into_iter().chain(pages).chain([500, 502, 504].map(Reply::No)).chain(json).collect()
}

/// What a web server, a proxy or a firewall in front says.
fn turned_away() -> Vec<Reply> {
    let later = [429, 503].map(|status| Reply::Later(status, "0".to_owned()));
    let pages = [429, 503].into_iter().flat_map(|status| [Reply::Page(status), Reply::Json(status)]);
    pages.chain([429, 503].map(Reply::No)).chain(later).collect()
}

/// An outage is the run's trouble: no row is failed by it, and no attempt is spent.
#[tokio::test(start_paused = true)]
async fn what_never_left_is_held_until_the_server_is_back() {
    for operation in REPEATABLE.into_iter().chain(ONCE_ONLY) {
        let reply = Reply::Lost(Unreached);
        let all = fate(operation, std::slice::from_ref(&reply)).await;
        assert_eq!(all, ('N', 0), "{operation} {reply:?}");
        let mut then_ok = vec![reply; 9];
        then_ok.push(Reply::Ok);
        assert_eq!(fate(operation, &then_ok).await, ('D', 1), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_turned_away_is_held_where_that_is_safe() {
    for reply in turned_away() {
        for operation in REPEATABLE {
            let all = fate(operation, std::slice::from_ref(&reply)).await;
            assert_eq!(all.0, 'N', "{operation} {reply:?}");
            let mut then_ok = vec![reply.clone(); 9];
            then_ok.push(Reply::Ok);
            assert_eq!(fate(operation, &then_ok).await, ('D', 10), "{operation} {reply:?}");
            // What was held has all its attempts.
            then_ok[9] = Reply::Page(502);
            assert_eq!(fate(operation, &then_ok).await, ('U', 9 + ALL), "{operation} {reply:?}");
        }
        for operation in ONCE_ONLY {
            assert_eq!(fate(operation, &[reply.clone(), Reply::Ok]).await, ('U', 1), "{operation} {reply:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_is_repeated_only_where_that_is_safe() {
    for reply in may_have_happened() {
        for operation in REPEATABLE {
            let all = fate(operation, std::slice::from_ref(&reply)).await;
            assert_eq!(all, ('U', ALL), "{operation} {reply:?}");
            let then_ok = fate(operation, &[reply.clone(), Reply::Ok]).await;
            assert_eq!(then_ok, ('D', 2), "{operation} {reply:?}");
        }
        for operation in ONCE_ONLY {
            let once = fate(operation, &[reply.clone(), Reply::Ok]).await;
            assert_eq!(once, ('U', 1), "{operation} {reply:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_api_refused_is_failed_at_once() {
    for operation in REPEATABLE.into_iter().chain(ONCE_ONLY) {
        for reply in [200, 400, 404, 405, 409, 422].map(Reply::No) {
            let refused = fate(operation, &[reply.clone(), Reply::Ok]).await;
            assert_eq!(refused, ('F', 1), "{operation} {reply:?}");
        }
    }
}

/// A firewall's page, or a redirect, can stand in place of PHP's answer.
#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_not_the_apis_settles_only_what_may_be_repeated() {
    let pages = [301, 302, 303, 307, 308, 400, 404, 413].map(Reply::Page);
    for reply in pages.into_iter().chain([400, 404, 422].map(Reply::Json)) {
        for operation in REPEATABLE {
            assert_eq!(fate(operation, &[reply.clone(), Reply::Ok]).await, ('F', 1), "{operation} {reply:?}");
        }
        for operation in ONCE_ONLY {
            assert_eq!(fate(operation, &[reply.clone(), Reply::Ok]).await, ('U', 1), "{operation} {reply:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_never_sent_again() {
    for operation in REPEATABLE.into_iter().chain(ONCE_ONLY) {
        assert_eq!(fate(operation, &[Reply::Ok]).await, ('D', 1), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_stops_the_run() {
    for operation in REPEATABLE.into_iter().chain(ONCE_ONLY) {
        for (reply, letter) in [401, 403].into_iter().flat_map(|status| {
            [(Reply::No(status), 'F'), (Reply::Page(status), 'U'), (Reply::Json(status), 'U')]
        }) {
            let server = Server::replies(&[reply]);
            let setup = Setup { concurrency: 1, ..Setup::default() };
            let course = setup.run(&server, jobs(operation, 40)).await;
            course.assert_whole();
            let letters = course.letters();
            assert!(letters.starts_with(&format!("{letter}NNN")), "{operation}: {letters}");
            assert!(matches!(course.ended.stopped, Some(StopReason::KeyRefused(_))));
            assert_eq!(server.requests().len(), 1);
        }
    }
}

/// A call one of whose attempts may have been applied is never `failed` because of a later attempt.
#[tokio::test(start_paused = true)]
async fn the_worst_attempt_counts() {
    use Reply::{Lost, No, Ok, Page};
    for operation in ["edit", "change_date_connect", "change_billing"] {
        for (replies, expected) in [
            (vec![Lost(TimedOut), Lost(Unreached)], ('U', 1)),
            (vec![Lost(TimedOut), Page(429), Lost(Unreached)], ('U', 2)),
            (vec![Lost(Unreached), Page(502), Lost(Unreached)], ('U', 1)),
            (vec![Page(502), Lost(Unreached), Ok], ('D', 2)),
            (vec![Page(502), No(200)], ('U', 2)),
            (vec![Page(502), Page(404)], ('U', 2)),
            (vec![Lost(Broken), Page(503), No(200)], ('U', 3)),
            (vec![Lost(Broken), No(403)], ('U', 2)),
        ] {
            assert_eq!(fate(operation, &replies).await, expected, "{operation} {replies:?}");
        }
    }
    for operation in ONCE_ONLY {
        for (replies, expected) in [
            (vec![Lost(Unreached), Lost(Unreached), Lost(TimedOut)], ('U', 1)),
            (vec![Lost(Unreached), Lost(Broken), Ok], ('U', 1)),
            (vec![Lost(Unreached), Page(503), Ok], ('U', 1)),
            (vec![Lost(Unreached), No(200)], ('F', 1)),
            (vec![Lost(Unreached), Page(404)], ('U', 1)),
            (vec![Lost(Unreached), No(403)], ('F', 1)),
            (vec![Lost(Unreached), Page(403)], ('U', 1)),
        ] {
            assert_eq!(fate(operation, &replies).await, expected, "{operation} {replies:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_retries_every_call_has_one_attempt_beside_those_that_were_held() {
    for (replies, expected) in [
        (vec![Reply::Lost(Unreached), Reply::Page(502)], ('U', 1)),
        (vec![Reply::Page(429), Reply::Page(502)], ('U', 2)),
        (vec![Reply::Page(502)], ('U', 1)),
    ] {
        let server = Server::replies(&replies);
        let setup = Setup { retries: 0, ..Setup::default() };
        let outcome = setup.run(&server, jobs("edit", 1)).await.only();
        assert_eq!((letter(&outcome.fate), outcome.attempts), expected, "{replies:?}");
    }
}

/// The doubt has to be found out, so it is named first, and the last answer behind it.
#[tokio::test(start_paused = true)]
async fn an_outcome_names_the_doubt_and_the_last_answer() {
    let server = Server::replies(&[Reply::Lost(TimedOut), Reply::No(200)]);
    let outcome = Setup::default().run(&server, jobs("edit", 1)).await.only();
    let Fate::Unknown(problem) = &outcome.fate else { panic!("{outcome:?}") };
    assert_eq!((problem.code, problem.text.as_str()), (FailureCode::Timeout, "TimedOut; then: no"));
    assert_eq!(outcome.http_status, Some(200));
}

#[tokio::test(start_paused = true)]
async fn an_outcome_names_the_id_that_the_server_gave_or_the_row_had() {
    for (operation, reply, expected) in
        [("add", Reply::OkId(77), "77"), ("edit", Reply::Ok, "1000"), ("edit", Reply::OkId(1000), "1000")]
    {
        let server = Server::replies(&[reply]);
        let outcome = Setup::default().run(&server, jobs(operation, 1)).await.only();
        assert_eq!(outcome.fate, Fate::Ok { id: Some(expected.to_owned()) }, "{operation}");
    }
}

/// A new customer without an id, and a row of one customer answered for another one.
#[tokio::test(start_paused = true)]
async fn an_ok_that_is_not_about_the_row_proves_nothing() {
    for reply in [Reply::OkId(0), Reply::OkEmpty] {
        assert_eq!(fate("add", &[reply.clone(), Reply::Ok]).await, ('U', 1), "{reply:?}");
    }
    assert_eq!(fate("change_balance", &[Reply::OkId(77), Reply::Ok]).await, ('U', 1));
    for operation in REPEATABLE {
        assert_eq!(fate(operation, &[Reply::OkId(77), Reply::Ok]).await, ('D', 2), "{operation}");
        assert_eq!(fate(operation, &[Reply::OkId(77)]).await, ('U', ALL), "{operation}");
    }
}

/// No two rows make the same customer: a broken proxy gave one answer twice. The later row is in doubt, and so is what
/// was on its way with it.
#[tokio::test(start_paused = true)]
async fn an_id_that_comes_twice_proves_that_an_answer_is_false() {
    let server = Server::timed(|request| match request.customer() {
        "1002" => (Duration::from_millis(150), Reply::OkId(77)),
        "1001" => (Duration::from_millis(100), Reply::OkId(77)),
        "1003" => (Duration::from_millis(500), Reply::Ok),
        _ => (Duration::from_millis(100), Reply::Ok),
    });
    let course = Setup::default().run(&server, jobs("add", 12)).await;
    course.assert_whole();
    let letters = course.letters();
    assert!(letters.starts_with("DDUU") && !letters[8..].contains('U'), "{letters}");
    assert!(course.news.iter().any(|news| matches!(news, LinkNews::MixedUp(_))), "{:?}", course.news);
    assert_eq!(server.forgotten(), 1, "its connections are not used again");
}
