//! The files of an export: what their names say, and that none is written over another.

use std::path::Path;

use super::error::SettingsError;
use super::options::same_file;
use crate::exporting::{ExportSpec, FileFormat};
use crate::recording::OutputTarget;

/// No file is written over another that is read or written.
pub(super) fn check_files(
    export: &ExportSpec,
    read: &[(Option<&Path>, &'static str)],
    journal: Option<&Path>,
) -> Result<(), SettingsError> {
    let (errors, totals) = (export.errors_file.as_deref(), export.totals_file.as_deref());
    for (option, path) in [("--errors", errors), ("--totals", totals)] {
        if path == Some(Path::new("-")) {
            return Err(SettingsError::OnlyFile { option });
        }
    }
    let written = [
        ("--output", export.output.path()),
        ("--totals", totals),
        ("--errors", errors),
        ("the journal", journal),
    ];
    for (place, (what, path)) in written.iter().enumerate() {
        let before = written[..place].iter().map(|(what, path)| (*path, *what));
        if let Some((_, over)) =
            read.iter().copied().chain(before).find(|(other, _)| same_file(*path, *other))
        {
            return Err(SettingsError::Overwrites { what, over });
        }
    }
    Ok(())
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
