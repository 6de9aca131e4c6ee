//! A `delete` that may have happened and whose repetition is refused: the server is asked whether the
//! customer is still there.

use super::support::{Course, Reply, Server, Setup, jobs, letter};
use crate::sending::LostKind::{Broken, TimedOut, Unreached};
use crate::sending::{Fate, StopReason};

/// Deletes one customer: the first answer is lost, the repetition refused, and reads get these answers.
async fn settle(reads: &[Reply]) -> (Course, Server) {
    let reads = reads.to_vec();
    let server = Server::new(move |request| match (request.is_read(), request.nth) {
        (true, nth) => reads[nth.min(reads.len()) - 1].clone(),
        (false, 1) => Reply::Lost(Broken),
        (false, _) => Reply::No(404),
    });
    let course = Setup::default().run(&server, jobs("delete", 1)).await;
    course.assert_whole();
    (course, server)
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_is_gone_is_deleted() {
    for gone in [Reply::No(404), Reply::No(200), Reply::OkEmpty, Reply::Ok] {
        let (course, server) = settle(std::slice::from_ref(&gone)).await;
        let outcome = course.only();
        assert_eq!(outcome.fate, Fate::Ok { id: Some("1000".to_owned()) }, "{gone:?}");
        assert_eq!((outcome.attempts, course.ended.requests, course.ended.retries), (2, 4, 1));
        // Nobody was read so far: the customer is looked for under both names of the parameter.
        for read in &server.requests()[2..] {
            assert_eq!((read.subcategory(), read.customer()), ("get_data", "1000"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_is_still_there_leaves_the_row_unknown() {
    let (course, server) = settle(&[Reply::OkData]).await;
    assert_eq!(letter(&course.only().fate), 'U');
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_is_repeated_and_settles_nothing() {
    for failing in
        [Reply::Lost(TimedOut), Reply::Lost(Unreached), Reply::Page(502), Reply::Page(200), Reply::Page(429)]
    {
        let (course, server) = settle(std::slice::from_ref(&failing)).await;
        assert_eq!(letter(&course.only().fate), 'U', "{failing:?}");
        if !matches!(failing, Reply::Lost(Unreached) | Reply::Page(429)) {
            assert_eq!(server.requests().iter().filter(|r| r.is_read()).count(), 3, "{failing:?}");
        }
        let (course, _) = settle(&[failing.clone(), failing.clone(), Reply::No(404)]).await;
        assert_eq!(letter(&course.only().fate), 'D', "{failing:?}");
    }
    // A page under 404 may come from a web server that has lost the API: it says nothing of the customer.
    for page in [Reply::Page(404), Reply::Page(301), Reply::No(400)] {
        let (course, server) = settle(std::slice::from_ref(&page)).await;
        assert_eq!((letter(&course.only().fate), server.requests().len()), ('U', 3), "{page:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_refused_during_the_read_stops_the_run() {
    let (course, _) = settle(&[Reply::No(403)]).await;
    assert_eq!(letter(&course.only().fate), 'U');
    assert!(matches!(course.ended.stopped, Some(StopReason::KeyRefused(_))), "{:?}", course.ended);
}

#[tokio::test(start_paused = true)]
async fn only_a_delete_in_doubt_asks() {
    for (operation, replies) in [
        ("delete", vec![Reply::No(404)]),
        ("delete", vec![Reply::Page(503), Reply::No(404)]),
        ("delete", vec![Reply::Lost(Broken), Reply::Page(503)]),
        ("delete", vec![Reply::Lost(Broken), Reply::Ok]),
        ("edit", vec![Reply::Lost(Broken), Reply::No(404)]),
    ] {
        let server = Server::replies(&replies);
        Setup::default().run(&server, jobs(operation, 1)).await.assert_whole();
        assert!(server.requests().iter().all(|r| !r.is_read() || r.is_probe()), "{operation} {replies:?}");
    }
}
