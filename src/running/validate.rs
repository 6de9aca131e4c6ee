//! `validate`: the same checks as an import; nothing is sent.

use std::io::Read;

use super::error::RunError;
use super::estimate::{Readings, Workload};
use super::first_pass::AfterPass;
use super::host::Host;
use super::input::OpenInput;
use super::run_end::RunEnd;
use super::spec::ValidateSpec;
use super::summary::{Account, summarise};
use super::unsent::{refusal, why_refused, write_unsent};
use crate::events::Event;
use crate::exit::Exit;
use crate::recording::{OutputTarget, RecordError, ResultsFiles, Tally};
use crate::sending::Clock;

/// Checks every row. Files are written only where places were named for them.
pub async fn validate<C: Clock>(
    spec: ValidateSpec,
    host: Host<C>,
    stdin: impl Read + Send + 'static,
) -> Result<Exit, RunError> {
    let ValidateSpec { input, expectation, results, failed, pace } = spec;
    let input = OpenInput::open(input, &host, stdin).await?;
    let validated = input.validate(results.is_some(), AfterPass::Anything, &host).await?;
    let refused = refusal(&input, &validated, &expectation, false, |event| host.tell(event));
    if refused.is_none() && validated.totals.rows == 0 {
        host.tell(Event::Warning("the file has a header but no rows"));
    }
    if let Some(note) = validated.keys.note().filter(|_| refused.is_none()) {
        host.tell(Event::Note(&note));
    }
    if refused.is_none() && validated.totals.rows > 0 {
        host.tell(Event::Estimate(Workload::of(&validated).estimate(Readings::USUAL, pace)));
    }
    let why = refused.map_or("not sent: this was a validation", why_refused);
    let account = if refused.is_none() && results.is_none() && failed.is_none() {
        Account::Counted(Tally::of_unsent(validated.totals.rows))
    } else {
        let files = files(results.as_ref(), failed.map(OutputTarget::File).as_ref(), validated.totals.rows)?;
        Account::Written(write_unsent(&input, &validated, files, why).await?)
    };
    let exit = if refused.is_some() { Exit::Refused } else { Exit::Done };
    let end = RunEnd { refused, ..RunEnd::default() };
    summarise(&host, &input.spec, None, account, end);
    Ok(exit)
}

fn files(
    results: Option<&OutputTarget>,
    failed: Option<&OutputTarget>,
    rows: u64,
) -> Result<ResultsFiles, RecordError> {
    results.map_or(Ok(()), |results| results.has_room_for(rows))?;
    let begin = |target: Option<&OutputTarget>| target.map(OutputTarget::begin).transpose();
    Ok(ResultsFiles { results: begin(results)?, failed: begin(failed)? })
}
