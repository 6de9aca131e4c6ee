//! Which parameter each column probably is.

use super::column_sample::ColumnSample;
use crate::catalogue::{Likeness, Operation, Parameter, ValueKind, spoken_of};
use crate::reading::MappingKeys;
use crate::validating::{Trial, tried};

/// What a column probably is.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnGuess {
    /// The parameters that it gives values; none where it can't be told.
    pub(super) parameters: Vec<&'static Parameter>,
    /// The parameter of which its name speaks, where most of its values are not of that kind.
    pub(super) only_named: Option<&'static Parameter>,
}

/// So many per cent of a column's values are of the parameter's kind.
const MOST: usize = 60;
/// So many are, where the name says nothing.
const NEARLY_ALL: usize = 90;
/// From so many per cent of cells with several values on, the column is one of several values.
const SOME: usize = 5;

/// Guesses all columns: the surest first, and each parameter once.
pub(super) fn guess(operation: Operation, keys: &MappingKeys, samples: &[ColumnSample]) -> Vec<ColumnGuess> {
    let mut guesses = vec![ColumnGuess::default(); keys.names.len()];
    let mut taken: Vec<&'static str> = Vec::new();
    let mut candidates = Vec::new();
    let foreign = |column: &usize| !keys.is_own(*column);
    for (column, name) in keys.names.iter().enumerate().filter(|(column, _)| foreign(column)) {
        let by_name = operation.parameter(name).or_else(|| operation.sets_field(name));
        if let Some(parameter) = by_name {
            candidates.push((Sureness::Name, column, parameter));
            continue;
        }
        for (parameter, likeness) in spoken_of(operation, name) {
            let sample = &samples[column];
            if sample.filled == 0
                || sample.fits(parameter) >= MOST
                || has_words(parameter, sample)
                || several(parameter, sample) > 0
            {
                candidates.push((Sureness::Words(likeness), column, parameter));
            } else if likeness == Likeness::Whole {
                guesses[column].only_named.get_or_insert(parameter);
            }
        }
    }
    // A stable order: of equally sure ones the first column, and the more special meaning.
    candidates.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, column, parameter) in candidates {
        if guesses[column].parameters.is_empty() {
            take(operation, column, parameter, samples, &mut guesses, &mut taken);
        }
    }
    for column in (0..keys.names.len()).filter(foreign) {
        if guesses[column].parameters.is_empty()
            && let Some(parameter) = by_content(operation, &samples[column])
        {
            take(operation, column, parameter, samples, &mut guesses, &mut taken);
        }
    }
    guesses
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    Words(Likeness),
    Name,
}

/// The parameters of the operation, each value once.
fn parameters(operation: Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.fields_in(None).into_iter().map(|named| named.of.parameter)
}

/// Gives a column its parameter, unless another column has it; of telephone numbers the next one.
fn take(
    operation: Operation,
    column: usize,
    parameter: &'static Parameter,
    samples: &[ColumnSample],
    guesses: &mut [ColumnGuess],
    taken: &mut Vec<&'static str>,
) {
    let same = parameters(operation).filter(|other| {
        other.name == parameter.name || other.kind == ValueKind::Phone && parameter.kind == ValueKind::Phone
    });
    let mut free: Vec<_> = same.filter(|other| !taken.contains(&other.name)).collect();
    // The one that was meant, and those after it.
    free.sort_by_key(|other| other.name < parameter.name);
    let wanted = several(parameter, &samples[column]).max(1);
    for parameter in free.into_iter().take(wanted) {
        taken.push(parameter.name);
        guesses[column].parameters.push(parameter);
    }
}

/// What a column holds where its name says nothing: only what cannot be anything else.
fn by_content(operation: Operation, sample: &ColumnSample) -> Option<&'static Parameter> {
    let of_kind = |kind| parameters(operation).find(|parameter| parameter.kind == kind);
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
