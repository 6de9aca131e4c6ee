//! The question before money is booked or customers are removed.

use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::import::{ImportJob, broken};
use crate::cli::Asks;
use crate::count::Count;
use crate::events::Event;
use crate::reporting::{ask, stake};
use crate::sending::Stop;
use crate::validating::Totals;

/// Says what is at stake, where much is, and asks whoever sits at the terminal. `unsent` is how many rows are
/// left of a run that goes on; none for a new one.
pub(super) async fn before(
    job: &ImportJob,
    totals: &Totals,
    unsent: Option<u64>,
    stop: &Stop,
) -> Result<(), Failure> {
    let operation = job.settings.operation;
    if !operation.subcategory().asks_first() {
        return Ok(());
    }
    let all = stake(operation, totals);
    match unsent {
        None => job.listener.event(Event::Stake(&all)),
        Some(0) => return Ok(()),
        Some(unsent) => {
            let text =
                format!("the rest of a run, {} of it; the run as a whole: {all}", Count(unsent, "row"));
            job.listener.event(Event::Stake(&text));
        }
    }
    if job.settings.journal.as_ref().is_none_or(|settings| settings.asks == Asks::Nobody) {
        return Ok(());
    }
    let answer = spawn_blocking(|| ask(&mut std::io::stdin().lock()));
    match stop.race(answer).await.ok_or(Failure::Interrupted)?.map_err(broken)? {
        Ok(true) => Ok(()),
        // Whoever cannot be understood has not said yes.
        Ok(false) | Err(_) => Err(Failure::Declined),
    }
}
