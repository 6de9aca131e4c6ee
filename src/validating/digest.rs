//! A hash of a call in eight bytes.

use std::fmt;

/// The first eight bytes of a SHA-256 over a call's subcategory and values. It does not protect against
/// forgery; it shows whether a row of the file is still the row that was there when the journal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u64);

impl Digest {
    pub(super) fn first_of(bytes: &[u8]) -> Self {
        let first = bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self(first)
    }

    /// Any digest, for tests of code that only passes it on.
    #[cfg(test)]
    pub(crate) const fn of_number(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
