//! Every fault: what the client sees, and what was really done.

use std::io::Read as _;

use super::support::{Answer, Running, form};
use crate::catalogue::{Action, Meaning};
use crate::sandbox::FaultKind;
use Meaning::{Amount, BookingNote, Customer};

const BOOKING: &[(Meaning, &str)] = &[(Customer, "1"), (Amount, "1"), (BookingNote, "x")];

fn book(sandbox: &Running) -> Answer {
    sandbox.call(Action::ChangeBalance, BOOKING)
}

/// The answer to a struck booking, and the number of bookings after it.
fn struck(kind: &str) -> (Answer, usize) {
    let sandbox = Running::with_faults(&[&format!("{kind}@1")]);
    let answer = book(&sandbox);
    let booked = sandbox.bookings();
    book(&sandbox).ok();
    (answer, booked)
}

#[test]
fn pages_of_the_web_server_hide_whether_it_was_done() {
    for (kind, status, booked) in [
        ("500", 500, 0),
        ("502", 502, 0),
        ("504", 504, 0),
        ("503", 503, 0),
        ("429", 429, 0),
        ("500-after", 500, 1),
        ("502-after", 502, 1),
        ("504-after", 504, 1),
        ("503-after", 503, 1),
        ("429-after", 429, 1),
        ("401-page", 401, 0),
        ("403-page-after", 403, 1),
        ("waf-403", 403, 0),
        ("waf-403-after", 403, 1),
        ("waf-404", 404, 0),
        ("waf-404-after", 404, 1),
    ] {
        let (answer, really) = struck(kind);
        assert_eq!((answer.status, really), (Some(status), booked), "{kind}");
        assert!(answer.text().contains("<html>"), "{kind}");
        assert_eq!(answer.text().contains("firewall"), kind.starts_with("waf"), "{kind}");
        assert_eq!(answer.header("retry-after"), None);
    }
}

#[test]
fn the_api_refuses_in_its_own_words() {
    for (kind, status) in [("400", 400), ("401", 401), ("403", 403), ("404", 404), ("error", 200)] {
        let (answer, really) = struck(kind);
        assert!(!answer.error(status).is_empty());
        assert_eq!(really, 0, "{kind}");
    }
}

#[test]
fn a_dropped_connection_carries_no_byte() {
    for (kind, booked) in [("drop-before", 0), ("drop-after", 1)] {
        let (answer, really) = struck(kind);
        assert_eq!((answer.status, really), (None, booked), "{kind}");
    }
}

#[test]
fn a_stalled_connection_stays_open_without_a_byte_until_the_server_stops() {
    for (kind, booked) in [("stall-before", 0), ("stall", 1)] {
        let mut sandbox = Running::with_faults(&[&format!("{kind}@1")]);
        let mut stalled = sandbox.send("POST", "/", &form(Action::ChangeBalance, BOOKING));
        // Once the ledger has counted it, it has been handled.
        while sandbox.ledger()["requests"] == 0 {}
        assert_eq!(sandbox.bookings(), booked, "{kind}");
        book(&sandbox).ok();
        stalled.set_nonblocking(true).expect("a socket");
        let nothing = stalled.read(&mut [0; 1]).expect_err("neither a byte nor an end");
        assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
        stalled.set_nonblocking(false).expect("a socket");
        sandbox.stop().expect("an orderly end");
        assert_eq!(Answer::read(&mut stalled).status, None);
    }
}

#[test]
fn a_server_goes_on_when_a_stalled_client_leaves() {
    let sandbox = Running::with_faults(&["stall@1-3"]);
    for left in 1..=3 {
        let stalled = sandbox.send("POST", "/", &form(Action::ChangeBalance, BOOKING));
        while sandbox.ledger()["requests"] != left {}
        drop(stalled);
    }
    book(&sandbox).ok();
    assert_eq!(sandbox.bookings(), 4);
}

#[test]
fn status_200_can_mean_anything() {
    let (login, booked) = struck("html");
    assert!(login.text().contains("<form"));
    assert_eq!((login.status, booked), (Some(200), 1));
    let (empty, booked) = struck("empty");
    assert_eq!((empty.status, empty.body.len(), booked), (Some(200), 0, 1));
    let (cut, booked) = struck("truncate");
    assert!(cut.text().starts_with('{') && serde_json::from_slice::<serde_json::Value>(&cut.body).is_err());
    assert_eq!((cut.status, booked), (Some(200), 1));
    let (huge, booked) = struck("huge");
    assert!(huge.body.len() > 16 * 1024 * 1024);
    assert_eq!(booked, 1);
    huge.ok();
}

#[test]
fn php_goes_on_after_the_web_server_has_given_up() {
    let sandbox = Running::with_faults(&["504-late@1"]);
    assert_eq!(book(&sandbox).status, Some(504));
    assert_eq!(sandbox.bookings(), 0);
    while sandbox.bookings() == 0 {}
}

