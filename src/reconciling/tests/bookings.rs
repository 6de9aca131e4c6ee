//! The verdict on a booking.

use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{at, booking, run};
use crate::customers::{NoHistory, entries};
use crate::reading::RowNumber;
use crate::reconciling::bookings::BookingInDoubt;
use crate::reconciling::verdict::Verdict;
use crate::reconciling::{SameBookings, Window};
use crate::recording::Tag;
use crate::sending::{FailureCode, Problem, Unread};
use crate::validating::Call;

const TAG: &str = "[ub-k3x7qa-12]";
const SENT: &str = "2026-11-23T18:20:00Z";
const ENDED: &str = "2026-11-23T18:20:30Z";

/// Sent at 18:20 by UTC; this machine is two hours ahead.
fn judge(call: &Call, is_tagged: bool, same: SameBookings, data: &Value) -> Verdict {
    let zone = TimeZone::fixed(offset(2));
    let tag = is_tagged.then(|| Tag::RunAndRow(run(), RowNumber(11)));
    let window = Window::new(Some(at(SENT)), Some(at(ENDED)));
    let booking = BookingInDoubt { call, tag, window, same, sent: Some(at(SENT)), zone: &zone };
    booking.verdict(&entries(Some(data)).ok_or(NoHistory::Unknown), Verdict::NotApplied)
}

fn tagged(data: &Value) -> Verdict {
    judge(&booking("1002", "10.50", "fee & more"), true, SameBookings::default(), data)
}

fn applied(times: u64) -> Verdict {
    Verdict::Applied { id: None, times }
}

#[track_caller]
fn assert_undecided(verdict: Verdict, data: &Value) {
    let Verdict::Undecided(text) = verdict else { panic!("{data}: {verdict:?}") };
    assert!(text.contains("customer 1002 for a booking of 10.50 with the comment 'fee"), "{text}");
    assert!(text.ends_with("at about 2026-11-23 20:20"), "{text}");
}

fn entry(amount: &str, note: &str, time: &str) -> Value {
    json!({"Typer": "money", "DateDo": time, "Amount": amount, "Comment": note})
}

const NOW: &str = "2026-11-23 18:20:10";

#[test]
fn a_tag_is_found_wherever_it_stands() {
    for data in [
        json!([entry("10.50", &format!("fee &amp; more {TAG}"), NOW)]),
        // The time does not matter: the tag is of this run and this row alone. The sign may be missing.
        json!([entry("-10.5", TAG, "1999-01-01 00:00:00")]),
        json!([entry("ten", TAG, NOW)]),
        json!({"list": {"5": {"Amount": 10.5, "text": {"note": format!("x{TAG}")}}}}),
        json!([entry("10.50", "fee &amp; more &#091;ub-k3x7qa-12&#093;", NOW)]),
    ] {
        assert_eq!(tagged(&data), applied(1), "{data}");
    }
    let double = json!([entry("10.50", TAG, NOW), entry("10.50", TAG, NOW)]);
    assert_eq!(tagged(&double), applied(2));
}

#[test]
fn what_is_not_this_booking_is_not_found() {
    for data in [
        json!([]),
        json!([entry("10.50", "fee &amp; more [ub-k3x7qa-123]", NOW)]),
        json!([entry("10.50", "fee &amp; more [ub-aaaaaa-12]", NOW)]),
        json!([entry("10.50", "something else", NOW)]),
        json!([entry("10.51", "fee &amp; more", NOW)]),
        json!([entry("10.50", "fee &amp; more", "2026-11-20 18:20:00")]),
        json!([{"Typer": "login", "DateDo": "2026-11-20 18:20:00"}]),
        json!([entry("1", "fee &#091;ub-k3x7qa-123&#093;", NOW)]),
        json!([entry("1", "fee &amp;#091;ub-k3x7qa-123&amp;#093;", NOW)]),
        json!([entry("1", "k3x7qa 12", NOW)]),
    ] {
        assert_eq!(tagged(&data), Verdict::NotApplied, "{data}");
    }
}

