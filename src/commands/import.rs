//! `import` and `validate`.

use std::io::stdin;

use super::failure::Failure;
use super::runtime::{self, Surroundings};
use crate::cli::{Asks, ImportSettings, ValidateSettings};
use crate::exit::Exit;
use crate::reporting::ask;
use crate::running::{self, Question};

/// Checks every row, then sends what is valid.
pub(super) fn run(settings: ImportSettings) -> Result<Exit, Failure> {
    let ImportSettings { spec, asks, warnings, shown, until, notify } = settings;
    let notify = notify.map(|command| (command, spec.input.operation));
    runtime::run(Surroundings { shown, warnings, until, notify }, |host| {
        running::import(spec, host, stdin(), person(asks), super::network::open)
    })
}

/// Checks every row.
pub(super) fn validate(settings: ValidateSettings) -> Result<Exit, Failure> {
    let ValidateSettings { spec, shown } = settings;
    runtime::run(Surroundings::of(shown), |host| running::validate(spec, host, stdin()))
}

/// Who answers before money is booked or customers are removed.
pub(super) fn person(asks: Asks) -> Option<Question> {
    match asks {
        Asks::Person => Some(Box::new(|| ask(&mut stdin().lock()))),
        Asks::Nobody => None,
    }
}
