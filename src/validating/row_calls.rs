//! The calls of one row, in the order of its steps.

use super::call::{Call, SequenceKey};
use super::steps::Taker;
use crate::catalogue::{Parameter, Step};
use crate::reading::RowNumber;

/// The call of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCall {
    pub step: Step,
    pub call: Call,
}

/// The calls of a row; there is always one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCalls {
    calls: Vec<StepCall>,
    parent: Option<ParentToCome>,
}

/// A parent who has a row of the same file: a call names it once it is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct ParentToCome {
    pub(super) row: RowNumber,
    /// The step that names it, and as what.
    pub(super) step: Step,
    pub(super) parameter: &'static Parameter,
}

impl ParentToCome {
    pub(super) fn new(row: RowNumber, Taker { place, parameter }: Taker) -> Self {
        Self { row, step: u8::try_from(place).map(Step).unwrap_or_default(), parameter }
    }
}

/// Two are equal if they are the same row.
impl PartialEq for ParentToCome {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row
    }
}

impl Eq for ParentToCome {}

impl RowCalls {
    pub(super) const fn new(calls: Vec<StepCall>, parent: Option<ParentToCome>) -> Self {
        Self { calls, parent }
    }

    /// The row of the same file that has the parent whom a call has still to name.
    pub fn parent(&self) -> Option<RowNumber> {
        self.parent.map(|parent| parent.row)
    }

    /// The same calls, of which one names this parent.
    #[must_use]
    pub fn of_parent(mut self, id: &str) -> Self {
        if let Some(ParentToCome { step, parameter, .. }) = self.parent.take() {
            for of in self.calls.iter_mut().filter(|of| of.step == step) {
                of.call = of.call.with_value(parameter, id);
            }
        }
        self
    }

    /// The call of a step, if the row has that step.
    pub fn into_call(self, step: Step) -> Option<Call> {
        self.calls.into_iter().find(|of| of.step == step).map(|of| of.call)
    }

    /// Rows with the same key are sent one after the other.
    pub fn sequence(&self) -> Option<SequenceKey> {
        self.calls.first().and_then(|of| of.call.sequence())
    }

    pub fn iter(&self) -> impl Iterator<Item = &StepCall> {
        self.calls.iter()
    }
}

impl IntoIterator for RowCalls {
    type Item = StepCall;
    type IntoIter = std::vec::IntoIter<StepCall>;

    fn into_iter(self) -> Self::IntoIter {
        self.calls.into_iter()
    }
}

/// How many calls rows become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallCounts {
    steps: [u64; 8],
    /// Bookings of customers whom the rows know by their ids.
    pub booked_known: u64,
}

impl CallCounts {
    pub(super) fn add(&mut self, steps: StepSet) {
        for (place, calls) in self.steps.iter_mut().enumerate() {
            *calls += u64::from(steps.0 >> place & 1);
        }
    }

    /// The calls of a step.
    pub fn of(&self, step: Step) -> u64 {
        self.steps.get(usize::from(step.0)).copied().unwrap_or_default()
    }
}

/// Some of the steps of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StepSet(pub u8);

impl StepSet {
    /// The first step alone, which is all that most rows have.
    pub const FIRST: Self = Self(1);

    pub const fn has(self, step: Step) -> bool {
        self.0 & bit(step) != 0
    }

    #[must_use]
    pub const fn with(self, step: Step) -> Self {
        Self(self.0 | bit(step))
    }

    #[must_use]
    pub const fn without(self, step: Step) -> Self {
        Self(self.0 & !bit(step))
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In their order.
    pub fn iter(self) -> impl Iterator<Item = Step> {
        (0..8).map(Step).filter(move |step| self.has(*step))
    }
}

/// An operation has at most eight steps, as a test of the catalogue makes sure.
const fn bit(step: Step) -> u8 {
    if step.0 < 8 { 1 << step.0 } else { 0 }
}

impl FromIterator<Step> for StepSet {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        steps.into_iter().fold(Self::default(), Self::with)
    }
}
