//! What is remembered of a run, and what follows it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::import_args::{Existing, JournalArgs};
use super::super::stored::StoredOptions;
use super::error::SettingsError;
use super::import::only_money;
use super::output::{Terminals, results_of, same_file, stem_of};
use crate::catalogue::{Action, Operation};
use crate::reading::Input;
use crate::recording::beside;
use crate::running::{JournalSpec, MaxFailures, OnExisting, OutputSpec, Policy};
use crate::validating::Expectation;

/// Whether somebody is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A person sits at the terminal.
    Person,
    /// There is nobody to be asked, or `--yes` has answered.
    Nobody,
}

/// A person is asked unless `--yes` has answered, or nobody sits at a terminal.
pub(super) fn asks(yes: bool, terminals: Terminals) -> Asks {
    if yes || !terminals.input || !terminals.errors { Asks::Nobody } else { Asks::Person }
}

/// What a run does with its rows.
pub(super) fn policy(
    args: &JournalArgs,
    options: &StoredOptions,
    operation: Operation,
    expectation: Expectation,
    skip_invalid: bool,
    max_failures: Option<MaxFailures>,
) -> Result<Policy, SettingsError> {
    for (option, typed) in [("--verify", args.verify), ("--no-comment-tag", args.no_comment_tag)] {
        if typed {
            only_money(option, operation)?;
        }
    }
    if options.has("existing") && operation.subcategory().action != Action::Add {
        return Err(SettingsError::OnlyNew { option: "--existing", operation: operation.name() });
    }
    Ok(Policy {
        expectation,
        skip_invalid,
        max_failures,
        comment_tag: !args.no_comment_tag,
        existing: match args.existing {
            Existing::Fail => OnExisting::Fail,
            Existing::Skip => OnExisting::Skip,
            Existing::Ignore => OnExisting::Ignore,
        },
        settle: args.settle,
        reconcile: !args.no_reconcile,
        resend: args.resend,
        verify: args.verify,
    })
}

/// What is remembered of a run: the journal is named after the results.
pub(super) fn journal(
    args: JournalArgs,
    input: &Input,
    output: &OutputSpec,
    options: &StoredOptions,
) -> Result<JournalSpec, SettingsError> {
    let remembered = match options.input() {
        Input::File(path) => Some(path),
        Input::Stdin => None,
    };
    Ok(JournalSpec {
        path: path(args.journal, input, output)?,
        options: options.to_json(),
        input: remembered,
        new_run: args.new_run,
    })
}

/// The journal: where it was told to be, or else beside the input; never one of the other files.
pub(super) fn path(
    named: Option<PathBuf>,
    input: &Input,
    output: &OutputSpec,
) -> Result<PathBuf, SettingsError> {
    let input = match input {
        Input::File(path) => Some(path.as_path()),
        Input::Stdin => None,
    };
    let results = output.results.path();
    let path = match (named, input) {
        (Some(path), _) if path == Path::new("-") => return Err(SettingsError::JournalOnStdout),
        (Some(path), _) => path,
        (None, None) => return Err(SettingsError::NoJournalPlace),
        (None, Some(input)) => results.map_or_else(|| journal_of(&results_of(input)), journal_of),
    };
    let others = [
        (input, "the input"),
        (results, "the results"),
        (output.failed.as_deref(), "the rows that are not ok"),
    ];
    match others.into_iter().find(|(other, _)| same_file(Some(&path), *other)) {
        Some((_, over)) => Err(SettingsError::Overwrites { what: "the journal", over }),
        None => Ok(path),
    }
}

/// `march.results.csv` gives `march.journal`, and `other.csv` gives `other.journal`.
pub(super) fn journal_of(results: &Path) -> PathBuf {
    let stem = stem_of(results);
    let is_results = |ending: &OsStr| ending.eq_ignore_ascii_case("results");
    let stem = if stem.extension().is_some_and(is_results) { stem.with_extension("") } else { stem };
    beside(&stem, ".journal")
}
