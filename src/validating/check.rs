//! Checks one row by the operation's rules: it becomes a call, or all its violations are reported at once.

use std::sync::Arc;

use super::booking_key::{BookingKey, KeyMaker};
use super::cell_text::{CellText, cell_text, of_one_reading, too_many};
use super::characters;
use super::constants::{ConstantError, dates_of, out_of_version};
use super::date_order::DateOrder;
use super::empty_cells::EmptyCells;
use super::families::Families;
use super::kept::Kept;
use super::kinds::normalise;
use super::known_keys::{KnownKeys, RowKey};
use super::omitted::Omitted;
use super::row_calls::{ParentToCome, StepSet};
use super::rules::{Rules, ValueRules};
use super::scars;
use super::steps::{StepPlans, Taker, booking_step, noted_step};
use super::total_row::{cell_of_no_customer, of_no_customer};
use super::value_error::ValueError;
use super::values::Values;
use super::violation::{Rejection, Violation, ViolationCode};
use crate::catalogue::{Meaning, Operation, Parameter, Step, ValueKind};
use crate::reading::{Binding, CellType, Columns, LineUnit, Row};

/// Checks rows of one input against one operation.
#[derive(Debug, Clone)]
pub struct Checker {
    pub(super) operation: Operation,
    pub(super) columns: Columns,
    pub(super) rules: Rules,
    pub(super) plans: StepPlans,
    /// How dates are written, for each reading of the columns.
    pub(super) dates: Vec<Option<DateOrder>>,
    pub(super) header: Vec<Violation>,
    /// The step that books money.
    pub(super) booking: Option<usize>,
    /// None where nothing is booked.
    pub(super) keys: Option<KeyMaker>,
    /// The values of the row, by step; behind them the customer of several steps.
    pub(super) values: Vec<Values>,
    /// The steps that the row has.
    pub(super) steps: StepSet,
    /// Whether the row's first step makes its customer.
    pub(super) creates: bool,
    /// Whose keys are whose.
    pub(super) known: KnownKeys,
    /// The keys of the row.
    pub(super) row_keys: Vec<RowKey>,
    /// That one of them is not known, though it should be.
    pub(super) unknown_key: Option<Violation>,
    /// The parent of the row's customer, who has a row of the same file.
    pub(super) parent: Option<ParentToCome>,
    /// The customer of the row that is checked next, which it does not name.
    found: Option<String>,
    /// Who is whose parent among the rows.
    pub(super) families: Option<Arc<Families>>,
    pub(super) violations: Vec<Violation>,
    pub(super) omitted: Omitted,
    pub(super) unit: LineUnit,
    /// How many cells of each column hold a date, right or wrong.
    pub(super) filled: Vec<u64>,
}

/// A row that is valid by itself. It borrows the checker's memory: calls are made only when they are needed.
#[derive(Debug)]
pub struct Checked<'c> {
    pub(super) checker: &'c Checker,
    pub(super) booking: Option<Booking>,
}

/// Which booking a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Booking {
    /// What an earlier result says that it is.
    pub(super) given: Option<BookingKey>,
    /// For the how many'th time it stands in the file, counted from 1.
    pub(super) occurrence: u64,
}

impl Checker {
    /// Prepares the rules. Constants are checked once, here.
    pub fn new(operation: Operation, columns: Columns, rules: Rules) -> Result<Self, ConstantError> {
        let plans = StepPlans::new(operation, &columns, &rules)?;
        let filled = vec![0; columns.names.len()];
        let dates = dates_of(&columns, &rules)?;
        let header = columns.problems.iter().map(Violation::from).collect();
        Ok(Self {
            booking: booking_step(operation).map(Step::place),
            keys: noted_step(operation).map(|_| KeyMaker::new(&rules.list)),
            operation,
            columns,
            rules,
            plans,
            dates,
            header,
            values: vec![Values::default(); operation.step_count() + 1],
            steps: StepSet::default(),
            creates: false,
            known: KnownKeys::default(),
            row_keys: Vec::new(),
            unknown_key: None,
            parent: None,
            found: None,
            families: None,
            violations: Vec::new(),
            omitted: Omitted::default(),
            unit: LineUnit::default(),
            filled,
        })
    }

