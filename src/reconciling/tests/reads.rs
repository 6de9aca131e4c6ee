//! Single reads: what is in an answer, and what a failed one says.

use super::support::{Fields, Said, Server, TestClock, answer, booking, call, lost, no, tag};
use crate::catalogue::ApiSelector;
use crate::customers::{BalanceError, CustomerFinder, HistoryReader, NoHistory, ShownHistory, balance};
use crate::reconciling::{CustomerBookings, ExistingCustomer, Instrument, Proof, ReadBack, Sample, existing};
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
        (r#"{"Result":"ERROR"}"#, ExistingCustomer::No),
    ] {
        let server = Server::says(body);
        let found = existing(&server.link(TestClock::start()), SELECTOR, &CustomerFinder::default(), &row)
            .await
            .expect("asked");
        assert_eq!(found, expected, "{body}");
        assert_eq!(server.requests()[0]["data_value"], "7");
    }
    for body in
        [r#"{"Result":"OK","Id":"x"}"#, r#"{"Result":"OK"}"#, "<html>", r#"{"Result":"OK","data":{"x":1}}"#]
    {
        let found = existing(
            &Server::says(body).link(TestClock::start()),
            SELECTOR,
            &CustomerFinder::default(),
            &row,
        )
        .await;
        assert!(problem(&found.expect("asked")), "{body}");
    }
    // Two billings may have the same: whoever has it is no reason not to send the row.
    let server = Server::says(r#"{"Result":"OK","Id":[12]}"#);
    let elsewhere = call("add", &[("fio", "x"), ("billing_customer_id", "7")]);
    let found =
        existing(&server.link(TestClock::start()), SELECTOR, &CustomerFinder::default(), &elsewhere).await;
    assert_eq!(found, Some(ExistingCustomer::Others(vec!["12".to_owned()])));
    let server = Server::says("{}");
    let nameless = call("add", &[("fio", "x")]);
    assert_eq!(
        existing(&server.link(TestClock::start()), SELECTOR, &CustomerFinder::default(), &nameless).await,
        None
    );
    assert!(server.requests().is_empty(), "there was nothing to ask for");
}

async fn read(server: &Server, version: Option<&str>) -> Result<ShownHistory, NoHistory> {
    let histories = HistoryReader::new(version.map(|version| version.parse().expect("a version")));
    histories.read(&server.link(TestClock::start()), SELECTOR, "1002").await
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
        (|| answer(200, EMPTY), || answer(200, FULL), Ok(1), 3),
        (|| answer(200, EMPTY), no, Ok(0), 3),
        (no, || answer(200, EMPTY), Ok(0), 2),
        (|| answer(200, EMPTY), || answer(403, "{}"), Ok(0), 3),
        (|| answer(200, r#"{"Result":"OK"}"#), no, Err(()), 2),
        // Lost twice, with its retry: the other way is no better.
        (lost, || answer(200, FULL), Err(()), 2),
    ];
    for (place, (new, old, expected, requests)) in cases.into_iter().enumerate() {
        let server = Server::new(move |fields| if is_new(fields) { new() } else { old() });
        let history = read(&server, None).await;
        assert_eq!(history.map(|history| history.entries.len()).map_err(|_| ()), expected, "case {place}");
        assert_eq!(server.requests().len(), requests, "case {place}");
    }
    let server = Server::new(|fields| if is_new(fields) { no() } else { answer(200, EMPTY) });
    let history = read(&server, Some("3.16")).await;
    assert_eq!(history.map(|history| history.entries), Ok(Vec::new()));
    let server = Server::new(|_| answer(403, r#"{"error":"key"}"#));
    let history = read(&server, None).await;
    assert!(matches!(history, Err(NoHistory::Unread(Unread::KeyRefused(_)))));
    assert_eq!(server.requests().len(), 1);
}

/// Once it is seen that the newest way tells nobody from somebody, or that a way shows something, one read a customer is
/// enough, also where there is nothing to show.
#[tokio::test(start_paused = true)]
async fn a_way_that_has_shown_what_it_does_is_asked_alone() {
    const FULL: &str = r#"{"Result":"OK","data":[{"Amount":"1"}]}"#;
    const EMPTY: &str = r#"{"Result":"OK","data":[]}"#;
    let nobody = |fields: &Fields| fields.values().any(|value| value.len() > 9);
    // The first customer takes one more read, or two.
    let tells = Server::new(move |fields| if nobody(fields) { no() } else { answer(200, EMPTY) });
    let tells_not = Server::says(EMPTY);
    let is_old = Server::new(|fields| answer(200, if is_new(fields) { EMPTY } else { FULL }));
    for (server, expected) in [(tells, 11), (tells_not, 21), (is_old, 12)] {
        let (histories, link) = (HistoryReader::default(), server.link(TestClock::start()));
        for customer in 1..=10 {
            let read = histories.read(&link, SELECTOR, &customer.to_string()).await;
            assert!(read.is_ok(), "{read:?}");
        }
        assert_eq!(server.requests().len(), expected);
    }
}

fn sample(customer: &str, is_tagged: bool) -> Sample {
    Sample {
        call: booking(customer, "1", "fee"),
        tag: is_tagged.then(|| tag(11)),
        id: None,
        sent: Some("2026-11-23T18:00:00Z".parse().expect("a moment")),
        bookings: CustomerBookings::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_history_that_does_not_show_what_was_booked_proves_nothing() {
    let shown = r#"{"Result":"OK","data":[{"Amount":"1.00","Comment":"fee [ub-k3x7qa-12]"}]}"#;
    let bare = r#"{"Result":"OK","data":[{"Amount":"1.00","Comment":"fee"}]}"#;
    let empty = r#"{"Result":"OK","data":[]}"#;
    let ask = async |server: Server, samples: &[Sample]| {
        let link = server.link(TestClock::start());
        ReadBack {
            link: &link,
            selector: SELECTOR,
            histories: &HistoryReader::default(),
            finder: &CustomerFinder::default(),
        }
        .any_of(samples)
        .await
    };
    let proven = Proof::Shown(Instrument { times: 1, ..Instrument::default() });
    assert_eq!(ask(Server::says(shown), &[sample("1002", true)]).await, proven);
    assert_eq!(ask(Server::says(bare), &[sample("1002", false)]).await, proven);
    for (body, is_tagged) in [(bare, true), (empty, true), (empty, false), (shown, false)] {
        let proof = ask(Server::says(body), &[sample("1002", is_tagged)]).await;
        assert!(matches!(&proof, Proof::NotShown(why) if why.contains("1002")), "{body}: {proof:?}");
    }
    let proof = ask(Server::new(|_| lost()), &[sample("1002", true)]).await;
    assert!(matches!(proof, Proof::Unread(_)), "{proof:?}");
    assert_eq!(ask(Server::says(shown), &[]).await, Proof::Untried);
    // One customer is gone meanwhile, another tells.
    let server = Server::new(move |fields| {
        let is_gone = fields.values().any(|value| value == "1002");
        if is_gone { no() } else { answer(200, shown) }
    });
    assert_eq!(ask(server, &[sample("1002", true), sample("1003", true)]).await, proven);
}

/// A server whose history and balances come late, and whose clock is seven minutes ahead.
#[tokio::test(start_paused = true)]
async fn what_was_sent_just_now_is_waited_for_and_measured() {
    let ask = async |history_after: usize, balance_after: usize, before: Option<&str>| {
        let (histories, balances) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let server = Server::new(move |fields| {
            let count = |cell: &std::cell::Cell<usize>| cell.replace(cell.get() + 1);
            if fields["subcat"] == "get_data" {
                let balance = if count(&balances) >= balance_after { "101" } else { "100" };
                return answer(
                    200,
                    &format!(r#"{{"Result":"OK","data":{{"id":1002,"balance":"{balance}"}}}}"#),
                );
            }
            let entry = r#"{"Amount":"1.00","Comment":"fee [ub-k3x7qa-12]","DateDo":"2026-11-23 18:07:00"}"#;
            let entry = if count(&histories) >= history_after { entry } else { "" };
            answer(200, &format!(r#"{{"Result":"OK","data":[{entry}]}}"#))
        });
        let link = server.link(TestClock::start());
        let mut sample = sample("1002", true);
        sample.bookings.before = before.map(|text| text.parse().expect("money"));
        sample.bookings.booked = sample.call.amount();
        let histories = &HistoryReader::new(Some("3.17".parse().expect("a version")));
        let proof =
            ReadBack { link: &link, selector: SELECTOR, histories, finder: &CustomerFinder::default() }
                .fresh(&sample)
                .await;
        let Proof::Shown(instrument) = proof else { panic!("{proof:?}") };
        let offset = instrument.offset.expect("an offset");
        assert_eq!(offset.seconds(), 420);
        (instrument.lag.as_millis(), instrument.has_balance)
    };
    assert_eq!(ask(0, 0, None).await, (100, false));
    assert_eq!(ask(0, 0, Some("100")).await, (200, true));
    assert_eq!(ask(2, 0, Some("100")).await, (700, true));
    assert_eq!(ask(0, 1, Some("100")).await, (500, true));
    // A balance that never moves is not waited for as long as a history.
    let (lag, has_balance) = ask(0, 99, Some("100")).await;
    assert!(!has_balance && (2000..4000).contains(&lag), "{lag}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_shows_it_is_given_up() {
    for (body, expected) in [
        (r#"{"Result":"OK","data":[]}"#, "does not show a booking"),
        (
            r#"{"Result":"OK","data":[{"Amount":"1.00","Comment":"fee [ub-k3"}]}"#,
            "keeps 10 characters of a comment",
        ),
        (r#"{"Result":"OK","data":"x"}"#, "can't be read"),
    ] {
        let clock = TestClock::start();
        let link = Server::says(body).link(clock.clone());
        let reading = ReadBack {
            link: &link,
            selector: SELECTOR,
            histories: &HistoryReader::default(),
            finder: &CustomerFinder::default(),
        };
        let proof = reading.fresh(&sample("1002", true)).await;
        assert!(matches!(&proof, Proof::NotShown(why) if why.contains(expected)), "{body}: {proof:?}");
        assert!(crate::sending::Clock::now(&clock).as_secs() < 15);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_customer_is_found_by_its_code_or_the_search_is_blind() {
    let made = |id: &str| Sample {
        call: call("add", &[("fio", "x"), ("codeti", "7")]),
        id: Some(id.to_owned()),
        ..sample("1002", true)
    };
    for (body, is_shown) in [
        (r#"{"Result":"OK","Id":12}"#, true),
        (r#"{"Result":"OK","Id":[11,12]}"#, true),
        (r#"{"Result":"OK","Id":13}"#, false),
        (r#"{"Result":"OK","Id":[]}"#, false),
        (r#"{"Result":"OK"}"#, false),
        (r#"{"Result":"ERROR"}"#, false),
    ] {
        let link = Server::says(body).link(TestClock::start());
        let reading = ReadBack {
            link: &link,
            selector: SELECTOR,
            histories: &HistoryReader::default(),
            finder: &CustomerFinder::default(),
        };
        let proof = reading.fresh(&made("12")).await;
        assert_eq!(matches!(proof, Proof::Shown(_)), is_shown, "{body}: {proof:?}");
    }
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
