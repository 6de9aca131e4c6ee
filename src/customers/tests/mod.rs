//! Tests of the stage against a scripted server.

mod fetching;
mod history;
