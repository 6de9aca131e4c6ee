//! `undo`: the rows that take a run back, for a person to look at and to import. Sends nothing.

use super::error::RunError;
use super::host::Host;
use super::input::OpenInput;
use super::journal::content_of;
use super::rows::call_of;
use super::spec::InputSpec;
use crate::catalogue::Action;
use crate::events::{Event, UndoSummary};
use crate::exit::Exit;
use crate::reconciling::{can_be_undone, compensation};
use crate::recording::{Journal, OutputTarget, Status, Table, Tag};
use crate::sending::Clock;
use crate::validating::Money;

/// What of a run is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every booking of it, as often as it is there.
    Whole,
    /// What is there beside the one booking that a row was meant to be.
    Surplus,
}

/// Writes what takes the run of a journal back.
pub fn undo<C: Clock>(
    journal: &mut Journal,
    extent: Extent,
    input: InputSpec,
    target: &OutputTarget,
    host: &Host<C>,
) -> Result<Exit, RunError> {
    let operation = input.operation.name();
    if !can_be_undone(input.operation) {
        return Err(RunError::CannotUndo { operation });
    }
    let (run, mut replay) = (journal.run().clone(), journal.replay()?);
    let input = OpenInput::open_same(input, host, content_of(journal)?, &run.fingerprint, replay.keys()?)?;
    let (checker, tagging) = (input.checker()?, input.spec.tagging(run.id));
    let operation_of = input.spec.operation;
    let Some(step) = operation_of.step_of(Action::ChangeBalance) else {
        return Err(RunError::CannotUndo { operation });
    };
    let server = input.spec.rules.server;
    // Rows of several steps are taken back by rows of the step that books.
    let columns: Vec<&'static str> = if operation_of.has_several_steps() {
        let booking = operation_of.step(step);
        booking.parameters.iter().filter(|p| p.is_in(server) && p.until.is_none()).map(|p| p.name).collect()
    } else {
        let mut names: Vec<&'static str> = Vec::new();
        for parameter in checker.columns().parameters() {
            // Ids and keys may stand for one parameter.
            if !names.contains(&parameter.name) {
                names.push(parameter.name);
            }
        }
        names
    };
    let mut table = Table::begin(target.begin()?, input.source.dialect(), columns.iter().copied())?;
    let (mut rows, mut unknown, mut sum) = (0, 0, Some(Money::ZERO));
    input.rows()?.each(
        |checked| checked.calls(),
        |row, checked| {
            let entries = replay.entries(row.number())?;
            let call = checked.ok().and_then(|calls| call_of(calls, step, &entries, server));
            let (Some(entry), Some(call)) = (entries.of(step), call) else { return Ok(true) };
            unknown += u64::from(entry.result.status == Status::Unknown);
            // What is there once is as it should be; and of what others have made only the surplus is anybody's.
            let kept = u64::from(extent == Extent::Surplus);
            let is_taken_back = entry.result.status == Status::Ok || kept > 0 && entry.existed();
            if !is_taken_back {
                return Ok(true);
            }
            let times = entry.times.unwrap_or(1).max(1);
            let booking = match tagging.tag(row.number(), call.key(), Some(entry)) {
                Some(Tag::Key(key)) => key.to_string(),
                _ => format!("{}-{}", run.id, row.number()),
            };
            for nth in 1 + kept..=times {
                let Some(back) = compensation(&call, &booking, nth) else { return Ok(true) };
                let cell = |name: &&str| {
                    back.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
                };
                table.write(columns.iter().map(cell))?;
                rows += 1;
                sum = match (sum, call.amount()) {
                    (Some(sum), Some(amount)) => sum.plus(amount.negated()),
                    _ => None,
                };
            }
            Ok(true)
        },
    )?;
    let (path, earlier) = table.finish()?;
    if extent == Extent::Surplus {
        journal.surplus_written(host.now())?;
    }
    let journal = journal.path().to_owned();
    let surplus = extent == Extent::Surplus;
    let operation = operation_of.step(step).name;
    let summary = UndoSummary { operation, path, earlier, rows, sum, unknown, surplus, journal };
    host.tell(Event::Undone(&summary));
    Ok(if unknown > 0 { Exit::SomeNotOk } else { Exit::Done })
}
