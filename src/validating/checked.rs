//! A row that is valid by itself: the calls that it becomes, and what it is among the others of its file.

use std::hash::{DefaultHasher, Hasher};

use super::booking_key::{BookingKey, BookingParts};
use super::call::{Call, SequenceKey};
use super::check::{Booking, Checked};
use super::money::Money;
use super::row_calls::{RowCalls, StepCall, StepSet};
use super::values::Values;
use crate::catalogue::{Identity, Meaning, Step, Subcategory};
use crate::reading::LineUnit;

impl Checked<'_> {
    /// The calls of the row, in the order of its steps.
    pub fn calls(&self) -> RowCalls {
        let calls = self.steps().iter().map(|step| StepCall { step, call: self.call(step) });
        RowCalls::new(calls.collect(), self.checker.parent)
    }

    fn call(&self, step: Step) -> Call {
        let checker = self.checker;
        let sequence = checker.rules.allow_duplicates.then(|| self.identity().map(SequenceKey)).flatten();
        let (subcategory, own) = (checker.operation.step(step), &checker.values[step.place()]);
        let customer = subcategory.customer_parameter(checker.rules.server).zip(self.customer_id());
        let values = match customer {
            None if self.has_open_customer() => own.without_customer(),
            Some((parameter, id)) if checker.operation.has_several_steps() => own.after(parameter, id),
            _ => own.clone(),
        };
        let call = Call::new(subcategory, values, sequence);
        if Some(step.place()) == checker.booking { self.identified(call) } else { call }
    }

    /// The call of the first step that the row has.
    #[cfg(test)]
    pub fn to_call(&self) -> Call {
        self.call(self.steps().iter().next().unwrap_or_default())
    }

    /// The booking with its key, or with what makes its key once its customer is known.
    fn identified(&self, call: Call) -> Call {
        match (self.key(), &self.checker.keys, self.booking) {
            (None, Some(keys), Some(booking)) if self.creates() => {
                call.with_key_to_come(keys.clone(), booking.occurrence)
            }
            (key, ..) => call.with_key(key),
        }
    }

    /// Which steps the row has.
    pub fn steps(&self) -> StepSet {
        self.checker.steps
    }

    /// Whether the row's first step makes its customer.
    pub fn creates(&self) -> bool {
        self.checker.creates
    }

    /// Which booking the row is; none also where that is not known before its customer is made. It takes a while to make,
    /// so only those who need it ask.
    pub fn key(&self) -> Option<BookingKey> {
        let Booking { given, occurrence } = self.booking?;
        given.or_else(|| if self.has_open_customer() { None } else { self.key_by_content(occurrence) })
    }

    /// The same of a booking whose customer an earlier step of the row has made or found.
    pub fn key_of(&self, customer: &str) -> Option<BookingKey> {
        let step = self.checker.booking.filter(|_| self.creates() && self.booking.is_some())?;
        let call = self.call(Step(u8::try_from(step).ok()?));
        call.of_customer(customer, self.checker.rules.server).key()
    }

    /// What it is as a booking, by its content.
    fn key_by_content(&self, occurrence: u64) -> Option<BookingKey> {
        self.checker.keys.as_ref()?.key(self.parts()?, occurrence)
    }

    /// What makes the row a booking; none where it books nothing, or its customer is not made yet.
    fn parts(&self) -> Option<BookingParts<'_>> {
        self.booking?;
        let values = &self.checker.values[self.checker.booking?];
        Some(BookingParts {
            customer: self.named_customer()?,
            amount: values.by_meaning(Meaning::Amount)?,
            comment: values.by_meaning(Meaning::BookingNote)?,
        })
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
        self.booked()?.by_meaning(Meaning::BookingNote)
    }

    /// The amount that the row books; none if it books no money.
    pub fn amount(&self) -> Option<Money> {
        self.booked()?.by_meaning(Meaning::Amount)?.parse().ok()
    }

    /// The values of the step that books money.
    fn booked(&self) -> Option<&Values> {
        let booking = self.checker.booking.filter(|step| self.checker.has(*step))?;
        self.checker.values.get(booking)
    }

    /// The id of the customer that the row is about; none if it creates one, or if nobody has looked up who it is.
    pub fn customer_id(&self) -> Option<&str> {
        if self.has_open_customer() { None } else { self.named_customer() }
    }

    /// The customer that the row is about, by id, or by the key as long as the id is not known; none if it creates one.
    fn named_customer(&self) -> Option<&str> {
        let place = self.checker.customer_place();
        self.checker.values.get(place)?.by_meaning(Meaning::Customer)
    }

    /// A fingerprint of the customer that the row is about; none if it creates one.
    pub(super) fn customer(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.named_customer()?.as_bytes());
        Some(hasher.finish())
    }

    /// The call whose parameters tell rows apart; none for a row of several steps that names its customer, which does.
    fn telling(&self) -> Option<(&'static Subcategory, &Values)> {
        let operation = self.checker.operation;
        let is_first = self.creates() || !operation.has_several_steps();
        is_first.then(|| (operation.step(Step::FIRST), &self.checker.values[0]))
    }

    /// What makes two rows duplicates, as a part of a sentence: "customer_id, amount and comment are the
    /// same".
    pub(super) fn identity_names(&self) -> String {
        let parameters = match self.telling() {
            Some((subcategory, _)) => subcategory.parameters,
            None => return format!("{} is the same", self.checker.customer_name()),
        };
        let names: Vec<_> =
            parameters.iter().filter(|p| p.identity != Identity::No).map(|p| p.name).collect();
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
        if !self.checker.operation.has_several_steps() && self.booking.is_some() {
            return self.booking_identity();
        }
        let Some((subcategory, values)) = self.telling() else { return self.customer() };
        let mut hasher = DefaultHasher::new();
        for parameter in subcategory.parameters {
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

    /// The same of the row's booking; none where it has none, or its customer is not made yet.
    pub(super) fn booking_identity(&self) -> Option<u64> {
        let parts = self.parts()?;
        // Where rows say which bookings they are, those are compared with what others are by their content.
        if self.may_be_given() { Some(self.key_by_content(1)?.number()) } else { parts.fingerprint() }
    }

    /// Whether the operation has several steps, so that a row is more than its booking.
    pub(super) fn is_more_than_booking(&self) -> bool {
        self.checker.operation.has_several_steps()
    }
}
