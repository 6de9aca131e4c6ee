//! What a look that fails, or is refused, does to the rows that it is for.

use std::cell::Cell;

use super::server::{lost, says};
use super::support::Stage;
use crate::exit::Exit;
use crate::running::OnBooked;
use crate::sending::Response;

/// Also for rows whose customer an earlier row has already, and whose history is read once.
#[test]
fn where_the_server_refuses_all_histories_nothing_is_sent() {
    let rows = "customer_id,amount,comment\n1,5,a\n1,6,b\n2,7,c\n";
    let mut stage = Stage::new("change_balance", rows, |_, kind, _| {
        (kind == "abon_hist").then(|| Ok(says(r#"{"Result":"ERROR","ErrorText":"no rights"}"#)))
    });
    stage.on_booked = OnBooked::Fail;
    assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly);
    assert_eq!(stage.statuses(), ["skipped"; 3], "{:?}", stage.heard());
    assert_eq!(stage.server.booked(), [""; 0]);
    let heard = stage.heard().join("\n");
    assert!(heard.contains("shows the history of no customer in the list"), "{heard}");
}

/// A booking that the server said yes to and does not have is looked for twice; a read that fails shows nothing.
#[test]
fn a_second_look_that_fails_does_not_say_that_a_booking_is_missing() {
    let reads = Cell::new(0);
    let stage = Stage::bookings(move |_, kind, fields| match kind {
        "change_balance" if fields["customer_id"] == "2" => Some(Ok(says(r#"{"Result":"OK"}"#))),
        "abon_hist" if fields.values().any(|value| value == "2") => {
            reads.set(reads.get() + 1);
            if reads.get() > 1 { lost() } else { None }
        }
        _ => None,
    });
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "unknown", "ok"], "{:?}", stage.heard());
    let heard = stage.heard().join("\n");
    assert!(heard.contains("its history cannot be read a second time"), "{heard}");
    assert!(!heard.contains("is not there"), "{heard}");
}

/// A web server in front says 503 whenever PHP dies over this customer: that is no outage, and the others are booked.
#[test]
fn a_history_that_is_always_turned_away_keeps_no_other_row_waiting() {
    let rows = "customer_id,amount,comment\n1,5,a\n2,6,b\n3,7,c\n";
    let mut stage = Stage::new("change_balance", rows, |_, kind, fields| {
        let is_second = kind == "abon_hist" && fields.values().any(|value| value == "2");
        is_second.then(|| Ok(Response { status: 503, ..says("<html>Service Unavailable</html>") }))
    });
    stage.on_booked = OnBooked::Fail;
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "skipped", "ok"], "{:?}", stage.heard());
    assert_eq!(stage.server.booked(), ["1", "3"]);
}
