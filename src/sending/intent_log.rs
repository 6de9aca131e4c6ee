//! The intent before a request: what is written down before a call may leave, so that after a crash it is still known
//! that it may have been sent. Who writes, and where, is not this stage's business.

use std::future::Future;

use super::outcome::Ticket;
use crate::catalogue::Effect;
use crate::validating::Digest;

/// A call that is about to be sent for the first time in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    pub ticket: Ticket,
    /// How many requests were sent for it in earlier runs.
    pub attempts: u32,
    /// The fingerprint of what is sent.
    pub content: Digest,
    /// The key of a booking; none where it has none.
    pub key: Option<String>,
    /// What happens if it is sent twice.
    pub effect: Effect,
}

/// Nothing can be written down any more, so nothing may be sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotRecorded;

/// Writes intents down.
pub trait IntentLog {
    /// Resolves once these calls are where a crash cannot take them away. Only then are they sent. Calls that
    /// were written down and did not leave after all are delivered as not sent.
    fn record(&self, intents: Vec<Intent>) -> impl Future<Output = Result<(), NotRecorded>> + 'static;
}

/// Writes nothing down.
#[cfg(test)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Unrecorded;

#[cfg(test)]
impl IntentLog for Unrecorded {
    fn record(&self, _: Vec<Intent>) -> impl Future<Output = Result<(), NotRecorded>> + 'static {
        std::future::ready(Ok(()))
    }
}
