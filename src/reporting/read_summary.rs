//! The summary of a command that only reads: counts, control totals, and where the output is.

use super::lines::{self, ERROR, GOOD, HINT, WARNING};
use super::mode::Mode;
use super::next::command;
use super::summary::{JsonChanges, JsonSummary, seconds, stopped, took};
use crate::count::{Count, grouped};
use crate::events::ReadSummary;
use crate::recording::RunStep;
use crate::sending::StopReason;
use crate::shell::quoted;

pub(super) fn print(summary: &ReadSummary, mode: Mode) {
    if mode.json {
        lines::json_to_stdout(&object(summary));
    }
    if let Some(reason) = &summary.stopped {
        let text = match reason {
            StopReason::Interrupted => "interrupted".to_owned(),
            StopReason::KeyRefused(problem) => problem.to_string(),
            other => stopped(other),
        };
        lines::labelled(ERROR, "stopped:", &text);
    }
    let go_on = summary
        .journal
        .as_ref()
        .map(|journal| format!("to continue: `userside-bulk resume {}`", quoted(journal)));
    if !mode.quiet && !mode.json && !summary.refused {
        let (style, label) = match summary {
            ReadSummary { stopped: Some(_), .. } => (ERROR, "so far:"),
            _ if summary.failed + summary.invalid + summary.skipped > 0 => (WARNING, "done:"),
            _ => (GOOD, "done:"),
        };
        lines::labelled(style, label, &counts(summary));
        if let Some([added, changed, removed]) = summary.changes {
            let [added, changed, removed] = [added, changed, removed].map(grouped);
            lines::plain(&format_args!("changes: {added} added, {changed} changed, {removed} removed"));
        }
        summary.lines.iter().for_each(|line| lines::plain(line));
        for (column, sum) in &summary.totals {
            match sum {
                Some(sum) => lines::plain(&format_args!("total {column}: {sum}")),
                None => lines::plain(&format_args!("total {column}: too many digits to add up")),
            }
        }
        if let Some(output) = &summary.output {
            lines::plain(&format_args!("output: {}", output.display()));
        }
    }
    if let Some(hint) = go_on {
        lines::labelled(HINT, "hint:", &hint);
    }
}

fn counts(summary: &ReadSummary) -> String {
    let mut text = format!("{}: {}", summary.command, Count(summary.rows, summary.what));
    let counts = [
        (summary.ok, "ok"),
        (summary.failed, "failed"),
        (summary.invalid, "invalid"),
        (summary.skipped, "not read"),
    ];
    for (count, name) in counts.into_iter().filter(|(count, _)| *count > 0 && *count < summary.rows) {
        text.push_str(&format!(", {} {name}", grouped(count)));
    }
    if summary.rows > 0 && summary.ok == 0 {
        text.push_str(", none ok");
    }
    text.push_str(&format!(
        "; {}, {} of them retries; {}",
        Count(summary.requests, "request"),
        grouped(summary.retries),
        took(summary.elapsed)
    ));
    text
}

fn object(summary: &ReadSummary) -> String {
    let totals = summary.totals.iter();
    let totals = totals.map(|(column, sum)| (column.as_str(), sum.map(|sum| sum.to_string()))).collect();
    let object = JsonSummary {
        operation: summary.command,
        rows: summary.rows,
        ok: summary.ok,
        failed: summary.failed,
        invalid: summary.invalid,
        unknown: 0,
        skipped: summary.skipped,
        partial: 0,
        requests: summary.requests,
        reads: summary.requests,
        writes: 0,
        retries: summary.retries,
        seconds: seconds(summary.elapsed),
        results: summary.output.as_ref().map(|path| path.display().to_string()),
        journal: summary.journal.as_ref().map(|path| path.display().to_string()),
        next: summary.journal.as_ref().map(|journal| command(RunStep::Resume, journal)),
        changes: summary.changes.map(|[added, changed, removed]| JsonChanges { added, changed, removed }),
        totals: (!summary.totals.is_empty()).then_some(totals),
    };
    serde_json::to_string(&object).unwrap_or_default()
}
