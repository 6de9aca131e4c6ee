//! Tests of the stage with customers that nobody ever saw.

mod flattening;
mod support;
