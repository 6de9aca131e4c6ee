//! The settings of `export`, and of what goes on with one.

use std::path::{Path, PathBuf};

use super::super::condition_args::ConditionArgs;
use super::super::export_args::{self, Batch, ExportArgs};
use super::super::stored::StoredExport;
use super::super::typed::ExportCommand;
use super::error::SettingsError;
use super::output::{Terminals, same_file};
use super::read::{ReadSettings, output};
use crate::catalogue::{Parameter, ValueKind};
use crate::exporting::{self, Columns, Format, Locale};
use crate::reading::Input;
use crate::recording::OutputTarget;
use crate::recording::beside;
use crate::validating::Conditions;

/// Everything that an export needs to know.
#[derive(Debug)]
pub struct ExportSettings {
    /// How it is read.
    pub read: ReadSettings,
    /// What is read, and what becomes of it.
    pub plan: ExportPlan,
}

/// What an export reads, and what becomes of it.
#[derive(Debug)]
pub struct ExportPlan {
    /// Which customers.
    pub customers: Customers,
    /// Which columns.
    pub columns: Columns,
    /// How they are written.
    pub format: Format,
    /// Whether CSV opens by a double click, and where.
    pub excel: Option<Locale>,
    /// Where they go.
    pub output: OutputTarget,
    /// Where the export is remembered; none where it is not.
    pub journal: Option<PathBuf>,
    /// The columns that are added up.
    pub totals: Vec<exporting::Path>,
    /// Where the totals go.
    pub totals_file: Option<PathBuf>,
    /// Where those go who cannot be read.
    pub errors_file: Option<PathBuf>,
    /// The earlier export to compare with.
    pub earlier: Option<Earlier>,
    /// Whether no rows are a failure.
    pub fail_if_empty: bool,
    /// How many customers are asked for at once.
    pub batch: Batch,
    /// What the journal keeps.
    pub options: StoredExport,
}

/// Which customers are exported.
#[derive(Debug)]
pub enum Customers {
    /// Who meets these conditions.
    Meeting(Conditions),
    /// Who is in this list.
    Listed(Input),
    /// Whom the journal knows.
    Kept,
}

/// The earlier export to compare with.
#[derive(Debug)]
pub struct Earlier {
    /// The file.
    pub path: PathBuf,
    /// Whether everybody is new where there is none.
    pub first_run: bool,
}

impl ExportSettings {
    /// The settings of a new export. Files of conditions are read here.
    pub fn of_export(
        command: ExportCommand,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let options = StoredExport::of(&command);
        let mut args = command.args;
        let conditions = std::mem::take(&mut args.conditions);
        let customers = match args.ids.take() {
            Some(_) if !conditions.0.is_empty() => return Err(SettingsError::IdsAndConditions),
            Some(path) if path == Path::new("-") => Customers::Listed(Input::Stdin),
            Some(path) => Customers::Listed(Input::File(path)),
            None => {
                let given = given(conditions)?;
                let dates = args.date_format.clone().unwrap_or_default();
                Customers::Meeting(Conditions::new(given, &dates, args.server_version)?)
            }
        };
        Self::resolve(args, customers, options, terminals, environment_key)
    }

    /// The settings of an export that goes on: what its journal keeps, as far as nothing goes over it.
    pub(super) fn of_kept(
        args: ExportArgs,
        options: StoredExport,
        journal: PathBuf,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        // Wherever it was made: the journal is where it was found.
        let args = ExportArgs { journal: Some(journal), ..args };
        Self::resolve(args, Customers::Kept, options, terminals, environment_key)
    }

