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

/// What comes next; none where nothing is left to be done. `asked`: the server was just asked about every row in doubt,
/// so that those that are left keep nothing else from being done.
pub fn next_step(effect: Effect, counts: &Counts, asked: bool) -> Option<RunStep> {
    let in_doubt = if effect == Effect::OnceOnly { counts.unknown } else { 0 };
    if in_doubt > 0 && !asked {
        Some(RunStep::Reconcile)
    } else if counts.not_applied > 0 {
        Some(RunStep::Resend)
    } else if counts.unsent() + counts.unknown > in_doubt {
        Some(RunStep::Resume)
    } else if counts.doubled > 0 {
        Some(RunStep::Surplus)
    } else if counts.to_be_fixed > 0 {
        Some(RunStep::Failed)
    } else {
        (in_doubt > 0).then_some(RunStep::Reconcile)
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
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Reconcile));
        assert_eq!(next_step(Repeatable, &Counts { not_applied: 0, ..counts }, false), Some(RunStep::Resume));
        counts.unknown = 0;
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Resend));
        counts.not_applied = 0;
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Resume));
        counts.ok = counts.rows - 6;
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Surplus));
        counts.doubled = 0;
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Failed));
        counts.to_be_fixed = 0;
        assert_eq!(next_step(OnceOnly, &counts, false), None);
        assert_eq!(next_step(OnceOnly, &Counts { rows: 9, ok: 9, ..Counts::default() }, false), None);
    }

    /// What the server has just not told is no reason to ask it again, and keeps nothing else from being done.
    #[test]
    fn rows_that_stay_in_doubt_do_not_stand_in_the_way() {
        let mut counts =
            Counts { rows: 9, ok: 3, unknown: 2, failed: 2, not_applied: 1, ..Counts::default() };
        assert_eq!(next_step(OnceOnly, &counts, false), Some(RunStep::Reconcile));
        assert_eq!(next_step(OnceOnly, &counts, true), Some(RunStep::Resend));
        counts.not_applied = 0;
        assert_eq!(next_step(OnceOnly, &counts, true), Some(RunStep::Resume));
        counts.ok += 2;
        assert_eq!(next_step(OnceOnly, &counts, true), Some(RunStep::Reconcile));
        assert_eq!(next_step(Repeatable, &counts, true), Some(RunStep::Resume));
        counts.to_be_fixed = 1;
        assert_eq!(next_step(OnceOnly, &counts, true), Some(RunStep::Failed));
    }
}
