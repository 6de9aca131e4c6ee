//! Values that are the same in every row: they are checked once.

use super::call::Values;
use super::characters;
use super::kinds::normalise_whole;
use super::rules::Rules;
use super::value_error::ValueError;
use crate::catalogue::{Parameter, Version};

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
