//! Which parameter each column probably is.

use std::collections::HashSet;

use super::column_sample::ColumnSample;
use crate::catalogue::{
    Action, KeyKind, Likeness, NamedParameter, Operation, Parameter, ValueKind, spoken_of,
};
use crate::reading::MappingKeys;
use crate::validating::{Trial, tried};

/// What a column probably is.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnGuess {
    /// The parameters that it gives values; none where it can't be told.
    pub(super) parameters: Vec<NamedParameter>,
    /// By what its values name a customer, where they are not ids.
    pub(super) key: Option<KeyKind>,
    /// The parameter of which its name speaks, where most of its values are not of that kind, or another column has it.
    pub(super) only_named: Option<OnlyNamed>,
}

/// What the name of a column speaks of, which it does not get.
#[derive(Debug, Clone)]
pub(super) enum OnlyNamed {
    /// Most of its values would be refused.
    Unfit(NamedParameter),
    /// It may be the id of a customer who is there already, or a number of the program that the list is from.
    SomeId(NamedParameter),
}

impl ColumnGuess {
    /// The only parameter, where there is one.
    pub(super) fn one(&self) -> Option<&'static Parameter> {
        match self.parameters.as_slice() {
            [one] => Some(one.of.parameter),
            _ => None,
        }
    }

    /// Whether it gives values to a parameter of this kind.
    pub(super) fn is_of(&self, kind: ValueKind) -> bool {
        self.parameters.iter().any(|named| named.of.parameter.kind == kind)
    }
}

/// So many per cent of a column's values are of the parameter's kind.
pub(super) const MOST: usize = 60;
/// So many are, where the name says nothing.
const NEARLY_ALL: usize = 90;
/// From so many per cent of cells with several values on, the column is one of several values.
const SOME: usize = 5;

/// Guesses all columns: the surest first, and each parameter once.
pub(super) fn guess(operation: Operation, keys: &MappingKeys, samples: &[ColumnSample]) -> Vec<ColumnGuess> {
    let mut guesses = Guesses {
        all: operation.fields_in(None),
        columns: vec![ColumnGuess::default(); keys.names.len()],
        samples,
    };
    let foreign = |column: &usize| !keys.is_own(*column);
    for (sureness, column, parameter) in candidates(operation, keys, &mut guesses) {
        // Of ids that may be anybody's, only what a search finds again.
        let is_some_id = sureness == Sureness::SomeId;
        if guesses.columns[column].parameters.is_empty() && !is_some_id {
            guesses.take(column, parameter);
        } else if is_some_id && guesses.columns[column].parameters.is_empty() {
            let named = guesses.named(parameter);
            guesses.columns[column].only_named = named.map(OnlyNamed::SomeId);
        }
    }
    for column in (0..keys.names.len()).filter(foreign) {
        if guesses.columns[column].parameters.is_empty()
            && let Some(parameter) = by_content(operation, &samples[column])
        {
            guesses.take(column, parameter);
        }
    }
    guesses.take_several();
    guesses.name_parents(operation, keys);
    guesses.columns
}

/// What each column may be by its name: the surest first.
fn candidates(
    operation: Operation,
    keys: &MappingKeys,
    guesses: &mut Guesses<'_>,
) -> Vec<(Sureness, usize, &'static Parameter)> {
    let makes_customers = operation.does(Action::Add);
    let mut candidates = Vec::new();
    for (column, name) in keys.names.iter().enumerate().filter(|(column, _)| !keys.is_own(*column)) {
        let sample = &guesses.samples[column];
        let by_name = operation.parameter(name).or_else(|| operation.sets_field(name));
        if let Some(parameter) = by_name {
            let is_some_id = parameter.is_customer() && makes_customers;
            candidates.push((if is_some_id { Sureness::SomeId } else { Sureness::Name }, column, parameter));
            if !is_some_id {
                continue;
            }
        }
        for (parameter, likeness) in spoken_of(operation, name) {
            if sample.filled == 0
                || parameter.is_parent()
                || sample.fits(parameter) >= MOST
                || has_words(parameter, sample)
                || several(parameter, sample) > 0
            {
                candidates.push((Sureness::Words(likeness), column, parameter));
            } else if likeness == Likeness::Whole && guesses.columns[column].only_named.is_none() {
                let named = guesses.named(parameter);
                guesses.columns[column].only_named = named.map(OnlyNamed::Unfit);
            }
        }
    }
    // A stable order: of equally sure ones the first column, and the more special meaning.
    candidates.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    candidates
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// The column has the name of the customer's id, in a list of customers who are to be made.
    SomeId,
    Words(Likeness),
    Name,
}

/// What was guessed so far.
struct Guesses<'s> {
    /// The parameters of the operation, each value once.
    all: Vec<NamedParameter>,
    columns: Vec<ColumnGuess>,
    samples: &'s [ColumnSample],
}

