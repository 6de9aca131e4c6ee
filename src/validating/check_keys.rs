//! Customers whom a row names by something else than the id. As far as it is known who has such a value, the id takes its
//! place; until then the row is as good as its value.

use super::cell_text::{CellText, cell_text, too_many};
use super::characters;
use super::check::{Checked, Checker};
use super::constants::out_of_version;
use super::empty_cells::EmptyCells;
use super::key_map::KeyHolder;
use super::kinds::normalise_as;
use super::known_keys::{KnownKeys, RowKey};
use super::row_calls::ParentToCome;
use super::rules::ValueRules;
use super::scars;
use super::steps::Taker;
use super::value_error::ValueError;
use super::violation::{Violation, ViolationCode};
use crate::catalogue::{KeyKind, Meaning, Parameter};
use crate::reading::{CellType, KeyBinding, Row};

impl Checker {
    /// Knows whose keys are whose.
    #[must_use]
    pub fn knowing(mut self, known: KnownKeys) -> Self {
        self.known = known;
        self
    }

    /// Whether a column of keys may give this parameter its values, too.
    pub(super) fn has_keys_of(&self, parameter: &Parameter) -> bool {
        self.columns.keys.iter().any(|key| key.binding.parameter.meaning == parameter.meaning)
    }

    /// Reads the keys of a row that stand for this kind of parameter: its customer, or others.
    pub(super) fn check_keys(&mut self, of_customer: bool, is_creating: bool, row: &Row, is_usual: bool) {
        for place in 0..self.columns.keys.len() {
            let key = self.columns.keys[place];
            if key.binding.parameter.is_customer() == of_customer
                && let Some(taker) = self.plan(is_creating).key_takers[place]
                && !self.values[taker.place]
                    .iter()
                    .any(|(p, value)| p.name == taker.parameter.name && !value.is_empty())
            {
                self.check_key(key, taker, row, is_usual);
            }
        }
    }

    fn check_key(&mut self, key: KeyBinding, taker: Taker, row: &Row, is_usual: bool) {
        let KeyBinding { binding, kind } = key;
        let (column, Taker { place, parameter }) = (binding.column, taker);
        let text = cell_text(binding, row, &self.columns, &self.dates, &self.rules.dates);
        let Some(CellText { cell, value, is_meant, surplus, .. }) = text else { return };
        let name = Some(self.columns.name(column));
        let violation = |code, reason: String| {
            Violation::new(code, name.clone(), (!cell.is_empty()).then_some(cell), reason)
        };
        if let Some(count) = surplus {
            self.violations.push(violation(ViolationCode::BadValue, too_many(count, binding)));
        }
        let unwrapped = if is_meant { Ok(value) } else { scars::unwrapped(value) };
        let value = unwrapped.unwrap_or(value);
        let flaw = match row.cell_type(column) {
            CellType::Date => Some(ValueError::DateCell.to_string()),
            CellType::Amount => Some(ValueError::AmountCell.to_string()),
            _ => row.flaw_of(column).map(|flaw| flaw.kind.to_string()),
        };
        if let Some(reason) = flaw {
            return self.refuse(parameter, violation(ViolationCode::BadValue, reason));
        }
        if value.is_empty() {
            let is_cleared = self.rules.empty == EmptyCells::Clear && !parameter.presence.is_required();
            if is_cleared && parameter.is_in(self.rules.server) {
                self.values[place].push_text(parameter, "");
            }
            return;
        }
        if !parameter.is_in(self.rules.server) {
            let reason = out_of_version(parameter, self.rules.server);
            return self.violations.push(violation(ViolationCode::NotInVersion, reason));
        }
        let mut read = String::new();
        let normalised = (|| {
            unwrapped?;
            if !is_usual {
                characters::check(value)?;
            }
            if !is_meant {
                scars::check(value)?;
            }
            normalise_as(kind.choice().kind, false, value, ValueRules::NONE, &mut read)
        })();
        if let Err(refusal) = normalised {
            let refused = Violation::of_value(self.columns.name(column), cell, &refusal);
            return self.refuse(parameter, refused);
        }
        let is_parent = parameter.is_parent();
        match self.parent_in_file(row, kind, &read).filter(|_| is_parent) {
            Some(Ok(parent)) => {
                self.parent = Some(ParentToCome::new(parent, taker));
                return;
            }
            Some(Err(circle)) => {
                let found = violation(ViolationCode::ParentCycle, circle);
                return self.violations.push(found);
            }
            None => {}
        }
        let nobody = if is_parent { ViolationCode::ParentMissing } else { ViolationCode::NotFound };
        let holder = self.known.map.get(kind, &read).cloned();
        match &holder {
            Some(KeyHolder::One(id)) => self.values[place].push_text(parameter, &id.to_string()),
            Some(holder) => {
                let code = if *holder == KeyHolder::Nobody { nobody } else { ViolationCode::Ambiguous };
                let reason = holder.problem(kind).unwrap_or_default();
                self.refuse(parameter, violation(code, reason));
            }
            None => {
                if self.known.is_whole {
                    let reason = format!("it was not found out who has this {kind}");
                    self.unknown_key = Some(violation(nobody, reason));
                }
                // Until the customer is known, the key tells the row from others.
                self.values[place].push_text(parameter, &format!("{kind}:{read}"));
            }
        }
        self.row_keys.push(RowKey { kind, value: read, is_parent, holder });
    }

    /// A row that nothing else is wrong with has keys that were looked up. Those of others were not.
    pub(super) fn require_known_keys(&mut self) {
        if let Some(violation) = self.unknown_key.take().filter(|_| self.violations.is_empty()) {
            self.violations.push(violation);
        }
    }

    /// The customers whom the row that was checked last names by keys, whether it is valid or not.
    pub fn row_keys(&self) -> &[RowKey] {
        &self.row_keys
    }

    /// A row of one step that names nobody, in no column.
    pub(super) fn require_customer(&mut self) {
        let place = self.customer_place();
        if self.operation.has_several_steps()
            || !self.violations.is_empty()
            || self.values[place].by_meaning(Meaning::Customer).is_some()
        {
            return;
        }
        let keys = self.columns.keys.iter().map(|key| &key.binding);
        let named = self.columns.bindings.iter().chain(keys).filter(|b| b.parameter.is_customer());
        let columns: Vec<_> = named.collect();
        let Some(parameter) = columns.first().map(|binding| binding.parameter) else { return };
        let name = columns.last().map(|binding| self.columns.name(binding.column));
        let cells = if columns.len() > 1 { "its cells are empty" } else { "the cell is empty" };
        let reason = format!("{} is obligatory, but {cells}", parameter.name);
        self.violations.push(Violation::new(ViolationCode::MissingParameter, name, None, reason));
    }
}

impl Checked<'_> {
    /// The customers whom the row names by keys.
    pub fn keys(&self) -> &[RowKey] {
        &self.checker.row_keys
    }

    /// Whether nobody has looked up yet who the row's own customer is.
    pub(super) fn has_open_customer(&self) -> bool {
        self.keys().iter().any(|key| !key.is_parent && key.holder.is_none())
    }

    /// What tells the customer whom the row makes from all others.
    pub fn own_key(&self) -> Option<(KeyKind, &str)> {
        let values = self.checker.values.first().filter(|_| self.creates())?;
        let own = |(parameter, value)| Some((KeyKind::of_identity(parameter)?, value));
        values.iter().find_map(own).filter(|(_, value): &(KeyKind, &str)| !value.is_empty())
    }
}
