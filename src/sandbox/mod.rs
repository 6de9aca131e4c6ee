//! The rehearsal server: an HTTP server that answers like UserSide, over customers held in memory.
//!
//! Everything it knows about subcategories and parameters comes from the [catalogue](crate::catalogue). It
//! imports nothing else of the crate, so that the code that sends and the code that answers cannot share a
//! mistake. A request passes through the files in this order: `connection` accepts it, `request` reads it,
//! `app` admits it and picks a fault, `checks` compares it with the catalogue, `actions` carries it out on
//! the `store`, `disguise` changes what a fault hides of its `answer`, `render` writes that in some `spelling`,
//! and `transmission` sends it or spoils it.
//! `ledger` records what really happened.

mod actions;
mod answer;
mod app;
mod chance;
mod checks;
mod clock;
mod conditions;
mod connection;
mod disguise;
mod fault;
mod history;
mod index;
mod kind;
mod ledger;
mod listener;
mod numbers;
mod paths;
mod quota;
mod read_by;
mod render;
mod request;
mod search;
mod seed;
mod server;
mod settings;
mod shape;
mod spelling;
mod store;
#[cfg(test)]
mod tests;
mod transmission;
mod view;

pub use connection::KeepAlive;
pub use fault::Fault;
pub use kind::FaultKind;
pub use quota::Quota;
pub use read_by::ReadBy;
pub use search::{Nobody, NobodyListed, SearchMode};
pub use server::{Sandbox, SandboxError};
pub use settings::{BatchAnswer, IdSet, Location, RetryAfter, Selectors, Settings};
pub use shape::Shape;
pub use view::HistoryView;
