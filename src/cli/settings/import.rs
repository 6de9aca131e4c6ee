//! The settings of `import` and `validate`, and of whatever goes on with an import.

use super::super::import_args::{Empty, ImportArgs, InputArgs, ValidateArgs};
use super::super::stored::StoredOptions;
use super::super::table_args::input;
use super::super::typed::ImportCommand;
use super::error::SettingsError;
use super::journal::{Asks, asks, journal, policy};
use super::output::{Shown, Terminals, named, output};
use super::send::SendSettings;
use crate::catalogue::{CUSTOMER, Operation};
use crate::reading::Mapping;
use crate::running::{InputSpec, RunSpec, ValidateSpec};
use crate::validating::{EmptyCells, Expectation, Rules};

/// `import`, and whatever goes on with one.
#[derive(Debug)]
pub struct ImportSettings {
    /// What the run is told.
    pub spec: RunSpec,
    /// Whether somebody is asked before anything is sent.
    pub asks: Asks,
    /// What the user should know before anything is sent.
    pub warnings: Vec<String>,
    /// What is shown.
    pub shown: Shown,
}

/// `validate`.
#[derive(Debug)]
pub struct ValidateSettings {
    /// What the validation is told.
    pub spec: ValidateSpec,
    /// What is shown.
    pub shown: Shown,
}

impl ImportSettings {
    /// The settings of an import.
    pub fn of_import(
        command: ImportCommand,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let options = StoredOptions::of(&command)?;
        Self::of_options(command.args, &options, terminals, environment_key)
    }

    /// The settings of an import whose options are those of `options`.
    pub(super) fn of_options(
        args: ImportArgs,
        options: &StoredOptions,
        terminals: Terminals,
        environment_key: Option<String>,
    ) -> Result<Self, SettingsError> {
        let SendSettings { connection, warnings } =
            SendSettings::resolve(args.server, &args.pace, environment_key)?;
        let mapping = options.mapping(args.input.operation)?;
        let expectation = expectation(&args.input)?;
        let input = input_spec(args.input, mapping);
        let shown = Shown::resolve(&args.output.shown, terminals);
        let output = output(args.output, &input.input)?;
        let policy = policy(
            &args.journal,
            options,
            input.operation,
            expectation,
            args.skip_invalid,
            args.patience.max_failures,
        )?;
        let journal = journal(args.journal, &input.input, &output, options)?;
        let spec = RunSpec { input, output, connection, journal, policy };
        Ok(Self { spec, asks: asks(args.yes, terminals), warnings, shown })
    }
}

impl ValidateSettings {
    /// The settings of a validation.
    pub fn new(args: ValidateArgs, terminals: Terminals) -> Result<Self, SettingsError> {
        let mapping = match &args.input.mapping {
            Some(path) => Mapping::load(path, args.input.operation)?,
            None => Mapping::default(),
        };
        let expectation = expectation(&args.input)?;
        let input = input_spec(args.input, mapping);
        let shown = Shown::resolve(&args.output.shown, terminals);
        let (results, failed) = named(args.output, &input.input)?;
        Ok(Self { spec: ValidateSpec { input, expectation, results, failed }, shown })
    }
}

/// The rows, and how they are read.
pub(super) fn input_spec(args: InputArgs, mapping: Mapping) -> InputSpec {
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
    InputSpec {
        operation: args.operation,
        dialect: args.table.dialect(),
        sheet: args.table.sheet,
        mapping: mapping.with(args.map, args.set, args.ignore_unknown_columns),
        rules,
        input: input(args.file),
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
