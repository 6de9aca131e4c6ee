//! Whether one can talk to a server with a key, point by point. What is found is judged by pure functions; every
//! request goes through a [`Link`](crate::sending::Link), and none of them writes.

mod batches;
mod contact;
mod latency;
mod point;

pub use batches::batches;
pub use contact::{Contacts, judge, try_names};
pub use latency::{clock, latency, measure, writes};
pub use point::{Health, Point};
