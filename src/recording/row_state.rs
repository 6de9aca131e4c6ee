//! How a row stands, from what is known of its steps: one result out of many.

use super::journal::{Entry, RowEntries};
use super::row_result::{ErrorCode, RowResult, Status, is_to_be_fixed};
use crate::catalogue::{Effect, Operation, Step};
use crate::validating::StepSet;

/// How a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowState {
    /// What the results say of the row.
    pub result: RowResult,
    /// What they say of its steps; nothing of a step that it does not have, or whose customer was there.
    pub steps: Vec<Option<Status>>,
    /// What comes next for it.
    pub next: RowNext,
    /// It was found more than once.
    pub is_doubled: bool,
    /// So often its booking is there beyond one.
    pub surplus: u64,
}

/// What comes next for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowNext {
    /// Nothing: it is as it should be.
    Done,
    /// Nothing was sent, and that was wanted: it is there already.
    PassedOver,
    /// A step is to be sent, or may be sent again.
    Send,
    /// A step that must not happen twice is in doubt.
    Ask,
    /// A step is proven not applied, and may be sent again.
    Resend,
    /// A person has to put it right.
    Fix,
    /// It is invalid.
    Invalid,
    /// It was refused for what no change of the row puts right.
    Refused,
}

impl RowState {
    /// Of a row that has these steps.
    pub fn of(operation: Operation, steps: StepSet, entries: &RowEntries) -> Self {
        // Whose customer was found has the steps of a row that names it.
        let is_found = operation.has_several_steps() && entries.of(Step::FIRST).is_some_and(Entry::is_found);
        let heirs: StepSet = operation.heirs().filter(|_| is_found).collect();
        let steps = StepSet(steps.0 | heirs.0);
        let mut state = Self::unsent(operation, steps);
        let (mut applied, mut problem, mut unsent, mut passed) = (false, None, None, None);
        let mut why = None;
        for step in every_step(operation, steps, entries) {
            let Some(entry) = entries.of(step) else {
                unsent.get_or_insert(step);
                continue;
            };
            let status = entry.result.status;
            state.take(&entry.result);
            if entry.is_doubled() {
                state.is_doubled = true;
                state.surplus += entry.times.map_or(0, |times| times.saturating_sub(1));
            }
            if let Some(known) = state.steps.get_mut(step.place()) {
                *known = (!entry.is_found() || !operation.has_several_steps()).then_some(status);
            }
            match status {
                Status::Ok => applied |= !entry.is_found(),
                Status::Skipped if entry.existed() => passed = passed.or(Some((step, entry))),
                Status::Skipped | Status::Partial => {
                    unsent.get_or_insert(step);
                    why = why.or(says_why(entry).then_some((step, entry)));
                }
                Status::Failed | Status::Unknown | Status::Invalid => {
                    problem.get_or_insert((step, entry));
                }
            }
        }
        let error_of = |step: Step, result: &RowResult| named(operation, step, result.error.clone());
        if let Some((step, entry)) = problem {
            let status = entry.result.status;
            state.result.status = if applied && status != Status::Invalid { Status::Partial } else { status };
            state.result.error = error_of(step, &entry.result);
            if status == Status::Invalid {
                // No step of it was ever to be sent.
                state.result.error.clone_from(&entry.result.error);
                state.steps.fill(None);
            }
            state.result.http_status = entry.result.http_status;
            let once_only = operation.step(step).effect == Effect::OnceOnly;
            let code = entry.result.error.as_ref().map(|(code, _)| *code);
            state.next = match status {
                Status::Invalid => RowNext::Invalid,
                Status::Unknown if once_only => RowNext::Ask,
                Status::Unknown => RowNext::Send,
                _ if entry.was_not_applied() => RowNext::Resend,
                _ if is_to_be_fixed(status, code, entry.result.http_status) => RowNext::Fix,
                _ => RowNext::Refused,
            };
            return state;
        }
        // A customer who is there and is to be passed over: nothing of the row is sent.
        if let Some((step, entry)) = passed.filter(|(step, _)| *step == Step::FIRST) {
            state.result.status = Status::Skipped;
            state.result.error = error_of(step, &entry.result);
            state.next = RowNext::PassedOver;
            return state;
        }
        if let Some(step) = unsent {
            state.result.status = if applied { Status::Partial } else { Status::Skipped };
            let stopped = if applied { "the run stopped before this step was sent" } else { NOT_SENT };
            // A later step may be what the whole row waits for.
            state.result.error = match why {
                Some((step, entry)) => error_of(step, &entry.result),
                None => named(operation, step, Some((ErrorCode::Stopped, stopped.to_owned()))),
            };
            state.next = RowNext::Send;
            return state;
        }
        if let Some((step, entry)) = passed {
            let is_all = !applied && !entries.iter().any(|entry| entry.result.status == Status::Ok);
            state.result.status = if is_all { Status::Skipped } else { Status::Ok };
            state.result.error = error_of(step, &entry.result);
            state.next = if is_all { RowNext::PassedOver } else { RowNext::Done };
            return state;
        }
        state.result.status = Status::Ok;
        let last = entries.iter().filter(|entry| !entry.is_found()).last();
        state.result.error =
            last.and_then(|entry| named(operation, entry.of.step, entry.result.error.clone()));
        state.next = RowNext::Done;
        state
    }

