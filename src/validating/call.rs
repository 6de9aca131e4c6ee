//! A checked request: which subcategory is called with which values. Only this folder can make one, so
//! whatever holds a `Call` knows that its values are what the API takes.

use crate::catalogue::{Action, CUSTOMER, Effect, Meaning, Parameter, Subcategory, ValueKind};

/// Rows with the same key are sent one after the other, in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceKey(pub(super) u64);

/// A checked request. Values are kept in one string, one behind the other: a run holds many calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    subcategory: Entry,
    values: Values,
    sequence: Option<SequenceKey>,
}

/// The catalogue's entry; two are equal when they do the same.
#[derive(Debug, Clone, Copy)]
struct Entry(&'static Subcategory);

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.0.action == other.0.action
    }
}

impl Eq for Entry {}

/// Normalised values in the order in which they are sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    text: String,
    /// Each parameter with the end of its value in `text`.
    ends: Vec<(&'static Parameter, usize)>,
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.iter().map(|(p, v)| (p.name, v)).eq(other.iter().map(|(p, v)| (p.name, v)))
    }
}

impl Eq for Values {}

impl Values {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Appends a value that `fill` writes behind the others; a failed one leaves nothing behind.
    pub(super) fn push<E>(
        &mut self,
        parameter: &'static Parameter,
        fill: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.text.len();
        let filled = fill(&mut self.text);
        match filled {
            Ok(()) => self.ends.push((parameter, self.text.len())),
            Err(_) => self.text.truncate(start),
        }
        filled
    }

    pub(super) fn push_text(&mut self, parameter: &'static Parameter, value: &str) {
        self.text.push_str(value);
        self.ends.push((parameter, self.text.len()));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Parameter, &str)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts
            .zip(&self.ends)
            .filter_map(|(start, (parameter, end))| Some((*parameter, self.text.get(start..*end)?)))
    }

    pub(super) fn by_meaning(&self, meaning: Meaning) -> Option<&str> {
        self.iter().find(|(p, _)| p.meaning == meaning).map(|(_, value)| value)
    }
}

/// The catalogue cannot express a read that the program needs: a test walks them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue has no such read")]
pub struct CallError;

impl Call {
    pub(super) fn new(
        subcategory: &'static Subcategory,
        values: Values,
        sequence: Option<SequenceKey>,
    ) -> Self {
        Self { subcategory: Entry(subcategory), values, sequence }
    }

    /// A read that changes nothing and needs to know nothing: it finds out whether a server answers.
    pub fn probe() -> Result<Self, CallError> {
        let count = CUSTOMER.subcategory(Action::Count).ok_or(CallError)?;
        let typer = count.by_meaning(Meaning::Typer).ok_or(CallError)?;
        let ValueKind::Choice([first, ..]) = typer.kind else { return Err(CallError) };
        let mut values = Values::default();
        values.push_text(typer, first.name);
        Ok(Self::new(count, values, None))
    }

    /// A read of the customer whom this call is about: it finds out whether the customer is still there.
    pub fn read_customer(&self) -> Result<Self, CallError> {
        let read = CUSTOMER.subcategory(Action::Read).ok_or(CallError)?;
        let parameter = read.by_meaning(Meaning::Customer).ok_or(CallError)?;
        let mut values = Values::default();
        values.push_text(parameter, self.customer().ok_or(CallError)?);
        Ok(Self::new(read, values, None))
    }

    /// What the call does.
    pub fn action(&self) -> Action {
        self.subcategory.0.action
    }

    /// What a repetition of the call does.
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

    /// The id of the customer whom the call is about; none for a call that makes one.
    pub fn customer(&self) -> Option<&str> {
        self.values.by_meaning(Meaning::Customer)
    }

    /// Calls with the same key must not be in flight together, and go in file order.
    pub fn sequence(&self) -> Option<SequenceKey> {
        self.sequence
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Values};
    use crate::catalogue::{Effect, operation};

    #[test]
    fn the_reads_that_a_run_needs_can_be_made() {
        let probe = Call::probe().expect("a probe");
        assert_eq!(probe.effect(), Effect::Reads);
        let delete = operation("delete").expect("delete").subcategory();
        let mut values = Values::default();
        values.push_text(delete.customer_parameter(None).expect("a customer"), "1001");
        let read = Call::new(delete, values, None).read_customer().expect("a read");
        assert_eq!((read.effect(), read.customer()), (Effect::Reads, Some("1001")));
    }
}