    fn resolve(
        args: ExportArgs,
        customers: Customers,
        options: StoredExport,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = ReadSettings::resolve(args.read, terminals, environment_key)?;
        let output = output(args.output, read.mode)?;
        let format = format(args.format, &output)?;
        let excel = match (args.excel, args.locale) {
            (false, None) => None,
            (false, Some(_)) => return Err(SettingsError::LocaleOfNothing),
            (true, _) if format != Format::Csv => return Err(SettingsError::ExcelOfNoCsv),
            (true, locale) => Some(locale.map_or_else(Locale::default, locale_of)),
        };
        let journal = match (&output, args.journal) {
            (OutputTarget::Stdout, Some(_)) => return Err(SettingsError::JournalOfStdout),
            (OutputTarget::Stdout, None) => None,
            (OutputTarget::File(_), Some(path)) if path == Path::new("-") => {
                return Err(SettingsError::JournalOnStdout);
            }
            (OutputTarget::File(_), Some(path)) => Some(path),
            (OutputTarget::File(output), None) => Some(beside(output, ".journal")),
        };
        let plan = ExportPlan {
            customers,
            columns: args.columns.unwrap_or_default(),
            format,
            excel,
            output,
            journal,
            totals: args.total,
            totals_file: args.totals,
            errors_file: args.errors,
            earlier: args.changes_since.map(|path| Earlier { path, first_run: args.first_run }),
            fail_if_empty: args.fail_if_empty,
            batch: args.batch,
            options,
        };
        plan.check_files()?;
        Ok(Self { read, plan })
    }
}

impl ExportPlan {
    /// No file is written over another that is read or written.
    fn check_files(&self) -> Result<(), SettingsError> {
        let files = [
            ("--errors", self.errors_file.as_deref()),
            ("--totals", self.totals_file.as_deref()),
            ("--changes-since", self.earlier.as_ref().map(|earlier| &*earlier.path)),
        ];
        if let Some((option, _)) = files.into_iter().find(|(_, path)| *path == Some(Path::new("-"))) {
            return Err(SettingsError::OnlyFile { option });
        }
        let output = match &self.output {
            OutputTarget::File(path) => Some(path.as_path()),
            OutputTarget::Stdout => None,
        };
        let ids = match &self.customers {
            Customers::Listed(Input::File(path)) => Some(path.as_path()),
            _ => None,
        };
        let earlier = self.earlier.as_ref().map(|earlier| earlier.path.as_path());
        let read = [(ids, "the file of --ids"), (earlier, "the file of --changes-since")];
        let written = [
            ("--output", output),
            ("--totals", self.totals_file.as_deref()),
            ("--errors", self.errors_file.as_deref()),
            ("the journal", self.journal.as_deref()),
        ];
        for (place, (what, path)) in written.iter().enumerate() {
            let before = written[..place].iter().map(|(what, path)| (*path, *what));
            if let Some((_, over)) =
                read.into_iter().chain(before).find(|(other, _)| same_file(*path, *other))
            {
                return Err(SettingsError::Overwrites { what, over });
            }
        }
        Ok(())
    }
}

fn locale_of(locale: export_args::Locale) -> Locale {
    match locale {
        export_args::Locale::Uk => Locale::Uk,
        export_args::Locale::Ru => Locale::Ru,
        export_args::Locale::En => Locale::En,
    }
}

/// What was said, or what the name of the output says.
fn format(said: Option<export_args::Format>, output: &OutputTarget) -> Result<Format, SettingsError> {
    match said {
        Some(export_args::Format::Csv) => return Ok(Format::Csv),
        Some(export_args::Format::Xlsx) => return Ok(Format::Xlsx),
        Some(export_args::Format::Jsonl) => return Ok(Format::JsonLines),
        None => {}
    }
    let ending = match output {
        OutputTarget::File(path) => {
            path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase())
        }
        OutputTarget::Stdout => None,
    };
    match ending.as_deref() {
        Some("xlsx") => Ok(Format::Xlsx),
        Some("jsonl" | "ndjson") => Ok(Format::JsonLines),
        Some(other @ ("xls" | "xlsm" | "xlsb" | "ods" | "json")) => {
            Err(SettingsError::NoFormat(format!(".{other}")))
        }
        _ => Ok(Format::Csv),
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
