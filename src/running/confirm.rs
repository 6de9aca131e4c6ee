//! The question before money is booked or customers are removed.

use std::time::Duration;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::host::Host;
use crate::catalogue::Operation;
use crate::events::{Estimate, Event};
use crate::sending::Clock;
use crate::validating::Totals;

/// Asks a person whether to go on, and waits for the answer.
pub type Question = Box<dyn FnOnce() -> std::io::Result<bool> + Send>;

/// Says what is at stake, where much is, and asks the person, if there is one; how long it takes is said there, and where
/// that is long. `unsent` is how many rows are left of a run that goes on; none for a new one.
pub(super) async fn confirm<C: Clock>(
    host: &Host<C>,
    operation: Operation,
    totals: &Totals,
    unsent: Option<u64>,
    estimate: Estimate,
    person: Option<Question>,
) -> Result<(), RunError> {
    if unsent == Some(0) {
        return Ok(());
    }
    if !operation.asks_first() {
        if is_long(&estimate) {
            host.tell(Event::Estimate(estimate));
        }
        return Ok(());
    }
    host.tell(Event::Stake { operation, totals, unsent });
    host.tell(Event::Estimate(estimate));
    let Some(person) = person else { return Ok(()) };
    let stop = host.stop.stop();
    match stop.race(spawn_blocking(person)).await {
        None => Err(RunError::ended_by(&stop)),
        Some(answer) => match answer? {
            Ok(true) => Ok(()),
            // An answer that cannot be understood is not a yes.
            Ok(false) | Err(_) => Err(RunError::Declined),
        },
    }
}

/// Whether a run takes so long that people want to know it beforehand.
fn is_long(estimate: &Estimate) -> bool {
    const LONG: Duration = Duration::from_secs(60);
    const MANY: u64 = 10_000;
    let requests = estimate.requests();
    estimate.time(requests).map_or(requests >= MANY, |time| time >= LONG)
}
