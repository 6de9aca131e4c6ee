//! Whether one can talk to a server with a key, point by point. What is found is judged by pure functions; every
//! request goes through a [`Link`](crate::sending::Link), and none of them writes.

mod batches;
mod check_result;
mod contact;
mod latency;

pub use batches::batches;
pub use check_result::Point;
pub use contact::{Contacts, judge, try_names};
pub use latency::{clock, latency, measure, writes};
