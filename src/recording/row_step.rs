//! A call of a run, from the engine to the journal: which row it is of, and which step of that.

use crate::catalogue::Step;
use crate::reading::RowNumber;
use crate::sending::Ticket;

/// A step of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowStep {
    pub row: RowNumber,
    pub step: Step,
}

/// A row's number, counted from 1, stands before the eight bits of its step.
const STEP_BITS: u32 = 8;

impl RowStep {
    /// The first step of a row.
    pub const fn first(row: RowNumber) -> Self {
        Self { row, step: Step::FIRST }
    }

    /// How the engine calls it.
    pub fn ticket(self) -> Ticket {
        Ticket(self.row.next().0 << STEP_BITS | u64::from(self.step.0))
    }

    pub fn of_ticket(Ticket(number): Ticket) -> Self {
        let step = Step(u8::try_from(number & 0xFF).unwrap_or_default());
        Self { row: RowNumber((number >> STEP_BITS).saturating_sub(1)), step }
    }

    /// How the journal calls it.
    pub(super) fn number(self) -> i64 {
        self.ticket().0.cast_signed()
    }

    pub(super) fn of_number(number: i64) -> Self {
        Self::of_ticket(Ticket(number.unsigned_abs()))
    }
}
