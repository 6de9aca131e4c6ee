//! `export`: a new one, and one that goes on.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::conditions::{ConditionArgs, condition_files, listed};
use super::error::SettingsError;
use super::export_files::{check_files, format};
use super::options::{
    CommandFiles, CustomerArgs, DisplayArgs, FallsBack as _, PaceArgs, ReadSettings, SelectorArgs,
    SendSettings, ServerArgs, Shown, Terminals, input, output_of_reads,
};
use super::raw_options::{RawOptions, StoredArgs, StoredError, printable};
use super::values;
use crate::catalogue::Version;
use crate::exporting::{
    BatchSize, ColumnChoice, EarlierFile, ExportSpec, FieldPath, FileFormat, ListSpec, NewExport, Selection,
    SheetLocale,
};
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};
use crate::validating::{Conditions, DateOrder};

const HELP: &str = "\
Examples:
  userside-bulk export --is-ex 0 -o customers.xlsx
  userside-bulk export --state-id 2 --balance-to -0.01 --excel -o debtors.csv --total balance
  userside-bulk export --house-id 12,13 --columns id,full_name,agreement.0.number,phone
  userside-bulk export --ids ids.txt --columns all --format jsonl | jq .
  userside-bulk export --is-ex 0 --changes-since may.csv -o changes.csv --quiet

Conditions:
  All conditions must be met; of several values for one condition, one of them.
  Ids may be several, as in 12,13, or the lines of a file. A flag alone means 1.
  --is-ex 0 is everybody who is not a former customer.

Columns:
  Without --columns those that suit accounting. Dates are ISO, a cell without a
  date is empty, HTML's escapes are taken off. JSON lines without --columns are
  the customers as the server sent them.

The output appears whole or not at all. After a stop `userside-bulk resume
OUTPUT.journal` goes on without reading anything twice.

Exit codes:
  0    every customer was read
  1    some could not be read; the others are in the output
  2    wrong usage; nothing was asked
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

/// `export`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ExportArgs {
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Take the customers' ids from a file
    ///
    /// A plain list or a table with a column id; - stands for standard input. A column id:login names customers by login (or
    /// by account, codeti and the other kinds of lookup) in rows without an id.
    #[arg(long, value_name = "FILE", help_heading = "Conditions")]
    ids: Option<PathBuf>,
    #[command(flatten)]
    listed: CustomerArgs,
    /// How dates in conditions are written that can be read in two ways
    ///
    /// dmy, mdy, ymd or a strftime pattern such as %d.%m.%Y.
    #[arg(long, value_name = "FORMAT", help_heading = "Conditions", hide_short_help = true)]
    date_format: Option<DateOrder>,
    #[command(flatten)]
    options: StoredArgs<ExportOptions>,
    /// Write only who is new, differs or is gone since this earlier export
    #[arg(long, value_name = "FILE", help_heading = "Changes", hide_short_help = true)]
    changes_since: Option<PathBuf>,
    /// Where there is no earlier export yet, everybody is new
    #[arg(long, requires = "changes_since", help_heading = "Changes", hide_short_help = true)]
    first_run: bool,
    /// The server's UserSide version, such as 3.17
    ///
    /// Refuses conditions that it does not take.
    #[arg(long, value_name = "VERSION", help_heading = "Server", hide_short_help = true)]
    server_version: Option<Version>,
    #[command(flatten)]
    display: DisplayArgs,
    /// Where the export is remembered, so that it can go on after a stop
    ///
    /// The journal is gone when the output is complete.
    #[arg(long, value_name = "FILE", help_heading = "Journal", hide_short_help = true)]
    #[arg(falls_back_to("OUTPUT.journal"))]
    journal: Option<PathBuf>,
}

/// All that the journal of an export keeps of the options. The conditions are in it checked, and of files that were
/// read the content.
#[derive(Debug, Args)]
pub struct ExportOptions {
    /// Which columns, separated by commas, or all
    ///
    /// Such as id,full_name,phone. Nested values have paths: agreement.0.number is the number of the first agreement, phone.*.number all phones
    /// joined by "; ".
    #[arg(long, value_name = "LIST", value_parser = |text: &str| ColumnChoice::parse(text), help_heading = "Columns")]
    columns: Option<ColumnChoice>,

    /// Where the customers go
    ///
    /// The name's ending says how they are written; - stands for standard output.
    #[arg(long, short, value_name = "FILE", help_heading = "File", falls_back_to("standard output"))]
    output: Option<PathBuf>,
    /// How they are written
    #[arg(long, value_name = "FORMAT", help_heading = "File", hide_short_help = true)]
    #[arg(value_parser = values::named::<FileFormat, _>(FileFormat::ALL.map(|format| (format.name(), format.about()))))]
    #[arg(falls_back_to("what the name of the output says, or else csv"))]
    format: Option<FileFormat>,
    /// CSV that a spreadsheet opens by a double click
    ///
    /// Byte order mark, delimiter and decimals as it wants them. Text that it would run as a formula is made harmless.
    #[arg(long, help_heading = "File")]
    excel: bool,
    /// Whose conventions --excel follows
    #[arg(long, value_name = "LOCALE", help_heading = "File", hide_short_help = true)]
    #[arg(value_parser = values::named::<SheetLocale, _>(SheetLocale::ALL.map(|locale| (locale.name(), locale.about()))))]
    #[arg(falls_back_to(SheetLocale::default().name()))]
    locale: Option<SheetLocale>,
    /// Say what a column adds up to; may be repeated
    #[arg(long, value_name = "COLUMN", value_parser = |text: &str| FieldPath::parse(text), help_heading = "File")]
    total: Vec<FieldPath>,
    /// Write the number of rows and the totals to a file, as JSON
    #[arg(long, value_name = "FILE", help_heading = "File", hide_short_help = true)]
    totals: Option<PathBuf>,
    /// Write the customers that could not be read to a file
    ///
    /// Id and reason. CSV, or a workbook where the name ends in .xlsx.
    #[arg(long, value_name = "FILE", help_heading = "File", value_parser = values::table_file(), hide_short_help = true)]
    errors: Option<PathBuf>,
    /// End with exit code 1 when no row is written
    #[arg(long, help_heading = "File", hide_short_help = true)]
    fail_if_empty: bool,

    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    selector: SelectorArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// Customers per request
    ///
    /// auto finds out whether the server takes several, and then asks for 100, and for more while it answers them all.
    #[arg(long, value_name = "N|auto", help_heading = "Pace", hide_short_help = true, falls_back_to("auto"))]
    batch: Option<BatchSize>,
}

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

