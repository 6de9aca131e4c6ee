//! Single reads: what is in an answer, and what a failed one says.

use super::support::{Fields, Said, Server, TestClock, answer, booking, call, lost, no, run};
use crate::catalogue::{ApiSelector, Version};
use crate::customers::{BalanceError, NoHistory, balance, read_history};
use crate::reading::RowNumber;
use crate::reconciling::{Control, ExistingCustomer, Sample, existing, shows_bookings};
use crate::recording::Tag;
use crate::sending::{FailureCode, Unread};
use crate::validating::Call;

const SELECTOR: ApiSelector = ApiSelector::Subcat;

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_apart_from_a_failed_read() {
    let error = r#"{"error":"no"}"#;
    for (said, expected) in [
        (no as fn() -> Said, "refused ApiError"),
        (|| answer(404, r#"{"error":"no"}"#), "refused NotFound"),
        (|| answer(400, r#"{"error":"no"}"#), "refused HttpStatus"),
        // A web server in front knows nothing of customers.
        (|| answer(404, "<html>nginx</html>"), "lost HttpStatus"),
        (|| answer(403, r#"{"error":"no"}"#), "key HttpStatus"),
        (|| answer(502, ""), "lost HttpStatus"),
        (|| answer(301, ""), "lost HttpStatus"),
        (|| answer(200, "<html>login</html>"), "lost BadAnswer"),
        (lost, "lost Timeout"),
    ] {
        let server = Server::new(move |_| said());
        let link = server.link(TestClock::start());
        let read = link.read(SELECTOR, &Call::probe().expect("a read")).await;
        let (kind, problem) = match read.expect_err("no answer") {
            Unread::Refused(problem) => ("refused", problem),
            Unread::KeyRefused(problem) => ("key", problem),
            Unread::Lost(problem) => ("lost", problem),
        };
        assert_eq!(format!("{kind} {:?}", problem.code), expected, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn ids_are_found_in_every_shape_and_nothing_else_is_one() {
    for (body, ids, is_odd) in [
        (r#"{"Result":"OK","Id":12}"#, &["12"][..], false),
        (r#"{"Result":"OK","id":["12","13"]}"#, &["12", "13"], false),
        (r#"{"Result":"OK","Id":{"1":12}}"#, &["12"], false),
        (r#"{"Result":"OK","list":"12, 13"}"#, &["12", "13"], false),
        (r#"{"Result":"OK","list":"12,x"}"#, &[], false),
        (r#"{"Result":"OK","Id":"x12"}"#, &[], true),
        (r#"{"Result":"OK","Id":[12,{"id":13}]}"#, &["12"], true),
        (r#"{"Result":"OK","Id":"0"}"#, &[], false),
        (r#"{"Result":"OK","Id":"00"}"#, &[], false),
        (r#"{"Result":"OK","Id":[0,"000",12]}"#, &["12"], false),
        (r#"{"Result":"OK","Id":null}"#, &[], false),
    ] {
        let link = Server::says(body).link(TestClock::start());
        let read = link.read(SELECTOR, &Call::probe().expect("a read")).await.expect("an answer");
        assert_eq!(
            (read.ids, read.has_odd_id),
            (ids.iter().map(|id| (*id).to_owned()).collect(), is_odd),
            "{body}"
        );
        assert_eq!(read.has_id_field, body.to_ascii_lowercase().contains("\"id\""), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_is_looked_for_before_it_is_sent() {
    let row = call("add", &[("fio", "x"), ("codeti", "7")]);
    let problem = |existing: &ExistingCustomer| matches!(existing, ExistingCustomer::Unclear(_));
    for (body, expected) in [
        (r#"{"Result":"OK","Id":12}"#, ExistingCustomer::Is("12".to_owned())),
        (r#"{"Result":"OK","Id":[12]}"#, ExistingCustomer::Is("12".to_owned())),
        (
            r#"{"Result":"OK","Id":[12,13]}"#,
            ExistingCustomer::Several(vec!["12".to_owned(), "13".to_owned()]),
        ),
        (r#"{"Result":"OK","Id":[]}"#, ExistingCustomer::No),
        (r#"{"Result":"OK"}"#, ExistingCustomer::No),
        (r#"{"Result":"ERROR"}"#, ExistingCustomer::No),
    ] {
        let server = Server::says(body);
        let found = existing(&server.link(TestClock::start()), SELECTOR, &row).await.expect("asked");
        assert_eq!(found, expected, "{body}");
        assert_eq!(server.requests()[0]["data_value"], "7");
    }
    for body in [r#"{"Result":"OK","Id":"x"}"#, "<html>", r#"{"Result":"OK","data":{"x":1}}"#] {
        let found = existing(&Server::says(body).link(TestClock::start()), SELECTOR, &row).await;
        assert!(problem(&found.expect("asked")), "{body}");
    }
    // Two billings may have the same: whoever has it is no reason not to send the row.
    let server = Server::says(r#"{"Result":"OK","Id":[12]}"#);
    let elsewhere = call("add", &[("fio", "x"), ("billing_customer_id", "7")]);
    let found = existing(&server.link(TestClock::start()), SELECTOR, &elsewhere).await;
    assert_eq!(found, Some(ExistingCustomer::Others(vec!["12".to_owned()])));
    let server = Server::says("{}");
    let nameless = call("add", &[("fio", "x")]);
    assert_eq!(existing(&server.link(TestClock::start()), SELECTOR, &nameless).await, None);
    assert!(server.requests().is_empty(), "there was nothing to ask for");
}

fn is_new(fields: &Fields) -> bool {
    fields.contains_key("customer_id")
}

#[tokio::test(start_paused = true)]
async fn a_history_is_asked_for_in_both_ways_where_nobody_knows_the_version() {
    const FULL: &str = r#"{"Result":"OK","data":[{"Amount":"1"}]}"#;
    const EMPTY: &str = r#"{"Result":"OK","data":[]}"#;
    // What the new way says, what the old one says, how many entries come back, and how many requests it took.
    type Case = (fn() -> Said, fn() -> Said, Result<usize, ()>, usize);
    let cases: [Case; 9] = [
        (|| answer(200, FULL), no, Ok(1), 1),
        (no, || answer(200, FULL), Ok(1), 2),
        (no, no, Err(()), 2),
        // An old server that does not see the id may answer with nothing.
        (|| answer(200, EMPTY), || answer(200, FULL), Ok(1), 2),
        (|| answer(200, EMPTY), no, Ok(0), 2),
        (no, || answer(200, EMPTY), Ok(0), 2),
        (|| answer(200, EMPTY), || answer(403, "{}"), Ok(0), 2),
        (|| answer(200, r#"{"Result":"OK"}"#), no, Err(()), 2),
        // Lost twice, with its retry: the other way is no better.
        (lost, || answer(200, FULL), Err(()), 2),
    ];
    for (place, (new, old, expected, requests)) in cases.into_iter().enumerate() {
        let server = Server::new(move |fields| if is_new(fields) { new() } else { old() });
        let history = read_history(&server.link(TestClock::start()), SELECTOR, None, "1002").await;
        assert_eq!(history.map(|entries| entries.len()).map_err(|_| ()), expected, "case {place}");
        assert_eq!(server.requests().len(), requests, "case {place}");
    }
    let old: Version = "3.16".parse().expect("a version");
    let server = Server::new(|fields| if is_new(fields) { no() } else { answer(200, EMPTY) });
    let history = read_history(&server.link(TestClock::start()), SELECTOR, Some(old), "1002").await;
    assert_eq!(history, Ok(Vec::new()));
    let server = Server::new(|_| answer(403, r#"{"error":"key"}"#));
    let history = read_history(&server.link(TestClock::start()), SELECTOR, None, "1002").await;
    assert!(matches!(history, Err(NoHistory::Unread(Unread::KeyRefused(_)))));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_does_not_show_what_was_booked_proves_nothing() {
    let shown = r#"{"Result":"OK","data":[{"Amount":"1.00","Comment":"fee [ub-k3x7qa-12]"}]}"#;
    let bare = r#"{"Result":"OK","data":[{"Amount":"1.00","Comment":"fee"}]}"#;
    let empty = r#"{"Result":"OK","data":[]}"#;
    let sample = |is_tagged: bool| Sample {
        call: booking("1002", "1", "fee"),
        tag: is_tagged.then(|| Tag::RunAndRow(run(), RowNumber(11))),
    };
    let ask = async |server: Server, samples: &[Sample]| {
        shows_bookings(&server.link(TestClock::start()), SELECTOR, None, samples).await
    };
    assert_eq!(ask(Server::says(shown), &[sample(true)]).await, Control::Shows);
    assert_eq!(ask(Server::says(bare), &[sample(false)]).await, Control::Shows);
    for (body, is_tagged) in [(bare, true), (empty, true), (empty, false), (shown, false)] {
        let control = ask(Server::says(body), &[sample(is_tagged)]).await;
        assert!(matches!(&control, Control::DoesNot(why) if why.contains("1002")), "{body}: {control:?}");
    }
    assert_eq!(ask(Server::new(|_| lost()), &[sample(true)]).await, Control::Unknown);
    assert_eq!(ask(Server::says(shown), &[]).await, Control::Unknown);
    // One customer is gone meanwhile, another tells.
    let other = Sample { call: booking("1003", "1", "fee"), ..sample(true) };
    let server = Server::new(move |fields| {
        let is_gone = fields.values().any(|value| value == "1002");
        if is_gone { no() } else { answer(200, shown) }
    });
    assert_eq!(ask(server, &[sample(true), other]).await, Control::Shows);
}

#[tokio::test(start_paused = true)]
async fn a_balance_is_read_or_it_is_not_known() {
    let ask = async |server: Server| balance(&server.link(TestClock::start()), SELECTOR, "1002").await;
    let read = ask(Server::says(r#"{"Result":"OK","data":{"id":1002,"balance":"-15.40"}}"#)).await;
    assert_eq!(read.map(|money| money.to_string()), Ok("-15.40".to_owned()));
    let read = ask(Server::says(r#"{"Result":"OK","data":{"1002":{"balance":7}}}"#)).await;
    assert_eq!(read.map(|money| money.to_string()), Ok("7.00".to_owned()));
    assert_eq!(ask(Server::says(r#"{"Result":"OK","data":[]}"#)).await, Err(BalanceError::NoBalance));
    let refused = ask(Server::new(|_| no())).await.expect_err("nobody there");
    assert!(matches!(&refused, BalanceError::Unread(Unread::Refused(p)) if p.code == FailureCode::ApiError));
}
