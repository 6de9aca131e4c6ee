//! What is wrong with the rows of an input: by kind and column first, then the first ones one by one.

use std::collections::HashMap;

use crate::events::{Event, Listener};
use crate::reading::LineUnit;
use crate::validating::{Checker, Violation, ViolationCode};

/// How many problems are told one by one.
const TOLD: usize = 20;
/// How many kinds are told. Beyond them, new ones are only counted.
const KINDS: usize = 100;

/// Collects the problems of one pass.
pub(super) struct Problems {
    /// The table, for people.
    name: String,
    unit: LineUnit,
    first: Vec<(u64, Violation)>,
    kinds: HashMap<(ViolationCode, Option<String>, String), ProblemKind>,
    count: u64,
    /// Those of kinds that are not kept.
    others: u64,
}

/// Problems of one kind in one column.
struct ProblemKind {
    /// How many rows have one.
    rows: u64,
    first_line: u64,
    last_line: u64,
    first: Violation,
}

impl Problems {
    pub(super) fn new(name: String, unit: LineUnit) -> Self {
        Self { name, unit, first: Vec::new(), kinds: HashMap::new(), count: 0, others: 0 }
    }

    /// Takes a problem of the row on this line.
    pub(super) fn add(&mut self, line: u64, violation: Violation) {
        self.count += 1;
        let key = (violation.code, violation.column.clone(), violation.kind());
        if let Some(kind) = self.kinds.get_mut(&key) {
            kind.rows += u64::from(kind.last_line != line);
            kind.last_line = line;
        } else if self.kinds.len() < KINDS {
            let first = violation.clone();
            self.kinds.insert(key, ProblemKind { rows: 1, first_line: line, last_line: line, first });
        } else {
            self.others += 1;
        }
        if self.first.len() < TOLD {
            self.first.push((line, violation));
        }
    }

    /// Tells them, and what would make a whole column right.
    pub(super) fn tell(mut self, checker: &Checker, in_results: bool, listener: &dyn Listener) {
        let (name, unit) = (self.name.as_str(), self.unit);
        let mut kinds: Vec<ProblemKind> = self.kinds.drain().map(|(_, kind)| kind).collect();
        kinds.sort_by_key(|kind| (std::cmp::Reverse(kind.rows), kind.first_line));
        // Where no kind comes twice, each problem speaks for itself.
        if self.count > kinds.len() as u64 {
            for ProblemKind { rows, first_line: line, first: violation, .. } in &kinds {
                listener.event(Event::InvalidKind { name, unit, rows: *rows, line: *line, violation });
            }
            if self.others > 0 {
                listener.event(Event::MoreKinds { problems: self.others });
            }
        }
        for (line, violation) in &self.first {
            listener.event(Event::Invalid { name, unit, line: *line, violation });
        }
        let more = self.count - self.first.len() as u64;
        if more > 0 {
            listener.event(Event::MoreInvalid { count: more, in_results });
        }
        for ProblemKind { rows, first, .. } in &kinds {
            let (Some(column), Some(format)) = (&first.column, first.date_format) else { continue };
            // A pattern refuses what is not written like it.
            let filled = checker.filled(column);
            if *rows * 10 >= filled * 9 {
                listener.event(Event::Hint(&format!(
                    "column '{column}': {rows} of its {filled} dates have a year of two digits; if the day comes first, --date-format {format} reads them"
                )));
            }
        }
    }
}
