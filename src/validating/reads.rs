//! The reads that the program makes for itself: whether the server answers, what became of a row, a
//! customer's data. Their parameters are found in the catalogue by meaning.

use super::call::Call;
use super::kinds::{normalise_as, sound};
use super::rules::ValueRules;
use super::value_error::ValueError;
use super::values::Values;
use crate::catalogue::{
    Action, BILLING_ID, CUSTOMER, Choice, Identity, KeyKind, Meaning, NEWER_FIND, POTENTIAL, Parameter,
    READ_BY_ID, Subcategory, UNKNOWN_FIND, ValueKind, Version,
};

/// The catalogue lacks a read that the program needs. A test makes all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue has no such read")]
pub struct CallError;

/// A value cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// The value is not of the right type.
    #[error(transparent)]
    Refused(#[from] ValueError),
    /// The catalogue has no such read.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// The customer id in a cell.
pub fn customer_id(value: &str) -> Result<u64, ValueError> {
    let value = sound(value.trim())?;
    let mut text = String::new();
    let _ = normalise_as(ValueKind::Id, true, value, ValueRules::NONE, &mut text)?;
    text.parse().map_err(|_| ValueError::NoId)
}

/// A value by which a customer is named, as it is searched for.
pub fn key_value(kind: KeyKind, value: &str) -> Result<String, ValueError> {
    let value = sound(value.trim())?;
    let mut text = String::new();
    let _ = normalise_as(kind.choice().kind, false, value, ValueRules::NONE, &mut text)?;
    Ok(text)
}

/// A search for the customer that a call has created, or would create a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The read.
    pub call: Call,
    /// What is searched for, for people: `codeti 1234`.
    pub what: String,
}

impl Call {
    /// A read that needs no data: it shows whether the server answers.
    pub fn probe() -> Result<Self, CallError> {
        let count = subcategory(Action::Count)?;
        let typer = count.by_meaning(Meaning::Typer).ok_or(CallError)?;
        let ValueKind::Choice([first, ..]) = typer.kind else { return Err(CallError) };
        Ok(read(count, &[(typer, first.name)]))
    }

    /// A read of the customer that this call is about.
    pub fn read_customer(&self) -> Result<Self, CallError> {
        Self::read_customer_by_id(self.customer().ok_or(CallError)?)
    }

    /// A read of the customer with this id.
    pub fn read_customer_by_id(id: &str) -> Result<Self, CallError> {
        let reading = subcategory(Action::Read)?;
        let parameter = reading.by_meaning(Meaning::Customer).ok_or(CallError)?;
        Ok(read(reading, &[(parameter, id)]))
    }

    /// A read of several customers at once, for servers that take a list.
    pub fn read_customers(ids: &[u64]) -> Result<Self, CallError> {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        Self::read_customer_by_id(&ids.join(","))
    }

    /// The same read of customers with the parameter that some newer servers have for them.
    pub fn newer_read(&self) -> Option<Self> {
        let customers = self.customer().filter(|_| self.action() == Action::Read)?;
        let parameter = READ_BY_ID.by_meaning(Meaning::Customer)?;
        Some(read(READ_BY_ID, &[(parameter, customers)]))
    }

    /// A search for customers by one value, normalised by the type of what is searched for; `skip_former`
    /// leaves former customers out.
    pub fn find(choice: &'static Choice, value: &str, skip_former: bool) -> Result<Self, FindError> {
        let find = subcategory(Action::Find)?;
        let typer = find.by_meaning(Meaning::Typer).ok_or(CallError)?;
        let sought = find.by_meaning(Meaning::Sought).ok_or(CallError)?;
        let former = find.by_meaning(Meaning::Former).ok_or(CallError)?;
        let mut values = Values::default();
        values.push_text(typer, choice.name);
        let value = sound(value)?;
        values
            .push(sought, |out| normalise_as(choice.kind, false, value, ValueRules::NONE, out).map(drop))?;
        if skip_former {
            values.push_text(former, "1");
        }
        Ok(Self::new(find, values, None))
    }

