//! The runs in a folder, one line each, for people and for scripts.

use std::path::Path;

use serde::Serialize;

use super::lines::{self, HINT, json_to_stdout, plain, to_stdout};
use super::next::command;
use crate::count::Count;
use crate::recording::{Counts, FoundRun, RunProgress};
use crate::shell::quoted;

/// Prints the runs on standard output.
pub fn print_runs(place: &Path, runs: &[FoundRun], json: bool) {
    if json {
        let objects: Vec<RunObject<'_>> = runs.iter().map(object).collect();
        return json_to_stdout(&serde_json::to_string(&objects).unwrap_or_default());
    }
    if runs.is_empty() {
        return plain(&format_args!("there are no runs in {}", place.display()));
    }
    for line in
        table(runs.iter().map(|run| [journal(run), what(run), stands(run), next(run).unwrap_or_default()]))
    {
        to_stdout(&line);
    }
}

/// Says why it is not plain which run is meant, and what to type for each: this command, or what comes next for it.
pub fn print_choice(problem: &str, command: Option<&str>, runs: &[FoundRun]) {
    lines::print_error(&problem);
    let rows = runs.iter().map(|run| match command {
        Some(command) => {
            [format!("userside-bulk {command} {}", journal(run)), what(run), stands(run), String::new()]
        }
        None => [journal(run), what(run), stands(run), next(run).unwrap_or_default()],
    });
    for line in table(rows) {
        plain(&format_args!("  {line}"));
    }
}

/// Says which run was found.
pub fn print_found(run: &FoundRun) {
    lines::labelled(HINT, "found:", &format_args!("{}: {}, {}", journal(run), what(run), stands(run)));
}

/// Columns as wide as their widest cell.
fn table(rows: impl Iterator<Item = [String; 4]>) -> Vec<String> {
    let rows: Vec<_> = rows.collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (first, second, third) = (width(0), width(1), width(2));
    let line = |row: &[String; 4]| {
        let [one, two, three, four] = row;
        let line = format!("{one:<first$}  {two:<second$}  {three:<third$}  {four}");
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn journal(run: &FoundRun) -> String {
    quoted(&run.journal).to_string()
}

/// What the run does, with which file.
fn what(run: &FoundRun) -> String {
    match &run.progress {
        Ok(RunProgress::Import { run: import, .. }) => {
            format!("{} {}", import.operation, near(import.input.as_deref(), &run.journal))
        }
        Ok(RunProgress::Export(export)) => {
            format!("export {}", near(export.output().as_deref(), &run.journal))
        }
        Err(_) => "unreadable".to_owned(),
    }
}

/// The name alone of what lies beside the journal.
fn near(file: Option<&Path>, journal: &Path) -> String {
    let Some(file) = file else { return "-".to_owned() };
    let folder = std::path::absolute(journal).ok().and_then(|journal| journal.parent().map(Path::to_owned));
    match file.file_name() {
        Some(name) if folder.is_some() && file.parent() == folder.as_deref() => {
            quoted(Path::new(name)).to_string()
        }
        _ => quoted(file).to_string(),
    }
}

/// How far it has come.
fn stands(run: &FoundRun) -> String {
    let now = match run {
        FoundRun { at_work: true, .. } => "a process is working on it: ",
        FoundRun { set_aside: true, .. } => "put aside for another run: ",
        _ => "",
    };
    match &run.progress {
        Ok(RunProgress::Import { counts, .. }) => {
            let state = if counts.is_finished() { "finished" } else { "unfinished" };
            let state = if run.at_work { "" } else { state };
            format!("{now}{state}{}{}", if state.is_empty() { "" } else { ": " }, rows(counts, run.at_work))
        }
        Ok(RunProgress::Export(export)) => {
            let done = export.read + export.unread;
            let of = if export.is_complete { format!(" of {}", export.customers) } else { String::new() };
            let state = if run.at_work { "" } else { "unfinished: " };
            format!("{now}{state}{done}{of} customers read")
        }
        Err(error) => format!("{now}{error}"),
    }
}

fn rows(counts: &Counts, at_work: bool) -> String {
    let all = Count(counts.rows, "row");
    match counts.in_words(if at_work { "being sent or unknown" } else { "unknown" }) {
        parts if parts.is_empty() => all.to_string(),
        parts => format!("{all}, {parts}"),
    }
}

/// The command to type next.
fn next(run: &FoundRun) -> Option<String> {
    run.next().map(|step| command(step, &run.journal))
}

/// A run for scripts.
#[derive(Debug, Serialize)]
struct RunObject<'r> {
    journal: String,
    /// finished, unfinished, running or unreadable.
    state: &'static str,
    operation: Option<&'r str>,
    input: Option<String>,
    output: Option<String>,
    begun: Option<String>,
    rows: Option<u64>,
    ok: Option<u64>,
    failed: Option<u64>,
    invalid: Option<u64>,
    unknown: Option<u64>,
    /// Only where rows have several steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<u64>,
    existing: Option<u64>,
    not_sent: Option<u64>,
    next: Option<String>,
    error: Option<String>,
}

fn object(run: &FoundRun) -> RunObject<'_> {
    let mut object = RunObject {
        journal: run.journal.display().to_string(),
        state: "unfinished",
        operation: None,
        input: None,
        output: None,
        begun: run.begun().map(|begun| begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        rows: None,
        ok: None,
        failed: None,
        invalid: None,
        unknown: None,
        partial: None,
        existing: None,
        not_sent: None,
        next: next(run),
        error: None,
    };
    match &run.progress {
        Ok(RunProgress::Import { run: import, counts, .. }) => {
            object.state = if counts.is_finished() { "finished" } else { "unfinished" };
            object.operation = Some(&import.operation);
            object.input = import.input.as_ref().map(|input| input.display().to_string());
            object.rows = Some(counts.rows);
            object.ok = Some(counts.ok);
            object.failed = Some(counts.failed - counts.partial.failed);
            object.invalid = Some(counts.invalid);
            object.unknown = Some(counts.unknown - counts.partial.unknown);
            object.partial = (counts.partial.all() > 0).then_some(counts.partial.all());
            object.existing = Some(counts.existing);
            object.not_sent = Some(counts.unsent().saturating_sub(counts.partial.unsent));
        }
        Ok(RunProgress::Export(export)) => {
            object.operation = Some("export");
            object.output = export.output().map(|output| output.display().to_string());
            object.rows = export.is_complete.then_some(export.customers);
            object.ok = Some(export.read);
            object.failed = Some(export.unread);
        }
        Err(error) => {
            object.state = "unreadable";
            object.error = Some(error.to_string());
        }
    }
    if run.at_work {
        object.state = "running";
    }
    object
}
