//! Where results go, and what is shown.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::import_args::{OutputArgs, ShownArgs};
use super::super::typed::absolute;
use super::error::SettingsError;
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::reporting::Mode;
use crate::running::OutputSpec;

/// What of the program's surroundings is a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminals {
    /// Standard input: a person can answer.
    pub input: bool,
    /// Standard error: a person can see.
    pub errors: bool,
}

/// How much of a command is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// To people and scripts.
    pub mode: Mode,
    /// How much is logged.
    pub verbose: u8,
}

impl Shown {
    pub(super) fn resolve(args: &ShownArgs, terminals: Terminals) -> Self {
        // Log lines and a bar on one terminal would tear each other apart.
        let progress = terminals.errors && args.verbose == 0;
        Self { mode: Mode { quiet: args.quiet, json: args.json, progress }, verbose: args.verbose }
    }
}

/// The places that were named for results and for the rows that are not ok. They are not the input, nor each other.
pub(super) fn named(
    args: OutputArgs,
    input: &Input,
) -> Result<(Option<OutputTarget>, Option<PathBuf>), SettingsError> {
    let results = args.results.map(|path| match path {
        path if path == Path::new("-") => OutputTarget::Stdout,
        path => OutputTarget::File(path),
    });
    if args.shown.json && results == Some(OutputTarget::Stdout) {
        return Err(SettingsError::TwoOnStdout);
    }
    check_places(results.as_ref(), args.failed.as_deref(), input)?;
    Ok((results, args.failed))
}

/// Where the results of a run go: where they were told to, or else beside the input.
pub(super) fn output(args: OutputArgs, input: &Input) -> Result<OutputSpec, SettingsError> {
    let (results, failed) = named(args, input)?;
    let results = match (results, input) {
        (Some(results), _) => results,
        (None, Input::File(path)) => OutputTarget::File(results_of(path)),
        (None, Input::Stdin) => return Err(SettingsError::NoPlace),
    };
    check_places(Some(&results), failed.as_deref(), input)?;
    Ok(OutputSpec { results, failed })
}

fn check_places(
    results: Option<&OutputTarget>,
    failed: Option<&Path>,
    input: &Input,
) -> Result<(), SettingsError> {
    let input = match input {
        Input::File(path) => Some(path.as_path()),
        Input::Stdin => None,
    };
    let results = results.and_then(OutputTarget::path);
    if same_file(results, input) {
        return Err(SettingsError::Overwrites { what: "--results", over: "the input" });
    }
    if same_file(results, failed) {
        return Err(SettingsError::Overwrites { what: "--failed", over: "the results" });
    }
    if same_file(failed, input) {
        return Err(SettingsError::Overwrites { what: "--failed", over: "the input" });
    }
    Ok(())
}

/// A table's name without its ending; a name with another ending, or none, keeps all of itself.
pub(super) fn stem_of(table: &Path) -> PathBuf {
    match table.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
        Some("csv" | "tsv" | "txt" | "xlsx" | "xlsm") => table.with_extension(""),
        _ => table.to_owned(),
    }
}

/// `customers.csv` gives `customers.results.csv`; a name without an ending keeps all of itself.
pub(super) fn results_of(input: &Path) -> PathBuf {
    beside(&stem_of(input), ".results.csv")
}

/// Whether both are the same file, or will be.
pub(super) fn same_file(one: Option<&Path>, other: Option<&Path>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    absolute(one) == absolute(other)
        || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other && one.is_file())
}
