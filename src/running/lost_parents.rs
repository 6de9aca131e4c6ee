//! Parents whose rows make nobody, because they are invalid or were refused: somebody may have made them by another way,
//! from a file of corrections for one, so the server is asked who has their codes.

use std::collections::HashMap;

use tokio::task::spawn_blocking;

use super::error::RunError;
use super::kin::there;
use super::phases::Phases;
use super::run_end::RunEnd;
use crate::catalogue::ApiSelector;
use crate::customers::{KeyLookup, KeyStop};
use crate::events::Event;
use crate::reading::RowNumber;
use crate::recording::{Entry, RowEntries, Status};
use crate::sending::{Clock, Transport};
use crate::validating::{KeyHolder, WantedKeys};

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds out which of them are there by now.
    pub(super) async fn look_for_lost_parents(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let checker = self.validated.checker.clone();
        let (Some(families), Some(columns)) = (checker.families(), checker.family_columns()) else {
            return Ok(());
        };
        let (rows, mut replay) = (self.rows()?, self.replay()?);
        let gathered = spawn_blocking(move || -> Result<_, RunError> {
            let mut lost: Vec<(RowNumber, String)> = Vec::new();
            rows.each(
                |_| (),
                |row, checked| {
                    if families.is_parent(row.number()) {
                        let entries = replay.entries(row.number())?;
                        if checked.is_err() && there(&entries).is_none() || is_lost(&entries) {
                            let (own, _) = checker.family_values(columns, row);
                            lost.extend(own.map(|own| (row.number(), own)));
                        }
                    }
                    Ok(true)
                },
            )?;
            Ok(lost)
        });
        let lost = gathered.await??;
        if lost.is_empty() {
            return Ok(());
        }
        let (kind, mut wanted) = (columns.kind(), WantedKeys::default());
        lost.iter().for_each(|(_, code)| wanted.add(kind, code));
        let (link, concurrency) = (&self.server.link, self.limits.concurrency.get());
        let lookup = KeyLookup { link, selector, finder: &self.finder, concurrency };
        match lookup.all(wanted, &self.host.stop.stop(), |_| ()).await {
            Ok(map) => {
                let found = lost.into_iter().filter_map(|(row, code)| match map.get(kind, &code) {
                    Some(KeyHolder::One(id)) => Some((row, id.to_string())),
                    _ => None,
                });
                *self.parents_found.borrow_mut() = found.collect::<HashMap<_, _>>();
            }
            Err(KeyStop::Stopped(reason)) => end.stop(reason),
            Err(KeyStop::Unanswered(text)) => {
                self.host.tell(Event::Warning(&format!("{text}; the children of such parents are not sent")));
            }
        }
        Ok(())
    }
}

/// Whether a row was refused, and has made nobody.
fn is_lost(entries: &RowEntries) -> bool {
    let is_refused = |entry: &Entry| match entry.result.status {
        Status::Failed => !entry.was_not_applied(),
        Status::Invalid => true,
        _ => false,
    };
    entries.iter().any(is_refused) && there(entries).is_none()
}
