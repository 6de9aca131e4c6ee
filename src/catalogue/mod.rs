//! What the UserSide API offers, as pure data: sections, subcategories, parameters, versions.
//!
//! This is the single source of truth: validation, templates, help, reference tables and the sandbox's checks
//! are all made from it, and no other folder spells a parameter's name. It imports nothing from the crate.

mod answers;
mod customer;
mod envelope;
mod fields;
#[cfg(test)]
mod invariants;
mod keys;
mod lookup;
mod model;
mod operation;
mod recipes;
mod version;
mod words;

pub use answers::{
    BALANCE, BILLING, BILLING_ID, HISTORY_AMOUNT, HISTORY_COLUMNS, HISTORY_DATE, HISTORY_EMPLOYEE,
    HISTORY_KIND, HISTORY_NOTE, POTENTIAL, is_field,
};
pub use customer::{BILLING_CODES, CUSTOMER, NEWER_FIND, READ_BY_ID, UNKNOWN_FIND};
pub use envelope::{ApiSelector, KEY, SECTION, WRITES_BY_POST};
pub use fields::{
    CUSTOMER_ID, Elements, FIELDS, STAND_INS, USUAL_COLUMNS, elements, is_known, kind_at, place,
};
pub use keys::{KeyKind, customer_id_names, key_kinds};
pub use lookup::{Nearest, choices, nearest};
pub use model::{
    Action, Choice, Effect, Identity, Meaning, Parameter, Presence, Provenance, Subcategory, ValueKind,
};
pub use operation::{NamedParameter, NoParameter, Operation, Step, StepParameter, operation, operations};
pub use version::Version;
pub use words::{Likeness, flag_of_word, speaks_of_debt, spoken_of};