    /// Of a row of which nothing is sent, and what is said of it.
    pub fn of_unsent_row(operation: Operation, steps: StepSet, result: RowResult) -> Self {
        let next = if result.status == Status::Invalid { RowNext::Invalid } else { RowNext::Send };
        Self { result, next, ..Self::unsent(operation, steps) }
    }

    /// Whether a person has to put the row right: no command settles it, and it is not as it should be already.
    pub const fn is_to_be_fixed(&self) -> bool {
        matches!(self.next, RowNext::Fix | RowNext::Invalid)
    }

    /// Whether it is not sent because its parent is not there.
    pub fn waits_for_parent(&self) -> bool {
        self.next == RowNext::Send
            && self.result.error.as_ref().is_some_and(|(code, _)| *code == ErrorCode::ParentNotOk)
    }

    /// Of a row of which nothing is known.
    fn unsent(operation: Operation, steps: StepSet) -> Self {
        let of_step = |step: Step| steps.has(step).then_some(Status::Skipped);
        Self {
            result: RowResult {
                status: Status::Skipped,
                id: None,
                error: Some((ErrorCode::Stopped, NOT_SENT.to_owned())),
                http_status: None,
                attempts: 0,
            },
            steps: operation.steps().map(|(step, _)| of_step(step)).collect(),
            next: RowNext::Send,
            is_doubled: false,
            surplus: 0,
        }
    }

    fn take(&mut self, result: &RowResult) {
        self.result.attempts = self.result.attempts.saturating_add(result.attempts);
        self.result.http_status = result.http_status.or(self.result.http_status);
        if result.id.is_some() {
            self.result.id.clone_from(&result.id);
        }
    }
}

/// Whether it says more than that the run stopped before.
fn says_why(entry: &Entry) -> bool {
    matches!(entry.result.error, Some((code, _)) if code != ErrorCode::Stopped)
}

const NOT_SENT: &str = "the run stopped before this row was sent";

/// The steps that a row has, and those of which the journal knows something, in their order.
fn every_step(operation: Operation, steps: StepSet, entries: &RowEntries) -> impl Iterator<Item = Step> {
    let known: StepSet = entries.iter().map(|entry| entry.of.step).chain(steps.iter()).collect();
    operation.steps().map(|(step, _)| step).filter(move |step| known.has(*step))
}

/// The text with the name of its step, where a row can have several.
fn named(
    operation: Operation,
    step: Step,
    error: Option<(ErrorCode, String)>,
) -> Option<(ErrorCode, String)> {
    let (code, text) = error?;
    let is_of_row = !operation.has_several_steps() || code.is_of_row();
    Some((code, if is_of_row { text } else { format!("{}: {text}", operation.step(step).name) }))
}

#[cfg(test)]
mod tests {
    use super::{RowNext, RowState};
    use crate::catalogue::{Step, operation};
    use crate::reading::RowNumber;
    use crate::recording::row_result::{ErrorCode, RowResult, Status};
    use crate::recording::{Entry, RowEntries, RowStep};
    use crate::validating::StepSet;

    fn state(of: &str, steps: &[u8], known: &[(u8, Status, Option<ErrorCode>)]) -> RowState {
        let entries = known.iter().map(|(step, status, code)| Entry {
            of: RowStep { row: RowNumber(0), step: Step(*step) },
            content: None,
            key: None,
            result: RowResult {
                status: *status,
                id: (*status == Status::Ok).then(|| "7".to_owned()),
                error: code.map(|code| (code, "why".to_owned())),
                http_status: None,
                attempts: 1,
            },
            times: None,
            sent: None,
            ended: None,
        });
        let steps: StepSet = steps.iter().map(|step| Step(*step)).collect();
        RowState::of(operation(of).expect("an operation"), steps, &RowEntries::of_row(entries.collect()))
    }