/// A server may write a tag in another way. Whether it is this row's tag, a person can tell.
#[test]
fn a_tag_that_the_server_changed_leaves_it_open() {
    for note in [
        "FEE [UB-K3X7QA-12]",
        "fee ub-k3x7qa-12",
        "fee [ub k3x7qa 12]",
        "fee (ub_k3x7qa_12)",
        "fee &amp;#091;ub-k3x7qa-12&amp;#093;",
        "fee &amp;lsqb;ub&amp;#45;k3x7qa&amp;#45;12&amp;rsqb;",
        "[ub-k3x7qa-123] fee ub-k3x7qa-12",
        // Of another row at most: that is no proof against this one.
        "fee ub k3x7qa 123",
    ] {
        let data = json!([entry("99", note, "1999-01-01 00:00:00")]);
        assert_undecided(tagged(&data), &data);
        // The tag as it was sent counts more.
        let both = json!([entry("99", note, NOW), entry("10.50", TAG, NOW)]);
        assert_eq!(tagged(&both), applied(1), "{note}");
    }
}

#[test]
fn a_tag_beside_another_amount_leaves_it_open() {
    for data in [
        json!([entry("-99", TAG, NOW)]),
        json!([entry("10.51", &format!("fee &amp; more {TAG}"), NOW)]),
        json!([entry("10.50", TAG, NOW), entry("0", TAG, NOW)]),
    ] {
        let verdict = tagged(&data);
        let Verdict::Undecided(text) = &verdict else { panic!("{data}: {verdict:?}") };
        assert!(text.starts_with("the history has the row's tag with another amount"), "{text}");
        assert_undecided(verdict, &data);
    }
}

/// A server that cuts notes, has none, or leaves out what it does not know, must not make a booking look as
/// if it had not happened: somebody would book it again.
#[test]
fn an_entry_that_may_have_lost_its_tag_leaves_it_open() {
    for data in [
        json!([entry("10.50", "fee &amp; more", NOW)]),
        json!([entry("10.50", "fee &amp; more [ub-k3x", NOW)]),
        json!([entry("10.50", "fee &am", NOW)]),
        json!([entry("10.50", "fee...", NOW)]),
        json!([entry("10.50", "fe\u{FFFD}", NOW)]),
        json!([entry("10.50", "", NOW)]),
        json!([entry("-10.5", "fee", NOW)]),
        json!([entry("10.50", "fee", "2026-11-23 20:20:10")]),
        json!([entry("10.50", "fee", "2026-11-23 14:50:10")]),
        json!([entry("10.50", "fee", "2026-11-23")]),
        json!([entry("10.50", "fee", "yesterday")]),
        json!([{"Amount": "10.50"}]),
        json!([{"Comment": "fee & more", "DateDo": NOW}]),
        json!([{"Comment": "fee & more", "DateDo": NOW, "Amount": "ten"}]),
        // What it was about cannot be read.
        json!([{"Typer": "money", "DateDo": NOW}]),
        json!([{"Typer": "money", "DateDo": "yesterday"}]),
        json!([{"Typer": "money", "DateDo": NOW, "Amount": "ten", "Comment": " "}]),
    ] {
        assert_undecided(tagged(&data), &data);
    }
}

#[test]
fn no_history_is_no_proof() {
    for data in [json!(null), json!({"error": 5}), json!("x")] {
        assert_undecided(tagged(&data), &data);
    }
    let problem = Problem { code: FailureCode::ApiError, text: "no such customer".to_owned() };
    let call = booking("1002", "10.50", "fee");
    let (zone, window) = (TimeZone::UTC, Window::new(None, None));
    for unread in [Unread::Refused(problem.clone()), Unread::Lost(problem)] {
        let booking = BookingInDoubt {
            call: &call,
            tag: None,
            window,
            same: SameBookings::default(),
            sent: None,
            zone: &zone,
        };
        let verdict = booking.verdict(&Err(NoHistory::Unread(unread)), Verdict::NotApplied);
        let Verdict::Undecided(text) = verdict else { panic!("{verdict:?}") };
        assert!(text.contains("no such customer") && text.ends_with("'fee'"), "{text}");
    }
}

fn untagged(same: SameBookings, data: &Value) -> Verdict {
    judge(&booking("1002", "10.50", "fee & more"), false, same, data)
}

