//! What became of rows whose outcome is unknown: the server is asked, and what its answer proves is kept
//! apart from what it leaves open. Also what must be known before the first row and after the last one.
//! Verdicts are pure functions; every request goes through a [`Link`](crate::sending::Link).

mod balances;
mod bookings;
mod control;

mod existing;
mod new_customers;
mod resume;
mod rounds;
mod time_window;
mod undo;
mod verdict;

#[cfg(test)]
pub(crate) mod tests;

pub use balances::difference;
pub use bookings::SameBookings;
pub use control::{Control, Sample, shows_bookings};
pub use existing::{ExistingCustomer, existing};
pub use resume::{Next, next};
pub use rounds::{Finding, Open, Round, RoundEnd};
pub use time_window::Window;
pub use undo::{can_be_undone, compensation};
pub use verdict::Verdict;
