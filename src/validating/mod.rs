//! Stage 2, rows to calls: every value is normalised to what the API takes or refused with a reason, and
//! rules across rows are checked. It is pure: the same row gives the same answer; no I/O, no clock.

mod across;
mod amount;
mod booking_key;
mod call;
mod cell_text;
mod characters;
mod check;
mod check_facts;
mod check_families;
mod check_keys;
mod check_steps;
mod checked;
mod conditions;
mod constants;
mod date;
mod date_order;
mod digest;
mod distinct;
mod empty_cells;
mod families;
mod given_key;
mod kept;
mod key_map;
#[cfg(test)]
mod key_tests;
mod kinds;
mod known_keys;
mod mojibake;
mod money;
mod money_form;
mod omitted;
mod phone;
mod point_zero;
mod reads;
mod row_calls;
mod rules;
mod scar_words;
mod scars;
#[cfg(test)]
mod step_tests;
mod steps;
#[cfg(test)]
mod tests;
mod total_row;
mod trial;
mod trim;
mod value_error;
mod values;
mod violation;
mod width;
mod zone;

pub use across::{Across, Expectation, Repeats, Totals};
pub use booking_key::{ALPHABET, BookingKey};
pub use call::{Call, CallTarget, SequenceKey};
pub use check::{Checked, Checker};
pub use conditions::{ConditionError, Conditions, option_of};
pub use constants::ConstantError;
pub use date::day;
pub use date_order::DateOrder;
pub use digest::Digest;
pub use empty_cells::EmptyCells;
pub use families::{Families, FamilyFinder};
pub use key_map::{KeyHolder, KeyMap, WantedKeys};
pub use known_keys::KnownKeys;
pub use money::{Money, ParseMoneyError};
pub use omitted::{OmittedTimes, OmittedValues};
pub use reads::{CallError, FindError, Search, customer_id, key_value};
pub use row_calls::{RowCalls, StepCall, StepSet};
pub use rules::Rules;
pub use trial::{Trial, date_format_of, tried};
pub use value_error::ValueError;
pub use violation::{Rejection, Violation, ViolationCode};
pub use zone::ServerZone;
