//! A customer as the server answers it: what its answers say, whoever asked for them.

mod amount;

pub use amount::{is_plain, plain, summand, without_exponent};
