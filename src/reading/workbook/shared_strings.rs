//! The texts that cells of a workbook share, in memory: one long text and where each of them ends.

use super::budget::Budget;
use super::fault::WorkbookFault;

/// The texts that cells share.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<usize>,
}

/// They may take this part of what may be unpacked.
const PART: u64 = 8;

impl SharedStrings {
    /// Adds the next one, which is written after the others by `write`.
    pub(super) fn push(&mut self, text: &str, budget: &Budget) -> Result<(), WorkbookFault> {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let taken = self.text.len() as u64 + size_of::<usize>() as u64 * self.ends.len() as u64;
        if taken > budget.limit() / PART { Err(WorkbookFault::TooLarge(budget.limit())) } else { Ok(()) }
    }

    /// The text at this place.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }
}

/// Workbooks write characters that XML has none for as `_x000D_`.
pub(super) fn unescaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("_x") {
        let escape = rest.get(place + 2..place + 6).filter(|_| rest.as_bytes().get(place + 6) == Some(&b'_'));
        let code = escape
            .filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let (kept, length) = if code.is_some() { (place, 7) } else { (place + 2, 0) };
        plain.push_str(&rest[..kept]);
        plain.extend(code);
        rest = &rest[kept + length..];
    }
    plain.push_str(rest);
    plain.into()
}
