//! The phases come in their order, and each is over before the next begins.

use super::server::{lost, says, wrong_key};
use super::support::Stage;
use crate::exit::Exit;
use crate::running::{OnBooked, OnExisting, SessionKind};

#[test]
fn everybody_is_looked_for_before_the_first_customer_is_added() {
    let stage = Stage::customers(|_, _, _| None);
    assert_eq!(stage.import().expect("an end"), Exit::Done);
    assert_eq!(
        stage.server.requests(),
        [
            "get_activity_counter",
            "get_abon_id",
            // Is it "nobody", or does the server not know the search? The newer name and one that nobody knows tell.
            "get_customer_id",
            "get_nobody_id",
            "get_abon_id",
            "get_abon_id",
            // Nobody was found: is there anybody?
            "get_customers_id",
            "add",
            // The first is read back before the others go.
            "get_abon_id",
            "add",
            "add"
        ]
    );
    assert_eq!(stage.heard(), ["Existing", "Sending", "Finished"]);
    assert_eq!(stage.ahead(), ["Existing 3 by 3", "Sending 3 by 3"]);
    assert_eq!(stage.statuses(), ["ok", "ok", "ok"]);
}

#[test]
fn balances_are_read_before_the_first_booking_and_after_the_last() {
    let stage = Stage::bookings(|_, _, _| None);
    assert_eq!(stage.import().expect("an end"), Exit::Done);
    let requests = stage.server.requests();
    let (first, rest) = requests.split_first().expect("requests");
    assert_eq!(first, "get_activity_counter");
    assert_eq!(rest[..2], ["get_data"; 2]);
    // The first is read back before the others go.
    assert_eq!(rest[2..5], ["change_balance", "abon_hist", "get_data"]);
    assert_eq!(rest[5..7], ["change_balance"; 2]);
    assert_eq!(rest[7..], ["get_data"; 2]);
    assert_eq!(stage.heard()[..3], ["Balances", "Sending", "BalancesAgain"]);
    assert_eq!(stage.ahead(), ["Balances 3 by 2", "Sending 3 by 3", "BalancesAgain 3 by 2"]);
    assert_eq!(stage.server.booked(), ["1", "2", "3"]);
}

/// What became of a row in doubt is found out when all rows were sent, and before balances are compared.
#[test]
fn doubts_are_settled_between_sending_and_verifying() {
    let stage = Stage::bookings(|_, kind, fields| match kind {
        "change_balance" if fields["customer_id"] == "2" => lost(),
        _ => None,
    });
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "failed", "ok"], "{:?}", stage.heard());
    let heard = stage.heard();
    let place =
        |what: &str| heard.iter().position(|text| text == what).unwrap_or_else(|| panic!("{heard:?}"));
    assert!(place("Sending") < place("FindingOut"));
    assert!(place("FindingOut") < place("BalancesAgain"));
    let requests = stage.server.requests();
    let last_booking = requests.iter().rposition(|kind| kind == "change_balance");
    let last_look = requests.iter().rposition(|kind| kind == "abon_hist");
    assert!(last_booking < last_look, "{requests:?}");
}

/// `reconcile` sends no row.
#[test]
fn reconcile_only_finds_out() {
    let mut stage = Stage::bookings(|_, kind, fields| match kind {
        "change_balance" if fields["customer_id"] == "2" => lost(),
        _ => None,
    });
    stage.policy.reconcile = false;
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "unknown", "ok"]);
    let sent = stage.server.requests().len();
    stage.server.behaves();
    stage.policy.reconcile = true;
    assert_eq!(stage.go_on(SessionKind::Reconcile).expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "failed", "ok"]);
    assert_eq!(stage.ahead(), ["FindingOut 1 by 1", "BalancesAgain 3 by 2"]);
    assert!(!stage.server.requests()[sent..].contains(&"change_balance".to_owned()));
    assert_eq!(stage.server.booked(), ["1", "3"]);
}

/// What a session has before it is what an earlier one has left, looks for bookings included.
#[test]
fn what_is_ahead_of_a_later_session_is_the_rest() {
    let mut stage = Stage::bookings(|_, kind, fields| match kind {
        "change_balance" if fields["customer_id"] == "2" => wrong_key(),
        _ => None,
    });
    stage.on_booked = OnBooked::Fail;
    assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly);
    let first = ["Bookings 3 by 3", "Balances 3 by 2", "Sending 3 by 3", "BalancesAgain 3 by 2"];
    assert_eq!(stage.ahead(), first);
    assert_eq!(stage.statuses(), ["ok", "failed", "skipped"]);
    stage.server.behaves();
    assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.ahead(), ["Bookings 1 by 1", "Sending 1 by 1", "BalancesAgain 3 by 2"]);
}

/// What progress counts: a row comes to its end once, with its last call or with the one that is not done.
#[test]
fn each_row_ends_once_and_each_of_its_calls() {
    let rows = "fio,codeti,amount,change_balance.comment\nx,1,5,a\ny,2,6,b\nz,3,7,c\n";
    let mut stage = Stage::new("migrate", rows, |_, kind, fields| match kind {
        "add" if fields["codeti"] == "2" => {
            Some(Ok(says(r#"{"Result":"ERROR","ErrorText":"no such billing"}"#)))
        }
        _ => None,
    });
    stage.policy.existing = OnExisting::Ignore;
    stage.policy.reconcile = false;
    assert_eq!(stage.import().expect("an end"), Exit::SomeNotOk);
    assert_eq!(stage.statuses(), ["ok", "failed", "ok"]);
    assert_eq!(stage.ended(), (6, 3));
}
