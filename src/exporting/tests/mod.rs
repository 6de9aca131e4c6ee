//! Tests of the stage: against a scripted server, and with customers that nobody ever saw.

mod fetching;
mod flattening;
mod support;
