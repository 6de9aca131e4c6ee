//! Conditions that customers must meet, checked as rows are, and the searches they need: the API takes one
//! value for a condition, so several values take several searches.

use std::fmt;

use super::call::Call;
use super::date_order::DateOrder;
use super::kinds::normalise_whole;
use super::rules::ValueRules;
use super::value_error::ValueError;
use super::values::Values;
use crate::catalogue::{Action, CUSTOMER, Meaning, Parameter, Subcategory, Version};
use crate::count::Count;

/// Checked conditions. A customer meets them by having one of the values for every parameter.
#[derive(Debug, Clone)]
pub struct Conditions {
    search: &'static Subcategory,
    given: Vec<(&'static Parameter, Vec<String>)>,
    searches: u64,
}

/// The conditions cannot be used for a search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// A value was refused.
    #[error("{option} '{value}': {refusal}")]
    Value {
        /// The option.
        option: String,
        /// The value as it was given.
        value: String,
        /// Why.
        refusal: ValueError,
    },
    /// A limit of 0.
    #[error("{option} '{value}': not a valid limit; write a whole number from 1 on")]
    NoLimit {
        /// The option.
        option: String,
        /// The value as it was given.
        value: String,
    },
    /// An option without a value: ignoring it would select everybody.
    #[error("{option} has no value; give one, or leave the option out")]
    Empty {
        /// The option.
        option: String,
    },
    /// A parameter that can have one value only.
    #[error("{option} can be given only once")]
    Twice {
        /// The option.
        option: String,
    },
    /// The server's version does not take the parameter.
    #[error("{option} exists from UserSide {since} on, and --server-version says {server}")]
    NotInVersion {
        /// The option.
        option: String,
        /// The first version.
        since: Version,
        /// The server's.
        server: Version,
    },
    /// No condition at all. The text says how to ask for everybody.
    #[error("say which customers you want: give at least one condition. {0}")]
    None(String),
    /// More searches than anybody can want.
    #[error("the conditions take {}; give fewer values, or name the customers with --ids", Count(*.0, "search"))]
    TooMany(u64),
    /// The catalogue has no search: a test walks it.
    #[error("the catalogue has no search for customers")]
    NoSearch,
}

/// The option of a parameter, as it is typed.
pub fn option_of(parameter: &Parameter) -> String {
    format!("--{}", parameter.name.replace('_', "-"))
}

impl Conditions {
    /// Checks what was given.
    pub fn new(
        given: impl IntoIterator<Item = (&'static Parameter, Vec<String>)>,
        dates: &DateOrder,
        server: Option<Version>,
    ) -> Result<Self, ConditionError> {
        let search = CUSTOMER.subcategory(Action::Select).ok_or(ConditionError::NoSearch)?;
        let mut checked = Vec::new();
        for (parameter, values) in given {
            let values = check(parameter, &values, dates, server)?;
            if !values.is_empty() {
                checked.push((parameter, values));
            }
        }
        Self::of(search, checked)
    }

    /// The search that customers of every installation meet: those who are not former ones.
    pub fn anybody() -> Result<Self, ConditionError> {
        let search = CUSTOMER.subcategory(Action::Select).ok_or(ConditionError::NoSearch)?;
        let former = search.by_meaning(Meaning::Former).ok_or(ConditionError::NoSearch)?;
        Self::of(search, vec![(former, vec!["0".to_owned()])])
    }

    /// Conditions that were checked before, by the names of their parameters: what a journal keeps of them.
    pub fn checked_before(parts: Vec<(String, Vec<String>)>) -> Result<Self, ConditionError> {
        let search = CUSTOMER.subcategory(Action::Select).ok_or(ConditionError::NoSearch)?;
        let known = |(name, values): (String, Vec<String>)| {
            let parameter = search.parameters.iter().find(|parameter| parameter.name == name);
            parameter.map(|parameter| (parameter, values)).ok_or(ConditionError::NoSearch)
        };
        Self::of(search, parts.into_iter().map(known).collect::<Result<_, _>>()?)
    }

    fn of(
        search: &'static Subcategory,
        given: Vec<(&'static Parameter, Vec<String>)>,
    ) -> Result<Self, ConditionError> {
        /// Two days at ten a second.
        const MOST: u64 = 1_000_000;
        if !given.iter().any(|(parameter, _)| parameter.is_condition()) {
            return Err(ConditionError::None(everybody(search)));
        }
        let count = |(_, values): &(_, Vec<String>)| values.len() as u64;
        let searches = given.iter().map(count).fold(1_u64, u64::saturating_mul);
        if searches > MOST {
            return Err(ConditionError::TooMany(searches));
        }
        Ok(Self { search, given, searches })
    }

    /// What a journal keeps: the names of the parameters, with their values.
    pub fn parts(&self) -> Vec<(String, Vec<String>)> {
        self.given.iter().map(|(parameter, values)| (parameter.name.to_owned(), values.clone())).collect()
    }

    /// How many searches they take; at least one.
    pub fn searches(&self) -> u64 {
        self.searches
    }

    /// The search with this number, counted from 0: one value for each parameter.
    pub fn search(&self, number: u64) -> Call {
        let mut values = Values::default();
        let mut rest = number;
        for (parameter, choices) in &self.given {
            let count = choices.len().max(1) as u64;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a remainder of a length is within the length"
            )]
            let place = (rest % count) as usize;
            rest /= count;
            if let Some(value) = choices.get(place) {
                values.push_text(parameter, value);
            }
        }
        Call::new(self.search, values, None)
    }

