//! What is remembered of a run, and what follows it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::import_args::{Existing, JournalArgs};
use super::super::stored::StoredOptions;
use super::error::SettingsError;
use super::import::{ImportSettings, only_money};
use super::output::{OutputTarget, Terminals, results_of, same_file, stem_of};
use crate::catalogue::Action;
use crate::reading::Input;
use crate::recording::beside;

/// What is remembered of a run, and what follows it.
#[derive(Debug)]
pub struct JournalSettings {
    /// The journal's file.
    pub path: PathBuf,
    /// Whether an unfinished run that lies there is put aside.
    pub new_run: bool,
    /// What the journal keeps, so that the run can go on with the same options.
    pub options: StoredOptions,
    /// Whether comments carry the tag by which a booking is found again.
    pub comment_tag: bool,
    /// What becomes of a row whose customer is there already.
    pub existing: Existing,
    /// For how long after a request "not found" proves nothing.
    pub settle: Duration,
    /// Whether the server is asked about unknown rows at the end.
    pub reconcile: bool,
    /// Whether rows are sent again that are proven not applied.
    pub resend: bool,
    /// Whether balances are compared with what was booked.
    pub verify: bool,
    /// Whether somebody is asked before money is booked or customers are removed.
    pub asks: Asks,
}

/// Whether somebody is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A person sits at the terminal.
    Person,
    /// There is nobody to be asked, or `--yes` has answered.
    Nobody,
}

impl JournalSettings {
    /// The rest of the settings must be there already: the journal is named after the results.
    pub(super) fn resolve(
        args: JournalArgs,
        import: &ImportSettings,
        options: StoredOptions,
        yes: bool,
        terminals: Terminals,
    ) -> Result<Self, SettingsError> {
        let operation = import.operation;
        for (option, typed) in [("--verify", args.verify), ("--no-comment-tag", args.no_comment_tag)] {
            if typed {
                only_money(option, operation)?;
            }
        }
        if options.has("existing") && operation.subcategory().action != Action::Add {
            return Err(SettingsError::OnlyNew { option: "--existing", operation: operation.name() });
        }
        let asks = if yes || !terminals.input || !terminals.errors { Asks::Nobody } else { Asks::Person };
        Ok(Self {
            path: path(args.journal, import)?,
            new_run: args.new_run,
            options,
            comment_tag: !args.no_comment_tag,
            existing: args.existing,
            settle: args.settle,
            reconcile: !args.no_reconcile,
            resend: args.resend,
            verify: args.verify,
            asks,
        })
    }
}

fn path(named: Option<PathBuf>, import: &ImportSettings) -> Result<PathBuf, SettingsError> {
    let input = match &import.input {
        Input::File(path) => Some(path.as_path()),
        Input::Stdin => None,
    };
    let results = match &import.output.results {
        OutputTarget::File(path) => Some(path.as_path()),
        OutputTarget::Stdout => None,
    };
    let path = match (named, input) {
        (Some(path), _) if path == Path::new("-") => return Err(SettingsError::JournalOnStdout),
        (Some(path), _) => path,
        (None, None) => return Err(SettingsError::NoJournalPlace),
        (None, Some(input)) => results.map_or_else(|| journal_of(&results_of(input)), journal_of),
    };
    let others = [
        (input, "the input"),
        (results, "the results"),
        (import.output.failed.as_deref(), "the rows that are not ok"),
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