    /// A count of the customers that are active in this way.
    pub fn count(choice: &'static Choice) -> Result<Self, CallError> {
        let count = subcategory(Action::Count)?;
        let typer = count.by_meaning(Meaning::Typer).ok_or(CallError)?;
        Ok(read(count, &[(typer, choice.name)]))
    }

    /// Reads of the customer's operations, one for each parameter that names the customer in some version,
    /// newest first; only one if the server's version is known.
    pub fn histories(customer: &str, server: Option<Version>) -> Result<Vec<Self>, CallError> {
        let history = subcategory(Action::History)?;
        let ways = history.parameters.iter().rev().filter(|p| p.is_customer() && p.is_in(server));
        Ok(ways.map(|parameter| read(history, &[(parameter, customer)])).collect())
    }

    /// A search for the customer that this call creates: by the value that identifies a customer, or else by
    /// another searchable value. None if the row has neither, or creates nobody.
    pub fn find_same(&self) -> Option<Search> {
        self.search(true).or_else(|| self.search(false))
    }

    /// The same search under the name that newer servers know; none where they have no such kind of value.
    pub fn newer_find(&self) -> Option<Self> {
        self.find_in(NEWER_FIND)
    }

    /// The same search under a name that no server knows.
    pub fn unknown_find(&self) -> Option<Self> {
        self.find_in(UNKNOWN_FIND)
    }

    /// A search for customers who are where the one that this call creates will be: in its billing, or, where it names
    /// none, anywhere.
    pub fn neighbours(&self) -> Option<Self> {
        let select = CUSTOMER.subcategory(Action::Select)?;
        let (condition, value) = match self.set(BILLING_ID) {
            Some(billing) => (Meaning::Equals(BILLING_ID), billing),
            None => (Meaning::Former, "0"),
        };
        Some(read(select, &[(select.by_meaning(condition)?, value)]))
    }

    /// The billing in which the customer will be whom this call creates; none where that is not certain.
    pub fn billing_of_new(&self) -> Option<&str> {
        let is_potential = self.set(POTENTIAL).is_some_and(|flag| flag != "0");
        self.set(BILLING_ID).filter(|_| self.action() == Action::Add && !is_potential)
    }

    /// A search for customers who meet these conditions, of whom so many are enough where that is said, and a server of
    /// this version takes a limit; none where it does not take a condition.
    pub fn select(
        conditions: &[(Meaning, &str)],
        enough: Option<u64>,
        server: Option<Version>,
    ) -> Option<Self> {
        let select = CUSTOMER.subcategory(Action::Select)?;
        let known = |meaning| select.by_meaning(meaning).filter(|parameter| parameter.is_in(server));
        let (enough, limit) = (enough.map(|enough| enough.to_string()), known(Meaning::Limit));
        let limit = limit.zip(enough.as_deref());
        let conditions = conditions.iter().map(|(meaning, value)| Some((known(*meaning)?, *value)));
        let pairs: Option<Vec<_>> = conditions.chain(limit.map(Some)).collect();
        Some(read(select, &pairs?))
    }

