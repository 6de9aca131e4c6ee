//! What happened to one attempt: the first of the three things that are said of a call. What is to be done about it
//! is a [`Decision`](super::retry::Decision), and what is known at last a [`Fate`](super::outcome::Fate).

/// What happened to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum AttemptEnd {
    /// The server said that it is done.
    Accepted,
    /// The request never reached the server: no such host, connection refused, TLS.
    Unreached,
    /// The server turned it away before doing anything: 429, 503.
    TurnedAway,
    /// It may have been applied: no answer in time, connection lost, 500, an answer that cannot be read.
    MayHaveHappened,
    /// The server said no.
    SaidNo,
    KeyRefused,
}
