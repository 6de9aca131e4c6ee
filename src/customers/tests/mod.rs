//! Tests of the stage against a scripted server.

mod empty_billing;
mod fetching;
mod history;
