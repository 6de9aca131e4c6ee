//! Rows that nothing but their number tells apart: an answer about one of them may be about another.

use std::collections::HashMap;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::rows::Rows;
use crate::reconciling::Window;
use crate::recording::{Entry, Replay, Status};
use crate::sending::{Clock, Transport};
use crate::validating::{Call, Digest, SequenceKey};

/// Groups of rows that are the same, by what they have in common.
pub(super) type SameRows = HashMap<RowKey, Group>;

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Rows that nothing but their number tells apart: customers with the same code; and the same bookings, without
    /// tags and with duplicates allowed.
    pub(super) async fn same_rows(&self) -> Result<SameRows, RunError> {
        let are_bookings_alike = !self.tagging().is_tagged() && self.input.spec.rules.allow_duplicates;
        let key = move |call: &Call| key(call).filter(|key| are_bookings_alike || key.is_search());
        let (first, second) = (self.rows()?, self.rows()?);
        let (mut replay, mut again) = (self.replay()?, self.replay()?);
        let grouped = spawn_blocking(move || -> Result<_, RunError> {
            let mut groups: SameRows = HashMap::new();
            each_entry(first, &mut replay, key, |key, entry| {
                if let (Some(key), Status::Unknown) = (key, entry.result.status) {
                    groups.entry(key).or_default().open += 1;
                }
            })?;
            each_entry(second, &mut again, key, |key, entry| {
                let Some(group) = key.and_then(|key| groups.get_mut(&key)) else { return };
                group.ok += u64::from(entry.result.status == Status::Ok);
                if matches!(entry.result.status, Status::Ok | Status::Unknown) {
                    let window = Window::new(entry.sent, entry.ended);
                    group.window = Some(group.window.map_or(window, |all| all.with(window)));
                }
            })?;
            Ok(groups)
        });
        grouped.await?
    }
}

/// Rows that are the same booking.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) ok: u64,
    pub(super) open: u64,
    pub(super) window: Option<Window>,
}

/// What rows have in common that nothing but their number tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum RowKey {
    /// They are looked for in the same way.
    Search(Digest),
    /// They are the same.
    Same(SequenceKey),
}

impl RowKey {
    const fn is_search(self) -> bool {
        matches!(self, Self::Search(_))
    }
}

/// What this call has in common with others like it.
pub(super) fn key(call: &Call) -> Option<RowKey> {
    match call.find_same() {
        Some(search) => Some(RowKey::Search(search.call.digest())),
        None => call.sequence().map(RowKey::Same),
    }
}

fn each_entry(
    rows: Rows,
    replay: &mut Replay,
    key: impl Fn(&Call) -> Option<RowKey>,
    mut take: impl FnMut(Option<RowKey>, &Entry),
) -> Result<(), RunError> {
    rows.each(
        |checked| key(&checked.to_call()),
        |row, checked| {
            if let (Some(entry), Ok(key)) = (replay.entry(row.number())?, checked) {
                take(key, &entry);
            }
            Ok(true)
        },
    )
}
