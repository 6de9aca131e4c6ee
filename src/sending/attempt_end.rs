//! What happened to one attempt: the first of the three things that are said of a call. What is to be done about it
//! is a [`Decision`](super::retry::Decision), and what is known at last a [`Fate`](super::outcome::Fate).

/// What happened to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum AttemptEnd {
    /// The API said that it is done.
    Accepted,
    /// The request never reached the server: no such host, connection refused, TLS.
    Unreached,
    /// Turned away: 429, 503. A web server in front says so too, after PHP has done the work.
    TurnedAway,
    /// It may have been applied: no answer in time, connection lost, 500, an answer that cannot be read.
    MayHaveHappened,
    /// The API said no.
    SaidNo,
    /// A refusal that is not the API's: a page under 4xx, a redirect. It may stand in place of the API's answer.
    Replaced,
    /// The API refused the key.
    KeyRefused,
    /// 401 or 403 without the API's verdict: no request has a chance, and what became of this one is open.
    Barred,
}
