//! A checked request: which subcategory is called with which values. Only this folder can make one, so the
//! values of a `Call` are always what the API takes.

use sha2::{Digest as _, Sha256};

use super::booking_key::{BookingKey, BookingParts, KeyMaker};
use super::digest::Digest;
use super::money::Money;
use super::values::Values;
use crate::catalogue::{Action, Effect, Meaning, Parameter, Subcategory, Version};

/// Rows with the same key are sent one after the other, in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceKey(pub(super) u64);

/// A checked request. Its values are kept in one string, because a run holds many calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    subcategory: CalledSubcategory,
    values: Values,
    sequence: Option<SequenceKey>,
    key: Option<BookingKey>,
    /// What makes the key, where the customer is still to come.
    key_to_come: Option<Box<KeyToCome>>,
}

/// Makes the key of a booking once its customer is known.
#[derive(Debug, Clone)]
struct KeyToCome {
    maker: KeyMaker,
    occurrence: u64,
}

/// It is no part of what a call does.
impl PartialEq for KeyToCome {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KeyToCome {}

/// Whom a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallTarget<'c> {
    /// Nobody who is there: it makes a customer, or is about several.
    Nobody,
    /// The customer with this id.
    Known(&'c str),
    /// The customer that an earlier step of the row makes or finds.
    ToCome,
}

/// Two are equal if they do the same.
#[derive(Debug, Clone, Copy)]
struct CalledSubcategory(&'static Subcategory);

impl PartialEq for CalledSubcategory {
    fn eq(&self, other: &Self) -> bool {
        self.0.action == other.0.action
    }
}

impl Eq for CalledSubcategory {}

impl Call {
    pub(super) fn new(
        subcategory: &'static Subcategory,
        values: Values,
        sequence: Option<SequenceKey>,
    ) -> Self {
        Self { subcategory: CalledSubcategory(subcategory), values, sequence, key: None, key_to_come: None }
    }

    /// The same booking of a customer who is still to come.
    pub(super) fn with_key_to_come(self, maker: KeyMaker, occurrence: u64) -> Self {
        Self { key_to_come: Some(Box::new(KeyToCome { maker, occurrence })), ..self }
    }

    /// Whom the call is about.
    pub fn target(&self) -> CallTarget<'_> {
        match self.customer() {
            Some(id) => CallTarget::Known(id),
            None if self.subcategory.0.customer_parameter(None).is_some() => CallTarget::ToCome,
            None => CallTarget::Nobody,
        }
    }

    /// The same call about this customer, who was still to come; a call that has a customer does not change.
    #[must_use]
    pub fn of_customer(self, id: &str, server: Option<Version>) -> Self {
        let Some(parameter) = self.subcategory.0.customer_parameter(server) else { return self };
        if self.customer().is_some() {
            return self;
        }
        let key = self.key.or_else(|| {
            let KeyToCome { maker, occurrence } = self.key_to_come.as_deref()?;
            let amount = self.values.by_meaning(Meaning::Amount)?;
            let parts = BookingParts { customer: id, amount, comment: self.note()? };
            maker.key(parts, *occurrence)
        });
        Self { values: self.values.after(parameter, id), key, key_to_come: None, ..self }
    }

    /// The same call, which is this booking, or one without an identity.
    #[must_use]
    pub fn with_key(self, key: Option<BookingKey>) -> Self {
        Self { key, ..self }
    }

    /// The same call with the note of its booking that `fill` writes, who is handed the present one; calls that book
    /// nothing do not change.
    #[must_use]
    pub fn with_note(&self, fill: impl Fn(&str, &mut String)) -> Self {
        /// Room for what is added.
        const MORE: usize = 24;
        let mut values = self.values.with_room(MORE);
        for (parameter, value) in self.values.iter() {
            if parameter.meaning == Meaning::BookingNote {
                values.push_filled(parameter, |out| fill(value, out));
            } else {
                values.push_text(parameter, value);
            }
        }
        Self { values, key_to_come: self.key_to_come.clone(), ..*self }
    }

    /// The same call with one value more.
    #[must_use]
    pub(super) fn with_value(&self, parameter: &'static Parameter, value: &str) -> Self {
        let mut call = self.clone();
        call.values.push_text(parameter, value);
        call
    }

    /// A short hash of the subcategory and the values. It must stay the same in all versions of the program,
    /// because journals contain it. A tag changes it.
    pub fn digest(&self) -> Digest {
        // Sorted by name: another version of the program may send the values in another order.
        let mut values: Vec<_> = self.values().collect();
        values.sort_unstable();
        // Hashed in one go: to hand over each part costs as much as to hash it.
        let texts = values.iter().map(|(name, value)| name.len() + value.len() + 16);
        let mut message = Vec::with_capacity(self.subcategory().len() + 8 + texts.sum::<usize>());
        let mut part = |text: &str| {
            // With its length before it, no text can pass for the end of one and the start of the next.
            message.extend_from_slice(&(text.len() as u64).to_be_bytes());
            message.extend_from_slice(text.as_bytes());
        };
        part(self.subcategory());
        for (name, value) in values {
            part(name);
            part(value);
        }
        Digest::first_of(&Sha256::digest(&message))
    }

    /// What the call does.
    pub fn action(&self) -> Action {
        self.subcategory.0.action
    }

    /// What happens if the call is made twice.
    pub fn effect(&self) -> Effect {
        self.subcategory.0.effect
    }

    /// The subcategory's name in a request.
    pub fn subcategory(&self) -> &'static str {
        self.subcategory.0.name
    }

