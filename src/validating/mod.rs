//! Stage 2, rows to calls: every value is normalised to what the API takes or refused with a reason, and
//! rules across rows are checked. It is pure: the same row gives the same answer; no I/O, no clock.

mod across;
mod booking_key;
mod call;
mod check;
mod conditions;
mod constants;
mod date;
mod digest;
mod distinct;
mod empty_cells;
mod kinds;
mod money;
mod reads;
mod rules;
#[cfg(test)]
mod tests;
mod value_error;
mod violation;

pub use across::{Across, Expectation, Repeats, Totals};
pub use booking_key::{ALPHABET, BookingKey};
pub use call::{Call, SequenceKey};
pub use check::{Checked, Checker};
pub use conditions::{ConditionError, Conditions, option_of};
pub use constants::ConstantError;
pub use date::{DateOrder, day};
pub use digest::Digest;
pub use empty_cells::EmptyCells;
pub use money::{Money, ParseMoneyError};
pub use reads::{CallError, FindError, Search, customer_id};
pub use rules::Rules;
pub use value_error::ValueError;
pub use violation::{Rejection, Violation, ViolationCode};
