//! Normalised values of one call, kept in one string, because a run holds many calls.

use crate::catalogue::{Meaning, Parameter};

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

    /// Appends a value that `fill` writes; if it fails, nothing is appended.
    pub(super) fn push<T, E>(
        &mut self,
        parameter: &'static Parameter,
        fill: impl FnOnce(&mut String) -> Result<T, E>,
    ) -> Result<T, E> {
        let start = self.text.len();
        let filled = fill(&mut self.text);
        match filled {
            Ok(_) => self.ends.push((parameter, self.text.len())),
            Err(_) => self.text.truncate(start),
        }
        filled
    }

    /// None yet, with room for these and so many bytes more.
    pub(super) fn with_room(&self, more: usize) -> Self {
        Self {
            text: String::with_capacity(self.text.len() + more),
            ends: Vec::with_capacity(self.ends.len()),
        }
    }

    /// Appends a value that `fill` writes.
    pub(super) fn push_filled(&mut self, parameter: &'static Parameter, fill: impl FnOnce(&mut String)) {
        fill(&mut self.text);
        self.ends.push((parameter, self.text.len()));
    }

    pub(super) fn push_text(&mut self, parameter: &'static Parameter, value: &str) {
        self.text.push_str(value);
        self.ends.push((parameter, self.text.len()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// These values after another one.
    pub(super) fn after(&self, parameter: &'static Parameter, value: &str) -> Self {
        let mut values = Self {
            text: String::with_capacity(value.len() + self.text.len()),
            ends: Vec::with_capacity(self.ends.len() + 1),
        };
        values.push_text(parameter, value);
        self.iter().for_each(|(parameter, value)| values.push_text(parameter, value));
        values
    }

    /// These values without the customer.
    pub(super) fn without_customer(&self) -> Self {
        let mut values = Self::default();
        let others = self.iter().filter(|(parameter, _)| !parameter.is_customer());
        others.for_each(|(parameter, value)| values.push_text(parameter, value));
        values
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
