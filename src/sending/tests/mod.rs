//! The stage as a whole: calls go in, a scripted server answers, outcomes come out. Time is paused, so that
//! whatever waits takes none.

mod deletes;
mod fates;
mod order;
mod pacing;
mod probing;
mod support;
