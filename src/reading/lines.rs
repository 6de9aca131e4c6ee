//! The lines of a text, several of them together where a cell holds line breaks. It keeps one row from filling the
//! memory.

use std::io::{self, Read};

/// Far more than a row of any customer list has.
pub(super) const ROW_LIMIT_MIB: u64 = 8;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// The byte with which programs of DOS ended a text.
const DOS_END: u8 = 0x1A;

/// Why no further line can be read.
#[derive(Debug)]
pub(super) enum LineError {
    /// The lines that belong together are longer than a row may be.
    HugeRow,
    Read(io::Error),
}

/// Reads a text line by line.
pub(super) struct Lines<R> {
    inner: R,
    /// Whether a lone `\r`, as old spreadsheet programs end lines, is taken for `\n`.
    old_mac: bool,
    buffer: Vec<u8>,
    /// Where the lines begin that were asked for.
    begin: usize,
    /// Where their text ends, without the last line's end.
    text_end: usize,
    /// Where the next line begins.
    next: usize,
    /// How much of the buffer is filled.
    filled: usize,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R, old_mac: bool) -> Self {
        let buffer = vec![0; CHUNK];
        Self { inner, old_mac, buffer, begin: 0, text_end: 0, next: 0, filled: 0, ended: false }
    }

    /// Reads the next line; false at the end.
    pub(super) fn begin(&mut self) -> Result<bool, LineError> {
        self.begin = self.next;
        self.text_end = self.next;
        self.extend()
    }

    /// Adds the next line to the present one; false at the end.
    pub(super) fn extend(&mut self) -> Result<bool, LineError> {
        let mut searched = self.next;
        loop {
            if let Some(place) = memchr::memchr(b'\n', &self.buffer[searched..self.filled]) {
                self.text_end = searched + place;
                self.next = self.text_end + 1;
                return Ok(true);
            }
            if self.ended {
                return Ok(self.last_line());
            }
            searched = self.filled - self.begin;
            self.fill()?;
        }
    }

    /// The lines since [`Self::begin`], without the end of the last one.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[self.begin..self.text_end]
    }

    fn last_line(&mut self) -> bool {
        while self.filled > self.next && self.buffer[self.filled - 1] == DOS_END {
            self.filled -= 1;
        }
        let is_there = self.filled > self.next;
        if is_there {
            self.text_end = self.filled;
            self.next = self.filled;
        }
        is_there
    }

    /// Reads on, with the present lines at the beginning of the buffer.
    fn fill(&mut self) -> Result<(), LineError> {
        self.buffer.copy_within(self.begin..self.filled, 0);
        self.filled -= self.begin;
        self.next -= self.begin;
        self.text_end -= self.begin;
        self.begin = 0;
        if self.filled as u64 > ROW_LIMIT_MIB << 20 {
            return Err(LineError::HugeRow);
        }
        if self.buffer.len() - self.filled < CHUNK {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = &mut self.buffer[self.filled..];
        let count = loop {
            match self.inner.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(LineError::Read)?,
            }
        };
        if self.old_mac {
            free[..count].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        self.filled += count;
        self.ended = count == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LineError, Lines};

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        let mut lines = Lines::new(text, false);
        let (mut all, mut at) = (Vec::new(), 0);
        while lines.begin().expect("readable") {
            let length = lines.text().len();
            assert_eq!(lines.text(), &text[at..at + length]);
            all.push(&text[at..at + length]);
            at += length + 1;
        }
        all
    }

    #[test]
    fn lines_come_one_by_one_the_last_with_or_without_an_end() {
        assert_eq!(lines(b"a\n\nb\n"), [b"a".as_slice(), b"", b"b"]);
        assert_eq!(lines(b"a\nb"), [b"a", b"b"]);
        assert_eq!(lines(b""), [b""; 0]);
        let long = [b"x".repeat(100_000), b"y".repeat(70_000), b"z".to_vec()].join(&b'\n');
        assert_eq!(lines(&long).iter().map(|line| line.len()).collect::<Vec<_>>(), [100_000, 70_000, 1]);
    }

    #[test]
    fn a_line_is_added_to_the_present_one() {
        let text = [b"x".repeat(60_000), b"y".repeat(60_000), b"z".to_vec()].join(&b'\n');
        let mut lines = Lines::new(&*text, false);
        assert!(lines.begin().expect("readable") && lines.extend().expect("readable"));
        assert_eq!(lines.text(), &text[..120_001]);
        assert!(lines.begin().expect("readable"));
        assert_eq!(lines.text(), b"z");
        assert!(!lines.extend().expect("readable"));
        assert_eq!(lines.text(), b"z");
    }

    #[test]
    fn a_dos_end_byte_is_taken_off_at_the_end_only() {
        assert_eq!(lines(b"a\x1A\nb\n\x1A"), [b"a\x1A".as_slice(), b"b"]);
        assert_eq!(lines(b"a\nb\x1A\x1A"), [b"a", b"b"]);
    }

    #[test]
    fn a_line_that_never_ends_does_not_fill_the_memory() {
        let mut lines = Lines::new(std::io::repeat(b'x'), false);
        assert!(matches!(lines.begin(), Err(LineError::HugeRow)));
    }
}
