//! The verdict on a booking.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{at, booking, tag};
use crate::customers::entries;
use crate::reconciling::bookings::BookingInDoubt;
use crate::reconciling::evidence::Trace;
use crate::reconciling::time_window::{Offset, Window};
use crate::validating::Call;

const TAG: &str = "[ub-k3x7qa-12]";
const SENT: &str = "2026-11-23T18:20:00Z";
const ENDED: &str = "2026-11-23T18:20:30Z";

/// Sent at 18:20 by UTC, to a server whose clock shows two hours more.
fn judge(call: &Call, is_tagged: bool, data: &Value) -> (Trace, String) {
    let own = tag(11);
    let booking = BookingInDoubt {
        call,
        tag: is_tagged.then_some(own),
        window: Window::new(Some(at(SENT)), Some(at(ENDED))),
        offset: Some(Offset::of_seconds(7200)),
        sent: Some("2026-11-23 20:20"),
    };
    let (seen, why) = booking.seen(&entries(Some(data)).expect("a history"));
    (seen, booking.open(why))
}

fn tagged(data: &Value) -> Trace {
    judge(&booking("1002", "10.50", "fee & more"), true, data).0
}

#[track_caller]
fn assert_open(is_tagged: bool, data: &Value) {
    let (seen, text) = judge(&booking("1002", "10.50", "fee & more"), is_tagged, data);
    assert_eq!(seen, Trace::Likeness, "{data}");
    assert!(text.contains("customer 1002 for a booking of 10.50 with the comment '"), "{text}");
    assert!(text.ends_with("at about 2026-11-23 20:20"), "{text}");
}

fn entry(amount: &str, note: &str, time: &str) -> Value {
    json!({"Typer": "money", "DateDo": time, "Amount": amount, "Comment": note})
}

const NOW: &str = "2026-11-23 20:20:10";

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
        assert_eq!(tagged(&data), Trace::Tag(1), "{data}");
    }
    let double = json!([entry("10.50", TAG, NOW), entry("10.50", TAG, NOW)]);
    assert_eq!(tagged(&double), Trace::Tag(2));
}

/// Operators copy a comment, tag and all, when they take a booking back.
#[test]
fn a_booking_that_was_taken_back_is_not_there_twice() {
    let back = [entry("10.50", TAG, NOW), entry("-10.50", &format!("wrong: {TAG}"), NOW)];
    assert_eq!(tagged(&json!(back)), Trace::Tag(1));
    let twice = [entry("10.50", TAG, NOW), entry("10.50", TAG, NOW), entry("-10.50", TAG, NOW)];
    assert_eq!(tagged(&json!(twice)), Trace::Tag(2));
    // Here the server leaves signs out, or turns them round.
    let double = [entry("-10.50", TAG, NOW), entry("-10.50", TAG, NOW)];
    assert_eq!(tagged(&json!(double)), Trace::Tag(2));
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
        assert_eq!(tagged(&data), Trace::Nothing, "{data}");
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
        assert_open(true, &data);
        // The tag as it was sent counts more.
        let both = json!([entry("99", note, NOW), entry("10.50", TAG, NOW)]);
        assert_eq!(tagged(&both), Trace::Tag(1), "{note}");
    }
}

#[test]
fn a_tag_beside_another_amount_leaves_it_open() {
    for data in [
        json!([entry("-99", TAG, NOW)]),
        json!([entry("10.51", &format!("fee &amp; more {TAG}"), NOW)]),
        json!([entry("10.50", TAG, NOW), entry("0", TAG, NOW)]),
    ] {
        let (_, text) = judge(&booking("1002", "10.50", "fee & more"), true, &data);
        assert!(text.starts_with("the history has the row's tag with another amount"), "{text}");
        assert_open(true, &data);
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
        json!([entry("10.50", "fee", "2026-11-23 21:20:10")]),
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
        assert_open(true, &data);
    }
}

/// Somebody else may have made the same booking: likeness is never more than that.
#[test]
fn without_a_tag_nothing_is_ever_found() {
    let call = booking("1002", "10.50", "fee & more");
    for entry in [
        entry("10.50", "other", NOW),
        entry("10.51", "fee &amp; more", NOW),
        entry("10.50", "fee &amp; more", "2026-11-20 18:20:00"),
    ] {
        assert_eq!(judge(&call, false, &json!([entry])).0, Trace::Nothing, "{entry}");
    }
    for entry in [
        entry("10.50", "fee &amp; more", NOW),
        entry("10.5", "  fee &amp;  more\n", NOW),
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
        assert_open(false, &json!([entry]));
    }
}

/// The clocks of the two machines may be minutes or a day apart.
#[test]
fn without_a_measured_clock_a_day_makes_no_difference() {
    let call = booking("1002", "10.50", "fee");
    let (window, sent) = (Window::new(Some(at(SENT)), Some(at(ENDED))), None);
    for time in ["2026-11-23 18:10:00", "2026-11-23 18:30:00", "2026-11-22 18:20:00", "2026-11-24 18:20:00"] {
        let data = json!([entry("10.50", "fee", time)]);
        let booking = BookingInDoubt { call: &call, tag: None, window, offset: None, sent };
        let (seen, _) = booking.seen(&entries(Some(&data)).expect("a history"));
        assert_eq!(seen, Trace::Likeness, "{time}");
    }
}

proptest! {
    /// Whatever stands around it.
    #[test]
    fn a_rewritten_tag_is_never_taken_for_none(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        for tag in [TAG.to_uppercase(), "ub k3x7qa 12".to_owned()] {
            let data = json!([entry("99", &format!("{before} {tag} {after}"), NOW)]);
            prop_assert_eq!(tagged(&data), Trace::Likeness, "{}", data);
        }
    }
}