#[test]
fn late_calls_are_carried_out_before_the_server_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut sandbox = Running::start(|settings| {
        settings.faults = vec!["504-late@1".parse().expect("a fault")];
        settings.log = Some(log.clone());
    });
    book(&sandbox);
    sandbox.stop().expect("an orderly end");
    let text = std::fs::read_to_string(log).expect("the log");
    assert!(text.contains("\"applied\":true"), "{text}");
}

#[test]
fn redirects_lead_where_the_settings_say() {
    for (kind, status) in [("302", 302), ("307", 307), ("308", 308)] {
        let (answer, booked) = struck(kind);
        assert_eq!((answer.status, booked), (Some(status), 0));
        assert_eq!(answer.header("location"), Some("/login.php"));
    }
    let sandbox = Running::start(|settings| {
        settings.faults = vec!["307@1".parse().expect("a fault")];
        settings.redirect_to = "http://127.0.0.1:9/elsewhere".parse().ok();
    });
    assert_eq!(book(&sandbox).header("location"), Some("http://127.0.0.1:9/elsewhere"));
}

#[test]
fn retry_after_is_sent_with_429_and_503_only() {
    let sandbox = Running::start(|settings| {
        settings.faults =
            ["429@1", "503@2", "500@3"].iter().map(|fault| fault.parse().expect("a fault")).collect();
        settings.retry_after = "2".parse().ok();
    });
    let headers = [(); 3].map(|()| book(&sandbox).header("retry-after").map(str::to_owned));
    assert_eq!(headers, [Some("2".to_owned()), Some("2".to_owned()), None]);
}

#[test]
fn every_kind_does_what_its_summary_says() {
    for kind in FaultKind::ALL {
        // These need a client that leaves or waits; they have tests of their own.
        if kind.name().starts_with("stall") || kind.name().ends_with("late") || *kind == FaultKind::Refuse {
            continue;
        }
        let (_, booked) = struck(kind.name());
        assert_eq!(booked > 0, kind.summary().starts_with("applied"), "{kind}: {}", kind.summary());
        assert_eq!(booked == 0, kind.summary().starts_with("not applied"), "{kind}: {}", kind.summary());
    }
}

#[test]
fn the_first_of_several_faults_wins_and_reads_are_spared() {
    let sandbox = Running::with_faults(&["502@2", "500=100%"]);
    let read = [(Customer, "1")];
    assert_eq!(book(&sandbox).status, Some(500));
    sandbox.call(Action::Read, &read).ok();
    assert_eq!(book(&sandbox).status, Some(502));
    let sandbox = Running::with_faults(&["read:503@1"]);
    book(&sandbox).ok();
    assert_eq!(sandbox.call(Action::Read, &read).status, Some(503));
    sandbox.call(Action::Read, &read).ok();
}

#[test]
fn a_request_without_the_key_is_neither_struck_nor_counted() {
    let sandbox = Running::with_faults(&["500@1"]);
    let body = form(Action::ChangeBalance, BOOKING).replace("the-right-key", "wrong");
    sandbox.post("/", &body).error(403);
    assert_eq!(book(&sandbox).status, Some(500));
}

#[test]
fn a_share_strikes_the_same_requests_whatever_their_order() {
    let faults = |seed: u64, order: &[u32]| {
        let sandbox = Running::start(|settings| {
            settings.seed = seed;
            settings.faults = vec!["500=30%".parse().expect("a fault")];
        });
        let mut struck: Vec<u32> = order
            .iter()
            .copied()
            .filter(|amount| {
                let amount = amount.to_string();
                let booking = [(Customer, "1"), (Amount, amount.as_str()), (BookingNote, "x")];
                sandbox.call(Action::ChangeBalance, &booking).status == Some(500)
            })
            .collect();
        struck.sort_unstable();
        struck
    };
    let forwards: Vec<u32> = (0..60).collect();
    let backwards: Vec<u32> = (0..60).rev().collect();
    let struck = faults(1, &forwards);
    assert_eq!(struck, faults(1, &backwards));
    assert_ne!(struck, faults(2, &forwards));
    assert!((5..35).contains(&struck.len()), "{struck:?}");
}

#[test]
fn the_note_of_a_booking_does_not_change_its_fate_but_a_repetition_may() {
    let fates = |note: &str| {
        let sandbox = Running::with_faults(&["500=50%"]);
        let booking = [(Customer, "1"), (Amount, "1"), (BookingNote, note)];
        (0..20).map(|_| sandbox.call(Action::ChangeBalance, &booking).status).collect::<Vec<_>>()
    };
    let first = fates("run 1");
    assert_eq!(first, fates("run 2"));
    assert!(first.contains(&Some(200)) && first.contains(&Some(500)));
}
