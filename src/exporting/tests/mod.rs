//! Tests of the stage with invented customers of any shape.

mod flattening;
mod support;
