//! What each subcategory of the section does to the store.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZeroUsize;

use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde_json::Value;

use super::answer::{ApiError, CallResult, Done, Payload};
use super::checks::{Arguments, check};
use super::conditions;
use super::history::BookingEntry;
use super::paths;
use super::search::{Nobody, SearchMode};
use super::settings::{BatchAnswer, Settings};
use super::store::{Moment, NotBooked, Store, StoredBooking};
use crate::catalogue::{Action, BILLING_CODES, CUSTOMER, Choice, Meaning, Subcategory, ValueKind};

/// A read shows the billing here a second time.
const BILLING_AGAIN: &str = "billing.id";

/// Checks the call and carries it out.
pub(super) fn perform(
    store: &mut Store,
    subcategory: &'static Subcategory,
    parameters: &BTreeMap<String, String>,
    settings: &Settings,
    at: Moment,
) -> CallResult {
    let arguments = check(subcategory, parameters, settings)?;
    Invocation { store, subcategory, arguments, settings, at }.perform()
}

struct Invocation<'s, 'r> {
    store: &'s mut Store,
    subcategory: &'static Subcategory,
    arguments: Arguments<'r>,
    settings: &'s Settings,
    at: Moment,
}

impl Invocation<'_, '_> {
    fn perform(self) -> Result<Done, ApiError> {
        match self.subcategory.action {
            Action::Add => Ok(self.add()),
            Action::Edit | Action::ChangeBilling | Action::ChangeDateConnect => self.change(),
            Action::ChangeBalance => self.book(),
            Action::Delete => self.delete(),
            Action::Read => self.read(),
            Action::Select => self.select(),
            Action::Find => self.find(),
            Action::History => self.history(),
            Action::Count => self.count(),
        }
    }

    fn add(self) -> Done {
        let id = self.store.add(fields(&self.arguments), self.at);
        Done::ids(vec![id])
    }

    fn change(self) -> Result<Done, ApiError> {
        let id = self.customer()?;
        let found = self.store.change(id, fields(&self.arguments));
        found.then(Done::default).ok_or_else(ApiError::not_found)
    }

    fn book(self) -> Result<Done, ApiError> {
        let amount: Decimal = self.parsed(Meaning::Amount)?;
        let booking = StoredBooking {
            customer: self.customer()?,
            amount,
            note: self.cut(self.arguments.get(Meaning::BookingNote).unwrap_or_default()),
            employee: self.parsed(Meaning::Employee).unwrap_or_default(),
            at: self.at,
        };
        self.store.book(booking).map(|()| Done::default()).map_err(|reason| match reason {
            NotBooked::NobodyThere => ApiError::not_found(),
            NotBooked::OutOfRange => ApiError::bad("the balance would be out of range"),
        })
    }

    /// As much of a booking's note as this server keeps.
    fn cut(&self, note: &str) -> String {
        let limit = self.settings.comment_limit.map_or(usize::MAX, NonZeroUsize::get);
        note.chars().take(limit).collect()
    }

    fn delete(self) -> Result<Done, ApiError> {
        let id = self.customer()?;
        self.store.remove(id).then(Done::default).ok_or_else(ApiError::not_found)
    }

    /// One customer for one id; for several ids, as `--batches` says.
    fn read(self) -> Result<Done, ApiError> {
        let Some(ids) = self.arguments.get(Meaning::Customer) else { return self.read_by_fields() };
        let data = match (ids.split_once(','), self.settings.batches) {
            (None, _) => Payload::Plain(self.one(ids)?),
            // The checks have refused several ids already, if they are refused.
            (Some((first, _)), BatchAnswer::First | BatchAnswer::Refuse) => Payload::Plain(self.one(first)?),
            (Some(_), BatchAnswer::Map) => Payload::Several(self.several(ids)),
            (Some(_), BatchAnswer::List) => {
                Payload::Plain(self.several(ids).into_iter().map(|(_, customer)| customer).collect())
            }
        };
        Ok(Done::data(data))
    }

    fn one(&self, id: &str) -> Result<Value, ApiError> {
        let customer = id.parse().ok().and_then(|id| self.store.get(id));
        customer.cloned().ok_or_else(ApiError::not_found)
    }

    /// Those that exist, in the order asked, each once: `007` and `7` are the same.
    fn several(&self, ids: &str) -> Vec<(u64, Value)> {
        let limit = self.settings.batch_limit.map_or(usize::MAX, NonZeroUsize::get);
        let mut seen = HashSet::new();
        ids.split(',')
            .take(limit)
            .filter_map(|id| id.parse().ok())
            .filter(|id| seen.insert(*id))
            .filter_map(|id| Some((id, self.store.get(id)?.clone())))
            .collect()
    }

