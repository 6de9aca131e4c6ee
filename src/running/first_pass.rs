//! The first pass over an input: every row is checked, nothing is sent.

use std::sync::Arc;

use super::error::RunError;
use super::file_keys::FileKeys;
use super::prefetch::Prefetch;
use super::problems::Problems;
use super::rows::{Rows, check};
use super::short_rows::ShortRows;
use crate::count::Count;
use crate::events::{Event, Listener};
use crate::reading::{LineUnit, Source};
use crate::sending::Stop;
use crate::validating::{
    Across, Checker, Families, OmittedTimes, OmittedValues, Rejection, Repeats, StepSet, Totals,
};

/// How often a listener hears of progress, in rows.
const STEP: u64 = 4096;

/// What the first pass found.
pub(super) struct Validated {
    pub(super) checker: Checker,
    repeats: Repeats,
    pub(super) totals: Totals,
    /// How many comments are longer with their tag than old servers keep.
    pub(super) long_comments: u64,
    /// Which steps each row has, an invalid one none; nothing where each has one.
    pub(super) steps: Option<Vec<StepSet>>,
    /// The keys by which rows name customers.
    pub(super) keys: FileKeys,
}

impl Validated {
    /// Another pass over the same rows.
    pub(super) fn rows(&self, source: &Source) -> Result<Rows, RunError> {
        let (_, records) = source.records()?;
        Ok(Rows { records, checker: self.checker.clone(), across: Across::new(self.repeats) })
    }

    /// As many passes as need be.
    pub(super) fn passes(&self, source: &Arc<Source>) -> Passes {
        Passes { source: Arc::clone(source), checker: self.checker.clone(), repeats: self.repeats }
    }
}

/// Passes over the rows of an input.
pub(super) struct Passes {
    source: Arc<Source>,
    checker: Checker,
    repeats: Repeats,
}

impl Passes {
    /// The rules for one row.
    pub(super) fn checker(&self) -> Checker {
        self.checker.clone()
    }

    /// Who is whose parent; none where no row has its parent in the file.
    pub(super) fn families(&self) -> Option<Arc<Families>> {
        self.checker.families()
    }

    pub(super) fn rows(&self) -> Result<Rows, RunError> {
        let (_, records) = self.source.records()?;
        Ok(Rows { records, checker: self.checker.clone(), across: Across::new(self.repeats) })
    }
}

/// What follows a pass over the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterPass {
    /// Whatever it has found.
    Anything,
    /// Keys are looked up, if there are any, and another pass follows, unless the rows that are invalid already are in the
    /// way.
    LookUp { skips_invalid: bool },
}

/// Checks every row of the input.
pub(super) fn check_all(
    source: &Source,
    mut checker: Checker,
    repeats: Repeats,
    writes_results: bool,
    after: AfterPass,
    listener: &dyn Listener,
    stop: &Stop,
) -> Result<Validated, RunError> {
    let asks_first = checker.operation().asks_first();
    let mut across = Across::new(repeats).counting_customers(asks_first);
    let (_, records) = source.records()?;
    let (name, unit) = (source.table_name(), source.unit());
    if !checker.header().is_empty() {
        let line = source.header_line()?;
        for violation in checker.header() {
            listener.event(Event::Invalid { name: &name, unit, line, violation });
        }
    }
    let mut problems = Problems::new(name, unit);
    let mut short = ShortRows::of(source, checker.columns());
    let mut steps = checker.operation().has_several_steps().then(Vec::new);
    let (mut keys, names_by_keys) = (FileKeys::default(), !checker.columns().keys.is_empty());
    std::thread::scope(|scope| -> Result<(), RunError> {
        let prefetch = Prefetch::start(scope, records);
        while let Some(bundle) = prefetch.next()? {
            if stop.is_wanted() {
                return Err(RunError::ended_by(stop));
            }
            for row in bundle.rows() {
                if row.number().0.is_multiple_of(STEP) {
                    listener.event(Event::Checking(row.number().0));
                }
                short.see(row);
                let checked = check(&mut checker, &mut across, row, |checked| checked.steps());
                if let Some(steps) = &mut steps {
                    steps.push(checked.as_ref().copied().unwrap_or_default());
                }
                if names_by_keys {
                    keys.take(&checker, checked.as_ref().err().map(Rejection::code));
                }
                if let Err(rejection) = checked {
                    rejection.own.into_iter().for_each(|violation| problems.add(row.line(), violation));
                }
            }
            prefetch.give_back(bundle);
        }
        Ok(())
    })?;
    let totals = across.totals();
    // What is told by the next pass is not told twice.
    let is_last = match after {
        AfterPass::Anything => true,
        AfterPass::LookUp { skips_invalid } => !keys.are_open() || totals.invalid > 0 && !skips_invalid,
    };
    if is_last {
        problems.tell(&checker, writes_results, listener);
        tell_omitted(&checker, unit, listener);
        short.tell(listener);
    }
    listener.event(Event::Checked);
    let (repeats, long_comments) = (across.repeats_again(), across.long_comments());
    Ok(Validated { checker, repeats, totals, long_comments, steps, keys })
}

/// Says what is left out of rows that are valid all the same.
fn tell_omitted(checker: &Checker, unit: LineUnit, listener: &dyn Listener) {
    for OmittedTimes { column, rows, line } in checker.omitted_times() {
        let (name, rows) = (checker.columns().name(column), Count(rows, "row"));
        listener.event(Event::Note(&format!(
            "column '{name}': the time of day is left out in {rows}, first on {unit} {line}: the API takes only a date here"
        )));
    }
    for OmittedValues { first, rows, line } in checker.omitted_values() {
        let rows = Count(*rows, "row");
        listener.event(Event::Warning(&format!(
            "bad values are left out in {rows}, first on {unit} {line}: {first}"
        )));
    }
}
