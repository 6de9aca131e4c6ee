//! Rows whose parent has a row of the same file: who is known already, who is on the way, and who has to wait for another
//! pass over the rows, because the parent's row comes later.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::RunError;
use super::rows::Rows;
use crate::reading::RowNumber;
use crate::recording::{ErrorCode, Replay, RowEntries, RowResult, Status};
use crate::validating::{CallTarget, Families};

/// What a pass knows of parents.
#[derive(Default)]
pub(super) struct Kin {
    families: Option<Arc<Families>>,
    /// Parents who were there before this pass.
    known: HashMap<RowNumber, String>,
    /// Parents whose rows were handed in.
    sent: HashSet<RowNumber>,
    /// Rows that this pass leaves to the next; in the first pass nobody was left.
    left: HashSet<RowNumber>,
    /// The rows that this pass is for; none for all.
    wanted: Option<HashSet<RowNumber>>,
}

/// How a row stands to its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kinship {
    /// It has none in the file.
    None,
    /// The parent is this customer.
    Known(String),
    /// The parent's row is on the way.
    OnTheWay(RowNumber),
    /// The parent's row comes later.
    Later,
    /// The parent's row has made nobody, and is not sent.
    Missing,
}

impl Kin {
    /// Finds out who is there: each customer of a parent's row that the file names, or that the journal knows, beside
    /// those who were found on the server.
    pub(super) fn find(
        families: Option<Arc<Families>>,
        found: HashMap<RowNumber, String>,
        rows: Rows,
        mut replay: Replay,
    ) -> Result<Self, RunError> {
        let mut known = found;
        if let Some(families) = &families {
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let number = row.number();
                    if !families.is_parent(number) {
                        return Ok(true);
                    }
                    let named = checked.ok().and_then(|calls| {
                        let first = calls.iter().next()?;
                        match first.call.target() {
                            CallTarget::Known(id) => Some(id.to_owned()),
                            CallTarget::Nobody | CallTarget::ToCome => None,
                        }
                    });
                    let mut made = || replay.entries(number).map(|entries| there(&entries));
                    let id = match named {
                        Some(id) => Some(id),
                        None => made()?,
                    };
                    known.extend(id.map(|id| (number, id)));
                    Ok(true)
                },
            )?;
        }
        Ok(Self { families, known, ..Self::default() })
    }

    /// Whether this pass is about the row.
    pub(super) fn is_wanted(&self, row: RowNumber) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&row))
    }

    /// Whether other rows wait for this one.
    pub(super) fn is_parent(&self, row: RowNumber) -> bool {
        self.families.as_ref().is_some_and(|families| families.is_parent(row))
    }

    /// How a row stands to its parent, which has this row.
    pub(super) fn of(&self, row: RowNumber, parent: Option<RowNumber>) -> Kinship {
        let Some(parent) = parent else { return Kinship::None };
        if let Some(id) = self.known.get(&parent) {
            Kinship::Known(id.clone())
        } else if self.sent.contains(&parent) {
            Kinship::OnTheWay(parent)
        } else if self.left.contains(&parent) || parent > row && self.is_wanted(parent) {
            Kinship::Later
        } else {
            Kinship::Missing
        }
    }

    /// A row was handed in.
    pub(super) fn send(&mut self, row: RowNumber) {
        if self.is_parent(row) {
            self.sent.insert(row);
        }
    }

    /// A row is left to the next pass.
    pub(super) fn leave(&mut self, row: RowNumber) {
        self.left.insert(row);
    }

    /// Begins the next pass; false where none is needed.
    pub(super) fn next_pass(&mut self) -> bool {
        let left = std::mem::take(&mut self.left);
        let is_needed =
            !left.is_empty() && self.wanted.as_ref().is_none_or(|wanted| left.len() < wanted.len());
        self.wanted = Some(left);
        is_needed
    }
}

/// The customer of a row that is there: made, found or passed over.
pub(super) fn there(entries: &RowEntries) -> Option<String> {
    let known = entries.iter().filter(|entry| entry.result.status == Status::Ok || entry.existed());
    known.filter_map(|entry| entry.result.id.clone()).find(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A row whose parent is not there.
pub(super) fn without_parent() -> RowResult {
    let text = "not sent: the row of its parent has not made the customer".to_owned();
    RowResult::unsent(Status::Skipped, ErrorCode::ParentNotOk, text)
}
