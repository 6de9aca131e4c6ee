//! Days of a history.

use jiff::civil::Date;

/// Days, the first and the last among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first; none where there is none.
    pub from: Option<Date>,
    /// The last; none where there is none.
    pub to: Option<Date>,
}

impl Period {
    /// Whether not all days are wanted.
    pub fn is_limited(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    pub(super) fn has(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}
