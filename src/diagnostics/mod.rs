//! Whether the server can be used with this key, one thing after another. What is found is judged by pure functions;
//! every request goes through a [`Link`](crate::sending::Link), and none of them writes.

mod batches;
mod check;
mod check_result;
mod contact;
mod latency;
mod try_names;

pub use check::{CheckSpec, Usability, check, usability};
pub use check_result::CheckResult;
