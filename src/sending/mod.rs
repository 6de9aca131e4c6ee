//! Stage 3, calls to outcomes: requests leave at a set pace, and every call's fate is decided in one place.
//! Knows calls and the catalogue's model; knows no CSV, no file, no terminal.

mod clock;
mod engine;
mod failure_budget;
mod job;
mod key;
mod limits;
mod link;
mod listing;
mod marks;
mod outcome;
mod pace;
mod probe;
mod queue;
mod reply;
mod request;
mod retry;
mod stop;
mod tcp_probe;
#[cfg(test)]
mod tests;
mod transport;

pub use clock::{Clock, TokioClock};
pub use engine::run;
pub use job::{Delivery, Ended, Job, PriorAttempts};
pub use key::{ApiKey, KeyError};
pub use limits::{FailureLimit, Limits};
pub use link::{Answer, Link, LinkSettings, Measured, Unread};
pub use marks::{Intent, IntentLog, NotMarked};
pub use outcome::{FailureCode, Fate, Outcome, Problem, Ticket};
pub use pace::{Burst, PaceSettings, Rate};
pub use probe::{Contact, SelectorChoice, contact, find_selector};
pub use stop::{Stop, StopReason, StopSwitch};
pub use tcp_probe::{Unreached, reach};
pub use transport::{Http, HttpSettings, Transport, TransportError};

#[cfg(test)]
pub(crate) use transport::{Lost, LostKind, Response};
