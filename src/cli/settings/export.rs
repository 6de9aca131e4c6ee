//! The settings of `export`, and of what goes on with one.

use std::path::Path;

use super::super::condition_args::ConditionArgs;
use super::super::export_args::ExportArgs;
use super::super::stored::StoredExport;
use super::super::typed::ExportCommand;
use super::error::SettingsError;
use super::output::{Terminals, same_file};
use super::read::{ReadSettings, output};
use crate::catalogue::{Parameter, ValueKind};
use crate::exporting::{EarlierFile, ExportSpec, FileFormat, NewExport, Selection};
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::validating::Conditions;

/// What holds for every export, the new and the resumed.
#[derive(Debug)]
pub struct ExportSettings {
    /// How it is read.
    pub read: ReadSettings,
    /// What is read, and what becomes of it.
    pub export: ExportSpec,
}

/// `export`.
#[derive(Debug)]
pub struct NewExportSettings {
    /// What holds for a resumed one too.
    pub settings: ExportSettings,
    /// What only a new one needs.
    pub begin: NewExport,
}

impl NewExportSettings {
    /// The settings of a new export. Files of conditions are read here.
    pub fn of_export(
        command: ExportCommand,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let options = StoredExport::of(&command).to_json();
        let mut args = command.args;
        let customers = selection(&mut args)?;
        let earlier = args.changes_since.take().map(|path| EarlierFile { path, first_run: args.first_run });
        if earlier.as_ref().is_some_and(|earlier| earlier.path == Path::new("-")) {
            return Err(SettingsError::OnlyFile { option: "--changes-since" });
        }
        let journal = args.journal.take();
        let settings = ExportSettings::resolve(args, terminals, environment_key)?;
        let journal = match (&settings.export.output, journal) {
            (OutputTarget::Stdout, Some(_)) => return Err(SettingsError::JournalOfStdout),
            (OutputTarget::Stdout, None) => None,
            (OutputTarget::File(_), Some(path)) if path == Path::new("-") => {
                return Err(SettingsError::JournalOnStdout);
            }
            (OutputTarget::File(_), Some(path)) => Some(path),
            (OutputTarget::File(output), None) => Some(beside(output, ".journal")),
        };
        let ids = match &customers {
            Selection::Listed(Input::File(path)) => Some(path.as_path()),
            _ => None,
        };
        let read = [
            (ids, "the file of --ids"),
            (earlier.as_ref().map(|earlier| &*earlier.path), "the file of --changes-since"),
        ];
        check_files(&settings.export, &read, journal.as_deref())?;
        Ok(Self { settings, begin: NewExport { customers, earlier, journal, options } })
    }
}

impl ExportSettings {
    /// The settings of an export that goes on: what its journal keeps, as far as nothing goes over it.
    pub(super) fn of_journal(
        args: ExportArgs,
        journal: &Path,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let settings = Self::resolve(args, terminals, environment_key)?;
        if settings.export.output == OutputTarget::Stdout {
            return Err(SettingsError::JournalOfStdout);
        }
        check_files(&settings.export, &[], Some(journal))?;
        Ok(settings)
    }

    fn resolve(
        args: ExportArgs,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = ReadSettings::resolve(args.read, terminals, environment_key)?;
        let output = output(args.output, read.mode)?;
        let format = format(args.format, &output)?;
        let excel = match (args.excel, args.locale) {
            (false, None) => None,
            (false, Some(_)) => return Err(SettingsError::LocaleOfNothing),
            (true, _) if format != FileFormat::Csv => return Err(SettingsError::ExcelOfNoCsv),
            (true, locale) => Some(locale.unwrap_or_default()),
        };
        let export = ExportSpec {
            columns: args.columns.unwrap_or_default(),
            format,
            excel,
            output,
            totals: args.total,
            totals_file: args.totals,
            errors_file: args.errors,
            fail_if_empty: args.fail_if_empty,
            batch: args.batch,
        };
        Ok(Self { read, export })
    }
}

/// Which customers are named, by conditions or by a list.
fn selection(args: &mut ExportArgs) -> Result<Selection, SettingsError> {
    let conditions = std::mem::take(&mut args.conditions);
    match args.ids.take() {
        Some(_) if !conditions.0.is_empty() => Err(SettingsError::IdsAndConditions),
        Some(path) if path == Path::new("-") => Ok(Selection::Listed(Input::Stdin)),
        Some(path) => Ok(Selection::Listed(Input::File(path))),
        None => {
            let given = given(conditions)?;
            let dates = args.date_format.clone().unwrap_or_default();
            Ok(Selection::Meeting(Conditions::new(given, &dates, args.server_version)?))
        }
    }
}

/// No file is written over another that is read or written.
fn check_files(
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
fn format(said: Option<FileFormat>, output: &OutputTarget) -> Result<FileFormat, SettingsError> {
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

/// The values of every condition: ids split on commas, or the lines of a file.
fn given(conditions: ConditionArgs) -> Result<Vec<(&'static Parameter, Vec<String>)>, SettingsError> {
    let mut given = Vec::new();
    for (parameter, typed) in conditions.0 {
        let mut values = Vec::new();
        for text in typed {
            if parameter.kind != ValueKind::Id {
                values.push(text);
            } else if text.split(',').all(|id| id.trim().bytes().all(|b| b.is_ascii_digit())) {
                values.extend(text.split(',').map(str::to_owned));
            } else {
                values.extend(lines(&text)?);
            }
        }
        given.push((parameter, values));
    }
    Ok(given)
}

/// The lines of a file of ids: `@FILE`, or just its name. What is no file is left to be refused as an id.
fn lines(text: &str) -> Result<Vec<String>, SettingsError> {
    let (path, is_meant) = match text.strip_prefix('@') {
        Some(path) => (Path::new(path), true),
        None => (Path::new(text), false),
    };
    if !is_meant && !path.is_file() {
        return Ok(text.split(',').map(str::to_owned).collect());
    }
    let content = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::IdsFile { path: path.to_owned(), source })?;
    Ok(content.trim_start_matches('\u{FEFF}').split(['\n', ',']).map(|id| id.trim().to_owned()).collect())
}
