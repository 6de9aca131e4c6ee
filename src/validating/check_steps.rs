//! The steps of a row: whose customer it is about, and which of the operation's steps it has.

use super::check::Checker;
use super::row_calls::StepSet;
use super::steps::StepPlan;
use super::values::Values;
use super::violation::{Violation, ViolationCode};
use crate::catalogue::{Meaning, Parameter, Step};
use crate::reading::Row;

impl Checker {
    /// The plan for rows that make their customer in the first of several steps, or for all others.
    pub(super) fn plan(&self, is_creating: bool) -> &StepPlan {
        self.plans.creating.as_ref().filter(|_| is_creating).unwrap_or(&self.plans.usual)
    }

    /// Reads the customer of several steps; whether the row names one, rightly or not.
    pub(super) fn find_customer(&mut self, row: &Row, is_usual: bool) -> bool {
        let place = self.customer_place();
        for at in 0..self.plans.customers.len() {
            let at = self.plans.customers[at];
            let before = self.violations.len();
            if let Some(taker) = self.plans.usual.takers[at] {
                self.check_cell(self.columns.bindings[at], taker, row, is_usual);
            }
            if self.violations.len() > before || self.values[place].by_meaning(Meaning::Customer).is_some() {
                return true;
            }
        }
        let before = self.violations.len();
        self.check_keys(true, false, row, is_usual);
        self.violations.len() > before || self.values[place].by_meaning(Meaning::Customer).is_some()
    }

    /// Where the customer of a row is among its values.
    pub(super) fn customer_place(&self) -> usize {
        if self.operation.has_several_steps() { self.operation.step_count() } else { 0 }
    }

    /// The name of the column that names customers.
    pub(super) fn customer_name(&self) -> String {
        let keys = self.columns.keys.iter().map(|key| &key.binding);
        let mut bindings = self.columns.bindings.iter().chain(keys);
        let binding = bindings.find(|binding| binding.parameter.is_customer());
        binding.map_or_else(String::new, |binding| self.columns.name(binding.column))
    }

    /// Whether the row has the step in this place.
    pub(super) fn has(&self, place: usize) -> bool {
        u8::try_from(place).is_ok_and(|place| self.steps.has(Step(place)))
    }

    /// Finds out which steps the row has: those with a value of their own. What a step needs must be there.
    pub(super) fn find_steps(&mut self, is_creating: bool) {
        let (operation, server) = (self.operation, self.rules.server);
        self.steps = StepSet::default();
        for (step, subcategory) in operation.steps() {
            let (place, is_first) = (step.place(), step == Step::FIRST);
            let makes_customer = is_first && self.plans.creating.is_some();
            let is_there = if makes_customer {
                is_creating
            } else if self.parent.is_some_and(|parent| parent.step == step) {
                true
            } else if subcategory.books_money() {
                self.books_something(place)
            } else {
                !self.values[place].is_empty() || self.plan(is_creating).has_constants(place)
            };
            if !is_there {
                self.values[place].clear();
                continue;
            }
            self.steps = self.steps.with(step);
            let needed = subcategory
                .parameters
                .iter()
                .filter(|p| p.presence.is_required() && !p.is_customer() && p.is_in(server));
            for parameter in needed {
                self.require(place, parameter, is_creating);
            }
        }
        if self.steps.is_empty() && self.violations.is_empty() && self.header.is_empty() {
            let reason =
                "the row gives nothing to do: it names a customer, and no value to set and no amount to book";
            self.violations.push(Violation::new(ViolationCode::MissingParameter, None, None, reason));
        }
    }

    /// Whether the row has an amount that is not nothing.
    fn books_something(&self, place: usize) -> bool {
        let amount = self.values[place].by_meaning(Meaning::Amount);
        amount.is_some_and(|amount| amount.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
            || self.plans.usual.constants[place].by_meaning(Meaning::Amount).is_some()
    }

    /// A value that the step can't do without.
    fn require(&mut self, place: usize, parameter: &'static Parameter, is_creating: bool) {
        let is_of =
            |values: &Values| values.iter().any(|(p, value)| p.name == parameter.name && !value.is_empty());
        let plan = self.plan(is_creating);
        if is_of(&self.values[place]) || is_of(&plan.constants[place]) {
            return;
        }
        let bound = self.columns.bindings.iter().zip(&plan.takers).find(|(_, taker)| {
            taker.is_some_and(|taker| taker.place == place && taker.parameter.name == parameter.name)
        });
        let column = bound.map(|(binding, _)| self.columns.name(binding.column));
        // A bad value was told.
        if column.is_some() && self.violations.iter().any(|violation| violation.column == column) {
            return;
        }
        let name = self.operation.column_name(parameter);
        let reason = match column {
            Some(_) => format!("{name} is obligatory here, but the cell is empty"),
            None => format!(
                "no column gives {name}, which this row needs; add one, map one with --map 'COLUMN={name}', or give all rows one value with --set {name}=VALUE"
            ),
        };
        self.violations.push(Violation::new(ViolationCode::MissingParameter, column, None, reason));
    }

    /// The values that are the same in every row.
    pub(super) fn add_constants(&mut self, is_creating: bool) {
        let plan = self.plans.creating.as_ref().filter(|_| is_creating).unwrap_or(&self.plans.usual);
        for step in self.steps.iter() {
            for (parameter, value) in plan.constants[step.place()].iter() {
                self.values[step.place()].push_text(parameter, value);
            }
        }
    }
}

impl StepPlan {
    /// Whether a step gets a value that is the same in every row. That triggers are not to be fired is none.
    fn has_constants(&self, place: usize) -> bool {
        self.constants[place].iter().any(|(parameter, _)| parameter.meaning != Meaning::SkipTriggers)
    }
}
