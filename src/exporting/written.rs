//! What is told of an export's files once they are written.

use std::path::PathBuf;

use super::column::CellFixes;
use super::spec::ExportSpec;
use super::writer::{ChangeCounts, LeftOut, WrittenFile};
use crate::count::Count;
use crate::events::{Event, Listener};
use crate::validating::Money;

pub(super) struct Written {
    /// What is to be said of it, a line each.
    pub(super) lines: Vec<String>,
    /// Customers added, changed and removed.
    pub(super) changes: Option<[u64; 3]>,
    pub(super) totals: Vec<(String, Option<Money>)>,
    pub(super) rows: u64,
    /// How many customers are not in it because they could not be read.
    pub(super) unread: u64,
    /// None for standard output.
    pub(super) output: Option<PathBuf>,
}

/// Warnings are shown however little else is.
pub(super) fn tell_left_out(spec: &ExportSpec, file: &WrittenFile, listener: &dyn Listener) {
    let LeftOut { count, first } = &file.unread;
    if *count > 0 {
        let who = Count(*count, "customer");
        let are = who.agree("is", "are");
        let more = if spec.errors_file.is_some() { "" } else { "; --errors FILE lists them all" };
        let text = format!("{who} could not be read and {are} not in the output: {}{more}", first.join("; "));
        listener.event(Event::Warning(&text));
    }
    file.totals.doubts().iter().for_each(|doubt| listener.event(Event::Warning(doubt)));
}

impl From<WrittenFile> for Written {
    fn from(file: WrittenFile) -> Self {
        let WrittenFile { path, fixes, totals, changes, unread } = file;
        Self {
            lines: of_cells(fixes).collect(),
            changes: changes.map(|ChangeCounts { added, changed, removed }| [added, changed, removed]),
            rows: totals.rows(),
            unread: unread.count,
            totals: totals.sums(),
            output: (path.as_os_str() != "-").then_some(path),
        }
    }
}

/// What was done to cells.
fn of_cells(CellFixes { defused, too_long, cut }: CellFixes) -> impl Iterator<Item = String> {
    let lines = [
        (
            defused,
            "that a spreadsheet would have run as a formula now starts with an apostrophe",
            "that a spreadsheet would have run as formulas now start with an apostrophe",
        ),
        (
            too_long,
            "has more than 15 digits, more than a number in a spreadsheet can hold, and is text",
            "have more than 15 digits, more than a number in a spreadsheet can hold, and are text",
        ),
        (
            cut,
            "was longer than a sheet's cell can be, and is cut",
            "were longer than a sheet's cell can be, and are cut",
        ),
    ];
    lines.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, several)| {
        let cells = Count(count, "cell");
        format!("{cells} {}", cells.agree(one, several))
    })
}
