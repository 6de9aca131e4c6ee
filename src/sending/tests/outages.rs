//! An outage is the run's trouble, not a row's: it is waited for, nothing is burnt, and the pace learns.

use std::cell::Cell;
use std::time::Duration;

use super::support::{Course, REPEATABLE, Reply, Request, Server, Setup, jobs};
use crate::catalogue::ApiSelector;
use crate::sending::LostKind::Unreached;
use crate::sending::probe::ProbeError;
use crate::sending::{
    Answer, Clock as _, FailureCode, Fate, LinkNews, SelectorChoice, StopReason, Unread, find_selector,
};
use crate::validating::Call;

const SECOND: Duration = Duration::from_secs(1);

/// A server that does this with every request, reads as well, within these seconds of the run.
fn away(reply: Reply, from: u64, to: u64) -> Server {
    let during = move |request: &Request| (from..to).contains(&request.began.as_secs());
    let said = reply.clone();
    Server::new(move |request| if during(request) { reply.clone() } else { Reply::Ok })
        .with_probe(move |request| if during(request) { said.clone() } else { Reply::OkNumber })
}

fn probes(server: &Server) -> usize {
    server.requests().iter().filter(|request| request.is_probe()).count()
}

#[tokio::test(start_paused = true)]
async fn an_outage_in_the_middle_costs_no_row() {
    for reply in
        [Reply::Lost(Unreached), Reply::Page(503), Reply::Page(429), Reply::Later(503, "20".to_owned())]
    {
        for seconds in [15, 60, 600] {
            let server = away(reply.clone(), 2, 2 + seconds);
            let setup = Setup { rate: "20/s", concurrency: 8, retries: 0, ..Setup::default() };
            let course = setup.run(&server, jobs("edit", 200)).await;
            course.assert_whole();
            assert_eq!(course.letters(), "D".repeat(200), "{reply:?} {seconds}");
            assert_eq!(course.ended.stopped, None);
            let extra = server.requests().len() - 200;
            assert!(extra <= 8 + 3 + probes(&server), "{reply:?} {seconds}: {extra}");
            assert!(probes(&server) <= 20, "{reply:?} {seconds}: {}", probes(&server));
            assert!(
                matches!(course.news.first(), Some(LinkNews::Held { is_first: true, .. }))
                    && matches!(course.news.last(), Some(LinkNews::Over { lasted }) if *lasted >= Duration::from_secs(seconds - 1)),
                "{:?}",
                course.news
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_come_back_ends_the_run_when_patience_is_over() {
    for concurrency in [1, 8, 32] {
        let server = away(Reply::Lost(Unreached), 2, u64::MAX);
        let setup = Setup { concurrency, rate: "20/s", patience: 300 * SECOND, ..Setup::default() };
        let course = setup.run(&server, jobs("add", 5000)).await;
        course.assert_whole();
        assert!(matches!(course.ended.stopped, Some(StopReason::ServerGone(_))), "{:?}", course.ended);
        assert!(course.took >= 300 * SECOND && course.took < 310 * SECOND, "{:?}", course.took);
        let outcomes = course.outcomes();
        let held = outcomes.iter().filter(|(_, outcome)| {
            matches!(&outcome.fate, Fate::Skipped(problem) if problem.code == FailureCode::Connect)
        });
        assert!((1..=concurrency).contains(&held.count()));
        assert!(outcomes.iter().all(|(_, o)| matches!(o.fate, Fate::Ok { .. } | Fate::Skipped(_))));
    }
}

/// The server answers the harmless read and turns every row away: that is no way through.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_reads_alone_is_not_back() {
    let server = Server::replies(&[Reply::Page(503)]);
    let setup = Setup { patience: 300 * SECOND, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 50)).await;
    course.assert_whole();
    assert!(matches!(course.ended.stopped, Some(StopReason::ServerGone(_))), "{:?}", course.ended);
    assert!(course.letters().chars().all(|letter| letter == 'N'));
    assert!(server.requests().len() < 40, "{}", server.requests().len());
}

/// A proxy that answers in the server's place would meet the rows too.
#[tokio::test(start_paused = true)]
async fn only_an_answer_of_the_api_shows_that_the_server_is_back() {
    for (place, reply) in [Reply::Page(502), Reply::Page(200), Reply::Json(200), Reply::Page(404), Reply::Ok]
        .into_iter()
        .enumerate()
    {
        let server =
            Server::new(|request| {
                if (1..60).contains(&request.began.as_secs()) { Reply::Page(503) } else { Reply::Ok }
            })
            .with_probe(move |request| {
                if request.began.as_secs() < 60 { reply.clone() } else { Reply::OkNumber }
            });
        let setup = Setup { rate: "5/s", concurrency: 1, ..Setup::default() };
        let course = setup.run(&server, jobs("change_balance", 40)).await;
        assert_eq!(course.letters().matches('U').count(), 1, "{place}: {}", course.letters());
        assert_eq!(course.letters().matches('D').count(), 39, "{place}");
    }
}

/// Whether a server takes a request that may take so many a second; its seconds begin at a phase of ours.
fn takes(quota: usize, phase: Duration) -> impl Fn(&Request) -> bool {
    let window = Cell::new((0, 0));
    move |request| {
        let second = (request.began + phase).as_secs();
        let (known, used) = window.get();
        let used = if known == second { used } else { 0 };
        window.set((second, used + 1));
        used < quota
    }
}

/// Requests beyond the rows, and how long it took.
async fn with_quota(rate: &'static str, quota: usize, rows: usize, concurrency: usize) -> (usize, Course) {
    let take = std::rc::Rc::new(takes(quota, Duration::ZERO));
    let taken = std::rc::Rc::clone(&take);
    let server = Server::new(move |request| if take(request) { Reply::Ok } else { Reply::Page(429) })
        .with_probe(move |request| if taken(request) { Reply::OkNumber } else { Reply::Page(429) });
    let setup = Setup { rate, concurrency, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", rows)).await;
    course.assert_whole();
    assert_eq!(course.letters(), "D".repeat(rows), "{rate} {quota}");
    (server.requests().len() - rows, course)
}

#[tokio::test(start_paused = true)]
async fn a_quota_ends_with_all_rows_ok_and_hardly_more_requests_than_rows() {
    for (rate, quota, rows, concurrency) in [
        ("20/s", 5, 200, 8),
        ("20/s", 5, 200, 1),
        ("50/s", 20, 500, 8),
        ("unlimited", 10, 400, 8),
        ("10/s", 3, 900, 4),
    ] {
        let (extra, course) = with_quota(rate, quota, rows, concurrency).await;
        assert!(
            extra * 20 <= rows,
            "{rate} against {quota}/s, {concurrency} at once: {extra} for {rows} rows"
        );
        let fastest = rows as u64 / quota as u64;
        assert!(
            course.took < Duration::from_secs(2 * fastest),
            "{rate} against {quota}/s: {:?}",
            course.took
        );
    }
}

/// Requests beyond the rows, with a quota that says after how many seconds it takes more.
async fn with_told_quota(quota: usize, rows: usize, concurrency: usize, phase: Duration) -> usize {
    let take = std::rc::Rc::new(takes(quota, phase));
    let taken = std::rc::Rc::clone(&take);
    let away = || Reply::Later(429, "1".to_owned());
    let server = Server::new(move |request| if take(request) { Reply::Ok } else { away() })
        .with_probe(move |request| if taken(request) { Reply::OkNumber } else { away() });
    let setup = Setup { rate: "20/s", concurrency, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", rows)).await;
    assert_eq!(course.letters(), "D".repeat(rows), "{quota} {phase:?}");
    assert!(course.took.as_secs_f64() < 2.0 + 2.0 * rows as f64 / quota as f64, "{quota}: {:?}", course.took);
    server.requests().len() - rows
}

/// One is turned away, and one finds out whether the server is back; with the first of all that is a twentieth of 60.
/// Where more are on their way, they are turned away too.
#[tokio::test(start_paused = true)]
async fn a_quota_that_says_when_it_ends_costs_a_twentieth_also_of_few_rows() {
    for (quota, rows, concurrency, most) in [
        (3, 60, 1, 2),
        (5, 60, 1, 2),
        (8, 60, 1, 2),
        (12, 60, 1, 2),
        (5, 60, 8, 4),
        (5, 200, 8, 9),
        (10, 1000, 8, 49),
    ] {
        for tenths in 0..10 {
            let extra = with_told_quota(quota, rows, concurrency, tenths * SECOND / 10).await;
            assert!(
                extra <= most,
                "{quota}/s, {concurrency} at once, phase {tenths}: {extra} for {rows} rows"
            );
        }
    }
}

/// One answer in twenty: it is waited for a moment, and the pace stays.
#[tokio::test(start_paused = true)]
async fn requests_turned_away_at_random_do_not_slow_a_run_down() {
    let server = Server::new(|request| match (request.customer().parse::<u64>(), request.nth) {
        (Ok(number), 1) if number % 20 == 9 => Reply::Page(503),
        _ => Reply::Ok,
    });
    let setup = Setup { rate: "100/s", concurrency: 8, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 1000)).await;
    assert_eq!(course.letters(), "D".repeat(1000));
    assert!(course.took < 60 * SECOND, "{:?}", course.took);
    assert!(course.news.is_empty(), "{:?}", course.news);
}

/// What a server says that is back.
fn well(request: &Request) -> Reply {
    if request.is_probe() { Reply::OkNumber } else { Reply::OkEmpty }
}

async fn reads(server: &Server, setup: Setup, count: usize) -> (Vec<Result<Answer, Unread>>, Duration) {
    let link = setup.link(server);
    let calls: Vec<Call> =
        (1..=count).map(|id| Call::read_customer_by_id(&id.to_string()).expect("a read")).collect();
    let read = calls.iter().map(|call| link.read(ApiSelector::Subcat, call));
    let answers = futures_util::future::join_all(read).await;
    (answers, crate::sending::Clock::now(link.clock()))
}

#[tokio::test(start_paused = true)]
async fn reads_wait_for_the_server_too() {
    for reply in [Reply::Lost(Unreached), Reply::Page(503), Reply::Later(429, "10".to_owned())] {
        let (answers, took) = {
            let server =
                Server::new(
                    move |request| {
                        if request.began.as_secs() < 30 { reply.clone() } else { well(request) }
                    },
                );
            let read = reads(&server, Setup { retries: 0, ..Setup::default() }, 8).await;
            assert!(server.requests().len() <= 8 + 8 + 2 * 8, "{}", server.requests().len());
            read
        };
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert!(took >= 30 * SECOND && took < 100 * SECOND, "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_are_given_up_when_patience_is_over() {
    let server = Server::replies(&[Reply::Lost(Unreached)]);
    let setup = Setup { patience: 60 * SECOND, ..Setup::default() };
    let (answers, took) = reads(&server, setup, 8).await;
    assert!(answers.iter().all(|read| matches!(read, Err(Unread::Lost(_)))), "{answers:?}");
    assert!(took >= 60 * SECOND && took < 70 * SECOND, "{took:?}");
}

/// It is no use to wait longer for a server that was never there than for one that goes away.
#[tokio::test(start_paused = true)]
async fn first_contact_is_given_up_when_patience_is_over() {
    for (patience, took) in [(Duration::ZERO, 0..1), (SECOND, 1..2), (900 * SECOND, 3..7)] {
        let server = Server::replies(&[Reply::Lost(Unreached)]).with_probe(|_| Reply::Lost(Unreached));
        let link = Setup { patience, ..Setup::default() }.link(&server);
        let begun = link.clock().now();
        let found = find_selector(&link, SelectorChoice::Auto).await;
        assert!(matches!(found, Err(ProbeError::Unreachable(_))), "{found:?}");
        let seconds = (link.clock().now() - begun).as_secs();
        assert!(took.contains(&seconds), "{seconds}");
    }
}

/// A read that finds out whether the server is back, and that nobody waits for any more, keeps no other waiting.
#[tokio::test(start_paused = true)]
async fn a_read_that_is_dropped_leaves_the_try_to_another() {
    let server = Server::timed(|request| match request.began.as_secs() {
        0 => (Duration::ZERO, Reply::Page(503)),
        _ => (5 * SECOND, well(request)),
    });
    let link = Setup::default().link(&server);
    let call = Call::read_customer_by_id("1").expect("a read");
    let dropped = tokio::time::timeout(3 * SECOND, link.read(ApiSelector::Subcat, &call)).await;
    assert!(dropped.is_err());
    assert!(link.read(ApiSelector::Subcat, &call).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_key_refused_when_the_server_is_back_stops_the_run() {
    for refusal in [Reply::No(403), Reply::Page(403)] {
        let server = Server::replies(&[Reply::Page(503)]).with_probe(move |_| refusal.clone());
        let course = Setup::default().run(&server, jobs(REPEATABLE[0], 9)).await;
        course.assert_whole();
        assert!(matches!(course.ended.stopped, Some(StopReason::KeyRefused(_))), "{:?}", course.ended);
        assert!(course.letters().chars().all(|letter| letter == 'N'));
    }
}
