//! Checks one row by the operation's rules: it becomes a call, or all its violations are reported at once.

use std::hash::{DefaultHasher, Hasher};

use super::booking_key::{BookingKey, BookingParts, KeyMaker};
use super::call::{Call, SequenceKey, Values};
use super::cell_text::{CellText, cell_text, of_one_reading, too_many};
use super::characters;
use super::constants::{ConstantError, constant, dates_of, out_of_version};
use super::date_order::DateOrder;
use super::empty_cells::EmptyCells;
use super::kept::Kept;
use super::kinds::normalise;
use super::money::Money;
use super::omitted::Omitted;
use super::rules::{Rules, ValueRules};
use super::scars;
use super::total_row::{cell_of_no_customer, of_no_customer};
use super::value_error::ValueError;
use super::violation::{Rejection, Violation, ViolationCode};
use crate::catalogue::{Identity, Meaning, Operation, Parameter, ValueKind};
use crate::reading::{Binding, CellType, Columns, LineUnit, Row};

/// Checks rows of one input against one operation.
#[derive(Debug, Clone)]
pub struct Checker {
    pub(super) operation: Operation,
    pub(super) columns: Columns,
    pub(super) rules: Rules,
    constants: Values,
    /// How dates are written, for each reading of the columns.
    dates: Vec<Option<DateOrder>>,
    pub(super) header: Vec<Violation>,
    books_money: bool,
    /// Whether the operation makes customers, so that rows name none.
    creates: bool,
    /// None where nothing is booked.
    pub(super) keys: Option<KeyMaker>,
    values: Values,
    pub(super) violations: Vec<Violation>,
    pub(super) omitted: Omitted,
    pub(super) unit: LineUnit,
    /// How many cells of each column hold a date, right or wrong.
    pub(super) filled: Vec<u64>,
}

