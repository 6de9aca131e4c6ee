//! Stage 3, calls to outcomes: requests leave at a set pace, and every call's fate is decided in one place. What happened to an attempt (`AttemptEnd`), what is done about it
//! (`Decision`), and what is known of the call in the end (`Fate`) are three different things.
//! Knows calls and the catalogue's model; knows no CSV, no file, no terminal.

mod answer_body;
mod asked_for;
mod attempt_end;
mod body;
mod clock;
mod connection;
mod customer_reads;
mod deadline;
mod deletion;
mod engine;
mod excerpt;
mod failure_budget;
#[cfg(any(test, fuzzing))]
mod fuzzing;
mod gate;
mod hold;
mod id_list;
mod intent_log;
mod interpret;
mod job;
mod key;
mod learned;
mod limits;
mod link;
mod network;
mod outage;
mod outcome;
mod pace;
mod payload;
mod pending;
mod probe;
mod proof;
mod proxy;
mod queue;
mod read;
mod recent_ids;
mod relatives;
mod reply;
mod request;
mod retry;
mod run;
mod settle;
mod stop;
mod tcp_probe;
#[cfg(test)]
mod tests;
mod tls_words;
mod transport;

pub use clock::{Clock, TokioClock};
pub use connection::{Connection, Server};
pub use deadline::Deadline;
#[cfg(any(test, fuzzing))]
pub use fuzzing::read_answer;
pub use hold::LinkNews;
pub use intent_log::{Intent, IntentLog, NotRecorded};
pub use job::{Ended, Intake, Job, NextCall, PriorAttempts, Settled, WaitingJob};
pub use key::{ApiKey, KeyError};
pub use limits::{FailureLimit, Limits};
pub use link::{Link, LinkSettings, ReadName};
pub use network::{ClientCertificate, NetworkSettings};
pub use outage::Outage;
pub use outcome::{FailureCode, Fate, Outcome, Problem, Ticket};
pub use pace::{Burst, PaceSettings, Rate};
pub use probe::{Contact, SelectorChoice, contact, find_selector};
pub use proxy::ProxyVariables;
pub use read::{Answer, Measured, Unread};
pub use run::run;
pub use stop::{Stop, StopReason, StopSwitch};
pub use tcp_probe::{Unreached, probe_tcp};
pub use transport::{Http, HttpSettings, Transport, TransportError};

#[cfg(test)]
pub(crate) use transport::{Lost, LostKind, Response};