    /// The maximum number of customers wanted.
    pub fn limit(&self) -> Option<u64> {
        let (_, values) = self.given.iter().find(|(parameter, _)| parameter.meaning == Meaning::Limit)?;
        values.first()?.parse().ok()
    }
}

/// `house_id 12 or 13, state_id 2`.
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (parameter, values)) in self.given.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            match values.as_slice() {
                [one] => write!(f, "{comma}{} {one}", parameter.name)?,
                several => write!(f, "{comma}{} with {} values", parameter.name, several.len())?,
            }
        }
        Ok(())
    }
}

fn check(
    parameter: &'static Parameter,
    values: &[String],
    dates: &DateOrder,
    server: Option<Version>,
) -> Result<Vec<String>, ConditionError> {
    let option = || option_of(parameter);
    if let (Some(server), Some(since)) = (server, parameter.since)
        && server < since
    {
        return Err(ConditionError::NotInVersion { option: option(), since, server });
    }
    let mut checked: Vec<String> = Vec::with_capacity(values.len());
    for value in values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()) {
        let mut text = String::new();
        normalise_whole(parameter, value, ValueRules::of_dates(dates), &mut text).map_err(|refusal| {
            ConditionError::Value { option: option(), value: value.to_owned(), refusal }
        })?;
        if parameter.meaning == Meaning::Limit && !text.parse::<u64>().is_ok_and(|limit| limit > 0) {
            return Err(ConditionError::NoLimit { option: option(), value: value.to_owned() });
        }
        checked.push(text);
    }
    if checked.is_empty() && !values.is_empty() {
        return Err(ConditionError::Empty { option: option() });
    }
    let mut seen = std::collections::HashSet::new();
    checked.retain(|value| seen.insert(value.clone()));
    if !parameter.is_condition() && checked.len() > 1 {
        return Err(ConditionError::Twice { option: option() });
    }
    Ok(checked)
}

/// How to ask for everybody with one search.
fn everybody(search: &Subcategory) -> String {
    let former = search.by_meaning(Meaning::Former).map(option_of).unwrap_or_default();
    let limits =
        search.parameters.iter().filter(|p| matches!(p.meaning, Meaning::Limit | Meaning::Substring));
    let no_conditions = limits.map(option_of).collect::<Vec<_>>().join(" and ");
    format!(
        "Cheapest is {former} 0: everybody but former customers, in one search ({former} 0 {former} 1: the former ones too). {no_conditions} are not conditions"
    )
}

