//! How much of a workbook is unpacked: in all, and in one piece. A small file can hold gigabytes.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::fault::PartError;

/// No cell and no tag of a workbook comes near this.
const PIECE_MIB: u64 = 4;

/// What may still be unpacked of a workbook; shared by the readers of its parts.
#[derive(Debug, Clone)]
pub(super) struct Budget(Rc<Allowance>);

#[derive(Debug)]
struct Allowance {
    limit: u64,
    spent: Cell<u64>,
    piece: Cell<u64>,
}

impl Budget {
    /// So many bytes in all.
    pub(super) fn new(limit: u64) -> Self {
        Self(Rc::new(Allowance { limit, spent: Cell::new(0), piece: Cell::new(0) }))
    }

    pub(super) fn limit(&self) -> u64 {
        self.0.limit
    }

    /// A piece is read as a whole, and the next one begins.
    pub(super) fn next_piece(&self) {
        self.0.piece.set(0);
    }

    /// Spends so many bytes.
    pub(super) fn spend(&self, bytes: u64) -> Result<(), PartError> {
        self.0.spent.set(self.0.spent.get().saturating_add(bytes));
        if self.0.spent.get() > self.0.limit { Err(PartError::TooLarge(self.0.limit)) } else { Ok(()) }
    }

    fn take(&self, bytes: u64) -> Result<(), PartError> {
        self.0.piece.set(self.0.piece.get().saturating_add(bytes));
        if self.0.piece.get() > PIECE_MIB << 20 {
            return Err(PartError::LongPiece(PIECE_MIB));
        }
        self.spend(bytes)
    }
}

/// A reader of a part that keeps to the budget.
pub(super) struct Metered<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Metered<R> {
    pub(super) fn new(inner: R, budget: Budget) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.take(count as u64).map_err(io::Error::other)?;
        Ok(count)
    }
}
