//! What a run's journal keeps of what was measured of the server, each under a name of its own.

use std::time::Duration;

use jiff::Timestamp;

use super::recorder::Report;
use crate::reconciling::{Instrument, Offset};
use crate::recording::{JournalError, Replay};

/// How many milliseconds it took until the server showed what it had done.
const LAG: &str = "lag_ms";
/// How many seconds the times in a history are ahead of this machine's.
const OFFSET: &str = "history_offset_s";
/// By the server's clock: all requests that are in doubt had ended.
pub(super) const DOUBTS_ENDED: &str = "doubts_ended";
/// Customers were looked for before the first row was sent.
pub(super) const LOOKED_FOR: &str = "looked_for";
/// In these billings nobody was before the first row was sent, so that nobody was looked for one by one.
pub(super) const EMPTY_BILLINGS: &str = "empty_billings";

/// Whether rows were booked whose customers' balances have not been compared since.
const UNVERIFIED: &str = "unverified";

/// Rows are about to be booked, or the balances of their customers were compared.
pub(super) fn unverified(is_open: bool) -> Report {
    Report::Fact(UNVERIFIED, if is_open { "yes" } else { "no" }.to_owned())
}

/// Whether a session was ended before it compared the balances of customers whom it booked on.
pub(super) fn is_unverified(replay: &Replay) -> Result<bool, JournalError> {
    Ok(replay.fact(UNVERIFIED)?.is_some_and(|text| text == "yes"))
}

/// What is kept of a reading back.
pub(super) fn of_instrument(instrument: &Instrument) -> Vec<(&'static str, String)> {
    let lag = (LAG, instrument.lag.as_millis().to_string());
    let offset = instrument.offset.map(|offset| (OFFSET, offset.seconds().to_string()));
    std::iter::once(lag).chain(offset).collect()
}

/// What an earlier session has measured beside what this one has.
pub(super) fn with_earlier(instrument: Instrument, replay: &Replay) -> Result<Instrument, JournalError> {
    let number = |name| -> Result<Option<i64>, JournalError> {
        Ok(replay.fact(name)?.and_then(|text| text.parse().ok()))
    };
    let lag = number(LAG)?.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis);
    let offset = number(OFFSET)?.map(Offset::of_seconds);
    Ok(Instrument {
        lag: instrument.lag.max(lag.unwrap_or_default()),
        offset: offset.or(instrument.offset),
        ..instrument
    })
}

/// When all requests in doubt had ended, by the server's clock.
pub(super) fn doubts_ended(replay: &Replay) -> Result<Option<Timestamp>, JournalError> {
    Ok(replay.fact(DOUBTS_ENDED)?.and_then(|text| text.parse().ok()))
}