#[cfg(test)]
mod tests {
    use super::{ConditionError, Conditions};
    use crate::catalogue::{Action, CUSTOMER, Effect, Parameter};
    use crate::validating::DateOrder;

    fn parameter(name: &str) -> &'static Parameter {
        let search = CUSTOMER.subcategory(Action::Select).expect("a search");
        search.parameters.iter().find(|p| p.name == name).expect(name)
    }

    fn conditions(given: &[(&str, &[&str])]) -> Result<Conditions, ConditionError> {
        at(None, given)
    }

    fn at(server: Option<&str>, given: &[(&str, &[&str])]) -> Result<Conditions, ConditionError> {
        let given = given
            .iter()
            .map(|(name, values)| (parameter(name), values.iter().map(|v| (*v).to_owned()).collect()));
        Conditions::new(given, &DateOrder::Unsaid, server.map(|v| v.parse().expect("a version")))
    }

    fn searches(conditions: &Conditions) -> Vec<String> {
        let text = |number| {
            let call = conditions.search(number);
            assert_eq!(call.effect(), Effect::Reads);
            call.values().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        (0..conditions.searches()).map(text).collect()
    }

    #[test]
    fn values_are_normalised_as_those_of_rows() {
        let given = conditions(&[
            ("date_connect_from", &["01.03.2024"]),
            ("balance_to", &["-1 234,50"]),
            ("is_ex", &["нет"]),
        ]);
        assert_eq!(
            searches(&given.expect("conditions")),
            ["date_connect_from=2024-03-01&balance_to=-1234.50&is_ex=0"]
        );
        let refused = conditions(&[("date_connect_to", &["03/04/2024"])]).expect_err("two dates").to_string();
        assert!(refused.starts_with("--date-connect-to '03/04/2024': ambiguous"), "{refused}");
    }

    #[test]
    fn several_values_are_several_searches_and_the_same_value_twice_is_one() {
        let given =
            conditions(&[("house_id", &["1", "2", "1"]), ("state_id", &["5", "6"]), ("limit", &["9"])]);
        let given = given.expect("conditions");
        assert_eq!(
            searches(&given),
            [
                "house_id=1&state_id=5&limit=9",
                "house_id=2&state_id=5&limit=9",
                "house_id=1&state_id=6&limit=9",
                "house_id=2&state_id=6&limit=9",
            ]
        );
        assert_eq!(given.limit(), Some(9));
        let again = Conditions::checked_before(given.parts()).expect("the same");
        assert_eq!(searches(&again), searches(&given));
    }

    #[test]
    fn without_a_condition_nothing_is_searched_and_the_message_says_what_to_type() {
        for none in [&[][..], &[("limit", &["5"][..]), ("is_like", &["1"])]] {
            let error = conditions(none).expect_err("no condition").to_string();
            assert!(error.contains("--is-ex 0: everybody but former customers"), "{error}");
            assert!(error.contains("--limit and --is-like are not conditions"), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for limit in ["0", "-1"] {
            let refused = conditions(&[("state_id", &["1"]), ("limit", &[limit])]).expect_err("no limit");
            let text = format!("--limit '{limit}': not a valid limit; write a whole number from 1 on");
            assert_eq!(refused.to_string(), text);
        }
        let empty = conditions(&[("state_id", &["1"]), ("house_id", &[" ", ""])]).expect_err("no value");
        assert_eq!(empty.to_string(), "--house-id has no value; give one, or leave the option out");
        let twice = conditions(&[("state_id", &["1"]), ("limit", &["1", "2"])]).expect_err("twice");
        assert_eq!(twice.to_string(), "--limit can be given only once");
        let old = at(Some("3.14.5"), &[("state_id", &["1"])]).expect_err("too old").to_string();
        assert_eq!(old, "--state-id exists from UserSide 3.14.58 on, and --server-version says 3.14.5");
        let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let many = conditions(&[("house_id", &many), ("state_id", &many)]).expect_err("too many");
        assert!(many.to_string().contains("take 1,002,001 searches"), "{many}");
    }
}