    /// What the call sets this field to.
    fn set(&self, field: &'static str) -> Option<&str> {
        let set = self.parameters().find(|(parameter, _)| parameter.meaning == Meaning::Sets(field));
        set.map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// By which kind of value this call looks for a customer, as its own subcategory names it; none where it does not.
    pub fn kind_of_search(&self) -> Option<&str> {
        let typer = self.parameters().find(|(parameter, _)| parameter.meaning == Meaning::Typer);
        typer.filter(|_| self.action() == Action::Find).map(|(_, kind)| kind)
    }

    fn find_in(&self, find: &'static Subcategory) -> Option<Self> {
        let kinds = |find: &'static Subcategory| match find.by_meaning(Meaning::Typer)?.kind {
            ValueKind::Choice(choices) => Some(choices),
            _ => None,
        };
        let own = kinds(CUSTOMER.subcategory(Action::Find)?)?;
        let mut values = Values::default();
        for (parameter, value) in self.parameters() {
            let there = find.by_meaning(parameter.meaning)?;
            if parameter.meaning == Meaning::Typer {
                let field = own.iter().find(|choice| choice.name == value)?.field;
                let newer = kinds(find)?.iter().find(|choice| choice.field == field)?;
                values.push_text(there, newer.name);
            } else {
                values.push_text(there, value);
            }
        }
        (self.action() == Action::Find).then(|| Self::new(find, values, None))
    }

    /// The same by the identifying value alone, which no two customers share.
    pub fn find_identical(&self) -> Option<Search> {
        self.search(true)
    }

    fn search(&self, needed: bool) -> Option<Search> {
        if self.action() != Action::Add {
            return None;
        }
        let find = CUSTOMER.subcategory(Action::Find)?;
        let (typer, sought) = (find.by_meaning(Meaning::Typer)?, find.by_meaning(Meaning::Sought)?);
        let ValueKind::Choice(choices) = typer.kind else { return None };
        let found = self.parameters().find_map(|(parameter, value)| {
            let is_kind = (parameter.identity == Identity::Needed) == needed;
            let choice = (is_kind && !value.is_empty()).then(|| choice_for(choices, parameter))??;
            Some((parameter, choice, value))
        });
        let (parameter, choice, value) = found?;
        let call = read(find, &[(typer, choice.name), (sought, value)]);
        Some(Search { call, what: format!("{} {value}", parameter.name) })
    }
}

/// The kind of search that finds a customer by the value of this parameter.
fn choice_for(choices: &'static [Choice], parameter: &Parameter) -> Option<&'static Choice> {
    let Meaning::Sets(path) = parameter.meaning else { return None };
    choices.iter().find(|choice| choice.field == path)
}

fn subcategory(action: Action) -> Result<&'static Subcategory, CallError> {
    CUSTOMER.subcategory(action).ok_or(CallError)
}

fn read(subcategory: &'static Subcategory, pairs: &[(&'static Parameter, &str)]) -> Call {
    let mut values = Values::default();
    pairs.iter().for_each(|(parameter, value)| values.push_text(parameter, value));
    Call::new(subcategory, values, None)
}

#[cfg(test)]
mod tests {
    use super::{Call, FindError, Values, customer_id};
    use crate::catalogue::{Action, BILLING_ID, Effect, Meaning, Step, choices, operation};
    use crate::validating::ValueError;

    fn add(pairs: &[(&str, &str)]) -> Call {
        let add = operation("add").expect("add");
        let mut values = Values::default();
        for (name, value) in pairs {
            values.push_text(add.parameter(name).expect("a parameter"), value);
        }
        Call::new(add.step(Step::FIRST), values, None)
    }

    fn pairs(call: &Call) -> Vec<(&str, &str)> {
        call.values().collect()
    }

