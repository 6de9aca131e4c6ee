//! The records of a workbook of Excel 95 to 2003, and the texts in them.

use encoding_rs::{Encoding, WINDOWS_1251};

use super::fault::WorkbookFault;

/// Goes through records.
#[derive(Debug, Clone)]
pub(super) struct XlsRecords<'s> {
    rest: &'s [u8],
}

const CONTINUE: u16 = 0x003C;

impl<'s> XlsRecords<'s> {
    /// From this place of the stream on.
    pub(super) fn at(stream: &'s [u8], start: usize) -> Option<Self> {
        Some(Self { rest: stream.get(start..)? })
    }

    /// The kind and the content of the next one; none at the end, or where the rest is cut off.
    pub(super) fn next(&mut self) -> Option<(u16, &'s [u8])> {
        let length = usize::from(short(self.rest.get(..4)?, 2));
        let (kind, data) = (short(self.rest, 0), self.rest.get(4..4 + length)?);
        self.rest = &self.rest[4 + length..];
        Some((kind, data))
    }

    /// The texts that cells share: a record with all that continue it.
    pub(super) fn shared_texts(
        &mut self,
        first: &'s [u8],
        mut take: impl FnMut(&str) -> Result<(), WorkbookFault>,
    ) -> Result<(), WorkbookFault> {
        let mut parts = vec![first];
        loop {
            let mut ahead = self.clone();
            let Some((CONTINUE, data)) = ahead.next() else { break };
            parts.push(data);
            *self = ahead;
        }
        let mut texts = SharedTexts { parts: parts.into_iter(), part: &[] };
        texts.part = texts.parts.next().unwrap_or_default();
        texts.skip(8);
        while let Some(text) = texts.next() {
            take(&text)?;
        }
        Ok(())
    }
}

/// Texts that may begin in one part and end in another.
struct SharedTexts<'s> {
    parts: std::vec::IntoIter<&'s [u8]>,
    part: &'s [u8],
}

impl SharedTexts<'_> {
    fn byte(&mut self) -> Option<u8> {
        while self.part.is_empty() {
            self.part = self.parts.next()?;
        }
        let (first, rest) = self.part.split_first()?;
        self.part = rest;
        Some(*first)
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            if self.part.is_empty() {
                let Some(part) = self.parts.next() else { return };
                self.part = part;
            }
            let here = count.min(self.part.len());
            self.part = &self.part[here..];
            count -= here;
        }
    }

    fn short(&mut self) -> Option<usize> {
        Some(usize::from(u16::from_le_bytes([self.byte()?, self.byte()?])))
    }

    fn next(&mut self) -> Option<String> {
        let mut left = self.short()?;
        let flags = self.byte()?;
        let mut is_wide = flags & 1 != 0;
        let runs = if flags & 8 != 0 { self.short()? } else { 0 };
        let more = if flags & 4 != 0 { self.short()? | self.short()? << 16 } else { 0 };
        let mut units: Vec<u16> = Vec::new();
        while left > 0 {
            if self.part.is_empty() {
                // A text that goes on says again how it is written.
                is_wide = self.byte()? & 1 != 0;
            }
            let size = if is_wide { 2 } else { 1 };
            let here = left.min(self.part.len() / size);
            if here == 0 {
                return None;
            }
            let (text, rest) = self.part.split_at(here * size);
            units.extend(
                text.chunks_exact(size).map(|c| u16::from_le_bytes([c[0], c.get(1).copied().unwrap_or(0)])),
            );
            self.part = rest;
            left -= here;
        }
        self.skip(runs * 4 + more);
        Some(String::from_utf16_lossy(&units))
    }
}

/// How texts are written outside the shared ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    /// Before Excel 97 texts had a code page.
    pub(super) is_old: bool,
    encoding: &'static Encoding,
}

impl Default for Texts {
    fn default() -> Self {
        Self { is_old: false, encoding: WINDOWS_1251 }
    }
}

impl Texts {
    pub(super) fn set_code_page(&mut self, page: u16) {
        let label = match page {
            866 => "ibm866".to_owned(),
            10007 => "x-mac-cyrillic".to_owned(),
            page => format!("windows-{page}"),
        };
        self.encoding = Encoding::for_label(label.as_bytes()).unwrap_or(self.encoding);
    }

    /// A text whose length is one byte.
    pub(super) fn short_text(&self, data: &[u8]) -> String {
        let Some((length, rest)) = data.split_first() else { return String::new() };
        if self.is_old {
            self.decoded(rest, usize::from(*length))
        } else {
            unicode(rest, usize::from(*length))
        }
    }

    /// A text whose length is two bytes.
    pub(super) fn text(&self, data: &[u8]) -> String {
        unicode(data.get(2..).unwrap_or_default(), usize::from(short(data, 0)))
    }

    /// The same, in the code page.
    pub(super) fn old_text(&self, data: &[u8]) -> String {
        self.decoded(data.get(2..).unwrap_or_default(), usize::from(short(data, 0)))
    }

    fn decoded(&self, data: &[u8], length: usize) -> String {
        self.encoding.decode_without_bom_handling(data.get(..length).unwrap_or(data)).0.into_owned()
    }
}

fn unicode(data: &[u8], length: usize) -> String {
    let Some((flags, text)) = data.split_first() else { return String::new() };
    let size = if flags & 1 != 0 { 2 } else { 1 };
    let units = text.chunks_exact(size).take(length);
    let units: Vec<u16> = units.map(|c| u16::from_le_bytes([c[0], c.get(1).copied().unwrap_or(0)])).collect();
    String::from_utf16_lossy(&units)
}

pub(super) fn short(data: &[u8], at: usize) -> u16 {
    data.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

pub(super) fn number(data: &[u8], at: usize) -> u32 {
    data.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

pub(super) fn float(data: &[u8], at: usize) -> f64 {
    data.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(f64::NAN, f64::from_le_bytes)
}

/// A number in four bytes: a whole one or the front half of a double, perhaps a hundredth of it.
pub(super) fn rk(bits: u32) -> f64 {
    let value = if bits & 2 != 0 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 { value / 100.0 } else { value }
}
