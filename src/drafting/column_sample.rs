//! What was seen of a column: examples, all values where these are few, and of which kinds they are.

use crate::catalogue::Parameter;
use crate::validating::{Trial, tried};

/// How many examples a column has.
const EXAMPLES: usize = 3;
/// How many different values are few.
pub(super) const FEW: usize = 12;
/// How many values of a column are looked at one by one.
const SAMPLE: usize = 2000;
/// How much of a value is kept.
const LENGTH: usize = 200;

/// What was seen of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnSample {
    /// How many cells hold anything.
    pub(super) filled: u64,
    /// The first values.
    sample: Vec<String>,
    /// Different values in their order, as long as these are few.
    different: Vec<String>,
    are_many: bool,
}

impl ColumnSample {
    pub(super) fn see(&mut self, cell: &str) {
        let value = cell.trim();
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        let value: String = value.chars().take(LENGTH).collect();
        if !self.are_many && !self.different.contains(&value) {
            if self.different.len() < FEW {
                self.different.push(value.clone());
            } else {
                self.are_many = true;
            }
        }
        if self.sample.len() < SAMPLE {
            self.sample.push(value);
        }
    }

    pub(super) fn examples(&self) -> impl Iterator<Item = &str> {
        self.different.iter().take(EXAMPLES).map(String::as_str)
    }

    /// All values, where these are few and come again.
    pub(super) fn few(&self) -> Option<&[String]> {
        let come_again = self.filled >= 2 * self.different.len() as u64;
        (!self.are_many && come_again && !self.different.is_empty()).then_some(&self.different)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.sample.iter().map(String::as_str)
    }

    /// The share of the values, in per cent, that something is true of; words for nothing do not count.
    pub(super) fn share(&self, is_so: impl Fn(&str) -> bool) -> usize {
        let (mut all, mut so) = (0, 0);
        for value in self.values().filter(|value| !is_word_for_nothing(value)) {
            all += 1;
            so += usize::from(is_so(value));
        }
        (so * 100_usize).checked_div(all).unwrap_or(0)
    }

    /// The share of the values that a parameter takes, perhaps once its dates are said to be written some way.
    pub(super) fn fits(&self, parameter: &Parameter) -> usize {
        self.share(|value| !matches!(tried(parameter, value), Trial::Refused))
    }
}

/// Words that people write where there is nothing.
const NOTHING: &[&str] = &[
    "-",
    "--",
    "---",
    "\u{2013}",
    "\u{2014}",
    "?",
    "немає",
    "нема",
    "нет",
    "відсутній",
    "відсутня",
    "отсутствует",
    "н/д",
    "н/а",
    "n/a",
    "na",
    "null",
    "none",
    "nil",
    "\\n",
    "00.00.0000",
    "0000-00-00",
    "00.00.00",
    "0000-00-00 00:00:00",
    "01.01.1970",
    "пусто",
];

/// Whether a value is such a word.
pub(super) fn is_word_for_nothing(value: &str) -> bool {
    NOTHING.contains(&value.to_lowercase().as_str())
}
