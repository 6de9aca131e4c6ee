//! A fault in any phase ends the run in order: the exit code says so, every row has a line, and a later session goes on.

use super::server::{lost, wrong_key};
use super::support::Stage;
use crate::exit::Exit;
use crate::running::{RunError, SessionKind};

/// Requests 1 and 2 read balances, two of them and one; 3 books, 4 and 5 read that back, 6 and 7 book; 8 and 9 read
/// balances again.
fn ends_well(stage: &Stage, place: usize) {
    stage.server.behaves();
    assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::Done, "{place}: {:?}", stage.heard());
    assert_eq!(stage.statuses(), ["ok"; 3], "{place}");
    assert_eq!(stage.server.booked(), ["1", "2", "3"], "{place}");
}

#[test]
fn a_key_that_is_refused_before_the_first_row_leaves_no_run() {
    let stage = Stage::bookings(|number, _, _| if number < 2 { wrong_key() } else { None });
    assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly);
    assert_eq!(stage.statuses(), ["skipped"; 3]);
    assert!(!stage.path("input.journal").exists());
}

#[test]
fn balances_that_cannot_be_read_keep_rows_from_being_sent() {
    for place in 1..3 {
        let stage = Stage::bookings(move |number, kind, _| match kind {
            "get_data" if number >= place => wrong_key(),
            _ => None,
        });
        assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly, "{place}");
        assert_eq!(stage.statuses(), ["skipped"; 3], "{place}");
        assert!(stage.server.booked().is_empty(), "{place}");
        ends_well(&stage, place);
    }
}

#[test]
fn a_key_that_is_refused_among_the_rows_stops_the_run() {
    let stage = Stage::bookings(|number, _, _| if number == 6 { wrong_key() } else { None });
    assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly);
    assert_eq!(stage.server.booked(), ["1"]);
    assert_eq!(stage.statuses()[0], "ok");
    assert_eq!(stage.statuses()[2], "skipped");
}

/// The server books a row, and its answer is lost; then it is gone for all who ask.
#[test]
fn doubts_that_cannot_be_settled_stay_unknown() {
    let stage =
        Stage::bookings(|number, kind, _| if number >= 6 || kind == "abon_hist" { lost() } else { None });
    let exit = stage.import().expect("an end");
    assert!(matches!(exit, Exit::SomeNotOk | Exit::StoppedEarly), "{exit:?}");
    assert_eq!(stage.statuses(), ["ok", "unknown", "unknown"]);
    stage.server.behaves();
    stage.go_on(SessionKind::Reconcile).expect("an end");
    // They were never booked, and now the server says so.
    assert_eq!(stage.statuses(), ["ok", "failed", "failed"]);
}

#[test]
fn balances_that_cannot_be_read_afterwards_are_told() {
    let stage = Stage::bookings(|number, _, _| if number >= 8 { lost() } else { None });
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok"; 3]);
    assert!(stage.heard().iter().any(|text| text.contains("balance cannot be read")), "{:?}", stage.heard());
}

/// A mistake in the program itself, in any phase after the first row may have been sent.
#[test]
fn a_panic_in_any_phase_still_ends_with_results() {
    for place in 1..10 {
        let stage = Stage::bookings(move |number, _, _| {
            assert_ne!(number, place, "a mistake in the program");
            None
        });
        assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly, "{place}");
        let statuses = stage.statuses();
        assert_eq!(statuses.len(), 3, "{place}");
        let booked = stage.server.booked().len();
        let ok = statuses.iter().filter(|status| *status == "ok").count();
        assert!(ok <= booked, "{place}: {statuses:?}, {booked} booked");
    }
}

#[test]
fn a_journal_that_cannot_be_made_sends_nothing() {
    let stage = Stage::bookings(|_, _, _| None);
    std::fs::create_dir(stage.path("input.journal")).expect("a folder");
    assert!(matches!(stage.import(), Err(RunError::Journal(_))));
    assert!(stage.server.requests().is_empty());
}
