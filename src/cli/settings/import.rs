//! The settings of `import` and `validate`, and of whatever goes on with an import.

use super::super::import_args::{Empty, ImportArgs, InputArgs, OutputArgs, ValidateArgs};
use super::super::stored::StoredOptions;
use super::super::table_args::input;
use super::super::typed::ImportCommand;
use super::super::values::MaxFailures;
use super::error::SettingsError;
use super::journal::JournalSettings;
use super::output::{OutputSettings, Terminals};
use super::send::SendSettings;
use crate::catalogue::{CUSTOMER, Operation};
use crate::reading::{DialectChoice, Input, Mapping};
use crate::validating::{EmptyCells, Expectation, Rules};

/// Everything that `import` and `validate` need to know.
#[derive(Debug)]
pub struct ImportSettings {
    /// What is done with every row.
    pub operation: Operation,
    /// The input.
    pub input: Input,
    /// What was said about its dialect.
    pub dialect: DialectChoice,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What was said about columns.
    pub mapping: Mapping,
    /// How values are read.
    pub rules: Rules,
    /// What is known about the input beforehand.
    pub expectation: Expectation,
    /// Whether the valid rows of a file with invalid ones are sent.
    pub skip_invalid: bool,
    /// Where results go.
    pub output: OutputSettings,
    /// How rows are sent; none for `validate`.
    pub send: Option<SendSettings>,
    /// When to give up; none for the default.
    pub max_failures: Option<MaxFailures>,
    /// What is remembered of the run, and what follows it; none for `validate`.
    pub journal: Option<JournalSettings>,
}

/// What the settings are for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// Requests leave.
    Send {
        /// What the environment has for a key.
        environment_key: Option<String>,
    },
    /// Rows are only read.
    Read,
}

impl ImportSettings {
    /// The settings of an import.
    pub fn of_import(
        command: ImportCommand,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let options = StoredOptions::of(&command)?;
        Self::of_options(command.args, options, terminals, Purpose::Send { environment_key })
    }

    /// The settings of a validation.
    pub fn of_validate(args: ValidateArgs, terminals: Terminals) -> Result<Self, SettingsError> {
        let mapping = match &args.input.mapping {
            Some(path) => Mapping::load(path, args.input.operation)?,
            None => Mapping::default(),
        };
        Self::resolve(args.input, args.output, mapping, terminals)
    }

    /// The settings of an import whose options are those of `options`.
    pub(super) fn of_options(
        args: ImportArgs,
        options: StoredOptions,
        terminals: Terminals,
        purpose: Purpose,
    ) -> Result<Self, SettingsError> {
        let send = match purpose {
            Purpose::Send { environment_key } => {
                Some(SendSettings::resolve(args.server, &args.pace, environment_key)?)
            }
            Purpose::Read => None,
        };
        let mapping = options.mapping(args.input.operation)?;
        let mut settings = Self::resolve(args.input, args.output, mapping, terminals)?;
        settings.skip_invalid = args.skip_invalid;
        settings.send = send;
        settings.max_failures = args.patience.max_failures;
        settings.output.results_wanted = true;
        settings.journal =
            Some(JournalSettings::resolve(args.journal, &settings, options, args.yes, terminals)?);
        Ok(settings)
    }

    fn resolve(
        args: InputArgs,
        output: OutputArgs,
        mapping: Mapping,
        terminals: Terminals,
    ) -> Result<Self, SettingsError> {
        let expectation = expectation(&args)?;
        let input = input(args.file);
        let rules = Rules {
            empty: match args.empty {
                Empty::Skip => EmptyCells::Skip,
                Empty::Clear => EmptyCells::Clear,
            },
            dates: args.dates.date_format.unwrap_or_default(),
            server: args.server_version,
            allow_duplicates: args.allow_duplicates,
            skip_internal_api: args.skip_internal_api.then_some(&CUSTOMER.skip_internal_api),
        };
        Ok(Self {
            operation: args.operation,
            dialect: args.table.dialect(),
            sheet: args.table.sheet,
            mapping: mapping.with(args.map, args.set, args.ignore_unknown_columns),
            rules,
            expectation,
            skip_invalid: false,
            output: OutputSettings::resolve(output, &input, terminals)?,
            send: None,
            max_failures: None,
            journal: None,
            input,
        })
    }
}

fn expectation(args: &InputArgs) -> Result<Expectation, SettingsError> {
    let sums = [
        ("--expect-total", args.expect_total),
        ("--expect-debit", args.expect_debit),
        ("--expect-credit", args.expect_credit),
    ];
    for (option, _) in sums.into_iter().filter(|(_, sum)| sum.is_some()) {
        only_money(option, args.operation)?;
    }
    Ok(Expectation {
        rows: args.expect_rows,
        total: args.expect_total,
        debit: args.expect_debit,
        credit: args.expect_credit,
    })
}

/// Refuses an option that says something about money where none is booked.
pub(super) fn only_money(option: &'static str, operation: Operation) -> Result<(), SettingsError> {
    if operation.subcategory().books_money() {
        return Ok(());
    }
    Err(SettingsError::OnlyMoney { option, operation: operation.name() })
}
