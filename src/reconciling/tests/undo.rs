//! What takes a run back.

use super::support::{booking, call};
use crate::catalogue::operations;
use crate::reconciling::{can_be_undone, compensation};

#[test]
fn a_booking_is_taken_back_by_the_same_the_other_way_round() {
    let row = call(
        "change_balance",
        &[("customer_id", "1002"), ("amount", "-1 234,50"), ("comment", "fee"), ("employee_id", "3")],
    );
    let back = compensation(&row, "k3x7qambcdef", 1).expect("a booking");
    let back: Vec<(&str, &str)> = back.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        back,
        [
            ("customer_id", "1002"),
            ("amount", "1234.50"),
            ("comment", "undo of k3x7qambcdef: fee"),
            ("employee_id", "3")
        ]
    );
}

/// The file that takes back is imported: no amount in it may be read in two ways, or as another.
#[test]
fn amounts_are_read_back_as_they_are_meant() {
    for (amount, expected) in [
        ("10", "-10.00"),
        ("-0,01", "0.01"),
        ("1,2300", "-1.23"),
        ("0.120", "-0.12"),
        ("12345678901234567890.12", "-12345678901234567890.12"),
    ] {
        let row = booking("1002", amount, "fee");
        let back = compensation(&row, "k3x7qambcdef", 1).expect("a booking");
        let cells: Vec<(&str, &str)> = back.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(cells[1].1, expected, "{amount}");
        let again = call("change_balance", &cells);
        assert_eq!(again.amount(), row.amount().map(|money| money.negated()), "{amount}");
        assert_eq!(again.customer(), row.customer());
    }
}

#[test]
fn only_bookings_can_be_taken_back() {
    let names: Vec<&str> = operations().filter(|o| can_be_undone(*o)).map(|o| o.name()).collect();
    assert_eq!(names, ["change_balance", "migrate"]);
    assert_eq!(compensation(&call("delete", &[("id", "7")]), "k3x7qambcdef", 1), None);
}
