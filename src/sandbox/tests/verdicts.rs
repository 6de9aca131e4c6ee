//! Faults in what the API itself says: verdicts and ids.

use serde_json::json;

use super::support::{Answer, Running};
use crate::catalogue::{Action, Meaning};
use Meaning::{Amount, BookingNote, Customer};

const BOOKING: &[(Meaning, &str)] = &[(Customer, "1"), (Amount, "1"), (BookingNote, "x")];

fn struck(kind: &str) -> (Answer, usize) {
    let sandbox = Running::with_faults(&[&format!("{kind}@1")]);
    let answer = sandbox.call(Action::ChangeBalance, BOOKING);
    assert_eq!(answer.status, Some(200), "{kind}");
    (answer, sandbox.bookings())
}

#[test]
fn json_can_be_without_a_verdict() {
    for (kind, booked) in [("verdictless", 0), ("verdictless-after", 1)] {
        let (answer, really) = struck(kind);
        assert_eq!((answer.json(), really), (json!({"data": {"redirect": "/login"}}), booked), "{kind}");
    }
}

#[test]
fn a_verdict_can_contradict_itself() {
    for (kind, booked) in [("contradicts", 0), ("contradicts-after", 1)] {
        let (answer, really) = struck(kind);
        let json = answer.json();
        let verdicts = [&json["Result"], &json["result"]];
        assert!(verdicts.contains(&&json!("OK")) && verdicts.contains(&&json!("ERROR")), "{json}");
        assert_eq!(really, booked, "{kind}");
    }
    for (kind, booked) in [("result-twice", 0), ("result-twice-after", 1)] {
        let (answer, really) = struck(kind);
        let text = answer.text();
        assert!(text.contains(r#""Result":"OK""#) && text.contains(r#""Result":"ERROR""#), "{text}");
        assert_eq!(really, booked, "{kind}");
    }
}

#[test]
fn ok_can_be_false_or_without_what_was_asked_for() {
    let (answer, booked) = struck("false-ok");
    assert_eq!((answer.json(), booked), (json!({"Result": "OK"}), 0));
    let sandbox = Running::with_faults(&["read:empty-ok@1"]);
    assert_eq!(sandbox.call(Action::Read, &[(Customer, "1")]).json(), json!({"Result": "OK"}));
}

#[test]
fn the_id_of_a_new_customer_can_be_anywhere_or_nowhere() {
    for (kind, answer) in [
        ("no-id", json!({"Result": "OK"})),
        ("id-0", json!({"Result": "OK", "Id": 0})),
        ("id-in-data", json!({"Result": "OK", "Data": {"Id": 1001}})),
        ("double", json!({"Result": "OK", "Id": 1001})),
    ] {
        let sandbox = Running::with_faults(&[&format!("{kind}@1")]);
        let added = sandbox.call(Action::Add, &[(Meaning::Sets("full_name"), "x")]);
        assert_eq!(added.json(), answer, "{kind}");
        let customers = sandbox.ledger()["customers"].as_array().map(Vec::len);
        assert_eq!(customers, Some(if kind == "double" { 32 } else { 31 }), "{kind}");
    }
}

#[test]
fn a_proxy_that_repeats_makes_two_requests_of_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let sandbox = Running::start(|settings| {
        settings.faults = vec!["double@1".parse().expect("a fault")];
        settings.log = Some(log.clone());
    });
    sandbox.call(Action::ChangeBalance, BOOKING).ok();
    assert_eq!((sandbox.bookings(), sandbox.ledger()["requests"].as_u64()), (2, Some(2)));
    let text = std::fs::read_to_string(log).expect("the log");
    assert_eq!(text.matches(r#""applied":true"#).count(), 2, "{text}");
}
