//! The stage as a whole: calls go in, a scripted server answers, outcomes come out. Time is paused, so that
//! whatever waits takes none.

mod deletes;
mod fates;
mod intents;
mod limits;
mod model;
mod order;
mod outages;
mod pacing;
mod probing;
mod replies;
mod server;
mod stopping;
mod support;
mod wire;