/// A row that is valid by itself. It borrows the checker's memory: a call is made only when it is needed.
#[derive(Debug)]
pub struct Checked<'c> {
    checker: &'c Checker,
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
        let mut constants = Values::default();
        for (parameter, value) in &columns.constants {
            constant(parameter, value, &rules, &mut constants)?;
        }
        if let Some(skip) = rules.skip_internal_api {
            constants.push_text(skip, "1");
        }
        let filled = vec![0; columns.names.len()];
        let dates = dates_of(&columns, &rules)?;
        let header = columns.problems.iter().map(Violation::from).collect();
        let subcategory = operation.subcategory();
        let books_money = subcategory.by_meaning(Meaning::Amount).is_some();
        let has_note = subcategory.by_meaning(Meaning::BookingNote).is_some();
        Ok(Self {
            books_money,
            creates: subcategory.customer_parameter(None).is_none(),
            keys: has_note.then(|| KeyMaker::new(&rules.list)),
            operation,
            columns,
            rules,
            constants,
            dates,
            header,
            values: Values::default(),
            violations: Vec::new(),
            omitted: Omitted::default(),
            unit: LineUnit::default(),
            filled,
        })
    }

    /// Checks a row, and reports all its violations.
    pub fn check(&mut self, row: &Row) -> Result<Checked<'_>, Rejection> {
        self.values.clear();
        self.omitted.begin_row();
        self.violations.clear();
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
        for place in 0..self.columns.bindings.len() {
            self.check_cell(self.columns.bindings[place], row, is_usual);
        }
        if (self.creates || !self.violations.is_empty())
            && let Some(cell) = cell_of_no_customer(&self.columns, self.creates, row)
        {
            self.violations.clear();
            self.violations.push(of_no_customer(row, cell));
        }
        let given = self.given_key(row);
        if self.violations.is_empty() && self.header.is_empty() {
            for (parameter, value) in self.constants.iter() {
                self.values.push_text(parameter, value);
            }
            self.omitted.keep_row(row.line());
            let booking = self.keys.is_some().then_some(Booking { given, occurrence: 1 });
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

    /// What makes the row that was checked a booking; none where it books nothing.
    fn parts(&self) -> Option<BookingParts<'_>> {
        self.keys.as_ref()?;
        let value = |meaning| self.values.by_meaning(meaning);
        Some(BookingParts {
            customer: value(Meaning::Customer)?,
            amount: value(Meaning::Amount)?,
            comment: value(Meaning::BookingNote)?,
        })
    }

    /// What it is as a booking, by its content.
    fn key(&self, occurrence: u64) -> Option<BookingKey> {
        self.keys.as_ref()?.key(self.parts()?, occurrence)
    }

    /// A bad value makes the row invalid, unless it is to be left out.
    fn refuse(&mut self, parameter: &'static Parameter, violation: Violation) {
        let is_left_out =
            !parameter.presence.is_required() && self.rules.leave_out_bad.contains(&parameter.name);
        if is_left_out {
            self.omitted.bad.push(violation);
        } else {
            self.violations.push(violation);
        }
    }

    fn check_cell(&mut self, binding: Binding, row: &Row, is_usual: bool) {
        let Binding { column, parameter, .. } = binding;
        let text = cell_text(binding, row, &self.columns, &self.dates, &self.rules.dates);
        // Fewer values than parameters leave the others out.
        let Some(CellText { cell, value, is_meant, dates, surplus }) = text else { return };
        if let Some(count) = surplus {
            let reason = too_many(count, binding);
            let name = Some(self.columns.name(column));
            self.violations.push(Violation::new(ViolationCode::BadValue, name, Some(cell), reason));
        }
        let unwrapped = if is_meant { Ok(value) } else { scars::unwrapped(value) };
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
                let reason = format!("{} is obligatory, but the cell is empty", parameter.name);
                self.violations.push(violation(self, ViolationCode::MissingParameter, reason));
            } else if self.rules.empty == EmptyCells::Clear && parameter.is_in(self.rules.server) {
                self.values.push_text(parameter, "");
            }
        } else if !parameter.is_in(self.rules.server) {
            let reason = out_of_version(parameter, self.rules.server);
            self.violations.push(violation(self, ViolationCode::NotInVersion, reason));
        } else {
            let rules = ValueRules { dates, ..self.rules.of_values() };
            let pushed = self.values.push(parameter, |out| {
                unwrapped?;
                if !is_usual {
                    characters::check(value)?;
                    if parameter.is_name_of_customer() {
                        characters::check_name(value)?;
                    }
                }
                if !is_meant {
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

impl Checked<'_> {
    pub fn to_call(&self) -> Call {
        let sequence =
            self.checker.rules.allow_duplicates.then(|| self.identity().map(SequenceKey)).flatten();
        Call::new(self.checker.operation.subcategory(), self.checker.values.clone(), sequence)
            .with_key(self.key())
    }

    /// Which booking the row is. It takes a while to make, so only those who need it ask.
    pub fn key(&self) -> Option<BookingKey> {
        let Booking { given, occurrence } = self.booking?;
        given.or_else(|| self.checker.key(occurrence))
    }

    /// Whether rows of this file may say themselves which bookings they are.
    pub(super) fn may_be_given(&self) -> bool {
        self.checker.columns.result_key.is_some()
    }

    /// What was left out of the row because it is bad: for its result.
    pub fn left_out(&self) -> Option<String> {
        let bad: Vec<String> = self.checker.omitted.bad.iter().map(ToString::to_string).collect();
        (!bad.is_empty()).then(|| format!("left out: {}", bad.join("; ")))
    }

    /// What the numbers of rows count.
    pub(super) fn unit(&self) -> LineUnit {
        self.checker.unit
    }

    /// The note of the booking as the file has it.
    pub(super) fn note(&self) -> Option<&str> {
        self.checker.values.by_meaning(Meaning::BookingNote)
    }

    /// The amount that the row books; none if the operation books no money.
    pub fn amount(&self) -> Option<Money> {
        if !self.checker.books_money {
            return None;
        }
        self.checker.values.by_meaning(Meaning::Amount)?.parse().ok()
    }

    /// A fingerprint of the customer that the row is about; none if the operation creates one.
    pub(super) fn customer(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.checker.values.by_meaning(Meaning::Customer)?.as_bytes());
        Some(hasher.finish())
    }

    /// What makes two rows duplicates, as a part of a sentence: "customer_id, amount and comment are the
    /// same".
    pub(super) fn identity_names(&self) -> String {
        let parameters = self.checker.operation.subcategory().parameters.iter();
        let names: Vec<_> = parameters.filter(|p| p.identity != Identity::No).map(|p| p.name).collect();
        match names.split_last() {
            Some((last, [])) => format!("{last} is the same"),
            Some((last, others)) => format!("{} and {last} are the same", others.join(", ")),
            None => "values are the same".to_owned(),
        }
    }

    /// A fingerprint of the normalised values that make two rows duplicates; none if the row lacks one that
    /// is needed for the comparison.
    ///
    /// Among a million different rows, the probability that two share a fingerprint is below one in ten
    /// million. The later one would then be refused as a duplicate, never sent twice.
    pub fn identity(&self) -> Option<u64> {
        if let Some(parts) = self.booking.and_then(|_| self.checker.parts()) {
            // Where rows say which bookings they are, those are compared with what others are by their content.
            let is_key = self.may_be_given();
            return if is_key { Some(self.checker.key(1)?.number()) } else { parts.fingerprint() };
        }
        let values = &self.checker.values;
        let mut hasher = DefaultHasher::new();
        for parameter in self.checker.operation.subcategory().parameters {
            let value = match parameter.identity {
                Identity::No => continue,
                Identity::Needed => Some(values.iter().find(|(p, _)| p.name == parameter.name)?.1),
                Identity::Where => values.iter().find(|(p, _)| p.name == parameter.name).map(|(_, v)| v),
            };
            hasher.write(parameter.name.as_bytes());
            hasher.write(value.unwrap_or_default().as_bytes());
            hasher.write_u8(0xFF);
        }
        Some(hasher.finish())
    }
}
