//! `results`, and sessions that have nothing to do: the results written again from the journal.

use std::path::PathBuf;

use super::error::RunError;
use super::facts;
use super::host::Host;
use super::input::OpenInput;
use super::rows::notes;
use super::run_end::RunEnd;
use super::session_kind::SessionKind;
use super::spec::{InputSpec, OutputSpec, RunSpec, Verify};
use super::summary::{Account, summarise};
use crate::count::Count;
use crate::exit::Exit;
use crate::recording::{Counts, Journal, OutputTarget, Results, Tally};
use crate::sending::Clock;
use crate::shell::quoted;

/// Writes the results of a run again. `journal` is its file.
pub fn rewrite<C: Clock>(
    journal: &PathBuf,
    input: InputSpec,
    output: &OutputSpec,
    host: &Host<C>,
) -> Result<Exit, RunError> {
    let (run, replay) = Journal::read_only(journal)?;
    let content = match run.input {
        Some(_) => None,
        None => Some(Journal::read_only(journal)?.1.into_input()),
    };
    let input = OpenInput::open_same(input, host, content, &run.fingerprint, replay.keys()?)?;
    let keys = input.rows()?.into_keys(input.spec.tagging(run.id));
    let checker = input.checker()?;
    let results =
        Results::new(output.begin(run.rows)?, &input.source, checker.columns(), input.spec.operation, keys)?
            .noting(notes(&checker));
    let counts = replay.counts(run.rows)?;
    let finished = results.write_all(replay, run.rows)?;
    let exit = if finished.tally.is_all_ok() { Exit::Done } else { Exit::SomeNotOk };
    summarise(host, &input.spec, Some(journal), Account::Written(finished), RunEnd::of(counts));
    Ok(exit)
}

/// A session that has nothing to do.
#[derive(Debug)]
pub struct NothingToDo {
    /// What is said of it.
    pub text: String,
    counts: Counts,
    exit: Exit,
    lacks_results: bool,
}

/// Whether there is nothing to do for a session of this kind. The results may still be missing, if the program was
/// killed while it wrote them, or somebody took them away.
pub fn nothing_to_do(
    journal: &Journal,
    kind: SessionKind,
    spec: &RunSpec,
) -> Result<Option<NothingToDo>, RunError> {
    let counts = journal.counts()?;
    let is_done = match kind {
        SessionKind::Reconcile => counts.unknown == 0,
        SessionKind::Import | SessionKind::Resume => counts.is_finished(),
    };
    // A session that was ended may not have come to it, and nobody would ever hear of a double.
    let is_unverified = spec.policy.verify != Verify::Not && facts::is_unverified(&journal.replay()?)?;
    if !is_done || is_unverified || (spec.policy.resend && counts.not_applied > 0) {
        return Ok(None);
    }
    let text = match kind {
        SessionKind::Reconcile => match counts.unsent() {
            0 => "no row of this run is unknown; there is nothing to find out".to_owned(),
            unsent => {
                let rows = Count(unsent, "row");
                let (were, them) = (rows.agree("was", "were"), rows.agree("it", "them"));
                format!(
                    "no row of this run is unknown; {rows} {were} not sent, and `userside-bulk resume {}` sends {them}",
                    quoted(journal.path())
                )
            }
        },
        SessionKind::Import | SessionKind::Resume => finished(&counts),
    };
    let exit = if counts.is_all_well() { Exit::Done } else { Exit::SomeNotOk };
    let OutputSpec { results, failed, .. } = &spec.output;
    let failed = failed.clone().map(OutputTarget::File);
    let is_missing = |target: &OutputTarget| target.path().is_some_and(|path| !path.exists());
    let lacks_results =
        is_missing(results) || failed.as_ref().is_some_and(is_missing) || journal.was_interrupted()?;
    Ok(Some(NothingToDo { text, counts, exit, lacks_results }))
}

/// What is said of a run with which nothing goes on by itself.
fn finished(counts: &Counts) -> String {
    let not_booked = counts.failed + counts.invalid;
    let not_booked = match not_booked {
        0 => String::new(),
        _ => {
            let rows = Count(not_booked, "row");
            format!(", and {rows} of it {} not applied", rows.agree("is", "are"))
        }
    };
    let doubled = match counts.doubled {
        0 => String::new(),
        doubled => {
            let rows = Count(doubled, "row");
            format!(", and {rows} of it {} booked more than once", rows.agree("is", "are"))
        }
    };
    format!("this run is finished{not_booked}{doubled}; there is nothing to go on with")
}

impl NothingToDo {
    /// Writes results that are missing. Otherwise the summary is told only where it is wanted, for a script.
    pub fn end<C: Clock>(
        self,
        journal: Journal,
        spec: RunSpec,
        wants_summary: bool,
        host: &Host<C>,
    ) -> Result<Exit, RunError> {
        let path = journal.path().to_owned();
        drop(journal);
        if self.lacks_results {
            rewrite(&path, spec.input, &spec.output, host)?;
        } else if wants_summary {
            let results = spec.output.results.path().map(ToOwned::to_owned);
            let account = Account::Told { tally: Tally::of_counts(&self.counts), results };
            summarise(host, &spec.input, Some(&path), account, RunEnd::of(self.counts));
        }
        Ok(self.exit)
    }
}