    /// Parameters and their values, in the order in which they are sent.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(parameter, value)| (parameter.name, value))
    }

    /// The id of the customer that the call is about; none for a call that creates one.
    pub fn customer(&self) -> Option<&str> {
        self.values.by_meaning(Meaning::Customer)
    }

    /// The same as a number, which takes less room; none also where it is not one.
    pub fn customer_number(&self) -> Option<u64> {
        self.customer()?.parse().ok()
    }

    /// Which booking the call makes; none where it books nothing, or bookings have no identity.
    pub fn key(&self) -> Option<BookingKey> {
        self.key
    }

    /// The note that a booking carries.
    pub fn note(&self) -> Option<&str> {
        self.values.by_meaning(Meaning::BookingNote)
    }

    /// The amount that the call books, if it books money.
    pub fn amount(&self) -> Option<Money> {
        Money::written_by_server(self.values.by_meaning(Meaning::Amount)?)
    }

    /// Parameters of the catalogue with their values, in the order in which they are sent.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static Parameter, &str)> {
        self.values.iter()
    }

    /// Calls with the same key must not be in flight together, and go in file order.
    pub fn sequence(&self) -> Option<SequenceKey> {
        self.sequence
    }
}

#[cfg(test)]
mod tests {
    use super::Call;
    use crate::catalogue::{Effect, Meaning, Step, operation};
    use crate::validating::values::Values;

    fn booking(customer: &str, amount: &str, note: &str) -> Call {
        let subcategory = operation("change_balance").expect("an operation").step(Step::FIRST);
        let mut values = Values::default();
        for (meaning, value) in
            [(Meaning::Customer, customer), (Meaning::Amount, amount), (Meaning::BookingNote, note)]
        {
            values.push_text(subcategory.by_meaning(meaning).expect("a parameter"), value);
        }
        Call::new(subcategory, values, None)
    }

    fn noted(call: &Call) -> Call {
        call.with_note(|note, out| out.push_str(&format!("[t] {note}")))
    }

    /// Journals hold digests: another version of the program must come to the same ones.
    #[test]
    fn a_digest_is_what_it_always_was() {
        let call = booking("1002", "10.50", "fee");
        assert_eq!(call.digest().to_string(), "dcc21aa5a0e11178");
    }

    #[test]
    fn a_digest_does_not_depend_on_the_order_and_does_on_every_border() {
        let reversed = |call: &Call| {
            let mut values = Values::default();
            let pairs: Vec<_> = call.parameters().collect();
            pairs.iter().rev().for_each(|(parameter, value)| values.push_text(parameter, value));
            Call::new(operation("change_balance").expect("an operation").step(Step::FIRST), values, None)
        };
        let call = booking("1002", "10.50", "fee");
        assert_eq!(reversed(&call).digest(), call.digest());
        for other in [booking("1002", "10.5", "0fee"), booking("100", "210.50", "fee"), noted(&call)] {
            assert_ne!(other.digest(), call.digest());
        }
    }

    #[test]
    fn another_note_changes_the_note_and_nothing_else() {
        let call = booking("1002", "10.50", "fee");
        let other = noted(&call);
        assert_eq!(other.note(), Some("[t] fee"));
        assert_eq!((other.customer(), other.amount()), (call.customer(), call.amount()));
        let probe = Call::probe().expect("a probe");
        assert_eq!(noted(&probe), probe);
    }

    #[test]
    fn the_reads_that_a_run_needs_can_be_made() {
        let probe = Call::probe().expect("a probe");
        assert_eq!(probe.effect(), Effect::Reads);
        let delete = operation("delete").expect("delete").step(Step::FIRST);
        let mut values = Values::default();
        values.push_text(delete.customer_parameter(None).expect("a customer"), "1001");
        let read = Call::new(delete, values, None).read_customer().expect("a read");
        assert_eq!((read.effect(), read.customer()), (Effect::Reads, Some("1001")));
    }
}
