//! Checks a call against the catalogue: which parameters it may have, which it must have, and their values.

use std::collections::BTreeMap;

use super::answer::ApiError;
use super::settings::{BatchAnswer, Settings};
use crate::catalogue::{Action, CUSTOMER, Meaning, Parameter, Subcategory, ValueKind, Version};

/// The parameters of a valid call.
#[derive(Debug)]
pub(super) struct Arguments<'r>(Vec<(&'static Parameter, &'r str)>);

impl<'r> Arguments<'r> {
    /// The value of the parameter with this meaning, unless it is missing or empty.
    pub(super) fn get(&self, meaning: Meaning) -> Option<&'r str> {
        self.given().find(|(parameter, _)| parameter.meaning == meaning).map(|(_, value)| value)
    }

    /// The parameters that have a value.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static Parameter, &'r str)> {
        self.0.iter().copied().filter(|(_, value)| !value.is_empty())
    }

    /// The fields of a customer that the call writes, with their types. An empty value clears the field.
    pub(super) fn writes(&self) -> impl Iterator<Item = (&'static str, ValueKind, &'r str)> {
        self.0.iter().filter_map(|(parameter, value)| match parameter.meaning {
            Meaning::Sets(path) => Some((path, parameter.kind, *value)),
            _ => None,
        })
    }
}

/// Checks the parameters of a call against the catalogue, for a server with these settings.
pub(super) fn check<'r>(
    subcategory: &'static Subcategory,
    parameters: &'r BTreeMap<String, String>,
    settings: &Settings,
) -> Result<Arguments<'r>, ApiError> {
    let version = settings.version;
    let reads_several = subcategory.action == Action::Read && settings.batches != BatchAnswer::Refuse;
    if !subcategory.is_in(version) {
        return Err(ApiError::bad(format!("unknown subcategory in this version: {}", subcategory.name)));
    }
    let mut arguments = Vec::with_capacity(parameters.len());
    for (name, value) in parameters {
        let parameter = known(subcategory, name, version)?;
        let value = value.trim();
        if !value.is_empty() && !fits(parameter, value, reads_several) {
            return Err(ApiError::bad(format!(
                "wrong value of parameter {name} ({}): {value}",
                parameter.kind.name()
            )));
        }
        arguments.push((parameter, value));
    }
    let arguments = Arguments(arguments);
    complete(subcategory, &arguments, version)?;
    Ok(arguments)
}

fn known(
    subcategory: &'static Subcategory,
    name: &str,
    version: Option<Version>,
) -> Result<&'static Parameter, ApiError> {
    let parameter = subcategory
        .parameters
        .iter()
        .chain([&CUSTOMER.skip_internal_api])
        .find(|parameter| parameter.name == name)
        .ok_or_else(|| ApiError::bad(format!("unknown parameter: {name}")))?;
    if parameter.is_in(version) {
        return Ok(parameter);
    }
    Err(ApiError::bad(format!("unknown parameter in this version: {name}")))
}

/// Whether the call has everything it needs.
fn complete(
    subcategory: &'static Subcategory,
    arguments: &Arguments<'_>,
    version: Option<Version>,
) -> Result<(), ApiError> {
    let missing =
        |parameter: &Parameter| Err(ApiError::bad(format!("missing parameter: {}", parameter.name)));
    // The customer's parameter has several names over the versions; any one will do. A read may name the
    // customer by other parameters, but then it needs all of them.
    if let Some(customer) = subcategory.customer_parameter(version)
        && customer.presence.is_required()
        && arguments.get(Meaning::Customer).is_none()
        && !is_named_otherwise(subcategory, arguments)
    {
        return missing(customer);
    }
    for parameter in subcategory.parameters.iter().filter(|p| !p.is_customer() && p.is_in(version)) {
        if parameter.presence.is_required() && arguments.get(parameter.meaning).is_none() {
            return missing(parameter);
        }
    }
    if subcategory.action == Action::Select
        && !arguments.given().any(|(parameter, _)| parameter.is_condition())
    {
        return Err(ApiError::bad("at least one condition must be specified"));
    }
    Ok(())
}

fn is_named_otherwise(subcategory: &Subcategory, arguments: &Arguments<'_>) -> bool {
    let mut others =
        subcategory.parameters.iter().filter(|p| matches!(p.meaning, Meaning::Equals(_))).peekable();
    others.peek().is_some() && others.all(|other| arguments.get(other.meaning).is_some())
}

