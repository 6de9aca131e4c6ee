//! What is kept of a value that is sent.

/// What is kept of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Kept {
    /// All that it says.
    Whole,
    /// The day, but not the time of day: the API takes only a date.
    Day,
}
