//! Counts over the results of a run: how many rows ended how, and which errors were most frequent.

use std::collections::HashMap;

use super::journal::Counts;
use super::row_result::{ErrorCode, RowResult, Status};
use crate::reading::LineUnit;

/// Counts over results.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Rows applied.
    pub ok: u64,
    /// Rows refused before sending.
    pub invalid: u64,
    /// Rows not applied.
    pub failed: u64,
    /// Rows whose outcome is not known.
    pub unknown: u64,
    /// Rows never sent.
    pub skipped: u64,
    /// Rows some of whose steps are applied.
    pub partial: u64,
    /// Of these, rows that are there already and were to be passed over.
    pub passed_over: u64,
    /// Rows that are there more than once, whoever applied them.
    pub doubled: u64,
    /// What the lines of the errors count.
    pub unit: LineUnit,
    errors: HashMap<(ErrorCode, String), Frequent>,
}

/// An error and how often it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequent {
    pub code: ErrorCode,
    /// Its text in the first row that has it.
    pub text: String,
    /// How many rows have it, numbers in the text aside.
    pub count: u64,
    /// The line of the first row that has it.
    pub line: u64,
}

/// Beyond so many different errors, new ones are counted no more: the most frequent ones are among them.
const KINDS: usize = 1000;

impl Tally {
    /// None yet, of rows whose places count this.
    #[must_use]
    pub fn of_unit(unit: LineUnit) -> Self {
        Self { unit, ..Self::default() }
    }

    /// So many valid rows, none of them sent.
    #[must_use]
    pub fn of_unsent(rows: u64) -> Self {
        Self { skipped: rows, ..Self::default() }
    }

    /// The counts that a journal has, without its errors.
    #[must_use]
    pub fn of_counts(counts: &Counts) -> Self {
        Self {
            ok: counts.ok,
            invalid: counts.invalid,
            failed: counts.failed - counts.partial.failed,
            unknown: counts.unknown - counts.partial.unknown,
            skipped: counts.unsent().saturating_sub(counts.partial.unsent) + counts.existing,
            partial: counts.partial.all(),
            passed_over: counts.existing,
            doubled: counts.doubled,
            ..Self::default()
        }
    }

    pub fn count(&mut self, line: u64, result: &RowResult) {
        *match result.status {
            Status::Ok => &mut self.ok,
            Status::Invalid => &mut self.invalid,
            Status::Failed => &mut self.failed,
            Status::Unknown => &mut self.unknown,
            Status::Skipped => &mut self.skipped,
            Status::Partial => &mut self.partial,
        } += 1;
        self.passed_over += u64::from(result.is_passed_over());
        if let Some((code, text)) = &result.error {
            self.count_error(line, *code, text);
        }
    }

    fn count_error(&mut self, line: u64, code: ErrorCode, text: &str) {
        // Rows that were merely not reached say nothing about what went wrong.
        if code == ErrorCode::Stopped {
            return;
        }
        let key = (code, alike(text));
        if let Some(frequent) = self.errors.get_mut(&key) {
            frequent.count += 1;
        } else if self.errors.len() < KINDS {
            self.errors.insert(key, Frequent { code, text: text.to_owned(), count: 1, line });
        }
    }

    pub fn is_all_ok(&self) -> bool {
        self.ok + self.passed_over == self.rows() && self.doubled == 0
    }

    pub fn rows(&self) -> u64 {
        self.ok + self.invalid + self.failed + self.unknown + self.skipped + self.partial
    }

    /// The most frequent errors, the most frequent first, of equals the earliest.
    pub fn most_frequent(&self, count: usize) -> Vec<&Frequent> {
        let mut errors: Vec<_> = self.errors.values().collect();
        errors.sort_by_key(|e| (std::cmp::Reverse(e.count), e.line));
        errors.truncate(count);
        errors
    }
}

/// The text without what differs from row to row: numbers, and values in quotation marks.
fn alike(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '0'..='9' => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            _ => out.push(c),
        }
    }
    out
}
