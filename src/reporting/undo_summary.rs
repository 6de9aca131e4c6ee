//! What `undo` wrote, and what to type next.

use super::lines::{self, WARNING};
use super::mode::Mode;
use crate::count::Count;
use crate::events::UndoSummary;
use crate::shell::quoted;

pub(super) fn print(summary: &UndoSummary, mode: Mode) {
    if !mode.quiet {
        text(summary).iter().for_each(|line| lines::plain(line));
    }
    if summary.unknown > 0 {
        let rows = Count(summary.unknown, "row");
        let are = rows.agree("is", "are");
        let text = format!(
            "{rows} of the run {are} unknown and {are} not taken back: `userside-bulk reconcile {}` finds out, then undo again",
            quoted(&summary.journal)
        );
        lines::labelled(WARNING, "warning:", &text);
    }
}

fn text(summary: &UndoSummary) -> Vec<String> {
    let UndoSummary { operation, path, earlier, rows, sum, .. } = summary;
    let rows = Count(*rows, "row");
    let sum = sum.map_or_else(String::new, |sum| format!(", together {sum}"));
    let is_stdout = path.as_os_str() == "-";
    let place = if is_stdout { "standard output".to_owned() } else { quoted(path).to_string() };
    let surplus = if summary.surplus { " beyond one booking each" } else { "" };
    let mut lines = vec![format!("undo: {rows}{surplus}{sum}, in {place}")];
    lines.extend(earlier.as_ref().map(|earlier| format!("an earlier file is kept as {}", earlier.display())));
    if !is_stdout {
        lines.push(format!(
            "nothing was sent. Look at the rows, then: userside-bulk import {operation} {place}"
        ));
    }
    lines
}
