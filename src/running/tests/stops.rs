//! A user who wants an end gets it in every phase, and loses nothing by it.

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

use super::server::lost;
use super::support::{JumpingClock, Stage};
use crate::exit::Exit;
use crate::recording::Journal;
use crate::running::{SessionKind, nothing_to_do};
use crate::sending::{Clock, Response, StopSwitch};

type Switch = Rc<OnceCell<Rc<std::cell::RefCell<StopSwitch>>>>;

/// A stage whose user wants an end at the request in this place.
fn stopped_at(place: usize, make: fn(Box<dyn Fn(usize)>) -> Stage) -> Stage {
    ended_at(place, make, StopSwitch::finish)
}

/// A stage whose time is up at the request in this place.
fn time_up_at(place: usize, make: fn(Box<dyn Fn(usize)>) -> Stage) -> Stage {
    ended_at(place, make, |switch| switch.finish_at("06:00".to_owned()))
}

fn ended_at(place: usize, make: fn(Box<dyn Fn(usize)>) -> Stage, end: fn(&StopSwitch)) -> Stage {
    let switch: Switch = Rc::default();
    let own = Rc::clone(&switch);
    let stage = make(Box::new(move |number| {
        if number == place {
            end(&own.get().expect("a switch").borrow());
        }
    }));
    assert!(switch.set(stage.stop()).is_ok());
    stage
}

fn bookings(tell: Box<dyn Fn(usize)>) -> Stage {
    Stage::bookings(move |number, _, _| {
        tell(number);
        None
    })
}

fn customers(tell: Box<dyn Fn(usize)>) -> Stage {
    Stage::customers(move |number, _, _| {
        tell(number);
        None
    })
}

#[test]
fn an_end_while_the_server_is_tried_leaves_no_run() {
    let stage = stopped_at(0, bookings);
    assert_eq!(stage.import().expect("an end"), Exit::Interrupted);
    assert_eq!(stage.statuses(), ["skipped"; 3]);
    assert!(!stage.path("input.journal").exists());
    assert_eq!(stage.import().expect("an end"), Exit::Done);
    assert_eq!(stage.server.booked(), ["1", "2", "3"]);
}

/// The server is asked first in request 0; balances are read in 1 and 2, a row is booked in 3 and read back in 4 and 5, the
/// others are booked in 6 and 7, and balances are read again in 8 and 9.
#[test]
fn an_end_at_any_request_is_gone_on_from_and_books_nothing_twice() {
    for place in 1..10 {
        let stage = stopped_at(place, bookings);
        assert_eq!(stage.import().expect("an end"), Exit::Interrupted, "{place}");
        let booked = stage.server.booked().len();
        match place {
            1..3 => assert_eq!(booked, 0, "{place}"),
            3..8 => assert!((1..=3).contains(&booked), "{place}: {booked}"),
            _ => assert_eq!(booked, 3, "{place}"),
        }
        stage.server.behaves();
        assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::Done, "{place}");
        assert_eq!(stage.statuses(), ["ok"; 3], "{place}");
        assert_eq!(stage.server.booked(), ["1", "2", "3"], "{place}");
    }
}

#[test]
fn an_end_while_customers_are_looked_for_adds_nobody() {
    for place in 1..6 {
        let stage = stopped_at(place, customers);
        assert_eq!(stage.import().expect("an end"), Exit::Interrupted);
        assert!(!stage.server.requests().contains(&"add".to_owned()), "{place}");
        stage.server.behaves();
        assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::Done);
        assert_eq!(stage.server.requests().iter().filter(|kind| *kind == "add").count(), 3);
    }
}

/// Every row is booked, and no balance was compared: a double would never be told.
#[test]
fn a_run_that_ended_before_its_balances_were_compared_is_gone_on_with() {
    let stage = stopped_at(8, bookings);
    assert_eq!(stage.import().expect("an end"), Exit::Interrupted);
    assert_eq!(stage.server.booked().len(), 3);
    let is_finished = || {
        let journal = Journal::open(&stage.path("input.journal")).expect("a journal");
        nothing_to_do(&journal, SessionKind::Resume, &stage.spec()).expect("readable").is_some()
    };
    assert!(!is_finished());
    let asked = stage.server.requests().len();
    assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::Done);
    assert!(stage.server.requests()[asked..].contains(&"get_data".to_owned()));
    assert!(is_finished());
}

