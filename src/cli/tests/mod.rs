//! From command lines to what the stages are told, and through a journal back again.

mod settings;
mod stored_exports;
mod stored_runs;

use std::ffi::OsString;

use super::options::Terminals;
use super::program::Command;
use super::run_options::ImportSettings;
use super::stored_run::StoredRun;
use super::usage::parse;

const BOTH: Terminals = Terminals { input: true, errors: true };

fn key() -> Option<String> {
    Some("key".to_owned())
}

/// The command of this line.
#[track_caller]
fn command(line: &str) -> Command {
    command_of(line.split_whitespace().map(OsString::from).collect())
}

#[track_caller]
fn command_of(words: Vec<OsString>) -> Command {
    parse(std::iter::once("userside-bulk".into()).chain(words)).expect("arguments")
}

fn import_of(mut words: Vec<OsString>) -> Result<ImportSettings, super::SettingsError> {
    words.insert(0, "import".into());
    if !words.iter().any(|word| word.to_string_lossy().starts_with("--url")) {
        words.push("--url=http://localhost".into());
    }
    let Command::Import(args) = command_of(words) else { panic!("not an import") };
    args.settings(BOTH, key())
}

/// The settings of an import.
#[track_caller]
fn import(line: &str) -> ImportSettings {
    import_of(line.split_whitespace().map(OsString::from).collect()).expect(line)
}

/// What the journal of an import keeps, read again.
#[track_caller]
fn stored(line: &str) -> StoredRun {
    StoredRun::from_json(&import(line).spec.journal.options).expect("options")
}

/// The settings of a command that goes on with a run.
#[track_caller]
fn going_on(line: &str, run: &StoredRun) -> ImportSettings {
    match command(line) {
        Command::Resume(args) => {
            let journal = args.place();
            args.import_settings(run, &journal, BOTH, key())
        }
        Command::Reconcile(args) => {
            let journal = args.place();
            args.import_settings(run, &journal, BOTH, key())
        }
        _ => panic!("{line} does not go on with a run"),
    }
    .expect(line)
}
