//! Where results go, and what is shown.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::import_args::{OutputArgs, ShownArgs};
use super::super::typed::absolute;
use super::error::SettingsError;
use crate::reading::Input;
use crate::recording::beside;
use crate::reporting::Mode;

/// What of the program's surroundings is a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminals {
    /// Standard input: a person can answer.
    pub input: bool,
    /// Standard error: a person can see.
    pub errors: bool,
}

/// Where results go, and what is shown.
#[derive(Debug)]
pub struct OutputSettings {
    /// Where the results go.
    pub results: OutputTarget,
    /// Whether they are written although nothing is wrong and nothing was sent.
    pub results_wanted: bool,
    /// Where the rows go that are not ok.
    pub failed: Option<PathBuf>,
    /// How much is shown.
    pub mode: Mode,
    /// How much is logged.
    pub verbose: u8,
}

/// A file, or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// `-`.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl OutputSettings {
    pub(super) fn resolve(
        args: OutputArgs,
        input: &Input,
        terminals: Terminals,
    ) -> Result<Self, SettingsError> {
        let results_wanted = args.results.is_some();
        let results = match (args.results, input) {
            (Some(path), _) if path == Path::new("-") => OutputTarget::Stdout,
            (Some(path), _) => OutputTarget::File(path),
            (None, Input::File(path)) => OutputTarget::File(results_of(path)),
            (None, Input::Stdin) => return Err(SettingsError::NoPlace),
        };
        if args.shown.json && results == OutputTarget::Stdout {
            return Err(SettingsError::TwoOnStdout);
        }
        let input = match input {
            Input::File(path) => Some(path.as_path()),
            Input::Stdin => None,
        };
        if let OutputTarget::File(results) = &results {
            if same_file(Some(results), input) {
                return Err(SettingsError::Overwrites { what: "--results", over: "the input" });
            }
            if same_file(Some(results), args.failed.as_deref()) {
                return Err(SettingsError::Overwrites { what: "--failed", over: "the results" });
            }
        }
        if same_file(args.failed.as_deref(), input) {
            return Err(SettingsError::Overwrites { what: "--failed", over: "the input" });
        }
        let (mode, verbose) = (mode(&args.shown, terminals), args.shown.verbose);
        Ok(Self { results, results_wanted, failed: args.failed, mode, verbose })
    }
}

/// How much is shown.
pub(super) fn mode(shown: &ShownArgs, terminals: Terminals) -> Mode {
    // Log lines and a bar on one terminal would tear each other apart.
    Mode { quiet: shown.quiet, json: shown.json, progress: terminals.errors && shown.verbose == 0 }
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
