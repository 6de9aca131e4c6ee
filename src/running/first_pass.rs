//! The first pass over an input: every row is checked, nothing is sent.

use super::error::RunError;
use super::prefetch::Prefetch;
use super::rows::{Rows, check};
use crate::events::{Event, Listener};
use crate::reading::Source;
use crate::sending::Stop;
use crate::validating::{Across, Checker, Repeats, Totals, Violation};

/// How many problems are told one by one.
const TOLD: u64 = 20;
/// How often a listener hears of progress, in rows.
const STEP: u64 = 4096;

/// What the first pass found.
pub(super) struct Validated {
    pub(super) checker: Checker,
    repeats: Repeats,
    pub(super) totals: Totals,
    /// How many comments are longer with their tag than old servers keep.
    pub(super) long_comments: u64,
}

impl Validated {
    /// Another pass over the same rows.
    pub(super) fn rows(&self, source: &Source) -> Result<Rows, RunError> {
        let (_, records) = source.records()?;
        Ok(Rows { records, checker: self.checker.clone(), across: Across::new(self.repeats) })
    }
}

/// Checks every row of the input.
pub(super) fn check_all(
    source: &Source,
    mut checker: Checker,
    repeats: Repeats,
    writes_results: bool,
    listener: &dyn Listener,
    stop: &Stop,
) -> Result<Validated, RunError> {
    let asks_first = checker.operation().subcategory().asks_first();
    let mut across = Across::new(repeats).counting_customers(asks_first);
    let (_, records) = source.records()?;
    let mut problems = Problems { name: source.name(), listener, count: 0 };
    for violation in checker.header() {
        problems.tell(1, violation);
    }
    std::thread::scope(|scope| -> Result<(), RunError> {
        let prefetch = Prefetch::start(scope, records);
        while let Some(bundle) = prefetch.next()? {
            if stop.is_wanted() {
                return Err(RunError::Interrupted);
            }
            for row in bundle.rows() {
                if row.number().0.is_multiple_of(STEP) {
                    listener.event(Event::Checking(row.number().0));
                }
                if let Err(rejection) = check(&mut checker, &mut across, row, |_| ()) {
                    rejection.own.iter().for_each(|violation| problems.tell(row.line(), violation));
                }
            }
            prefetch.give_back(bundle);
        }
        Ok(())
    })?;
    if let Some(more) = problems.count.checked_sub(TOLD).filter(|more| *more > 0) {
        listener.event(Event::MoreInvalid { count: more, in_results: writes_results });
    }
    let totals = across.totals();
    listener.event(Event::Checked);
    let (repeats, long_comments) = (across.repeats_again(), across.long_comments());
    Ok(Validated { checker, repeats, totals, long_comments })
}

/// Tells the first problems and counts the rest.
struct Problems<'a> {
    name: &'a str,
    listener: &'a dyn Listener,
    count: u64,
}

impl Problems<'_> {
    fn tell(&mut self, line: u64, violation: &Violation) {
        self.count += 1;
        if self.count <= TOLD {
            self.listener.event(Event::Invalid { name: self.name, line, violation });
        }
    }
}
