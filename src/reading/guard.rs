//! A reader between the bytes and the CSV parser that keeps two promises the parser does not give: a quote
//! that is never closed is noticed, and one row cannot fill the memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No row of a customer list comes near this.
pub(super) const ROW_LIMIT_MIB: u64 = 8;

/// Handed to the parser behind the last byte. It becomes a row of its own unless a quote is still open,
/// which then swallows it: so the two cases can be told apart without parsing quotes twice.
pub(super) const SENTINEL: &str = "\u{1}\u{1}end of input\u{1}\u{1}";

/// How a row ends whose open quote has swallowed the sentinel.
pub(super) const SWALLOWED: &str = "\u{1}\u{1}end of input\u{1}\u{1}\n";

/// Why the guard stopped the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stopped {
    #[error("a row is too long")]
    HugeRow,
}

/// Counts what was read since the last row, shared with whoever sees the rows.
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
    /// Lines that end in a lone `\r` (old spreadsheet programs) are made lines that end in `\n`.
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
                return Err(io::Error::other(Stopped::HugeRow));
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