#[test]
fn without_a_tag_amount_note_and_time_must_match() {
    let none = SameBookings::default();
    for (entry, expected) in [
        (entry("10.50", "fee &amp; more", NOW), applied(1)),
        (entry("10.5", "  fee &amp;  more\n", "2026-11-23 20:20:10"), applied(1)),
        (entry("10.50", "fee", "2026-11-20 18:20:00"), Verdict::NotApplied),
        (entry("10.50", "other", NOW), Verdict::NotApplied),
        (entry("10.51", "fee &amp; more", NOW), Verdict::NotApplied),
        (entry("10.50", "fee &amp; more", "2026-11-23 18:40:00"), Verdict::NotApplied),
    ] {
        assert_eq!(untagged(none, &json!([entry])), expected, "{entry}");
    }
    for entry in [
        entry("10.50", "fee &amp; more", "2026-11-23 15:20:10"),
        entry("10.50", "fee &amp; more", "2026-11-23"),
        entry("10.50", "fee &amp; more", ""),
        entry("10.50", "fee", NOW),
        entry("-10.50", "fee &amp; more", NOW),
        json!({"Amount": "10.50", "DateDo": NOW}),
        json!({"Comment": "fee & more", "DateDo": NOW}),
        json!({"Comment": "FEE more", "DateDo": NOW}),
        json!({"DateDo": NOW}),
        // The note in the server's own writing.
        entry("10.50", "FEE & MORE", NOW),
        entry("10.50", "fee - more", NOW),
        entry("-10.50", "fee more.", NOW),
        entry("10.50", "fee &amp;amp; more", NOW),
    ] {
        assert_undecided(untagged(none, &json!([entry])), &entry);
    }
}

#[test]
fn an_entry_is_claimed_by_one_row_only() {
    let same = || entry("10.50", "fee & more", NOW);
    let window = Some(Window::new(Some(at(SENT)), Some(at(ENDED))));
    for (entries, ok, open, expected) in [
        (1, 1, 0, Some(Verdict::NotApplied)),
        (2, 1, 0, Some(applied(1))),
        (2, 0, 1, Some(applied(1))),
        (3, 1, 1, Some(applied(1))),
        (0, 0, 1, Some(Verdict::NotApplied)),
        // One entry and two rows in doubt: whose is it?
        (1, 0, 1, None),
        // More entries than rows: somebody else booked the same.
        (2, 0, 0, None),
        // Fewer than were certainly applied: this history does not show everything.
        (0, 1, 0, None),
    ] {
        let data = Value::from(vec![same(); entries]);
        let verdict = untagged(SameBookings { ok, open, window }, &data);
        match expected {
            Some(expected) => assert_eq!(verdict, expected, "{entries} {ok} {open}"),
            None => assert_undecided(verdict, &data),
        }
    }
}

/// The twin was applied the day before: its entry lies outside this row's own window. Taken off all the same,
/// this row's entry would be gone, and the row booked again.
#[test]
fn a_twin_of_another_day_claims_its_own_entry() {
    let (sent, ended) = (at("2026-11-22T09:00:00Z"), at("2026-11-22T09:00:05Z"));
    let same = SameBookings { ok: 1, open: 0, window: Some(Window::new(Some(sent), Some(ended))) };
    let before = entry("10.50", "fee & more", "2026-11-22 09:00:01");
    let now = entry("10.50", "fee & more", NOW);
    assert_eq!(untagged(same, &json!([before, now])), applied(1));
    assert_eq!(untagged(same, &json!([before])), Verdict::NotApplied);
    // A history that shows only what is new: the entry is this row's own.
    assert_undecided(untagged(same, &json!([now])), &now);
    // Nobody has said when the twin was sent: any time will do.
    let somewhen = SameBookings { window: None, ..same };
    assert_eq!(untagged(somewhen, &json!([before, now])), applied(1));
    assert_undecided(untagged(somewhen, &json!([now])), &now);
}

proptest! {
    /// Whatever stands around it.
    #[test]
    fn a_rewritten_tag_is_never_taken_for_none(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        for tag in [TAG.to_uppercase(), "ub k3x7qa 12".to_owned()] {
            let data = json!([entry("99", &format!("{before} {tag} {after}"), NOW)]);
            prop_assert!(matches!(tagged(&data), Verdict::Undecided(_)), "{data}");
        }
    }
}
