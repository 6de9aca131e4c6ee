//! The one command to type next for a run, from how its rows stand. Anyone who shows one asks here.

use super::journal::Counts;
use crate::catalogue::Effect;

/// A command that goes on with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStep {
    /// Finds out what became of rows.
    Reconcile,
    /// Sends or reads what is left.
    Resume,
    /// The same, and sends rows again that are proven not applied.
    Resend,
    /// Writes the rows that take back what was booked more than once.
    Surplus,
    /// Writes the rows that somebody has to put right.
    Failed,
}

/// What comes next; none where nothing is left to be done.
pub fn next_step(effect: Effect, counts: &Counts) -> Option<RunStep> {
    if counts.unknown > 0 && effect == Effect::OnceOnly {
        Some(RunStep::Reconcile)
    } else if counts.not_applied > 0 {
        Some(RunStep::Resend)
    } else if !counts.is_finished() {
        Some(RunStep::Resume)
    } else if counts.doubled > 0 {
        Some(RunStep::Surplus)
    } else {
        (counts.to_be_fixed > 0).then_some(RunStep::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::{RunStep, next_step};
    use crate::catalogue::Effect::{OnceOnly, Repeatable};
    use crate::recording::Counts;

    /// Where several are due, what settles rows comes before what hands them to a person.
    #[test]
    fn one_step_follows_from_the_counts() {
        let all = Counts {
            rows: 20,
            ok: 5,
            failed: 4,
            invalid: 1,
            unknown: 2,
            existing: 1,
            doubled: 1,
            not_applied: 2,
            to_be_fixed: 3,
        };
        let mut counts = all;
        assert_eq!(next_step(OnceOnly, &counts), Some(RunStep::Reconcile));
        assert_eq!(next_step(Repeatable, &Counts { not_applied: 0, ..counts }), Some(RunStep::Resume));
        counts.unknown = 0;
        assert_eq!(next_step(OnceOnly, &counts), Some(RunStep::Resend));
        counts.not_applied = 0;
        assert_eq!(next_step(OnceOnly, &counts), Some(RunStep::Resume));
        counts.ok = counts.rows - 6;
        assert_eq!(next_step(OnceOnly, &counts), Some(RunStep::Surplus));
        counts.doubled = 0;
        assert_eq!(next_step(OnceOnly, &counts), Some(RunStep::Failed));
        counts.to_be_fixed = 0;
        assert_eq!(next_step(OnceOnly, &counts), None);
        assert_eq!(next_step(OnceOnly, &Counts { rows: 9, ok: 9, ..Counts::default() }), None);
    }
}
