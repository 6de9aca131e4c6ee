//! What tells one call from another, in eight bytes.

use std::fmt;

/// The first eight bytes of a SHA-256 over what a call does and its values. It is no proof against
/// forgers; it tells a row of today's file from the row that stood there when the journal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u64);

impl Digest {
    pub(super) fn first_of(bytes: &[u8]) -> Self {
        let first = bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self(first)
    }

    /// Any digest, for tests of those who only hand it on.
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
