//! The reading of data as whatever a customer has, for the fuzzers.

use serde_json::Value;

use super::answer::{one, several};
use super::history::shown;

/// Reads data as a customer, as several, and as a history.
pub fn read_anything(data: &Value) {
    let _ = several(Some(data.clone()), &[1, 2]);
    let _ = one(Some(data.clone()), 1);
    let _ = shown(Some(data));
}
