//! What became of rows whose outcome is unknown: the server is asked, and what its answer proves is kept
//! apart from what it leaves open. Also what must be known before the first row and after the last one.
//! Verdicts are pure functions; every request goes through a [`Link`](crate::sending::Link).

mod balances;
mod booked;
mod bookings;
mod evidence;
mod existing;
mod instrument;
mod movement;
mod new_customers;
mod resume;
mod rounds;
mod settling;
mod time_window;
mod undo;
mod verdict;

#[cfg(test)]
pub(crate) mod tests;

pub use balances::{Explanation, OwnBooking, difference, explain};
pub use booked::{CutBookings, ShownBooking, ShownBookings, shown_bookings};
pub use bookings::times_shown;
pub use existing::{ExistingCustomer, existing};
pub use instrument::{Instrument, Proof, ReadBack, Sample};
pub use movement::{CustomerBookings, OpenBooking};
pub use resume::{Next, next};
pub use rounds::{Finding, Open, Round, RoundEnd};
pub use settling::Settling;
pub use time_window::Offset;
pub use undo::{can_be_undone, compensation};
pub use verdict::Verdict;
