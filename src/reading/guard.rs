//! A reader between the bytes and the CSV parser. It does what the parser does not: it notices a quote that
//! is never closed, and keeps one row from filling the memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Far more than a row of any customer list has.
pub(super) const ROW_LIMIT_MIB: u64 = 8;

/// Given to the parser after the last byte. It becomes a row of its own unless a quote is still open, which
/// then swallows it. So the two cases can be told apart without parsing quotes twice.
pub(super) const SENTINEL: &str = "\u{1}\u{1}end of input\u{1}\u{1}";

/// The end of a row whose open quote has swallowed the sentinel.
pub(super) const SWALLOWED: &str = "\u{1}\u{1}end of input\u{1}\u{1}\n";

/// Why the guard stopped the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum GuardError {
    #[error("a row is too long")]
    HugeRow,
}

/// Counts the bytes read since the last row; shared with the code that sees the rows.
#[derive(Debug, Clone, Default)]
pub(super) struct SinceRow(Arc<AtomicU64>);

impl SinceRow {
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

pub(super) struct Guard<R> {
    inner: R,
    since: SinceRow,
    /// Whether a lone `\r`, as old spreadsheet programs end lines, is changed to `\n`.
    old_mac: bool,
    tail: &'static [u8],
    ended: bool,
}

impl<R: Read> Guard<R> {
    pub(super) fn new(inner: R, since: SinceRow, old_mac: bool) -> Self {
        Self { inner, since, old_mac, tail: b"", ended: false }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.ended {
            if self.since.0.load(Ordering::Relaxed) > ROW_LIMIT_MIB << 20 {
                return Err(io::Error::other(GuardError::HugeRow));
            }
            let count = self.inner.read(buffer)?;
            if count > 0 {
                if self.old_mac {
                    buffer[..count].iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
                }
                self.since.0.fetch_add(count as u64, Ordering::Relaxed);
                return Ok(count);
            }
            self.ended = true;
            self.tail = TAIL.as_bytes();
        }
        self.tail.read(buffer)
    }
}

const TAIL: &str = "\n\u{1}\u{1}end of input\u{1}\u{1}\n";

#[cfg(test)]
mod tests {
    use super::{SENTINEL, SWALLOWED, TAIL};

    #[test]
    fn the_tail_is_the_sentinel_on_a_line_of_its_own() {
        assert_eq!(TAIL, format!("\n{SENTINEL}\n"));
        assert_eq!(SWALLOWED, format!("{SENTINEL}\n"));
    }
}
