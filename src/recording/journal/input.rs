//! The bytes of standard input, which only the journal still has.

use std::io::{self, Read};

use rusqlite::{Connection, OptionalExtension, params};

/// Reads the bytes of standard input from a journal.
#[derive(Debug)]
pub struct StoredInput {
    connection: Connection,
    part: i64,
    rest: Vec<u8>,
    start: usize,
}

impl StoredInput {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, part: 0, rest: Vec::new(), start: 0 }
    }
}

impl Read for StoredInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.start == self.rest.len() {
            self.part += 1;
            let found = self
                .connection
                .query_row("SELECT bytes FROM input WHERE part = ?", params![self.part], |row| row.get(0))
                .optional();
            let Some(rest) = found.map_err(io::Error::other)? else { return Ok(0) };
            (self.rest, self.start) = (rest, 0);
        }
        let rest = self.rest.get(self.start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.start += count;
        Ok(count)
    }
}
