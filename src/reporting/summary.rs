//! The summary of a run: counts, the most frequent errors, where the results are, and what to do next.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anstyle::Style;
use indicatif::FormattedDuration;
use serde::Serialize;

use super::hints;
use super::lines::{self, ERROR, GOOD, HINT, WARNING};
use super::mode::Mode;
use super::next::command;
use crate::catalogue::Operation;
use crate::count::{Count, grouped};
use crate::events::{Refused, Summary};
use crate::recording::RunStep;
use crate::sending::StopReason;
use crate::shell::quoted;

/// How many different errors are shown.
const ERRORS: usize = 5;

pub(super) fn print(summary: &Summary, mode: Mode) {
    if mode.json {
        lines::json_to_stdout(&summary_json(summary));
    }
    match &summary.stopped {
        // A run that has not begun has no journal.
        Some(StopReason::Interrupted) if summary.sends && summary.journal.is_none() => {
            lines::labelled(ERROR, "stopped:", &"interrupted; nothing was sent");
        }
        Some(StopReason::TimeUp(said)) if summary.sends && summary.journal.is_none() => {
            lines::labelled(ERROR, "stopped:", &format_args!("at {said}, as --until says; nothing was sent"));
        }
        Some(reason) => lines::labelled(ERROR, "stopped:", &stopped(reason)),
        None => {}
    }
    let next = next(summary);
    if mode.quiet || mode.json {
        // Anyone who stopped a run has to hear how it goes on.
        let is_open = summary.stopped.is_some() || summary.refused.is_some();
        hints::without_a_run(summary).iter().for_each(|hint| lines::labelled(HINT, "hint:", hint));
        next.iter().filter(|_| is_open).for_each(|next| lines::labelled(HINT, "next:", next));
        return;
    }
    let (style, label) = label(summary);
    lines::labelled(style, label, &counts(summary));
    // The problems of rows that keep an input from being sent were told by kind and column.
    let told = matches!(summary.refused, Some(Refused::Rows | Refused::Expectation));
    for error in summary.tally.most_frequent(if told { 0 } else { ERRORS }) {
        let (rows, code, line) = (Count(error.count, "row"), error.code.name(), error.line);
        let (first, unit) = (rows.agree("", "for example "), summary.tally.unit);
        lines::plain(&format_args!("  {rows}: {code}, {first}{unit} {line}: {}", shortened(&error.text)));
    }
    if let Some(earlier) = &summary.earlier {
        lines::plain(&format_args!("earlier results are kept as {}", earlier.display()));
    }
    if let Some(results) = &summary.results {
        lines::plain(&format_args!("results: {}", results.display()));
    }
    if let Some(failed) = &summary.failed {
        lines::plain(&format_args!("rows to fix: {}", failed.display()));
    }
    for hint in hints::all(summary) {
        lines::labelled(HINT, "hint:", &hint);
    }
    if let Some(next) = next {
        lines::labelled(HINT, "next:", &next);
    }
}

/// The one command to type next, and when.
fn next(summary: &Summary) -> Option<String> {
    if let Some(command) = without_search(summary) {
        return Some(format!("if none of these customers exists yet: `{command}`"));
    }
    let when = match (summary.refused, &summary.stopped) {
        (Some(Refused::Server), _) => "once that is fixed: ",
        (_, Some(StopReason::KeyRefused(_))) => "once the key works: ",
        (_, Some(StopReason::TooManyFailures(_))) => "once the cause is fixed: ",
        (_, Some(StopReason::NotRecorded)) => "once it can be written again: ",
        (_, Some(StopReason::ServerGone(_))) => "once the server is back: ",
        (_, Some(StopReason::Blind(_))) => "once the search works: ",
        (_, None | Some(StopReason::Interrupted | StopReason::TimeUp(_))) => "",
    };
    next_command(summary).map(|command| format!("{when}`{command}`"))
}

/// The command that sends all rows without the search that finds nobody: `resume` would search again.
fn without_search(summary: &Summary) -> Option<String> {
    let is_all = summary.tally.skipped == summary.tally.rows();
    // What came through standard input is gone.
    let is_file = summary.input != "-";
    (is_all && is_file && summary.journal.is_some() && matches!(summary.stopped, Some(StopReason::Blind(_))))
        .then(|| {
            format!(
                "userside-bulk import {} {} --new-run --existing ignore",
                summary.operation,
                quoted(Path::new(&summary.input))
            )
        })
}

/// The one command to type next.
fn next_command(summary: &Summary) -> Option<String> {
    if let Some(command) = without_search(summary) {
        return Some(command);
    }
    let (step, journal) = (summary.next?, summary.journal.as_ref()?);
    let is_due = match step {
        // The file that the last step writes is there already.
        RunStep::Failed => summary.failed.is_none(),
        // Nor does that step, which asks nobody anything, lead back to the first one.
        RunStep::Reconcile => summary.failed.is_none() || summary.requests > 0,
        RunStep::Resume | RunStep::Resend | RunStep::Surplus => true,
    };
    is_due.then(|| command(step, journal))
}

