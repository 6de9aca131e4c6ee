//! Results of an input of which nothing is sent: it was refused, or only to be checked.

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::first_pass::Validated;
use super::input::OpenInput;
use super::rows::{Rows, notes};
use super::spec::OnBooked;
use crate::events::{Event, Refused};
use crate::recording::{Finished, Results, ResultsFiles, RowResult, RunId, Tagging};
use crate::validating::{Expectation, StepSet};

/// Why nothing may be sent of these rows; the rows of an input that is not what was expected are all right.
pub(super) fn refusal(
    input: &OpenInput,
    validated: &Validated,
    expectation: &Expectation,
    skips_invalid: bool,
    tell: impl FnOnce(Event<'_>),
) -> Option<Refused> {
    let books_money = input.spec.operation.books_money();
    if let Err(unexpected) = expectation.check(&validated.totals, books_money) {
        tell(Event::Error(&unexpected.to_string()));
        Some(Refused::Expectation)
    } else if !validated.checker.header().is_empty() {
        Some(Refused::Header)
    } else if validated.totals.invalid > 0 && !skips_invalid {
        Some(Refused::Rows)
    } else {
        None
    }
}

/// Writes for each row why it is not sent: its own problems, or else `why`.
pub(super) async fn write_unsent(
    input: &OpenInput,
    validated: &Validated,
    files: ResultsFiles,
    why: &'static str,
) -> Result<Finished, RunError> {
    let keys = match input.spec.on_booked {
        // A run that never began has no name.
        OnBooked::Untagged | OnBooked::Ignore => None,
        OnBooked::Fail | OnBooked::Skip => {
            validated.rows(&input.source)?.into_keys(Tagging::AcrossRuns(RunId::random()))
        }
    };
    let mut results =
        Results::new(files, &input.source, validated.checker.columns(), input.spec.operation, keys)?
            .noting(notes(&validated.checker));
    let rows = validated.rows(&input.source)?;
    let write = move |rows: Rows| {
        rows.each(
            |checked| checked.steps(),
            |_, checked| {
                match checked {
                    Ok(steps) => results.put(RowResult::skipped(why), steps)?,
                    Err(rejection) => results.put(RowResult::invalid(&rejection), StepSet::default())?,
                }
                Ok(true)
            },
        )?;
        Ok(results.finish()?)
    };
    spawn_blocking(move || write(rows)).await?
}

/// Why the valid rows of a refused input are not sent.
pub(super) const fn why_refused(refused: Refused) -> &'static str {
    match refused {
        Refused::Expectation => "not sent: the file is not what was expected",
        Refused::Server => "not sent: the server cannot be used",
        Refused::Header | Refused::Rows => "not sent: the file has invalid rows",
    }
}
