//! `export`: customers to a file for a spreadsheet.

use super::failure::Failure;
use super::reads;
use crate::cli::{ExportSettings, NewExportSettings};
use crate::exit::Exit;
use crate::exporting::Export;
use crate::recording::ExportJournal;

/// Runs a new export.
pub(super) fn run(settings: NewExportSettings) -> Result<Exit, Failure> {
    let NewExportSettings { settings: ExportSettings { read, export }, begin } = settings;
    let export = Export::new(export, begin)?;
    reads::run(read, |session| async { Ok(export.run(session).await?) })
}

/// Goes on with one that was interrupted.
pub(super) fn resume(settings: ExportSettings, journal: ExportJournal) -> Result<Exit, Failure> {
    let ExportSettings { read, export } = settings;
    let export = Export::resumed(export, journal)?;
    reads::run(read, |session| async { Ok(export.run(session).await?) })
}
