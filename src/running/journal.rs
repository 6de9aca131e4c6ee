//! How a run's journal comes into being, and what keeps an earlier run from being forgotten or repeated by accident.

use std::io::Read;

use super::error::RunError;
use super::host::Host;
use super::input::OpenInput;
use super::spec::{JournalSpec, OnBooked};
use crate::catalogue::{Effect, Operation};
use crate::count::Count;
use crate::events::Event;
use crate::reading::Input;
use crate::recording::{
    Found, Held, HeldInput, Journal, JournalError, NewRun, PutAside, StoredInput, UnnamedJournal, hold_input,
    look, put_aside,
};
use crate::sending::Clock;
use crate::validating::{StepSet, Totals};

/// Refuses to begin where an unfinished run lies. Nothing is moved yet: the input may be refused.
pub(super) fn make_way(spec: &JournalSpec) -> Result<(), RunError> {
    if spec.new_run {
        return Ok(());
    }
    match look(&spec.path)? {
        Found::Journal { run, counts } if !counts.is_finished() => Err(RunError::Unfinished {
            journal: spec.path.clone(),
            begun: run.begun,
            counts: Box::new(counts),
        }),
        Found::Journal { .. } | Found::Nothing => Ok(()),
    }
}

/// Warns anyone who is about to do a second time what must not happen twice: the very same input, imported before.
pub(super) fn warn_of_repetition<C: Clock>(
    spec: &JournalSpec,
    input: &OpenInput,
    host: &Host<C>,
) -> Result<(), RunError> {
    let operation = input.spec.operation;
    // Bookings are looked for one by one, unless that was not wanted.
    if !is_once_only(operation) || matches!(input.spec.on_booked, OnBooked::Fail | OnBooked::Skip) {
        return Ok(());
    }
    // What lies there and is no journal is dealt with when it is in the way.
    let Ok(Found::Journal { run, counts }) = look(&spec.path) else { return Ok(()) };
    let is_same = run.operation == operation.name() && run.fingerprint == input.source.fingerprint()?;
    if is_same && counts.ok > 0 {
        let ok = Count(counts.ok, "row");
        let are = ok.agree("is", "are");
        let text = format!(
            "this very file was imported before, in the run that began {}: {ok} of it {are} ok, and {are} about to be sent a second time",
            run.begun.strftime("%Y-%m-%d %H:%M UTC"),
        );
        host.tell(Event::Warning(&text));
    }
    Ok(())
}

/// Makes the journal of a new run, without its name: until it has that, there is no run. A journal that lies in its
/// place must be free to be put aside.
pub(super) fn prepare<C: Clock>(
    spec: &JournalSpec,
    input: &OpenInput,
    totals: &Totals,
    steps: Option<&Vec<StepSet>>,
    host: &Host<C>,
) -> Result<UnnamedJournal, RunError> {
    // Another run may have begun while a person was asked.
    check_place(spec)?;
    let new = NewRun {
        operation: input.spec.operation.name(),
        options: spec.options.clone(),
        input: spec.input.clone(),
        fingerprint: input.source.fingerprint()?,
        rows: totals.rows,
        begun: host.now(),
        steps: steps.cloned(),
        keys: input.keys.map().clone(),
    };
    let mut bytes = input.source.bytes();
    let content: Option<&mut dyn Read> = if new.input.is_none() { Some(&mut bytes) } else { None };
    let unnamed = Journal::prepare(&spec.path, &new, content)?;
    if is_once_only(input.spec.operation) {
        unnamed.require_locks()?;
    }
    Ok(unnamed)
}

/// Whether rows must not be sent twice.
pub(super) fn is_once_only(operation: Operation) -> bool {
    operation.effect() == Effect::OnceOnly
}

/// Keeps other runs away from the input while its rows are sent, where they must not be sent twice: a run with other
/// results has another journal.
pub(super) fn hold(input: &OpenInput) -> Result<Option<HeldInput>, RunError> {
    match &input.spec.input {
        Input::File(path) if is_once_only(input.spec.operation) => {
            hold_input(path).map_err(|Held| RunError::InputHeld { input: path.clone() })
        }
        Input::File(_) | Input::Stdin => Ok(None),
    }
}

/// Refuses a place where an unfinished run lies that was not to be put aside, or one that a process is at work with.
fn check_place(spec: &JournalSpec) -> Result<(), RunError> {
    if !spec.new_run {
        return make_way(spec);
    }
    match look(&spec.path) {
        // What is not a journal of ours, or is broken, is kept under another name.
        Ok(_)
        | Err(JournalError::Foreign { .. } | JournalError::Damaged { .. } | JournalError::Version { .. }) => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// The run begins: its journal takes its name. What lies in its place is kept under another.
pub(super) fn begin<C: Clock>(
    spec: &JournalSpec,
    journal: UnnamedJournal,
    host: &Host<C>,
) -> Result<Journal, RunError> {
    // Another run may have begun while a person was asked and the server was tried.
    match put_aside(&spec.path, spec.new_run)? {
        PutAside::Nothing => {}
        PutAside::As(aside) => {
            let text = format!("the journal of an earlier run is kept as {}", aside.display());
            host.tell(Event::Note(&text));
        }
        PutAside::Unfinished { run, counts } => {
            return Err(RunError::Unfinished {
                journal: spec.path.clone(),
                begun: run.begun,
                counts: Box::new(counts),
            });
        }
    }
    Ok(journal.name()?)
}

/// What the journal keeps of standard input; none where the input is a file.
pub(super) fn content_of(journal: &Journal) -> Result<Option<StoredInput>, JournalError> {
    if journal.run().input.is_none() { journal.input().map(Some) } else { Ok(None) }
}
