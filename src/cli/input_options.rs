//! The rows of `import` and `validate`: which table, and how it is read.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::error::SettingsError;
use super::options::{DateArgs, FallsBack as _, IdMapArgs, TableArgs, input};
use super::values;
use crate::catalogue::{CUSTOMER, Operation, Version, nearest, operation, operations};
use crate::reading::{Assignment, Mapping};
use crate::running::{InputSpec, OnBooked};
use crate::validating::{EmptyCells, Expectation, Money, Rules, ServerZone};

/// What is done with which table.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// What to do with every row; see `userside-bulk operations`
    #[arg(value_parser = |text: &str| operation(text), value_name = "OPERATION")]
    pub(super) operation: Operation,
    /// CSV file or workbook; - for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// A TOML file: which column is which parameter
    ///
    /// And how its cells are read, and which values all rows have. `userside-bulk mapping` writes one to start from. --map and
    /// --set take precedence over it.
    #[arg(long, value_name = "FILE", help_heading = "Columns")]
    pub(super) mapping: Option<PathBuf>,
    #[command(flatten)]
    pub(super) known: IdMapArgs,
}

/// How a table is read, and what is known about it beforehand.
#[derive(Debug, Args)]
pub struct InputOptions {
    /// Take a column for a parameter
    ///
    /// An empty PARAMETER leaves the column out. id:login names customers by login; see "Customers by any key" in the book.
    #[arg(long, value_name = "COLUMN=PARAMETER", value_parser = Assignment::of_column, help_heading = "Columns")]
    map: Vec<Assignment>,
    /// Give every row the same value for a parameter
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = Assignment::of_constant, help_heading = "Columns")]
    set: Vec<Assignment>,
    /// Leave out columns that are not parameters, instead of stopping
    #[arg(long, help_heading = "Columns", hide_short_help = true)]
    ignore_unknown_columns: bool,

    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    dates: DateArgs,
    /// What an empty cell means
    #[arg(long, value_name = "WHAT", help_heading = "Input", hide_short_help = true)]
    #[arg(value_parser = values::named::<EmptyCells, _>(EmptyCells::ALL.map(|cells| (cells.name(), cells.about()))))]
    #[arg(falls_back_to(EmptyCells::default().name()))]
    empty: Option<EmptyCells>,
    /// The time zone of the server's clock, such as Europe/Kyiv
    ///
    /// Times with a zone or an offset are converted to it. Without it they are refused.
    #[arg(long, value_name = "ZONE", help_heading = "Input", hide_short_help = true)]
    time_zone: Option<ServerZone>,

    /// Refuse a file with another number of rows
    #[arg(long, value_name = "N", help_heading = "Rules")]
    expect_rows: Option<u64>,
    /// Refuse a file with another total
    ///
    /// The sum of its valid rows, to the last kopeck.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, help_heading = "Rules")]
    expect_total: Option<Money>,
    /// Refuse a file whose valid rows take off another amount in all
    ///
    /// Written without a sign.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, value_parser = values::magnitude, help_heading = "Rules", hide_short_help = true)]
    expect_debit: Option<Money>,
    /// Refuse a file whose valid rows add another amount in all
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true, value_parser = values::magnitude, help_heading = "Rules", hide_short_help = true)]
    expect_credit: Option<Money>,
    /// Send rows that are the same as an earlier one too
    ///
    /// They go one after the other, in the order of the file.
    #[arg(long, help_heading = "Rules", hide_short_help = true)]
    allow_duplicates: bool,
    /// Send bookings of nothing too
    #[arg(long, help_heading = "Rules", hide_short_help = true)]
    allow_zero: bool,
    /// Leave bad values of these parameters out, instead of refusing their rows
    ///
    /// Separated by commas. The results say what was left out. Obligatory parameters are never left out.
    #[arg(
        long,
        value_name = "PARAMETERS",
        value_delimiter = ',',
        help_heading = "Rules",
        hide_short_help = true
    )]
    leave_out_bad: Vec<String>,
    /// Tell the installation not to fire its internal triggers
    #[arg(long, help_heading = "Rules", hide_short_help = true)]
    skip_internal_api: bool,
    /// The server's UserSide version, such as 3.17
    ///
    /// Refuses parameters that it does not take.
    #[arg(long, value_name = "VERSION", help_heading = "Server", hide_short_help = true)]
    server_version: Option<Version>,
}

impl InputOptions {
    /// The rows of this table.
    pub(super) fn spec(self, operation: Operation, file: PathBuf, mapping: Mapping) -> InputSpec {
        let rules = Rules {
            empty: self.empty.unwrap_or_default(),
            dates: self.dates.order(),
            zone: self.time_zone,
            allow_zero: self.allow_zero,
            leave_out_bad: self
                .leave_out_bad
                .iter()
                .filter_map(|name| Some(operation.parameter(name)?.name))
                .collect(),
            server: self.server_version,
            allow_duplicates: self.allow_duplicates,
            list: String::new(),
            skip_internal_api: self.skip_internal_api.then_some(&CUSTOMER.skip_internal_api),
        };
        InputSpec {
            operation,
            table: self.table.choice(),
            mapping: mapping.with(self.map, self.set, self.ignore_unknown_columns),
            id_maps: Vec::new(),
            rules,
            on_booked: OnBooked::default(),
            input: input(file),
        }
    }

    /// What is known about the table beforehand.
    pub(super) fn expectation(&self, operation: Operation) -> Result<Expectation, SettingsError> {
        let sums = [
            ("--expect-total", self.expect_total),
            ("--expect-debit", self.expect_debit),
            ("--expect-credit", self.expect_credit),
        ];
        for (option, _) in sums.into_iter().filter(|(_, sum)| sum.is_some()) {
            only_money(option, operation)?;
        }
        if self.allow_zero {
            only_money("--allow-zero", operation)?;
        }
        self.leave_out_bad.iter().try_for_each(|name| may_be_left_out(name, operation))?;
        Ok(Expectation {
            rows: self.expect_rows,
            total: self.expect_total,
            debit: self.expect_debit,
            credit: self.expect_credit,
        })
    }
}

/// Refuses to leave out what is not a parameter, or what every row needs.
fn may_be_left_out(name: &str, operation: Operation) -> Result<(), SettingsError> {
    let reason = match operation.parameter(name) {
        Some(parameter) if parameter.presence.is_required() => "every row needs it".to_owned(),
        Some(_) => return Ok(()),
        None => {
            let known = operation.fields_in(None);
            let known = known.iter().map(|field| field.name.as_str());
            format!("not a parameter of {}{}", operation.name(), nearest(name, known))
        }
    };
    Err(SettingsError::NotLeftOut { name: name.to_owned(), reason })
}

/// Refuses an option that says something about money where none is booked.
pub(super) fn only_money(option: &'static str, operation: Operation) -> Result<(), SettingsError> {
    if operation.books_money() {
        return Ok(());
    }
    Err(SettingsError::OnlyMoney { option, operation: operation.name() })
}

/// The operations, from the catalogue, with text after them.
pub(super) fn with_operations(text: &str) -> String {
    let mut list = String::from("Operations:\n");
    for operation in operations() {
        let _ = writeln!(list, "  {:<20} {}", operation.name(), operation.summary());
    }
    format!("{list}\n{text}")
}