/// Whether a value that is not empty is of its parameter's kind.
fn fits(parameter: &Parameter, value: &str, reads_several: bool) -> bool {
    match (parameter.kind, parameter.meaning) {
        (ValueKind::Id, Meaning::Customer) if reads_several => value.split(',').all(is_customer_id),
        (ValueKind::Id, Meaning::Customer) => is_customer_id(value),
        (ValueKind::Id, Meaning::Equals(_)) => value.split(',').all(is_id),
        (ValueKind::Id, _) => is_id(value),
        (ValueKind::Integer, Meaning::Limit) => is_id(value),
        (kind, _) => fits_kind(kind, value),
    }
}

fn fits_kind(kind: ValueKind, value: &str) -> bool {
    match kind {
        ValueKind::Id => is_id(value),
        ValueKind::Flag => matches!(value, "0" | "1"),
        ValueKind::Date => is_date(value),
        ValueKind::DateTime => {
            let (date, time) = value.split_once(' ').unwrap_or((value, "00:00:00"));
            is_date(date) && is_time(time)
        }
        ValueKind::Money => is_money(value),
        ValueKind::Email => is_email(value),
        ValueKind::Phone => {
            let number = value.strip_prefix('+').unwrap_or(value);
            (3..=20).contains(&number.len()) && is_digits(number)
        }
        ValueKind::Integer => value.parse::<i64>().is_ok() && !value.starts_with('+'),
        ValueKind::NumberOrText | ValueKind::Ip | ValueKind::Mac | ValueKind::Text => true,
        ValueKind::Choice(choices) => choices.iter().any(|choice| choice.name == value),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_id(text: &str) -> bool {
    is_digits(text) && text.parse::<u64>().is_ok()
}

fn is_customer_id(text: &str) -> bool {
    is_digits(text) && text.parse::<u64>().is_ok_and(|id| id > 0)
}

/// `0000-00-00` is how MySQL writes that there is no date.
fn is_date(text: &str) -> bool {
    let digits_and_hyphens = text.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    text.len() == 10
        && digits_and_hyphens
        && (text == "0000-00-00" || text.parse::<jiff::civil::Date>().is_ok())
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let below =
        |part: &str, end: u8| part.len() == 2 && is_digits(part) && part.parse::<u8>().is_ok_and(|n| n < end);
    matches!(parts[..], [h, m, s] if below(h, 24) && below(m, 60) && below(s, 60))
}

fn is_money(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    is_digits(whole) && is_digits(decimals) && rust_decimal::Decimal::from_str_exact(text).is_ok()
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::{ValueKind, fits_kind};

    fn sorts(kind: ValueKind, good: &[&str], bad: &[&str]) {
        for value in good {
            assert!(fits_kind(kind, value), "{kind:?} should take {value}");
        }
        for value in bad {
            assert!(!fits_kind(kind, value), "{kind:?} should refuse {value}");
        }
    }

    #[test]
    fn values_are_sorted_by_their_kind() {
        sorts(ValueKind::Id, &["0", "1", "19448"], &["-1", "+1", "1.0", "x", "1 2", "99999999999999999999"]);
        sorts(ValueKind::Flag, &["0", "1"], &["2", "да", "true", "01"]);
        sorts(
            ValueKind::Date,
            &["2023-03-09", "2024-02-29", "0000-00-00"],
            &["09.03.2023", "2023-02-29", "2023-3-9", "2023-03-09 10:00:00", "2023-13-01", "20230309"],
        );
        sorts(
            ValueKind::DateTime,
            &["2023-03-09", "2023-03-09 16:03:28"],
            &["2023-03-09 24:00:00", "2023-03-09 16:03", "2023-03-09T16:03:28", "2023-03-09 "],
        );
        sorts(
            ValueKind::Money,
            &["0", "-15.40", "1234.56", "79228162514264337593543950335"],
            &["1,5", "1 234", "1e3", ".5", "5.", "+1", "--1", "79228162514264337593543950336", "0x10", "1_0"],
        );
        sorts(ValueKind::Email, &["a@b.c"], &["a", "@b", "a@", "a b@c", "a@b@c"]);
        sorts(ValueKind::Phone, &["+79001234567", "112"], &["8 900 123", "12", "+", "(900)1234567"]);
        sorts(ValueKind::Integer, &["0", "-3", "12"], &["1.5", "+1", "x"]);
    }
}