    fn read_by_fields(self) -> Result<Done, ApiError> {
        let meets = |customer: &Value| {
            self.arguments
                .given()
                .all(|(parameter, wanted)| conditions::holds(customer, parameter, wanted, false))
        };
        let id = self.store.select(meets).next().ok_or_else(ApiError::not_found)?;
        Ok(Done { ids: None, data: self.store.get(id).cloned().map(Payload::Plain) })
    }

    fn select(self) -> CallResult {
        let like = self.arguments.get(Meaning::Substring) == Some("1");
        let limit = self.parsed(Meaning::Limit).unwrap_or(usize::MAX);
        let meets = |customer: &Value| {
            self.arguments
                .given()
                .all(|(parameter, wanted)| conditions::holds(customer, parameter, wanted, like))
        };
        let found: Vec<u64> = self.store.select(meets).take(limit).collect();
        match self.settings.nobody_listed {
            Some(nobody) if found.is_empty() => nobody.reply(),
            _ => Ok(Done::data(Payload::Selected(found))),
        }
    }

    fn find(self) -> Result<Done, ApiError> {
        let field = self.chosen()?.field;
        if self.settings.search == SearchMode::Blind {
            return self.nobody();
        }
        let sought = self.arguments.get(Meaning::Sought).unwrap_or_default();
        let skip_former = self.arguments.get(Meaning::Former) == Some("1");
        // A customer's id in the billing is one value with two names.
        let fields = if BILLING_CODES.contains(&field) { &BILLING_CODES[..] } else { &[field] };
        let mut found: Vec<u64> =
            fields.iter().flat_map(|field| self.store.find(field, sought, skip_former)).collect();
        found.sort_unstable();
        found.dedup();
        match found {
            found if found.is_empty() => self.nobody(),
            found => Ok(Done::ids(found)),
        }
    }

    fn nobody(&self) -> CallResult {
        self.settings.nobody.map_or_else(|| Ok(Done::ids(Vec::new())), Nobody::reply)
    }

    fn history(self) -> Result<Done, ApiError> {
        let bookings = self.store.history(self.customer()?).ok_or_else(ApiError::not_found)?;
        let shown = BookingEntry::shown(bookings, &self.settings.history, self.at);
        if shown.is_empty() && self.settings.history.none_is_error {
            return Err(ApiError::new(StatusCode::OK, "no operations"));
        }
        Ok(Done::data(Payload::History(shown)))
    }

    fn count(self) -> Result<Done, ApiError> {
        let field = self.chosen()?.field;
        let active = |customer: &Value| {
            paths::first(customer, field).is_some_and(|date| conditions::is_date(&paths::text(date)))
        };
        Ok(Done::data(Payload::Plain(self.store.select(active).count().into())))
    }

    fn customer(&self) -> Result<u64, ApiError> {
        self.parsed(Meaning::Customer)
    }

    /// The value as its type. The checks have made sure that it parses, but a server should not panic if it
    /// does not.
    fn parsed<T: std::str::FromStr>(&self, meaning: Meaning) -> Result<T, ApiError> {
        let value = self.arguments.get(meaning).and_then(|value| value.parse().ok());
        value.ok_or_else(|| ApiError::bad("a parameter is missing or out of range"))
    }

    fn chosen(&self) -> Result<&'static Choice, ApiError> {
        let name = self.arguments.get(Meaning::Typer);
        let choices: &'static [Choice] = match self.subcategory.by_meaning(Meaning::Typer).map(|p| p.kind) {
            Some(ValueKind::Choice(choices)) => choices,
            _ => &[],
        };
        let chosen = choices.iter().find(|choice| Some(choice.name) == name);
        chosen.ok_or_else(|| ApiError::bad("values of this type cannot be searched for"))
    }
}

/// The fields that a call writes, as the store keeps them. The billing is kept in two places.
fn fields(arguments: &Arguments<'_>) -> impl Iterator<Item = (&'static str, Value)> {
    let billing = billing_field();
    arguments.writes().flat_map(move |(path, kind, value)| {
        let value = stored(kind, value);
        let again = (Some(path) == billing).then(|| (BILLING_AGAIN, value.clone()));
        again.into_iter().chain([(path, value)])
    })
}

/// The field that moving a customer to another billing writes.
fn billing_field() -> Option<&'static str> {
    let parameters = CUSTOMER.subcategory(Action::ChangeBilling)?.parameters;
    parameters.iter().find_map(|parameter| match (parameter.kind, parameter.meaning) {
        (ValueKind::Id, Meaning::Sets(path)) => Some(path),
        _ => None,
    })
}

/// IdSet, flags and integers are numbers in an answer, the rest is text.
fn stored(kind: ValueKind, value: &str) -> Value {
    match kind {
        ValueKind::Id | ValueKind::Flag | ValueKind::Integer | ValueKind::NumberOrText => {
            value.parse::<i64>().map_or_else(|_| value.into(), Value::from)
        }
        _ => value.into(),
    }
}
