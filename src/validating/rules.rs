//! How values are read, beyond what their types say.

use super::date_order::DateOrder;
use super::empty_cells::EmptyCells;
use super::zone::ServerZone;
use crate::catalogue::{Parameter, Version};

/// How values are read, beyond what their types say.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// `--empty`.
    pub empty: EmptyCells,
    /// `--date-format`.
    pub dates: DateOrder,
    /// `--time-zone`: where the server's clock is; without it, a time with a zone is refused.
    pub zone: Option<ServerZone>,
    /// `--allow-zero`: bookings of nothing are intended.
    pub allow_zero: bool,
    /// `--leave-out-bad`: the optional parameters of which a bad value is left out.
    pub leave_out_bad: Vec<&'static str>,
    /// `--server-version`; without it, no rule about versions applies.
    pub server: Option<Version>,
    /// `--allow-duplicates`: repeated rows are intended, and are sent one after the other.
    pub allow_duplicates: bool,
    /// `--list`: what tells the bookings of this list from the same ones of another.
    pub list: String,
    /// `--skip-internal-api`.
    pub skip_internal_api: Option<&'static Parameter>,
}

impl Rules {
    /// What of them one value is read by.
    pub(super) fn of_values(&self) -> ValueRules<'_> {
        ValueRules { dates: &self.dates, zone: self.zone.as_ref(), allow_zero: self.allow_zero }
    }
}

/// How one value is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValueRules<'r> {
    pub(super) dates: &'r DateOrder,
    pub(super) zone: Option<&'r ServerZone>,
    pub(super) allow_zero: bool,
}

impl ValueRules<'static> {
    /// Nothing was said.
    pub(super) const NONE: Self = Self::of_dates(&DateOrder::Unsaid);
}

impl<'r> ValueRules<'r> {
    /// Nothing was said but the order of dates.
    pub(super) const fn of_dates(dates: &'r DateOrder) -> Self {
        Self { dates, zone: None, allow_zero: false }
    }
}
