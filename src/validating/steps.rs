//! Which step of an operation takes which value. A value goes with the first step of the row that takes what it means,
//! whatever that step calls it, unless its column is named with the step. A row that names its customer has no step that
//! makes one.

use super::constants::{ConstantError, constant};
use super::rules::Rules;
use super::values::Values;
use crate::catalogue::{Action, Meaning, Operation, Parameter, Step};
use crate::reading::{Binding, Columns};

/// The one who takes a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taker {
    /// The place of its values: a step's, or the one behind the last for the customer of several steps.
    pub(super) place: usize,
    pub(super) parameter: &'static Parameter,
}

/// How the values of a row go to its steps.
#[derive(Debug, Clone)]
pub(super) struct StepPlan {
    /// Whose the values of each binding are; none where no step takes them.
    pub(super) takers: Vec<Option<Taker>>,
    /// The same of the columns that name customers by keys.
    pub(super) key_takers: Vec<Option<Taker>>,
    /// The values that are the same in every row, by step.
    pub(super) constants: Vec<Values>,
    /// Whether the first step makes the customer of the others.
    pub(super) creates: bool,
}

/// The plans of an operation.
#[derive(Debug, Clone)]
pub(super) struct StepPlans {
    /// For rows that name their customer, if the operation needs one, or that need none.
    pub(super) usual: StepPlan,
    /// For rows of several steps whose first makes the customer: those that name none.
    pub(super) creating: Option<StepPlan>,
    /// The bindings of the customer, where several steps have it in common.
    pub(super) customers: Vec<usize>,
}

impl StepPlans {
    pub(super) fn new(operation: Operation, columns: &Columns, rules: &Rules) -> Result<Self, ConstantError> {
        let creates = operation.step(Step::FIRST).action == Action::Add;
        if !operation.has_several_steps() {
            let usual = plan(operation, columns, rules, true)?;
            return Ok(Self { usual: StepPlan { creates, ..usual }, creating: None, customers: Vec::new() });
        }
        let bindings = columns.bindings.iter().enumerate();
        let customers = bindings.filter(|(_, b)| b.parameter.is_customer()).map(|(place, _)| place).collect();
        let creating = if creates { Some(plan(operation, columns, rules, true)?) } else { None };
        let usual = StepPlan { creates: false, ..plan(operation, columns, rules, !creates)? };
        Ok(Self { usual, creating, customers })
    }
}

/// The plan for rows with all steps, or with all but the first.
fn plan(
    operation: Operation,
    columns: &Columns,
    rules: &Rules,
    has_first: bool,
) -> Result<StepPlan, ConstantError> {
    let mut constants = vec![Values::default(); operation.step_count()];
    for (field, value) in &columns.constants {
        if let Some(taker) = taker(operation, field.parameter, field.step, has_first, rules) {
            constant(taker.parameter, value, rules, &mut constants[taker.place])?;
        }
    }
    if let Some(skip) = rules.skip_internal_api {
        constants.iter_mut().for_each(|values| values.push_text(skip, "1"));
    }
    let taker_of = |binding: &Binding| {
        if binding.parameter.is_customer() && operation.has_several_steps() {
            return Some(Taker { place: operation.step_count(), parameter: binding.parameter });
        }
        taker(operation, binding.parameter, binding.step, has_first, rules)
    };
    Ok(StepPlan {
        takers: columns.bindings.iter().map(taker_of).collect(),
        key_takers: columns.keys.iter().map(|key| taker_of(&key.binding)).collect(),
        constants,
        creates: has_first,
    })
}

fn taker(
    operation: Operation,
    parameter: &'static Parameter,
    step: Option<Step>,
    has_first: bool,
    rules: &Rules,
) -> Option<Taker> {
    if !operation.has_several_steps() {
        return Some(Taker { place: 0, parameter });
    }
    let is_there = |step: Step| has_first || step != Step::FIRST;
    if let Some(step) = step {
        return is_there(step).then_some(Taker { place: step.place(), parameter });
    }
    let mut takers = operation.steps().filter(|(step, _)| is_there(*step)).flat_map(|(step, subcategory)| {
        // Two parameters of a step may mean one thing on different servers.
        let own = subcategory.parameters.iter().filter(|p| p.meaning == parameter.meaning);
        own.map(move |parameter| Taker { place: step.place(), parameter })
    });
    let known = takers.clone().find(|taker| taker.parameter.is_in(rules.server));
    known.or_else(|| takers.next())
}

/// The step that books money, if one does.
pub(super) fn booking_step(operation: Operation) -> Option<Step> {
    let books = operation.steps().find(|(_, subcategory)| subcategory.books_money());
    books.map(|(step, _)| step)
}

/// The step that leaves a note with its booking, by which that can be told from others.
pub(super) fn noted_step(operation: Operation) -> Option<Step> {
    let notes = operation.steps().find(|(_, step)| step.by_meaning(Meaning::BookingNote).is_some());
    notes.map(|(step, _)| step)
}