impl Guesses<'_> {
    /// The parameter with the name that its column has.
    fn named(&self, parameter: &Parameter) -> Option<NamedParameter> {
        self.all.iter().find(|named| named.of.parameter.meaning == parameter.meaning).cloned()
    }

    fn is_taken(&self, named: &NamedParameter) -> bool {
        self.columns.iter().flat_map(|guess| &guess.parameters).any(|taken| taken.name == named.name)
    }

    /// Gives a column its parameter, unless another column has it; of telephone numbers the next one.
    fn take(&mut self, column: usize, parameter: &'static Parameter) {
        let Some(wanted) = self.named(parameter) else { return };
        if !self.is_taken(&wanted) {
            self.columns[column].parameters.push(wanted);
        } else if parameter.kind == ValueKind::Phone {
            let next = self.free_phones(parameter).next();
            self.columns[column].parameters.extend(next);
        }
    }

    /// Telephone numbers that no column has: those after this one first.
    fn free_phones(&self, after: &Parameter) -> impl Iterator<Item = NamedParameter> + use<> {
        let is_free =
            |named: &&NamedParameter| named.of.parameter.kind == ValueKind::Phone && !self.is_taken(named);
        let mut free: Vec<_> = self.all.iter().filter(is_free).cloned().collect();
        free.sort_by_key(|other| other.of.parameter.name < after.name);
        free.into_iter()
    }

    /// Columns with several telephone numbers in a cell get those that are left when each column has one.
    fn take_several(&mut self) {
        for column in 0..self.columns.len() {
            let Some(first) = self.columns[column].one() else { continue };
            let more = several(first, &self.samples[column]).saturating_sub(1);
            let free: Vec<_> = self.free_phones(first).take(more).collect();
            self.columns[column].parameters.extend(free);
        }
    }

    /// A parent is named by a value that another column has for each customer, such as the code in the old billing.
    fn name_parents(&mut self, operation: Operation, keys: &MappingKeys) {
        let known: Vec<(KeyKind, HashSet<&str>)> = self
            .columns
            .iter()
            .zip(self.samples)
            .filter_map(|(guess, sample)| {
                let kind = KeyKind::of_field(guess.one()?.meaning.sets()?)?;
                Some((kind, sample.values().collect()))
            })
            .collect();
        for ((guess, sample), name) in self.columns.iter_mut().zip(self.samples).zip(&keys.names) {
            let Some(parent) = guess.one().filter(|parameter| parameter.is_parent()) else { continue };
            let seen = known.iter().find(|(_, values)| sample.share(|value| values.contains(value)) >= MOST);
            // In a long list the parents may be elsewhere than in its first rows.
            let said = known.first().filter(|_| operation.parameter(name).is_none());
            guess.key = seen.or(said).map(|(kind, _)| *kind);
            if guess.key.is_none() && sample.filled > 0 && sample.fits(parent) < MOST {
                guess.only_named = guess.parameters.pop().map(OnlyNamed::Unfit);
            }
        }
    }
}

/// What a column holds where its name says nothing: only what cannot be anything else.
fn by_content(operation: Operation, sample: &ColumnSample) -> Option<&'static Parameter> {
    let all = operation.fields_in(None);
    let of_kind = |kind| all.iter().map(|named| named.of.parameter).find(|parameter| parameter.kind == kind);
    let is_phone = |value: &str| {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        (10..=13).contains(&digits)
            && (value.starts_with(['+', '0', '(']) || value.starts_with("38") || value.starts_with('7'))
    };
    let email = of_kind(ValueKind::Email).filter(|email| sample.fits(email) >= NEARLY_ALL);
    email.or_else(|| {
        of_kind(ValueKind::Phone)
            .filter(|phone| sample.share(is_phone) >= NEARLY_ALL && sample.fits(phone) >= NEARLY_ALL)
    })
}

/// Whether the values are few words that a table of values can translate.
fn has_words(parameter: &Parameter, sample: &ColumnSample) -> bool {
    parameter.kind == ValueKind::Flag && sample.few().is_some()
}

/// How many values the cells hold, where quite a few of them hold several; 0 otherwise.
fn several(parameter: &Parameter, sample: &ColumnSample) -> usize {
    if parameter.kind != ValueKind::Phone {
        return 0;
    }
    let parts = |value: &str| -> Vec<String> {
        let parts = value.split([';', ',', '\n', '\r']).map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let is_list = |value: &str| {
        let parts = parts(value);
        parts.len() > 1 && parts.iter().all(|part| tried(parameter, part) == Trial::Taken)
    };
    if sample.share(is_list) < SOME {
        return 0;
    }
    sample.values().filter(|value| is_list(value)).map(|value| parts(value).len()).max().unwrap_or(0)
}
