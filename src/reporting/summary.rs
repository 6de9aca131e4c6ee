//! The end of a run: counts, the most frequent errors, where the results are, and what to do next.

use std::io::Write;

use serde_json::json;

use super::hints;
use super::lines::{self, ERROR, GOOD, HINT, WARNING};
use super::reporter::Mode;
use crate::events::Summary;
use crate::sending::StopReason;

/// How many errors are named.
const ERRORS: usize = 5;

pub(super) fn print(summary: &Summary, mode: Mode) {
    if mode.json {
        // Where standard output is closed, nobody reads it.
        let _ = writeln!(std::io::stdout().lock(), "{}", object(summary));
    }
    if let Some(reason) = &summary.stopped {
        lines::labelled(ERROR, "stopped:", &stopped(reason));
    }
    if mode.quiet || mode.json {
        return;
    }
    let tally = &summary.tally;
    let (style, label) = if tally.ok == tally.rows() {
        (GOOD, "done:")
    } else if tally.unknown > 0 || tally.failed > 0 || summary.stopped.is_some() {
        (ERROR, "done:")
    } else {
        (WARNING, "done:")
    };
    let label = match &summary.stopped {
        _ if summary.refused => "refused:",
        Some(_) => "so far:",
        None => label,
    };
    lines::labelled(style, label, &counts(summary));
    for error in tally.most_frequent(ERRORS) {
        let rows = if error.count == 1 { "row" } else { "rows" };
        lines::plain(&format_args!(
            "  {} {rows}: {}: {} (line {})",
            error.count,
            error.code.name(),
            error.text,
            error.line
        ));
    }
    if let Some(earlier) = &summary.earlier {
        lines::plain(&format_args!("earlier results are kept as {}", earlier.display()));
    }
    if let Some(results) = &summary.results {
        lines::plain(&format_args!("results: {}", results.display()));
    }
    if let Some(failed) = &summary.failed {
        lines::plain(&format_args!("rows that are not ok: {}", failed.display()));
    }
    for hint in hints::all(summary) {
        lines::labelled(HINT, "hint:", &hint);
    }
}

fn stopped(reason: &StopReason) -> String {
    match reason {
        StopReason::Interrupted => "interrupted; rows that were not sent are skipped".to_owned(),
        StopReason::KeyRefused(problem) => format!("{problem}. No further row was sent"),
        StopReason::TooManyFailures(problem) => {
            format!("too many rows failed (--max-failures sets the limit); the last one: {problem}")
        }
        StopReason::ServerGone(problem) => format!("the server cannot be reached any more: {problem}"),
    }
}

/// One line: how many rows, how they ended, how long it took.
fn counts(summary: &Summary) -> String {
    let tally = &summary.tally;
    let mut text = format!("{} of {}: {} rows", summary.operation, summary.input, tally.rows());
    let counts = [
        (tally.ok, "ok"),
        (tally.invalid, "invalid"),
        (tally.failed, "failed"),
        (tally.unknown, "unknown"),
        (tally.skipped, if summary.sends { "skipped" } else { "valid" }),
    ];
    for (count, name) in counts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!(", {count} {name}"));
    }
    if summary.requests > 0 {
        text.push_str(&format!("; {} requests, {} of them retries", summary.requests, summary.retries));
    }
    text.push_str(&format!("; {:.1} s", summary.elapsed.as_secs_f64()));
    text
}

/// The summary for scripts. The names are the contract's.
fn object(summary: &Summary) -> serde_json::Value {
    let tally = &summary.tally;
    json!({
        "operation": summary.operation,
        "rows": tally.rows(),
        "ok": tally.ok,
        "failed": tally.failed,
        "invalid": tally.invalid,
        "unknown": tally.unknown,
        "skipped": tally.skipped,
        "requests": summary.requests,
        "retries": summary.retries,
        "seconds": (summary.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        "results": summary.results.as_ref().map(|path| path.display().to_string()),
        "journal": null,
    })
}
