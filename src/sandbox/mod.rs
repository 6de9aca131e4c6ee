//! The rehearsal server: an HTTP server that answers like UserSide, over customers held in memory.
//!
//! Everything it knows about subcategories and parameters comes from the [catalogue](crate::catalogue); it
//! imports nothing else of the crate, so that what sends and what answers cannot share a mistake. A request
//! passes through the files in this order: `line` accepts it, `request` reads it, `app` admits it and picks
//! a fault, `checks` holds it against the catalogue, `actions` carries it out on the `store`, `answer` words
//! the reply in the words of a `look`, `delivery` sends it or spoils it, and `ledger` has written down what
//! really happened.

mod actions;
mod answer;
mod app;
mod chance;
mod checks;
mod conditions;
mod delivery;
mod fault;
mod history;
mod index;
mod ledger;
mod line;
mod look;
mod numbers;
mod paths;
mod request;
mod seed;
mod server;
mod settings;
mod shape;
mod store;
#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultKind};
pub use server::{Sandbox, SandboxError};
pub use settings::{Batches, Ids, Location, RetryAfter, Selectors, Settings};
pub use shape::Shape;