    /// A step with its status and code.
    type KnownStep = (u8, Status, Option<ErrorCode>);

    /// Of rows with `add`, `edit` and `change_balance`.
    #[test]
    fn a_row_is_what_its_steps_are() {
        use ErrorCode::{AlreadyBooked, AlreadyExists, ApiError, NotApplied, Timeout};
        use Status::{Failed, Invalid, Ok, Partial, Skipped, Unknown};
        let table: [(&[KnownStep], Status, RowNext); 15] = [
            (&[], Skipped, RowNext::Send),
            (&[(0, Ok, None)], Partial, RowNext::Send),
            (&[(0, Ok, None), (1, Ok, None), (3, Ok, None)], Ok, RowNext::Done),
            (&[(0, Failed, Some(ApiError))], Failed, RowNext::Fix),
            (&[(0, Unknown, Some(Timeout))], Unknown, RowNext::Ask),
            (&[(0, Ok, None), (1, Failed, Some(ApiError))], Partial, RowNext::Fix),
            (&[(0, Ok, None), (1, Unknown, Some(Timeout))], Partial, RowNext::Send),
            (&[(0, Ok, None), (1, Ok, None), (3, Unknown, Some(Timeout))], Partial, RowNext::Ask),
            (&[(0, Ok, None), (1, Ok, None), (3, Failed, Some(NotApplied))], Partial, RowNext::Resend),
            (&[(0, Failed, Some(AlreadyExists))], Failed, RowNext::Refused),
            (&[(0, Skipped, Some(AlreadyExists))], Skipped, RowNext::PassedOver),
            (
                &[(0, Ok, Some(AlreadyExists)), (1, Ok, None), (3, Skipped, Some(AlreadyBooked))],
                Ok,
                RowNext::Done,
            ),
            (&[(0, Ok, Some(AlreadyExists)), (3, Failed, Some(AlreadyBooked))], Failed, RowNext::Refused),
            (&[(0, Ok, Some(AlreadyExists))], Skipped, RowNext::Send),
            (&[(0, Invalid, None)], Invalid, RowNext::Invalid),
        ];
        for (known, status, next) in table {
            let state = state("migrate", &[0, 1, 3], known);
            assert_eq!((state.result.status, state.next), (status, next), "{known:?}");
        }
    }

    #[test]
    fn the_steps_are_told_one_by_one_and_the_error_names_its_step() {
        let state = state(
            "migrate",
            &[0, 1, 3],
            &[(0, Status::Ok, None), (1, Status::Failed, Some(ErrorCode::ApiError))],
        );
        assert_eq!(state.steps, [Some(Status::Ok), Some(Status::Failed), None, Some(Status::Skipped)]);
        assert_eq!(state.result.error, Some((ErrorCode::ApiError, "edit: why".to_owned())));
        assert_eq!((state.result.id.as_deref(), state.result.attempts), (Some("7"), 2));
    }

    /// What a later step waits for is why the earlier ones wait.
    #[test]
    fn an_unsent_row_says_what_it_waits_for() {
        let known = [(3, Status::Skipped, Some(ErrorCode::Timeout))];
        let state = state("migrate", &[1, 3], &known);
        assert_eq!(state.result.error, Some((ErrorCode::Timeout, "change_balance: why".to_owned())));
        assert_eq!((state.result.status, state.next), (Status::Skipped, RowNext::Send));
    }

    #[test]
    fn a_customer_who_was_there_has_no_step_that_made_it() {
        let known = [(0, Status::Ok, Some(ErrorCode::AlreadyExists)), (1, Status::Ok, None)];
        let state = state("migrate", &[0, 1], &known);
        assert_eq!(state.steps[..2], [None, Some(Status::Ok)]);
        assert_eq!((state.result.status, state.result.id.as_deref()), (Status::Ok, Some("7")));
    }

    #[test]
    fn a_row_of_one_step_is_what_that_is() {
        let of = |status, code| state("edit", &[0], &[(0, status, code)]).result.status;
        for status in [Status::Ok, Status::Failed, Status::Unknown, Status::Invalid] {
            assert_eq!(of(status, None), status);
        }
        let text = state("edit", &[0], &[(0, Status::Failed, Some(ErrorCode::ApiError))]).result.error;
        assert_eq!(text, Some((ErrorCode::ApiError, "why".to_owned())));
    }
}
