//! How the rows of a lookup ended, counted.

use super::lookup_table::LookupResult;
use crate::count::Count;
use crate::events::ReadSummary;
use crate::recording::ErrorCode;

/// How many rows ended how.
#[derive(Debug, Default)]
pub(super) struct LookupCounts {
    ok: u64,
    ambiguous: u64,
    not_found: u64,
    unanswered: u64,
    invalid: u64,
    skipped: u64,
}

impl LookupCounts {
    pub(super) fn count(&mut self, result: &LookupResult) {
        let count = match result {
            LookupResult::One(_) => &mut self.ok,
            LookupResult::Several(_) => &mut self.ambiguous,
            LookupResult::Failed(ErrorCode::NotFound, _) => &mut self.not_found,
            LookupResult::Failed(..) => &mut self.unanswered,
            LookupResult::Invalid(..) => &mut self.invalid,
            LookupResult::Skipped(_) => &mut self.skipped,
        };
        *count += 1;
    }

    fn failed(&self) -> u64 {
        self.ambiguous + self.not_found + self.unanswered
    }

    pub(super) fn rows(&self) -> u64 {
        self.ok + self.failed() + self.invalid + self.skipped
    }

    pub(super) fn summary(&self) -> ReadSummary {
        let lines = [
            (self.not_found, "nobody was found"),
            (self.ambiguous, "several were found"),
            (self.unanswered, "the server had no answer"),
            (self.invalid, "there is nothing to look for"),
        ];
        let lines = lines.into_iter().filter(|(count, _)| *count > 0);
        ReadSummary {
            command: "lookup",
            what: "row",
            rows: self.rows(),
            ok: self.ok,
            failed: self.failed(),
            invalid: self.invalid,
            skipped: self.skipped,
            lines: lines.map(|(count, what)| format!("  {}: {what}", Count(count, "row"))).collect(),
            ..ReadSummary::default()
        }
    }
}
