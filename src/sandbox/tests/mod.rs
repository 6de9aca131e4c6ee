//! The sandbox from outside: a server on a free port and a client of its own that speaks plain HTTP over a
//! socket, so that nothing in between hides a mistake.

mod batches;
mod connections;
mod envelope;
mod faults;
mod records;
mod shapes;
mod subcategories;
mod support;
mod verdicts;
mod views;
