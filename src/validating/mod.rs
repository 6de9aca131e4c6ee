//! Stage 2, rows to calls: every value is normalised to what the API takes or refused with a reason, and
//! rules across rows are checked. It is pure: the same row gives the same answer; no I/O, no clock.

mod across;
mod call;
mod check;
mod conditions;
mod date;
mod digest;
mod distinct;
mod empty_cells;
mod kinds;
mod money;
mod reads;
#[cfg(test)]
mod tests;
mod value_error;
mod violation;

pub use across::{Across, Expectation, Totals};
pub use call::{Call, SequenceKey};
pub use check::{Checked, Checker, ConstantError, Rules};
pub use conditions::{ConditionError, Conditions, option_of};
pub use date::{DateOrder, day};
pub use digest::Digest;
pub use empty_cells::EmptyCells;
pub use money::{Money, ParseMoneyError};
pub use reads::{CallError, FindError, Search, customer_id};
pub use value_error::ValueError;
pub use violation::{Rejection, Violation, ViolationCode};
