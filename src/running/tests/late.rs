//! Requests that are carried out some time after their answer was lost.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use super::server::{Fields, Played, lost};
use super::support::{JumpingClock, Stage};
use crate::exit::Exit;
use crate::sending::Clock;

/// A booking that comes 45 s after its answer was lost is found soon after it came, and not after the five minutes that
/// a request may take.
#[test]
fn a_late_booking_does_not_cost_the_whole_wait() {
    let world: Rc<OnceCell<(Played, JumpingClock)>> = Rc::default();
    let (known, late) = (Rc::clone(&world), RefCell::new(None::<Fields>));
    let mut stage = Stage::bookings(move |_, kind, fields| {
        let (server, clock) = known.get()?;
        if clock.now() >= Duration::from_secs(45)
            && let Some(fields) = late.take()
        {
            server.books(&fields);
        }
        if kind == "change_balance" && fields["customer_id"] == "2" {
            *late.borrow_mut() = Some(fields.clone());
            return lost();
        }
        None
    });
    stage.policy.settle = Duration::from_secs(300);
    assert!(world.set((stage.server.clone(), stage.clock.clone())).is_ok());
    assert_eq!(stage.import().expect("an end"), Exit::Done);
    assert_eq!(stage.statuses(), ["ok"; 3]);
    assert!(stage.clock.now() < Duration::from_secs(120), "{:?}", stage.clock.now());
}
