//! The files of an export: what their names say, and that none is written over another.

use std::path::Path;

use super::error::SettingsError;
use super::options::CommandFiles;
use crate::exporting::{ExportSpec, FileFormat};
use crate::recording::OutputTarget;

/// No file is written over another that is read or written.
pub(super) fn check_files(
    export: &ExportSpec,
    read: CommandFiles,
    journal: Option<&Path>,
) -> Result<(), SettingsError> {
    let (errors, totals) = (export.errors_file.as_deref(), export.totals_file.as_deref());
    for (option, path) in [("--errors", errors), ("--totals", totals)] {
        if path == Some(Path::new("-")) {
            return Err(SettingsError::OnlyFile { option });
        }
    }
    read.writes_to(&export.output, "--output", "--output")
        .writes(totals, "--totals", "--totals")
        .writes(errors, "--errors", "--errors")
        .remembers_in(journal)
        .check()
}

/// What was said, or what the name of the output says.
pub(super) fn format(said: Option<FileFormat>, output: &OutputTarget) -> Result<FileFormat, SettingsError> {
    if let Some(format) = said {
        return Ok(format);
    }
    let ending = output.path().and_then(Path::extension);
    match ending.map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
        Some("xlsx") => Ok(FileFormat::Xlsx),
        Some("jsonl" | "ndjson") => Ok(FileFormat::JsonLines),
        Some(other @ ("xls" | "xlsm" | "xlsb" | "ods" | "json")) => {
            Err(SettingsError::NoFormat(format!(".{other}")))
        }
        _ => Ok(FileFormat::Csv),
    }
}