    /// Checks a row of several steps whose customer was found, although it does not name it: its values go to the steps of
    /// rows that do.
    pub fn check_found(&mut self, row: &Row, customer: &str) -> Result<Checked<'_>, Rejection> {
        self.found = self.operation.has_several_steps().then(|| customer.to_owned());
        self.check(row)
    }

    /// Checks a row, and reports all its violations.
    pub fn check(&mut self, row: &Row) -> Result<Checked<'_>, Rejection> {
        self.values.iter_mut().for_each(Values::clear);
        self.parent = None;
        self.omitted.begin_row();
        self.violations.clear();
        self.row_keys.clear();
        self.unknown_key = None;
        if let Some(flaw) = row.flaws().iter().find(|flaw| flaw.kind.is_of_no_row()) {
            self.violations.push(Violation::new(ViolationCode::BadValue, None, None, flaw.kind.to_string()));
            return Err(self.reject(Vec::new()));
        }
        for flaw in row.flaws().iter().filter(|flaw| flaw.column.is_none()) {
            self.violations.push(Violation::new(ViolationCode::BadValue, None, None, flaw.kind.to_string()));
        }
        if !self.violations.is_empty() {
            // Nobody knows whose cells these are.
            return Err(self.reject(Vec::new()));
        }
        self.check_width(row);
        let is_usual = characters::are_usual(row.text());
        let is_named = match (self.found.take(), self.operation.by_meaning(Meaning::Customer)) {
            (Some(customer), Some(parameter)) => {
                let place = self.customer_place();
                self.values[place].push_text(parameter, &customer);
                true
            }
            _ => self.plans.creating.is_some() && self.find_customer(row, is_usual),
        };
        let is_creating = self.plans.creating.is_some() && !is_named;
        for place in 0..self.columns.bindings.len() {
            if let Some(taker) = self.plan(is_creating).takers[place]
                && taker.place < self.operation.step_count()
            {
                self.check_cell(self.columns.bindings[place], taker, row, is_usual);
            }
        }
        if !self.columns.keys.is_empty() {
            self.check_keys(false, is_creating, row, is_usual);
            if !self.operation.has_several_steps() {
                self.check_keys(true, is_creating, row, is_usual);
                self.require_customer();
            }
        }
        self.creates = self.plan(is_creating).creates;
        if (self.creates || !self.violations.is_empty())
            && let Some(cell) = cell_of_no_customer(&self.columns, self.creates, row)
        {
            self.violations.clear();
            self.violations.push(of_no_customer(row, cell));
        }
        if self.operation.has_several_steps() {
            self.find_steps(is_creating);
        } else {
            self.steps = StepSet::default().with(Step::FIRST);
        }
        let given = self.given_key(row);
        self.require_known_keys();
        if self.violations.is_empty() && self.header.is_empty() {
            self.add_constants(is_creating);
            self.omitted.keep_row(row.line());
            let books = self.booking.is_some_and(|step| self.has(step));
            let booking = (self.keys.is_some() && books).then_some(Booking { given, occurrence: 1 });
            Ok(Checked { checker: self, booking })
        } else {
            Err(self.reject(Vec::new()))
        }
    }

    /// The rejection of a row with these violations besides its own.
    pub fn reject(&mut self, more: Vec<Violation>) -> Rejection {
        let mut own = std::mem::take(&mut self.violations);
        own.extend(more);
        Rejection { own, header: self.header.first().map(|violation| violation.code) }
    }

    /// A bad value makes the row invalid, unless it is to be left out.
    pub(super) fn refuse(&mut self, parameter: &'static Parameter, violation: Violation) {
        let is_left_out =
            !parameter.presence.is_required() && self.rules.leave_out_bad.contains(&parameter.name);
        if is_left_out {
            self.omitted.bad.push(violation);
        } else {
            self.violations.push(violation);
        }
    }

    pub(super) fn check_cell(&mut self, binding: Binding, taker: Taker, row: &Row, is_usual: bool) {
        let (column, Taker { place, parameter }) = (binding.column, taker);
        let text = cell_text(binding, row, &self.columns, &self.dates, &self.rules.dates);
        // Fewer values than parameters leave the others out.
        let Some(CellText { cell, value, is_meant, dates, surplus }) = text else { return };
        if let Some(count) = surplus {
            let reason = too_many(count, binding);
            let name = Some(self.columns.name(column));
            self.violations.push(Violation::new(ViolationCode::BadValue, name, Some(cell), reason));
        }
        let has_no_scar = is_meant || scars::is_bare(value);
        let unwrapped = if has_no_scar { Ok(value) } else { scars::unwrapped(value) };
        let value = unwrapped.unwrap_or(value);
        if parameter.kind.is_date() && !value.is_empty() {
            self.filled[column] += 1;
        }
        let violation = |checker: &Self, code, reason: String| {
            let value = (!cell.is_empty()).then_some(cell);
            Violation::new(code, Some(checker.columns.name(column)), value, reason)
        };
        if row.cell_type(column) == CellType::Date && !parameter.kind.is_date() {
            self.refuse(
                parameter,
                violation(self, ViolationCode::BadValue, ValueError::DateCell.to_string()),
            );
        } else if let Some(flaw) = row.flaw_of(column) {
            self.refuse(parameter, violation(self, ViolationCode::BadValue, flaw.kind.to_string()));
        } else if row.cell_type(column) == CellType::Amount && parameter.kind != ValueKind::Money {
            self.refuse(
                parameter,
                violation(self, ViolationCode::BadValue, ValueError::AmountCell.to_string()),
            );
        } else if value.is_empty() {
            if parameter.presence.is_required() {
                // Of several steps it is not known yet which of them the row has, nor whether a key names the customer.
                if !self.operation.has_several_steps() && !self.has_keys_of(parameter) {
                    let reason = format!("{} is obligatory, but the cell is empty", parameter.name);
                    self.violations.push(violation(self, ViolationCode::MissingParameter, reason));
                }
            } else if self.rules.empty == EmptyCells::Clear
                && parameter.is_in(self.rules.server)
                && !self.has_keys_of(parameter)
            {
                self.values[place].push_text(parameter, "");
            }
        } else if !parameter.is_in(self.rules.server) {
            let reason = out_of_version(parameter, self.rules.server);
            self.violations.push(violation(self, ViolationCode::NotInVersion, reason));
        } else {
            let mut rules = ValueRules { dates, ..self.rules.of_values() };
            // A row of several steps that books nothing has no such step.
            rules.allow_zero |= self.operation.has_several_steps();
            let pushed = self.values[place].push(parameter, |out| {
                unwrapped?;
                if !is_usual {
                    characters::check(value)?;
                    if parameter.is_name_of_customer() {
                        characters::check_name(value)?;
                    }
                }
                if !has_no_scar {
                    scars::check(value)?;
                }
                if parameter.kind == ValueKind::Money {
                    normalise(parameter, &of_one_reading(value, row, column), rules, out)
                } else {
                    normalise(parameter, value, rules, out)
                }
            });
            match pushed {
                Ok(Kept::Whole) => {}
                Ok(Kept::Day) => self.omitted.time(column),
                Err(refusal) => {
                    self.refuse(parameter, Violation::of_value(self.columns.name(column), cell, &refusal));
                }
            }
        }
    }
}
