//! Results come in the order in which rows are settled and are written in the order of the input. A row
//! that takes long keeps back those behind it: a window of them in memory, the rest in a temporary file, so
//! that neither memory nor the sending of other rows depends on it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::row_result::RowResult;
use crate::reading::RowNumber;

/// Puts results in the order of their rows.
#[derive(Debug)]
pub struct InOrder {
    next: RowNumber,
    /// The results of the rows from `next` on, as far as they are in memory.
    window: VecDeque<Option<RowResult>>,
    capacity: usize,
    overflow: Option<Overflow>,
}

/// How many results are kept in memory while an earlier row is not settled.
const WINDOW: usize = 8192;

impl InOrder {
    /// Begins with the first row.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(WINDOW)
    }

    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { next: RowNumber(0), window: VecDeque::new(), capacity, overflow: None }
    }

    /// The row whose result is taken next.
    pub fn next(&self) -> RowNumber {
        self.next
    }

    /// Takes the result of any row in, once for each.
    pub fn put(&mut self, row: RowNumber, result: RowResult) -> io::Result<()> {
        let Some(place) = row.0.checked_sub(self.next.0) else { return Ok(()) };
        match usize::try_from(place) {
            Ok(place) if place < self.capacity => {
                if self.window.len() <= place {
                    self.window.resize(place + 1, None);
                }
                self.window[place] = Some(result);
                Ok(())
            }
            _ => self.overflow()?.put(row, &result),
        }
    }

    /// The result of the next row, if it is there.
    pub fn take(&mut self) -> io::Result<Option<RowResult>> {
        let here = match self.window.front_mut() {
            Some(front) => front.take(),
            None => None,
        };
        let result = match (here, &mut self.overflow) {
            (Some(result), _) => Some(result),
            (None, Some(overflow)) if overflow.held > 0 => overflow.take(self.next)?,
            (None, _) => None,
        };
        if result.is_some() {
            self.window.pop_front();
            self.next = self.next.next();
        }
        Ok(result)
    }

    /// Everything that waits, for when nothing can be written any more. What lies on disk is read as far as
    /// it can be.
    pub fn held(&mut self) -> Vec<(RowNumber, RowResult)> {
        let mut held = Vec::new();
        let next = self.next;
        let in_memory = std::mem::take(&mut self.window).into_iter().zip(next.0..);
        held.extend(in_memory.filter_map(|(result, row)| Some((RowNumber(row), result?))));
        let mut row = RowNumber(next.0 + self.capacity as u64);
        while let Some(overflow) =
            self.overflow.as_mut().filter(|overflow| overflow.held > 0 && row <= overflow.last)
        {
            if let Ok(Some(result)) = overflow.take(row) {
                held.push((row, result));
            }
            row = row.next();
        }
        held
    }

    fn overflow(&mut self) -> io::Result<&mut Overflow> {
        match &mut self.overflow {
            Some(overflow) => Ok(overflow),
            none => Ok(none.insert(Overflow::new()?)),
        }
    }
}

impl Default for InOrder {
    fn default() -> Self {
        Self::new()
    }
}

/// Results on disk, found by their row's number.
#[derive(Debug)]
struct Overflow {
    /// For each row the place of its result in `texts`, plus 1; a hole reads as 0.
    places: File,
    /// Results, each behind its length.
    texts: File,
    end: u64,
    held: u64,
    last: RowNumber,
}

impl Overflow {
    fn new() -> io::Result<Self> {
        Ok(Self {
            places: tempfile::tempfile()?,
            texts: tempfile::tempfile()?,
            end: 0,
            held: 0,
            last: RowNumber(0),
        })
    }

    fn put(&mut self, row: RowNumber, result: &RowResult) -> io::Result<()> {
        let text = serde_json::to_vec(result)?;
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        self.texts.seek(SeekFrom::Start(self.end))?;
        self.texts.write_all(&[&length.to_le_bytes()[..], &text].concat())?;
        self.places.seek(SeekFrom::Start(row.0 * 8))?;
        self.places.write_all(&(self.end + 1).to_le_bytes())?;
        self.end += 4 + text.len() as u64;
        self.held += 1;
        self.last = self.last.max(row);
        Ok(())
    }

    fn take(&mut self, row: RowNumber) -> io::Result<Option<RowResult>> {
        let mut place = [0; 8];
        self.places.seek(SeekFrom::Start(row.0 * 8))?;
        match self.places.read_exact(&mut place) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let Some(start) = u64::from_le_bytes(place).checked_sub(1) else { return Ok(None) };
        let mut length = [0; 4];
        self.texts.seek(SeekFrom::Start(start))?;
        self.texts.read_exact(&mut length)?;
        let mut text = vec![0; u32::from_le_bytes(length) as usize];
        self.texts.read_exact(&mut text)?;
        self.held -= 1;
        Ok(Some(serde_json::from_slice(&text)?))
    }
}
