//! Parents who have a row of the same file.

use std::sync::Arc;

use super::cell_text::cell_text;
use super::check::Checker;
use super::families::Families;
use super::kinds::normalise_as;
use super::rules::ValueRules;
use crate::catalogue::{KeyKind, Meaning};
use crate::reading::{Binding, KeyBinding, LineUnit, Row, RowNumber};

impl Checker {
    /// Knows who is whose parent among the rows.
    #[must_use]
    pub fn with_families(mut self, families: Option<Arc<Families>>) -> Self {
        self.families = families;
        self
    }

    /// Who is whose parent among the rows; none where no row has its parent in the file.
    pub fn families(&self) -> Option<Arc<Families>> {
        self.families.clone()
    }

    /// The columns by which rows name each other: a parent by a value that another column of the file gives to its own
    /// customer.
    pub fn family_columns(&self) -> Option<FamilyColumns> {
        // Only a row that makes its customer is waited for.
        if !self.operation.has_several_steps() {
            return None;
        }
        let parent = *self.columns.keys.iter().find(|key| key.binding.parameter.is_parent())?;
        let own = Meaning::Sets(parent.kind.choice().field);
        let own = *self.columns.bindings.iter().find(|binding| binding.parameter.meaning == own)?;
        Some(FamilyColumns { parent, own })
    }

    /// The value of a row's own customer and that of its parent, by which rows name each other.
    pub fn family_values(&self, columns: FamilyColumns, row: &Row) -> (Option<String>, Option<String>) {
        let FamilyColumns { parent, own } = columns;
        (self.key_value(own, parent.kind, row), self.key_value(parent.binding, parent.kind, row))
    }

    fn key_value(&self, binding: Binding, kind: KeyKind, row: &Row) -> Option<String> {
        let text = cell_text(binding, row, &self.columns, &self.dates, &self.rules.dates)?;
        let mut value = String::new();
        let is_value = !text.value.is_empty()
            && normalise_as(kind.choice().kind, false, text.value, ValueRules::NONE, &mut value).is_ok();
        is_value.then_some(value)
    }

    /// The row of the same file that has the parent; an error where the two are each other's ancestors.
    pub(super) fn parent_in_file(
        &self,
        row: &Row,
        kind: KeyKind,
        value: &str,
    ) -> Option<Result<RowNumber, String>> {
        let families = self.families.as_ref().filter(|families| families.kind() == kind)?;
        let parent = families.row(value)?;
        Some(match families.cycle(row.number()) {
            Some(lines) => Err(circle(lines, self.unit)),
            None => Ok(parent),
        })
    }
}

/// Which columns say who is whose parent.
#[derive(Debug, Clone, Copy)]
pub struct FamilyColumns {
    parent: KeyBinding,
    own: Binding,
}

impl FamilyColumns {
    /// By what kind of value.
    pub const fn kind(&self) -> KeyKind {
        self.parent.kind
    }
}

fn circle(lines: &[u64], unit: LineUnit) -> String {
    const LISTED: usize = 10;
    if let [_] = lines {
        return "the row names itself as its parent; empty the cell".to_owned();
    }
    let mut sorted = lines.to_vec();
    sorted.sort_unstable();
    let more = if sorted.len() > LISTED { ", …" } else { "" };
    let listed: Vec<String> = sorted.iter().take(LISTED).map(u64::to_string).collect();
    format!(
        "the rows on {unit}s {}{more} are each other's parents in a circle; one of them must have no parent, or another one",
        listed.join(", ")
    )
}
