//! Tests of the stage: against a scripted server, and of the verdicts that need a whole call.

mod bookings;
mod evidence;
mod finder;
mod model;
mod reads;
mod rehearsal;
mod rounds;
pub(crate) mod support;
mod undo;
