//! Stage 5, a run: the phases of import, resume and reconcile, in order; validation, and what takes a run back.
//! Everything that people are told goes through a [`Listener`](crate::events::Listener); every request goes through
//! the server's [`Link`](crate::sending::Link); what became of each row goes to the journal.

mod ahead;
mod asker;
mod balances;
mod booked;
mod booked_before;
mod chain;
mod claims;
mod confirm;
mod differences;
mod doubts;
mod end;
mod error;
mod estimate;
mod facts;
mod file_keys;
mod first_alone;
mod first_pass;
mod go_on;
mod host;
mod id_map;
mod import;
mod input;
mod journal;
mod keys;
mod kin;
mod look;
mod lost_parents;
mod max_failures;
mod meanwhile;
mod own_customers;
mod phases;
mod precheck;
mod prefetch;
mod probe;
mod problems;
mod reconcile;
mod recorder;
mod resend;
mod rewrite;
mod rows;
mod run;
mod run_end;
mod send;
mod session;
mod session_kind;
mod short_rows;
mod spec;
mod summary;
#[cfg(test)]
mod tests;
mod undo;
mod unsent;
mod validate;
mod verify;

pub use confirm::Question;
pub use error::RunError;
pub use go_on::go_on;
pub use host::Host;
pub use import::import;
pub use max_failures::MaxFailures;
pub use rewrite::{nothing_to_do, rewrite};
pub use session_kind::SessionKind;
pub use spec::{
    InputSpec, JournalSpec, OnBooked, OnExisting, OutputSpec, Policy, RunPace, RunSpec, ValidateSpec, Verify,
};
pub use undo::{Extent, undo};
pub use validate::validate;
