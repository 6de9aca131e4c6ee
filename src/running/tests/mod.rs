//! A run against a server that is played, with a clock that nobody waits for: the order of its phases, an end in each
//! of them, and a fault in each of them.

mod faults;
mod late;
mod looks;
mod model;
mod order;
mod server;
mod steps;
mod stops;
mod support;
