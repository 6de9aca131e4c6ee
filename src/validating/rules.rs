//! How values are read, beyond what their types say.

use super::date::DateOrder;
use super::empty_cells::EmptyCells;
use crate::catalogue::{Parameter, Version};

/// How values are read, beyond what their types say.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// `--empty`.
    pub empty: EmptyCells,
    /// `--date-format`.
    pub dates: DateOrder,
    /// `--server-version`; without it, no rule about versions applies.
    pub server: Option<Version>,
    /// `--allow-duplicates`: repeated rows are intended, and are sent one after the other.
    pub allow_duplicates: bool,
    /// `--list`: what tells the bookings of this list from the same ones of another.
    pub list: String,
    /// `--skip-internal-api`.
    pub skip_internal_api: Option<&'static Parameter>,
}
