//! What is wrong with a header as a whole: values that are given twice, and those that are missing.

use super::binding::Binding;
use super::column_name::shown;
use super::header::Columns;
use super::header_problem::HeaderProblem;
use crate::catalogue::{Operation, Parameter, StepParameter, Version};

impl Columns {
    /// A value is given once, unless each of its names says the step that it is for.
    pub(super) fn find_repeated(&mut self, operation: Operation) {
        self.problems.extend(self.repeated(operation, self.bindings.iter()));
        // A column of keys may stand beside one of ids, and beside nothing else.
        if !self.keys.is_empty() {
            self.problems.extend(self.repeated(operation, self.keys.iter().map(|key| &key.binding)));
        }
    }

    /// What these columns and constants give more than once.
    fn repeated<'b>(
        &self,
        operation: Operation,
        bindings: impl Iterator<Item = &'b Binding>,
    ) -> Vec<HeaderProblem> {
        let mut given: Vec<(StepParameter, Vec<String>)> = Vec::new();
        let columns = bindings.map(|b| {
            (
                StepParameter { parameter: b.parameter, step: b.step },
                format!("column '{}'", self.name(b.column)),
            )
        });
        let constants =
            self.constants.iter().map(|(field, value)| (*field, format!("the constant '{}'", shown(value))));
        for (field, what) in columns.chain(constants) {
            match given.iter_mut().find(|(known, _)| is_same_value(operation, *known, field)) {
                Some((_, all)) => all.push(what),
                None => given.push((field, vec![what])),
            }
        }
        let repeated = given.into_iter().filter(|(_, all)| all.len() > 1);
        let problem = |(field, all): (StepParameter, Vec<String>)| HeaderProblem::Repeated {
            parameter: field.parameter.name,
            given: several(&all),
        };
        repeated.map(problem).collect()
    }

    pub(super) fn find_missing(&mut self, operation: Operation, server: Option<Version>) {
        // Names that were not understood are what is missing.
        if self.problems.iter().any(HeaderProblem::is_of_whole_header) {
            return;
        }
        // Of several steps, rows with a customer have no need of the first.
        if operation.has_several_steps() && self.parameters().any(Parameter::is_customer) {
            return;
        }
        let given = |p: &Parameter| {
            self.parameters().any(|g| {
                if operation.has_several_steps() { g.meaning == p.meaning } else { g.name == p.name }
            })
        };
        let missing: Vec<_> = operation
            .needed(server)
            .into_iter()
            .map(|needed| needed.of.parameter)
            .filter(|p| !given(p))
            .map(|p| HeaderProblem::Missing { parameter: p.name })
            .collect();
        self.problems.extend(missing);
    }
}

/// Whether two columns would give the same value.
fn is_same_value(operation: Operation, one: StepParameter, other: StepParameter) -> bool {
    match (one.step, other.step) {
        (Some(one_step), Some(other_step)) => {
            one_step == other_step && one.parameter.name == other.parameter.name
        }
        _ if operation.has_several_steps() => one.parameter.meaning == other.parameter.meaning,
        _ => one.parameter.name == other.parameter.name,
    }
}

/// What stands for a parameter, joined; a header may have thousands of it.
fn several(all: &[String]) -> String {
    const LISTED: usize = 5;
    match all.len().checked_sub(LISTED).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", all[..LISTED].join(", ")),
        None => all.join(" and "),
    }
}
