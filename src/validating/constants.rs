//! Values that are the same in every row: they are checked once.

use super::characters;
use super::date_order::{DateOrder, ParseDateOrderError};
use super::kinds::normalise_whole;
use super::rules::Rules;
use super::rules::ValueRules;
use super::value_error::ValueError;
use super::values::Values;
use crate::catalogue::{Parameter, Version};
use crate::reading::Columns;

/// A constant of `--set` or of the mapping file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConstantError {
    /// Its value was refused.
    #[error("the constant {parameter}={value} cannot be used: {refusal}")]
    Value {
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: String,
        /// Why.
        refusal: ValueError,
    },
    /// It is empty although its parameter is obligatory.
    #[error(
        "the constant {parameter} is empty, but {parameter} is obligatory; give it a value or leave it out"
    )]
    Empty {
        /// The parameter.
        parameter: &'static str,
    },
    /// A word of a mapping.
    #[error(transparent)]
    Word(Box<WordError>),
    /// A date format of a mapping.
    #[error("line {line} of the mapping file, [date_format] of the column '{column}': {refusal}")]
    DateFormat {
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// Why.
        refusal: ParseDateOrderError,
    },
    /// The server's version does not take it.
    #[error("the constant {parameter}={value} cannot be used: {reason}")]
    NotInVersion {
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: String,
        /// Since when, or until when.
        reason: String,
    },
}

/// A word of a mapping stands for a value that its parameter does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "in the mapping '{word}' of the column '{column}' stands for '{value}', which is not a value of {parameter}: {refusal}"
)]
pub struct WordError {
    word: String,
    column: String,
    value: String,
    parameter: &'static str,
    refusal: ValueError,
}

/// How the dates of columns are written of which the mapping says so. Words that stand for values are tried here, too:
/// a mistake is told once, not with every row.
pub(super) fn dates_of(columns: &Columns, rules: &Rules) -> Result<Vec<Option<DateOrder>>, ConstantError> {
    let mut dates = vec![None; columns.readings.len()];
    for binding in &columns.bindings {
        let (Some(place), Some(reading)) = (binding.reading, columns.reading(*binding)) else { continue };
        let column = || columns.name(binding.column);
        if let Some(format) = &reading.date_format {
            let order = format.text.parse::<DateOrder>();
            let refused =
                |refusal| ConstantError::DateFormat { line: format.line, column: column(), refusal };
            dates[place] = Some(order.map_err(refused)?);
        }
        let order = dates[place].as_ref().unwrap_or(&rules.dates);
        let mut scratch = String::new();
        for (word, value) in reading.words().filter(|(_, value)| !value.is_empty()) {
            normalise_whole(
                binding.parameter,
                value,
                ValueRules { dates: order, ..rules.of_values() },
                &mut scratch,
            )
            .map_err(|refusal| {
                ConstantError::Word(Box::new(WordError {
                    word: word.to_owned(),
                    column: column(),
                    value: value.to_owned(),
                    parameter: binding.parameter.name,
                    refusal,
                }))
            })?;
        }
    }
    Ok(dates)
}

pub(super) fn constant(
    parameter: &'static Parameter,
    value: &str,
    rules: &Rules,
    constants: &mut Values,
) -> Result<(), ConstantError> {
    let name = parameter.name;
    let value = value.trim();
    if !parameter.is_in(rules.server) {
        let reason = out_of_version(parameter, rules.server);
        return Err(ConstantError::NotInVersion { parameter: name, value: value.to_owned(), reason });
    }
    if value.is_empty() {
        if parameter.presence.is_required() {
            return Err(ConstantError::Empty { parameter: name });
        }
        constants.push_text(parameter, "");
        return Ok(());
    }
    constants
        .push(parameter, |out| {
            characters::check(value)?;
            normalise_whole(parameter, value, rules.of_values(), out)
        })
        .map_err(|refusal| ConstantError::Value { parameter: name, value: value.to_owned(), refusal })
}

pub(super) fn out_of_version(parameter: &Parameter, server: Option<Version>) -> String {
    let server = server.map_or_else(String::new, |server| format!(", and --server-version says {server}"));
    match (parameter.since, parameter.until) {
        (Some(since), Some(until)) => {
            format!("{} exists from version {since} until before {until}{server}", parameter.name)
        }
        (Some(since), None) => format!("{} exists from version {since} on{server}", parameter.name),
        (None, Some(until)) => format!("{} exists only before version {until}{server}", parameter.name),
        (None, None) => format!("{} does not exist{server}", parameter.name),
    }
}
