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

/// What the session that ends now has tried: what it leaves all the same keeps nothing else from being done, and nobody is
/// sent round in circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tried {
    /// It has asked the server about every row in doubt.
    pub asked: bool,
    /// It was to send what is not sent, and could send nothing of it.
    pub resumed: bool,
}

/// What comes next; none where nothing is left to be done.
pub fn next_step(effect: Effect, counts: &Counts, Tried { asked, resumed }: Tried) -> Option<RunStep> {
    let in_doubt = if effect == Effect::OnceOnly { counts.unknown } else { 0 };
    // Whose parent is not there is sent once that is put right, and not before.
    let orphans = if resumed { 0 } else { counts.orphans };
    let unsent = if resumed { 0 } else { counts.unsent().saturating_sub(orphans) };
    if in_doubt > 0 && !asked {
        Some(RunStep::Reconcile)
    } else if counts.not_applied > 0 {
        Some(RunStep::Resend)
    } else if unsent + counts.unknown > in_doubt {
        Some(RunStep::Resume)
    } else if counts.surplus > 0 {
        Some(RunStep::Surplus)
    } else if counts.to_be_fixed > 0 {
        Some(RunStep::Failed)
    } else if orphans > 0 && in_doubt == 0 {
        Some(RunStep::Resume)
    } else {
        (in_doubt > 0).then_some(RunStep::Reconcile)
    }
}

#[cfg(test)]
mod tests {
    use super::{RunStep, Tried, next_step};
    use crate::catalogue::Effect::{OnceOnly, Repeatable};
    use crate::recording::Counts;

    const ASKED: Tried = Tried { asked: true, resumed: false };

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
            surplus: 1,
            not_applied: 2,
            to_be_fixed: 3,
            ..Counts::default()
        };
        let mut counts = all;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Reconcile));
        assert_eq!(
            next_step(Repeatable, &Counts { not_applied: 0, ..counts }, Tried::default()),
            Some(RunStep::Resume)
        );
        counts.unknown = 0;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Resend));
        counts.not_applied = 0;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Resume));
        counts.ok = counts.rows - 6;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Surplus));
        counts.surplus = 0;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Failed));
        counts.to_be_fixed = 0;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), None);
        assert_eq!(
            next_step(OnceOnly, &Counts { rows: 9, ok: 9, ..Counts::default() }, Tried::default()),
            None
        );
    }

    /// What the server has just not told is no reason to ask it again, and keeps nothing else from being done.
    #[test]
    fn rows_that_stay_in_doubt_do_not_stand_in_the_way() {
        let mut counts =
            Counts { rows: 9, ok: 3, unknown: 2, failed: 2, not_applied: 1, ..Counts::default() };
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Reconcile));
        assert_eq!(next_step(OnceOnly, &counts, ASKED), Some(RunStep::Resend));
        counts.not_applied = 0;
        assert_eq!(next_step(OnceOnly, &counts, ASKED), Some(RunStep::Resume));
        counts.ok += 2;
        assert_eq!(next_step(OnceOnly, &counts, ASKED), Some(RunStep::Reconcile));
        assert_eq!(next_step(Repeatable, &counts, ASKED), Some(RunStep::Resume));
        counts.to_be_fixed = 1;
        assert_eq!(next_step(OnceOnly, &counts, ASKED), Some(RunStep::Failed));
    }

    /// A child is sent once its parent is put right, and only then.
    #[test]
    fn children_come_after_what_a_person_has_to_put_right() {
        let mut counts =
            Counts { rows: 9, ok: 5, failed: 1, to_be_fixed: 1, orphans: 3, ..Counts::default() };
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Failed));
        counts.ok -= 1;
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Resume));
        counts = Counts { rows: 9, ok: 5, unknown: 1, orphans: 3, ..Counts::default() };
        assert_eq!(next_step(OnceOnly, &counts, ASKED), Some(RunStep::Reconcile));
        counts = Counts { rows: 9, ok: 6, orphans: 3, ..Counts::default() };
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Resume));
        assert_eq!(next_step(OnceOnly, &counts, Tried { resumed: true, ..ASKED }), None);
    }

    /// Rows that could not be sent this time either do not come to the same command again.
    #[test]
    fn what_was_tried_in_vain_is_not_next() {
        let counts = Counts { rows: 9, ok: 3, to_be_fixed: 1, failed: 1, ..Counts::default() };
        let in_vain = Tried { resumed: true, ..Tried::default() };
        assert_eq!(next_step(OnceOnly, &counts, Tried::default()), Some(RunStep::Resume));
        assert_eq!(next_step(OnceOnly, &counts, in_vain), Some(RunStep::Failed));
        assert_eq!(next_step(OnceOnly, &Counts { to_be_fixed: 0, ..counts }, in_vain), None);
    }
}
