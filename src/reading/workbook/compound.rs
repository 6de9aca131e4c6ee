//! An OLE file, as Office wrote them before 2007: its streams by their names.

use std::io::{self, Read, Seek, SeekFrom};

use super::fault::WorkbookFault;

/// No sector follows.
const END: u32 = 0xFFFF_FFFA;

/// An OLE file.
pub(super) struct Compound<R> {
    file: R,
    length: u64,
    sector_size: u64,
    /// Which sector follows which.
    next: Vec<u32>,
    entries: Vec<StreamEntry>,
    /// Streams shorter than this lie in the stream of the root.
    cutoff: u64,
    mini_start: u32,
}

#[derive(Debug, Clone)]
struct StreamEntry {
    name: String,
    start: u32,
    size: u64,
}

const MINI: usize = 64;

impl<R: Read + Seek> Compound<R> {
    pub(super) fn open(mut file: R) -> Result<Self, WorkbookFault> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut header = [0; 512];
        file.read_exact(&mut header)?;
        let sector_size = match number(&header, 30) & 0xFFFF {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged()),
        };
        let mut compound = Self {
            file,
            length,
            sector_size,
            next: Vec::new(),
            entries: Vec::new(),
            cutoff: u64::from(number(&header, 56)),
            mini_start: number(&header, 60),
        };
        compound.read_next(&header)?;
        let directory = compound.chain(number(&header, 48), u64::MAX)?;
        // Version 3 writes sizes of four bytes, and leaves what it likes in the others.
        let is_small = sector_size == 512;
        compound.entries =
            directory.chunks_exact(128).filter_map(|entry| StreamEntry::of(entry, is_small)).collect();
        Ok(compound)
    }

    /// Whether there is a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// A stream as a whole.
    pub(super) fn stream(&mut self, name: &str) -> Result<Vec<u8>, WorkbookFault> {
        let found = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        let StreamEntry { start, size, .. } = found.cloned().ok_or_else(damaged)?;
        if size >= self.cutoff {
            return self.chain(start, size);
        }
        let root = self.entries.first().cloned().ok_or_else(damaged)?;
        let mini = self.chain(root.start, root.size)?;
        let next = numbers(&self.chain(self.mini_start, u64::MAX)?);
        let mut stream = Vec::new();
        let mut sector = start;
        while (stream.len() as u64) < size {
            let from = usize::try_from(sector).map_err(|_| damaged())?.saturating_mul(MINI);
            stream.extend(mini.get(from..from.saturating_add(MINI)).ok_or_else(damaged)?);
            sector = *next.get(sector as usize).ok_or_else(damaged)?;
            if stream.len() > mini.len() {
                return Err(damaged());
            }
        }
        stream.truncate(usize::try_from(size).map_err(|_| damaged())?);
        Ok(stream)
    }

    fn read_next(&mut self, header: &[u8; 512]) -> Result<(), WorkbookFault> {
        let most = self.sectors();
        let mut tables = numbers(&header[76..]);
        let mut more = number(header, 68);
        let mut seen = 0;
        while more < END {
            seen += 1;
            if seen > most {
                return Err(damaged());
            }
            let mut sector = numbers(&self.sector(more)?);
            more = sector.pop().ok_or_else(damaged)?;
            tables.extend(sector);
        }
        tables.retain(|table| *table < END);
        if tables.len() as u64 > most {
            return Err(damaged());
        }
        for table in tables {
            let sector = self.sector(table)?;
            self.next.extend(numbers(&sector));
        }
        Ok(())
    }

    fn sectors(&self) -> u64 {
        self.length / self.sector_size + 1
    }

    fn sector(&mut self, place: u32) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start((u64::from(place) + 1) * self.sector_size))?;
        let mut sector = Vec::new();
        // The last one may be cut short.
        self.file.by_ref().take(self.sector_size).read_to_end(&mut sector)?;
        Ok(sector)
    }

    /// The sectors from this one on, at most so many bytes. A chain that is longer than the file runs in a circle.
    fn chain(&mut self, start: u32, size: u64) -> Result<Vec<u8>, WorkbookFault> {
        let mut bytes = Vec::new();
        let (mut sector, mut seen) = (start, 0);
        while sector < END && (bytes.len() as u64) < size {
            seen += 1;
            if seen > self.sectors() {
                return Err(damaged());
            }
            bytes.extend(self.sector(sector)?);
            sector = *self.next.get(sector as usize).ok_or_else(damaged)?;
        }
        if size != u64::MAX {
            bytes.truncate(usize::try_from(size).map_err(|_| damaged())?);
        }
        Ok(bytes)
    }
}

impl StreamEntry {
    fn of(bytes: &[u8], is_small: bool) -> Option<Self> {
        let length = usize::from(u16::from_le_bytes([*bytes.get(64)?, *bytes.get(65)?])).min(64);
        let units: Vec<u16> = bytes
            .get(..length.saturating_sub(2))?
            .chunks_exact(2)
            .map(|c| u16::from_le_bytes([c[0], c[1]]))
            .collect();
        let low = u64::from(number(bytes, 120));
        let high = if is_small { 0 } else { u64::from(number(bytes, 124)) << 32 };
        Some(Self { name: String::from_utf16_lossy(&units), start: number(bytes, 116), size: low | high })
    }
}

fn damaged() -> WorkbookFault {
    WorkbookFault::broken("its inner file system is damaged")
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| number(four, 0)).collect()
}
