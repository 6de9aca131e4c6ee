//! What is found out before the first row.

use std::time::Duration;

use super::support::{Reply, Request, Server, Setup};
use crate::catalogue::{ApiSelector, Effect};
use crate::sending::LostKind::{Broken, TimedOut, Unreached};
use crate::sending::probe::{FoundSelector, ProbeError};
use crate::sending::{Response, SelectorChoice, find_selector};
use crate::validating::Call;

const AUTO: SelectorChoice = SelectorChoice::Auto;
const TOLD: SelectorChoice = SelectorChoice::Told(ApiSelector::Action);

async fn probe(server: &Server, choice: SelectorChoice) -> Result<FoundSelector, ProbeError> {
    let found = find_selector(&Setup::default().link(server), choice).await;
    if let Ok(found) = &found {
        assert_eq!(found.requests as usize, server.requests().len());
    }
    found
}

/// A server that gives this answer to `subcat` and that one to `action`.
fn server(subcat: Reply, action: Reply) -> Server {
    Server::new(
        move |request| {
            if request.fields.contains_key("subcat") { subcat.clone() } else { action.clone() }
        },
    )
}

fn names(server: &Server) -> String {
    server.requests().iter().map(|r| if r.fields.contains_key("subcat") { 's' } else { 'a' }).collect()
}

#[tokio::test(start_paused = true)]
async fn subcat_is_tried_first_and_action_behind_it() {
    for (subcat, action, expected, tried) in [
        (Reply::OkNumber, Reply::No(200), ApiSelector::Subcat, "s"),
        // An OK without the number that was asked for: so does a server that does not understand.
        (Reply::OkEmpty, Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::Ok, Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::OkData, Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::No(200), Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::No(404), Reply::OkNumber, ApiSelector::Action, "sa"),
        // A server that does not see the subcategory may answer as if the key had no right to it.
        (Reply::No(403), Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::Page(400), Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::Page(500), Reply::OkNumber, ApiSelector::Action, "sa"),
        (Reply::Page(200), Reply::OkNumber, ApiSelector::Action, "sa"),
    ] {
        let server = server(subcat.clone(), action);
        let found = probe(&server, AUTO).await.unwrap_or_else(|error| panic!("{subcat:?}: {error}"));
        assert_eq!((found.selector, names(&server).as_str()), (expected, tried), "{subcat:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_neither_name_is_told_of_with_both_answers() {
    let server = server(Reply::No(404), Reply::No(200));
    let error = probe(&server, AUTO).await.expect_err("neither");
    assert!(matches!(&error, ProbeError::NeitherName { .. }), "{error}");
    assert!(error.to_string().contains("subcat (HTTP 404: no) nor action (no)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_ok_without_a_number_under_every_name_is_not_an_understanding_server() {
    for hollow in [Reply::Ok, Reply::OkEmpty, Reply::OkData] {
        let error = probe(&server(hollow.clone(), hollow.clone()), AUTO).await.expect_err("neither");
        assert!(matches!(&error, ProbeError::NeitherName { .. }), "{error}");
        let error = probe(&server(Reply::OkNumber, hollow), TOLD).await.expect_err("no number");
        assert!(matches!(&error, ProbeError::Hollow(_)), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_is_refused_where_both_names_say_so() {
    for (subcat, choice, tried) in
        [(Reply::No(403), AUTO, "sa"), (Reply::No(200), AUTO, "sa"), (Reply::Ok, TOLD, "a")]
    {
        let server = server(subcat, Reply::No(403));
        let error = probe(&server, choice).await.expect_err("a refused key");
        assert!(matches!(&error, ProbeError::KeyRefused(_)), "{error}");
        assert_eq!(names(&server), tried);
    }
    // Refused by one name and by the other for another reason: it is not known to be the key.
    let server = server(Reply::No(403), Reply::No(200));
    assert!(matches!(probe(&server, AUTO).await, Err(ProbeError::NeitherName { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_told_name_is_taken_even_where_the_read_is_refused() {
    for reply in [Reply::OkNumber, Reply::No(200), Reply::No(404)] {
        let server = server(Reply::Ok, reply.clone());
        let found = probe(&server, TOLD).await.unwrap_or_else(|error| panic!("{reply:?}: {error}"));
        assert_eq!((found.selector, names(&server).as_str()), (ApiSelector::Action, "a"), "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_told_of_after_the_retries() {
    for reply in [Reply::Lost(Unreached), Reply::Lost(TimedOut), Reply::Lost(Broken), Reply::Page(502)] {
        let server = server(reply.clone(), Reply::Ok);
        let error = probe(&server, AUTO).await.expect_err("no answer");
        assert!(matches!(&error, ProbeError::Unreachable(_)), "{reply:?}: {error}");
        // What answers with an error may not see the subcategory.
        let tried = if matches!(reply, Reply::Page(_)) { "sasss" } else { "sss" };
        assert_eq!(names(&server), tried, "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_for_people_is_no_api() {
    for choice in [AUTO, TOLD] {
        let server = server(Reply::Page(200), Reply::Page(200));
        let error = probe(&server, choice).await.expect_err("a page");
        assert!(matches!(&error, ProbeError::NoApi(_)) && error.to_string().contains("<html>"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_told_of_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::raw(move |_| {
            let location = Some("https://other.example.com/?key=s3cret".to_owned());
            (Duration::ZERO, Ok(Response { status, location, ..Response::default() }))
        });
        let error = probe(&server, AUTO).await.expect_err("a redirect");
        assert!(matches!(&error, ProbeError::Redirected(_)), "{status}: {error}");
        let text = error.to_string();
        assert!(text.contains("other.example.com") && !text.contains("s3cret"), "{text}");
        assert_eq!(server.requests().len(), 1, "a server that points elsewhere does so every time");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_until_it_is_answered() {
    let server = Server::replies(&[Reply::Page(502), Reply::Later(503, "20".to_owned()), Reply::OkNumber]);
    let link = Setup::default().link(&server);
    let call = Call::probe().expect("a read");
    assert_eq!(call.effect(), Effect::Reads);
    let asked = link.ask(&link.envelope(ApiSelector::Subcat), &call).await;
    assert!(asked.answer.is_ok_and(|accepted| accepted.has_data));
    assert_eq!(asked.requests, 3);
    let began: Vec<Duration> = server.requests().iter().map(|r| r.began).collect();
    assert!(began[2] - began[1] >= Duration::from_secs(20), "the ordered pause is obeyed");
}

#[tokio::test(start_paused = true)]
async fn reads_keep_the_pace() {
    let server = Server::replies(&[Reply::Page(502)]);
    let setup = Setup { rate: "1/m", retries: 3, ..Setup::default() };
    let link = setup.link(&server);
    let call = Call::probe().expect("a read");
    let asked = link.ask(&link.envelope(ApiSelector::Subcat), &call).await;
    assert!(asked.answer.is_err() && asked.requests == 4);
    let requests: Vec<Request> = server.requests();
    assert!(requests.windows(2).all(|w| w[1].began - w[0].began >= Duration::from_secs(59)));
}

#[tokio::test(start_paused = true)]
async fn an_endless_pause_does_not_stop_a_read_for_ever() {
    let server = Server::replies(&[Reply::Later(429, u64::MAX.to_string()), Reply::OkNumber]);
    let link = Setup::default().link(&server);
    let call = Call::probe().expect("a read");
    let asked = link.ask(&link.envelope(ApiSelector::Subcat), &call).await;
    assert!(asked.answer.is_ok());
    assert!(server.requests()[1].began < Duration::from_secs(660));
}