    #[test]
    fn a_history_is_asked_for_as_the_version_wants_it() {
        let asked = |server: Option<&str>| {
            let server = server.map(|version| version.parse().expect("a version"));
            let histories = Call::histories("1002", server).expect("a read");
            assert!(histories.iter().all(|call| call.effect() == Effect::Reads));
            histories.iter().flat_map(|call| pairs(call)).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(asked(Some("3.16.23")), ["usercode"]);
        assert_eq!(asked(Some("3.17")), ["customer_id"]);
        assert_eq!(asked(None), ["customer_id", "usercode"]);
    }

    #[test]
    fn a_customer_is_looked_for_by_the_value_that_tells_them_apart_first() {
        let same = |pairs: &[(&str, &str)]| add(pairs).find_same();
        let both = same(&[("fio", "x"), ("billing_customer_id", "b7"), ("codeti", "7")]).expect("a search");
        assert_eq!(pairs(&both.call), [("data_typer", "codeti"), ("data_value", "7")]);
        assert_eq!(both.what, "codeti 7");
        let billing = same(&[("codeti", ""), ("billing_customer_id", "b7")]).expect("a search");
        assert_eq!(pairs(&billing.call), [("data_typer", "billing_uid"), ("data_value", "b7")]);
        assert_eq!(billing.what, "billing_customer_id b7");
        assert_eq!(same(&[("fio", "x"), ("billing_id", "1")]), None);
        assert_eq!(add(&[("billing_customer_id", "b7")]).find_identical(), None);
        assert!(add(&[("codeti", "7")]).find_identical().is_some());
    }

    #[test]
    fn values_that_are_looked_for_are_read_as_their_type_wants() {
        let find = |kind: &str, value: &str, skip_former| {
            let choice = choices(Action::Find).iter().find(|choice| choice.name == kind).expect(kind);
            Call::find(choice, value, skip_former)
        };
        let call = find("mac", "00-1A-2B-3C-4D-5E", true).expect("a search");
        assert_eq!(
            pairs(&call),
            [("data_typer", "mac"), ("data_value", "001a2b3c4d5e"), ("is_skip_old", "1")]
        );
        let call = find("phone", "+38 (067) 000-11-22", false).expect("a search");
        assert_eq!(pairs(&call), [("data_typer", "phone"), ("data_value", "+380670001122")]);
        assert_eq!(find("ip", "10.0.0.300", false), Err(FindError::Refused(ValueError::NoIp)));
        let count = Call::count(&choices(Action::Count)[1]).expect("a count");
        assert_eq!(pairs(&count), [("type", "internet")]);
        let read = Call::read_customers(&[7, 8]).expect("a read");
        assert_eq!(pairs(&read), [("customer_id", "7,8")]);
    }

    #[test]
    fn a_customers_id_is_read_as_those_of_rows_are() {
        assert_eq!(customer_id(" 1001 "), Ok(1001));
        for (value, refusal) in [
            ("0", ValueError::ZeroId),
            ("007", ValueError::LeadingZeros),
            ("", ValueError::NoId),
            ("1001a", ValueError::NoId),
        ] {
            assert_eq!(customer_id(value), Err(refusal), "{value}");
        }
    }

    #[test]
    fn a_search_for_anybody_says_how_many_are_enough_where_the_server_understands() {
        let select = |server: Option<&str>| {
            let server = server.map(|version| version.parse().expect("a version"));
            let conditions = [(Meaning::Equals(BILLING_ID), "7"), (Meaning::Former, "1")];
            Call::select(&conditions, Some(1), server)
        };
        let call = Call::select(&[(Meaning::Equals(BILLING_ID), "7")], Some(2), None).expect("a search");
        assert_eq!(pairs(&call), [("billing_id", "7"), ("limit", "2")]);
        assert!(select(Some("3.16")).is_some() && select(Some("3.15.27")).is_some());
        assert_eq!(select(Some("3.15.25")), None);
    }

    #[test]
    fn where_a_new_customer_will_be_is_certain_only_of_one_who_is_not_potential() {
        assert_eq!(add(&[("billing_id", "7")]).billing_of_new(), Some("7"));
        assert_eq!(add(&[("billing_id", "7"), ("is_potential", "0")]).billing_of_new(), Some("7"));
        for none in
            [&[("billing_id", "7"), ("is_potential", "1")][..], &[("billing_id", "")], &[("fio", "x")]]
        {
            assert_eq!(add(none).billing_of_new(), None, "{none:?}");
        }
    }

    #[test]
    fn only_a_call_that_makes_a_customer_is_looked_for() {
        assert_eq!(Call::probe().expect("a probe").find_same(), None);
    }
}
