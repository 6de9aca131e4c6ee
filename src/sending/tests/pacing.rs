//! Pauses that the server orders, waits between attempts, and the rate.

use std::time::{Duration, SystemTime};

use super::support::{Course, DAWN, Reply, Server, Setup, jobs};
use crate::catalogue::ApiSelector;
use crate::sending::stop::StopSignal;
use crate::sending::{Clock, LinkNews, Response, Unread};
use crate::validating::Call;

const SECOND: Duration = Duration::from_secs(1);

/// The pause of a run whose first answer is this one, as it was told and as it was obeyed.
async fn paused(retry_after: &str, date: Option<&str>) -> (Option<(Duration, bool)>, Duration) {
    let (retry_after, date) = (retry_after.to_owned(), date.map(str::to_owned));
    let server = Server::raw(move |request| {
        let response = match request.nth {
            _ if request.is_probe() => {
                Response { status: 200, body: br#"{"Result":"OK","data":7}"#.to_vec(), ..Response::default() }
            }
            1 => Response {
                status: 429,
                retry_after: Some(retry_after.clone()),
                date: date.clone(),
                ..Response::default()
            },
            _ => Response { status: 200, body: br#"{"Result":"OK"}"#.to_vec(), ..Response::default() },
        };
        (Duration::ZERO, Ok(response))
    });
    let setup = Setup { concurrency: 1, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 1)).await;
    assert_eq!(course.letters(), "D");
    let told = course.news.iter().find_map(|news| match news {
        LinkNews::Held { ordered: Some(ordered), since, until, .. } => {
            let waited = until.duration_since(*since).expect("later");
            Some((*ordered, waited < *ordered))
        }
        _ => None,
    });
    let requests = server.requests();
    (told, requests[1].began - requests[0].began)
}

fn near(span: Duration, seconds: u64) -> bool {
    span >= Duration::from_secs(seconds) && span < Duration::from_secs(seconds) + SECOND
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_so_many_seconds_is_obeyed() {
    for (text, seconds) in [("7", 7), (" 30 ", 30), ("600", 600)] {
        let (told, obeyed) = paused(text, None).await;
        assert_eq!(told, Some((Duration::from_secs(seconds), false)), "{text}");
        assert!(near(obeyed, seconds), "{text}: {obeyed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_until_a_date_is_taken_against_the_servers_clock() {
    // The test's own clock stands at 08:49:37; the server's is two hours ahead.
    let (told, obeyed) = paused("Sun, 06 Nov 1994 10:50:00 GMT", Some("Sun, 06 Nov 1994 10:49:40 GMT")).await;
    assert!(told == Some((Duration::from_secs(20), false)) && near(obeyed, 20), "{told:?} {obeyed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_until_a_date_is_taken_against_the_own_clock_where_the_server_tells_none() {
    for date in [None, Some("soon")] {
        let (_, obeyed) = paused("Sun, 06 Nov 1994 08:50:07 GMT", date).await;
        assert!(obeyed <= Duration::from_secs(30) && obeyed > Duration::from_secs(29), "{obeyed:?}");
    }
    assert_eq!(
        httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").ok(),
        Some(std::time::SystemTime::UNIX_EPOCH + DAWN)
    );
    // A date that is over orders nothing.
    let (told, obeyed) = paused("Sat, 05 Nov 1994 08:49:37 GMT", None).await;
    assert_eq!(told, None);
    assert!(obeyed <= SECOND / 10, "{obeyed:?}");
}

/// A server may say anything; a run that slept until then would never end.
#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_limit_is_cut_off_and_told() {
    for text in
        ["601", "86400", "18446744073709551615", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"]
    {
        let (told, obeyed) = paused(text, None).await;
        let (span, capped) = told.unwrap_or_else(|| panic!("{text} is no pause"));
        assert!(capped && span > Duration::from_secs(600), "{text}: {span:?}");
        assert!(near(obeyed, 600), "{text}: {obeyed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_pause_orders_none() {
    for text in ["", "soon", "-5", "1.5"] {
        let (told, obeyed) = paused(text, None).await;
        assert_eq!(told, None, "{text}");
        assert!(obeyed <= SECOND / 10, "{text}: {obeyed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_every_call_back_and_not_only_the_one_turned_away() {
    let server = Server::new(|request| match (request.customer(), request.nth) {
        ("1003", 1) => Reply::Later(503, "30".to_owned()),
        _ => Reply::Ok,
    });
    let setup = Setup { concurrency: 1, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 20)).await;
    assert_eq!(course.letters(), "D".repeat(20));
    let requests = server.requests();
    let gaps: Vec<Duration> = requests.windows(2).map(|w| w[1].began - w[0].began).collect();
    assert_eq!(gaps.iter().filter(|gap| **gap >= Duration::from_secs(30)).count(), 1, "{gaps:?}");
    assert!(gaps[3] >= Duration::from_secs(30), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn waits_grow_with_every_attempt() {
    let server = Server::replies(&[Reply::Page(502)]);
    let setup = Setup { retries: 4, ..Setup::default() };
    setup.run(&server, jobs("edit", 1)).await.assert_whole();
    let began: Vec<Duration> = server.requests().iter().map(|r| r.began).collect();
    for (place, gap) in began.windows(2).map(|w| w[1] - w[0]).enumerate() {
        let least = SECOND * (1 << place);
        assert!(gap >= least && gap <= least * 2 + SECOND / 5, "{place}: {gap:?}");
    }
}

async fn at_the_rate(rate: &'static str, rows: usize, script: &[Reply]) -> (Course, Server) {
    let server = Server::replies(script);
    let setup = Setup { rate, concurrency: 64, retry_wait: Duration::ZERO, ..Setup::default() };
    let course = setup.run(&server, jobs("delete", rows)).await;
    course.assert_whole();
    (course, server)
}

/// Attempts and reads count like any other request.
#[tokio::test(start_paused = true)]
async fn no_second_sees_more_than_rate_and_burst() {
    use crate::sending::LostKind::Broken;
    for (rate, most, script) in [
        ("5/s", 6, vec![Reply::Ok]),
        ("50/s", 55, vec![Reply::Ok]),
        ("50/s", 55, vec![Reply::Page(503), Reply::Page(503), Reply::Ok]),
        ("50/s", 55, vec![Reply::Lost(Broken), Reply::No(404)]),
        ("1200/m", 22, vec![Reply::Lost(Broken)]),
    ] {
        let (course, server) = at_the_rate(rate, 120, &script).await;
        assert!(server.fullest_second() <= most, "{rate}: {}", server.fullest_second());
        assert_eq!(course.ended.requests as usize, server.requests().len());
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_used_to_the_full() {
    let (course, _) = at_the_rate("200/s", 2000, &[Reply::Ok]).await;
    let seconds = course.took.as_secs_f64();
    assert!((9.85..10.15).contains(&seconds), "{seconds}");
}

/// A run that waits for its pace can be stopped like any other.
#[tokio::test(start_paused = true)]
async fn a_pause_does_not_keep_the_run_from_stopping() {
    let server = Server::replies(&[Reply::Later(429, "300".to_owned())]);
    let stops = vec![(5 * SECOND, StopSignal::Finish)];
    let setup = Setup { stops, ..Setup::default() };
    let course = setup.run(&server, jobs("edit", 12)).await;
    course.assert_whole();
    assert_eq!(course.letters(), "N".repeat(12));
    assert!(near(course.took, 5), "{:?}", course.took);
}

/// The watch starts when the request leaves, and an answer is told from a read that is lost.
#[tokio::test(start_paused = true)]
async fn a_measured_read_does_not_count_the_wait_for_the_pace() {
    let server = Server::raw(|request| {
        let response = Response {
            status: if request.nth == 3 { 500 } else { 200 },
            date: Some("Sun, 06 Nov 1994 08:50:37 GMT".to_owned()),
            body: br#"{"Result":"OK","data":1}"#.to_vec(),
            ..Response::default()
        };
        (Duration::from_millis(200), Ok(response))
    });
    let link = Setup { rate: "1/s", ..Setup::default() }.link(&server);
    let probe = Call::probe().expect("a read");
    for nth in 1..=3 {
        let measured = link.measure(ApiSelector::Subcat, &probe).await;
        assert!(near(measured.elapsed * 5, 1), "{:?}", measured.elapsed);
        assert_eq!(measured.date, Some(SystemTime::UNIX_EPOCH + DAWN + Duration::from_secs(60)));
        assert_eq!(measured.wall, SystemTime::UNIX_EPOCH + DAWN + link.clock().now());
        assert_eq!(matches!(measured.read, Err(Unread::Lost(_))), nth == 3, "{measured:?}");
    }
    // A lost one is not tried again.
    assert_eq!((server.requests().len(), link.requests()), (3, 3));
    assert!(server.fullest_second() <= 2);
}