/// In every phase it is the end that the user would have made, and another reason and exit code.
#[test]
fn a_time_that_is_up_ends_a_run_as_its_user_would() {
    for place in 0..10 {
        let (stage, stopped) = (time_up_at(place, bookings), stopped_at(place, bookings));
        assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly, "{place}");
        assert_eq!(stopped.import().expect("an end"), Exit::Interrupted, "{place}");
        assert_eq!(stage.heard().last().expect("an end"), "Finished at 06:00", "{place}");
        assert_eq!(stage.statuses(), stopped.statuses(), "{place}");
        assert_eq!(stage.server.booked(), stopped.server.booked(), "{place}");
        stage.server.behaves();
        if place > 0 {
            assert_eq!(stage.go_on(SessionKind::Resume).expect("an end"), Exit::Done, "{place}");
            assert_eq!(stage.server.booked(), ["1", "2", "3"], "{place}");
        }
    }
    for place in 1..6 {
        let stage = time_up_at(place, customers);
        assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly, "{place}");
        assert!(!stage.server.requests().contains(&"add".to_owned()), "{place}");
    }
}

/// The second row's answer is lost, and nothing is booked: it would be looked for during five minutes.
#[test]
fn a_time_that_is_up_ends_the_looks_for_what_is_in_doubt() {
    let (switch, clock): (Switch, Rc<OnceCell<JumpingClock>>) = Default::default();
    let (own, known) = (Rc::clone(&switch), Rc::clone(&clock));
    let mut stage = Stage::bookings(move |_, kind, fields| {
        if known.get().expect("a clock").now() >= Duration::from_secs(20) {
            own.get().expect("a switch").borrow().finish_at("06:00".to_owned());
        }
        (kind == "change_balance" && fields["customer_id"] == "2").then(lost).flatten()
    });
    stage.policy.settle = Duration::from_secs(300);
    assert!(clock.set(stage.clock.clone()).is_ok() && switch.set(stage.stop()).is_ok());
    assert_eq!(stage.import().expect("an end"), Exit::StoppedEarly);
    assert_eq!(stage.statuses(), ["ok", "unknown", "ok"]);
    assert_eq!(stage.heard().last().expect("an end"), "Finished at 06:00");
    assert!(stage.clock.now() < Duration::from_secs(100), "{:?}", stage.clock.now());
}

#[test]
fn a_time_that_is_up_ends_the_wait_for_an_answer() {
    let stage = bookings(Box::new(|_| ()));
    let ended = stage.import_asking(|switch| {
        switch.finish_at("06:00".to_owned());
        true
    });
    let error = ended.expect_err("no answer");
    assert!(error.to_string().contains("at 06:00, as --until says"), "{error}");
    assert_eq!(error.exit(), Exit::StoppedEarly);
    assert!(stage.server.requests().is_empty() && !stage.path("input.journal").exists());
    let ended = stage.import_asking(|switch| {
        switch.finish();
        true
    });
    assert_eq!(ended.expect_err("no answer").exit(), Exit::Interrupted);
    assert_eq!(stage.import_asking(|_| true).expect("an end"), Exit::Done);
}

/// 503 from a request on, and the end is wanted while that is waited for.
fn gone_from(stage: &Stage, place: usize) {
    let (before, stop) = (stage.server.requests().len(), stage.stop());
    stage.server.does(move |number, _, _| {
        if number > before + place {
            stop.borrow().finish();
        }
        (number >= before + place).then(|| Ok(Response { status: 503, ..Response::default() }))
    });
}

/// A quarter of an hour would be waited for the server; by the clock of the tests it would have passed.
fn assert_ended_soon(stage: &Stage, begun: Duration, what: &str) {
    let span = stage.clock.now() - begun;
    assert!(span < Duration::from_secs(200), "{what}: {span:?}, {:?}", stage.heard());
}

/// Whatever waits for a server that is away, a user who wants an end does not wait with it.
#[test]
fn an_end_does_not_wait_for_a_server_that_is_away() {
    for place in 1..8 {
        for make in [bookings, customers] {
            let stage = make(Box::new(|_| ()));
            gone_from(&stage, place);
            stage.import().expect("an end");
            assert_ended_soon(&stage, Duration::ZERO, &format!("import, {place}"));
        }
        for kind in [SessionKind::Resume, SessionKind::Reconcile] {
            let mut stage = Stage::bookings(|_, kind, fields| match kind {
                "change_balance" if fields["customer_id"] != "1" => lost(),
                _ => None,
            });
            stage.policy.reconcile = false;
            stage.import().expect("an end");
            stage.policy.reconcile = true;
            stage.policy.resend = true;
            gone_from(&stage, place);
            let begun = stage.clock.now();
            stage.go_on(kind).expect("an end");
            assert_ended_soon(&stage, begun, &format!("{kind:?}, {place}"));
        }
    }
}
