//! Where results go, and how files are named after one another.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::default::FallsBack as _;
use crate::cli::error::SettingsError;
use crate::cli::values;
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::reporting::Mode;
use crate::running::OutputSpec;

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Where the results go
    ///
    /// A name that ends in .xlsx makes a workbook. The name - stands for standard output.
    #[arg(long, value_name = "FILE", value_parser = values::table_file(), falls_back_to("FILE.results.csv"))]
    results: Option<PathBuf>,
    /// A second file for the rows that a person has to fix
    ///
    /// With the reason in a last column. Fix them and import that file. A name that ends in .xlsx makes a workbook.
    #[arg(long, value_name = "FILE", value_parser = values::table_file())]
    pub(in crate::cli) failed: Option<PathBuf>,
}

/// The places that were named for results and for the rows to fix.
pub(in crate::cli) fn named(
    args: OutputArgs,
    mode: Mode,
) -> Result<(Option<OutputTarget>, Option<PathBuf>), SettingsError> {
    let results = args.results.map(|path| match path {
        path if path == Path::new("-") => OutputTarget::Stdout,
        path => OutputTarget::File(path),
    });
    if mode.json && results == Some(OutputTarget::Stdout) {
        return Err(SettingsError::TwoOnStdout);
    }
    Ok((results, args.failed))
}

/// Where the results of a run go: where they were told to, or else beside the input.
pub(in crate::cli) fn output_of_run(
    args: OutputArgs,
    input: &Input,
    mode: Mode,
) -> Result<OutputSpec, SettingsError> {
    let (results, failed) = named(args, mode)?;
    let results = match (results, input) {
        (Some(results), _) => results,
        (None, Input::File(path)) => OutputTarget::File(results_of(path)),
        (None, Input::Stdin) => return Err(SettingsError::NoPlace),
    };
    Ok(OutputSpec { results, failed, id_map: None })
}

/// Where `--output` leads; without it, to standard output, where nothing else may be then.
pub(in crate::cli) fn output_of_reads(
    output: Option<PathBuf>,
    mode: Mode,
) -> Result<OutputTarget, SettingsError> {
    match output {
        Some(path) if path != Path::new("-") => Ok(OutputTarget::File(path)),
        _ if mode.json => Err(SettingsError::JsonOnStdout),
        _ => Ok(OutputTarget::Stdout),
    }
}

/// A table's name without its ending; a name with another ending, or none, keeps all of itself.
pub(in crate::cli) fn stem_of(table: &Path) -> PathBuf {
    match table.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
        Some("csv" | "tsv" | "txt" | "xlsx" | "xlsm" | "xlsb" | "xls" | "ods") => table.with_extension(""),
        _ => table.to_owned(),
    }
}

/// `customers.csv` gives `customers.results.csv`; a name without an ending keeps all of itself.
fn results_of(input: &Path) -> PathBuf {
    beside(&stem_of(input), ".results.csv")
}

/// The journal beside the results: `march.results.csv` gives `march.journal`, and `other.csv` gives `other.journal`.
/// Results that go to standard output leave it beside the input.
pub(in crate::cli) fn journal_of(results: &OutputTarget, input: &Path) -> PathBuf {
    let stem = stem_of(results.path().unwrap_or(&results_of(input)));
    let is_results = |ending: &OsStr| ending.eq_ignore_ascii_case("results");
    let stem = if stem.extension().is_some_and(is_results) { stem.with_extension("") } else { stem };
    beside(&stem, ".journal")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{journal_of, results_of};
    use crate::recording::OutputTarget;

    #[test]
    fn results_lie_beside_the_input() {
        for (input, results) in [
            ("customers.csv", "customers.results.csv"),
            ("a/b.c/customers.xlsx", "a/b.c/customers.results.csv"),
            ("export", "export.results.csv"),
            ("export.2024", "export.2024.results.csv"),
            ("Список.CSV", "Список.results.csv"),
        ] {
            assert_eq!(results_of(Path::new(input)), Path::new(results));
        }
    }

    #[test]
    fn a_journal_is_named_after_the_results() {
        for (results, journal) in [
            ("march.results.csv", "march.journal"),
            ("a/March.Results.CSV", "a/March.journal"),
            ("other.csv", "other.journal"),
            ("other", "other.journal"),
            ("other.2024", "other.2024.journal"),
            ("x.results", "x.journal"),
        ] {
            let results = OutputTarget::File(results.into());
            assert_eq!(journal_of(&results, Path::new("in.csv")), Path::new(journal));
        }
        assert_eq!(journal_of(&OutputTarget::Stdout, Path::new("in/x.csv")), Path::new("in/x.journal"));
    }
}
