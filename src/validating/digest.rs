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

    /// For a database that knows only signed numbers: the same bits.
    pub const fn to_i64(self) -> i64 {
        self.0.cast_signed()
    }

    /// Back from [`to_i64`](Self::to_i64).
    pub const fn from_i64(number: i64) -> Self {
        Self(number.cast_unsigned())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