fn label(summary: &Summary) -> (Style, &'static str) {
    let tally = &summary.tally;
    match summary {
        Summary { refused: Some(_), .. } => (ERROR, "refused:"),
        Summary { stopped: Some(_), .. } => (ERROR, "so far:"),
        Summary { sends: false, .. } => (GOOD, "checked:"),
        _ if tally.is_all_ok() => (GOOD, "done:"),
        _ if tally.failed + tally.unknown + tally.doubled > 0 => (ERROR, "done:"),
        _ => (WARNING, "done:"),
    }
}

/// Shortens an error; the results have the whole text.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub(super) fn stopped(reason: &StopReason) -> String {
    match reason {
        StopReason::Interrupted => {
            "interrupted; rows that were not sent are skipped, and the journal has the rest".to_owned()
        }
        StopReason::TimeUp(said) => format!(
            "at {said}, as --until says; rows that were not sent are skipped, and the journal has the rest"
        ),
        StopReason::KeyRefused(problem) => format!("{problem}. No more rows were sent"),
        StopReason::TooManyFailures(problem) => {
            format!("too many rows failed (--max-failures sets the limit); the last one: {problem}")
        }
        StopReason::NotRecorded => "the journal can no longer be written; nothing more was sent".to_owned(),
        StopReason::ServerGone(problem) => format!("the server can no longer be reached: {problem}"),
        StopReason::Blind(why) => format!(
            "{why}. So the search for customers who exist already proves nothing, and more customers could be made twice; no more rows were sent"
        ),
    }
}

/// One line: how many rows, their results, and how long it took.
fn counts(summary: &Summary) -> String {
    let tally = &summary.tally;
    let mut text = format!("{} of {}: {}", summary.operation, summary.input, Count(tally.rows(), "row"));
    let counts = [
        (tally.ok, "ok"),
        (tally.doubled, "booked twice"),
        (tally.invalid, "invalid"),
        (tally.failed, "failed"),
        (tally.unknown, "unknown"),
        (tally.partial, "partial"),
        (tally.skipped, if summary.sends { "skipped" } else { "valid" }),
    ];
    for (count, name) in counts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!(", {} {name}", grouped(count)));
    }
    if summary.requests > 0 {
        let (reads, retries) = (Count(summary.reads, "read"), grouped(summary.retries));
        let writes = Count(summary.requests - summary.reads, "write");
        text.push_str(&format!("; {writes} and {reads}, {retries} of them retries"));
    }
    text.push_str(&format!("; {}", took(summary.elapsed)));
    text
}

/// Seconds with one decimal below a minute; hours, minutes and seconds from there on.
pub(super) fn took(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(60) {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        FormattedDuration(elapsed).to_string()
    }
}

/// The summary for scripts. Scripts rely on its names.
#[derive(Debug, Default, Serialize)]
pub(super) struct JsonSummary<'s> {
    pub(super) operation: &'s str,
    pub(super) rows: u64,
    pub(super) ok: u64,
    pub(super) failed: u64,
    pub(super) invalid: u64,
    pub(super) unknown: u64,
    pub(super) skipped: u64,
    pub(super) partial: u64,
    pub(super) requests: u64,
    pub(super) reads: u64,
    pub(super) writes: u64,
    pub(super) retries: u64,
    pub(super) seconds: f64,
    pub(super) results: Option<String>,
    pub(super) journal: Option<String>,
    /// The one command to type next.
    pub(super) next: Option<String>,
    /// Only for an export that is compared with an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<JsonChanges>,
    /// Only for commands with control totals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) totals: Option<BTreeMap<&'s str, Option<String>>>,
}

/// The changes since an earlier export.
#[derive(Debug, Serialize)]
pub(super) struct JsonChanges {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
}

/// Seconds to the millisecond.
pub(super) fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The summary of a run as one object.
pub fn summary_json(summary: &Summary) -> String {
    let tally = &summary.tally;
    let object = JsonSummary {
        operation: summary.operation,
        rows: tally.rows(),
        ok: tally.ok,
        failed: tally.failed,
        invalid: tally.invalid,
        unknown: tally.unknown,
        skipped: tally.skipped,
        partial: tally.partial,
        requests: summary.requests,
        reads: summary.reads,
        writes: summary.requests - summary.reads,
        retries: summary.retries,
        seconds: seconds(summary.elapsed),
        results: summary.results.as_ref().map(|path| path.display().to_string()),
        journal: summary.journal.as_ref().map(|path| path.display().to_string()),
        next: next_command(summary),
        changes: None,
        totals: None,
    };
    serde_json::to_string(&object).unwrap_or_default()
}

/// The same of a run that ended before there was anything to sum up.
pub fn json_without_summary(operation: Operation) -> String {
    let object = JsonSummary { operation: operation.name(), ..JsonSummary::default() };
    serde_json::to_string(&object).unwrap_or_default()
}