impl ExportArgs {
    /// The settings of a new export. Files of conditions are read here.
    pub fn settings(
        self,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<NewExportSettings, SettingsError> {
        let StoredArgs { options, raw } = self.options;
        let condition_files = condition_files(&self.conditions);
        let id_maps = self.listed.known.files();
        let customers = match self.ids {
            Some(_) if !self.conditions.0.is_empty() => return Err(SettingsError::IdsAndConditions),
            None if !self.listed.map.is_empty() || !self.listed.known.id_map.is_empty() => {
                return Err(SettingsError::MapWithoutIds);
            }
            Some(path) => {
                let CustomerArgs { map: mapped, known } = self.listed;
                Selection::Listed(ListSpec { input: input(path), mapped, id_maps: known.id_map })
            }
            None => {
                let dates = self.date_format.unwrap_or_default();
                Selection::Meeting(Conditions::new(listed(self.conditions)?, &dates, self.server_version)?)
            }
        };
        let first_run = self.first_run;
        let earlier = self.changes_since.map(|path| EarlierFile { path, first_run });
        if earlier.as_ref().is_some_and(|earlier| earlier.path == Path::new("-")) {
            return Err(SettingsError::OnlyFile { option: "--changes-since" });
        }
        let settings = options.resolve(self.display.shown(terminals), environment_key)?;
        let journal = match (&settings.export.output, self.journal) {
            (OutputTarget::Stdout, Some(_)) => return Err(SettingsError::JournalOfStdout),
            (OutputTarget::Stdout, None) => None,
            (OutputTarget::File(_), Some(path)) if path == Path::new("-") => {
                return Err(SettingsError::JournalOnStdout);
            }
            (OutputTarget::File(_), Some(path)) => Some(path),
            (OutputTarget::File(output), None) => Some(beside(output, ".journal")),
        };
        let ids = match &customers {
            Selection::Listed(ListSpec { input: Input::File(path), .. }) => Some(path.as_path()),
            _ => None,
        };
        let earlier_file = earlier.as_ref().map(|earlier| earlier.path.as_path());
        let read = CommandFiles::default()
            .reads(ids, "the file of --ids")
            .reads(earlier_file, "the file of --changes-since")
            .reads_all(&condition_files)
            .reads_all(&id_maps)
            .reads_all(&settings.read.send.files);
        check_files(&settings.export, read, journal.as_deref())?;
        let options = StoredExport { options: raw }.to_json();
        Ok(NewExportSettings { settings, begin: NewExport { customers, earlier, journal, options } })
    }
}

impl ExportOptions {
    /// The settings of an export that goes on.
    pub(super) fn resumed(
        self,
        journal: &Path,
        shown: Shown,
        environment_key: Option<String>,
    ) -> Result<ExportSettings, SettingsError> {
        let settings = self.resolve(shown, environment_key)?;
        if settings.export.output == OutputTarget::Stdout {
            return Err(SettingsError::JournalOfStdout);
        }
        let read = CommandFiles::default().reads_all(&settings.read.send.files);
        check_files(&settings.export, read, Some(journal))?;
        Ok(settings)
    }

    fn resolve(self, shown: Shown, environment_key: Option<String>) -> Result<ExportSettings, SettingsError> {
        let send = SendSettings::resolve(&self.server, &self.selector, &self.pace, environment_key)?;
        let output = output_of_reads(self.output, shown.mode)?;
        let format = format(self.format, &output)?;
        let excel = match (self.excel, self.locale) {
            (false, None) => None,
            (false, Some(_)) => return Err(SettingsError::LocaleOfNothing),
            (true, _) if format != FileFormat::Csv => return Err(SettingsError::ExcelOfNoCsv),
            (true, locale) => Some(locale.unwrap_or_default()),
        };
        let export = ExportSpec {
            columns: self.columns.unwrap_or_default(),
            format,
            excel,
            output,
            totals: self.total,
            totals_file: self.totals,
            errors_file: self.errors,
            fail_if_empty: self.fail_if_empty,
            batch: self.batch.unwrap_or(BatchSize::Auto),
        };
        Ok(ExportSettings { read: ReadSettings::new(send, shown), export })
    }
}

/// What a journal keeps of an export's command line: one JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredExport {
    pub(super) options: RawOptions,
}

impl StoredExport {
    /// One JSON text.
    fn to_json(&self) -> String {
        // Maps with text for keys always can be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_json`] wrote, or what somebody else did.
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        serde_json::from_str(text).map_err(|error| StoredError::Form(printable(&error.to_string())))
    }
}
