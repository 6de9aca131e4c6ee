//! What a run has found out and made of customers' ids, added to the table that is kept of them.

use std::path::Path;

use super::error::RunError;
use super::rows::Rows;
use crate::catalogue::{Action, KeyKind};
use crate::customers::IdMapWriter;
use crate::recording::{ErrorCode, Replay, RowResult, Status};
use crate::validating::{Checked, KeyHolder};

/// What a row says of customers.
struct RowIds {
    /// Customers with a value that they were looked up by.
    found: Vec<(u64, KeyKind, String)>,
    /// What tells the customer that the row makes from all others.
    own: Option<(KeyKind, String)>,
}

impl RowIds {
    fn of(checked: &Checked<'_>) -> Self {
        let found = checked.keys().iter().filter_map(|key| match key.holder {
            Some(KeyHolder::One(id)) => Some((id, key.kind, key.value.clone())),
            _ => None,
        });
        Self { found: found.collect(), own: checked.own_key().map(|(kind, value)| (kind, value.to_owned())) }
    }
}

/// Adds what the rows say to the table at `path`. So many customers are new to it.
pub(super) fn write_id_map(path: &Path, rows: Rows, mut replay: Replay) -> Result<u64, RunError> {
    let kinds = kinds(&rows);
    if kinds.is_empty() {
        return Ok(0);
    }
    let mut writer = IdMapWriter::begin(path, &kinds)?;
    let makes = rows.checker.operation().step_of(Action::Add);
    rows.each(RowIds::of, |row, checked| {
        let entries = replay.entries(row.number())?;
        let entry = makes.and_then(|step| entries.of(step));
        let Ok(RowIds { found, own }) = checked else { return Ok(true) };
        for (id, kind, value) in &found {
            writer.add(*id, [(*kind, value.as_str())])?;
        }
        if let (Some((kind, value)), Some(id)) = (own, entry.and_then(|entry| id_of(&entry.result))) {
            writer.add(id, [(kind, value.as_str())])?;
        }
        Ok(true)
    })?;
    let added = writer.added();
    writer.finish()?;
    Ok(added)
}

/// By what the file names customers, and what tells those apart whom it makes.
fn kinds(rows: &Rows) -> Vec<KeyKind> {
    let columns = rows.checker.columns();
    let makes = rows.checker.operation().does(Action::Add);
    let own = columns.parameters().filter(|_| makes).filter_map(KeyKind::of_identity);
    let mut kinds: Vec<KeyKind> = Vec::new();
    for kind in columns.keys.iter().map(|key| key.kind).chain(own) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The customer whom a row has made, or who was there already.
fn id_of(result: &RowResult) -> Option<u64> {
    let code = result.error.as_ref().map(|(code, _)| *code);
    let is_there = result.status == Status::Ok || code == Some(ErrorCode::AlreadyExists);
    result.id.as_deref().filter(|_| is_there)?.parse().ok()
}
