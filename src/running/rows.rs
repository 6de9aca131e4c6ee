//! The rows of an input with the rules for them. Every pass over an input is the same: read, check, take.

use super::error::RunError;
use crate::catalogue::{Action, Operation, Step, Version};
use crate::reading::{Records, Row};
use crate::recording::{NoteOfRow, RowEntries, RowKeys, Status, Tagging};
use crate::validating::{Across, Call, Checked, Checker, Rejection, RowCalls};

/// The rows of an input and the rules for them.
pub(super) struct Rows {
    pub(super) records: Records,
    pub(super) checker: Checker,
    pub(super) across: Across,
}

impl Rows {
    /// Goes through all rows. `take` gets what the check says of each, and answers whether to go on.
    pub(super) fn each<R>(
        mut self,
        mut make: impl FnMut(&Checked<'_>) -> R,
        mut take: impl FnMut(&Row, Result<R, Rejection>) -> Result<bool, RunError>,
    ) -> Result<(), RunError> {
        let mut row = Row::default();
        while self.records.read(&mut row)? {
            let checked = check(&mut self.checker, &mut self.across, &row, &mut make);
            if !take(&row, checked)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Rows {
    /// What the results say of the identity of rows; none where rows have none.
    pub(super) fn into_keys(self, tagging: Tagging) -> Option<RowKeys> {
        let Self { mut checker, mut across, .. } = self;
        let is_by_order = across.compares();
        let key = move |row: &Row, customer: Option<&str>| {
            let key = |checked: &Checked<'_>| checked.key().or_else(|| checked.key_of(customer?));
            check(&mut checker, &mut across, row, key).ok().flatten()
        };
        tagging.is_tagged().then(|| RowKeys { tagging, key: Box::new(key), is_by_order })
    }
}

/// The call of a step, about the customer that an earlier step has made or found where the row names none.
pub(super) fn call_of(
    calls: RowCalls,
    step: Step,
    entries: &RowEntries,
    server: Option<Version>,
) -> Option<Call> {
    let call = calls.into_call(step)?;
    Some(match entries.customer_before(step) {
        Some(customer) => call.of_customer(customer, server),
        None => call,
    })
}

/// Whether this run has made the row's customer, whose balance was nothing before.
pub(super) fn is_new(operation: Operation, entries: &RowEntries) -> bool {
    let made = operation.step_of(Action::Add).filter(|_| operation.has_several_steps());
    let made = made.and_then(|step| entries.of(step));
    made.is_some_and(|made| made.result.status == Status::Ok && !made.is_found())
}

/// What the results say of values that were left out; none where none are.
pub(super) fn notes(checker: &Checker) -> Option<NoteOfRow> {
    let mut checker = checker.clone();
    checker
        .leaves_out_bad()
        .then(|| -> NoteOfRow { Box::new(move |row| checker.check(row).ok().and_then(|c| c.left_out())) })
}

/// Checks a row alone and among those before it, and makes something of it where it is valid.
pub(super) fn check<R>(
    checker: &mut Checker,
    across: &mut Across,
    row: &Row,
    make: impl FnOnce(&Checked<'_>) -> R,
) -> Result<R, Rejection> {
    let duplicate = match checker.check(row) {
        Ok(mut checked) => match across.observe(&mut checked, row.line()) {
            Ok(()) => return Ok(make(&checked)),
            Err(violation) => violation,
        },
        Err(rejection) => {
            across.observe_invalid();
            return Err(rejection);
        }
    };
    Err(checker.reject(vec![duplicate]))
}
