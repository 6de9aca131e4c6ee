//! Journals that somebody has written or spoilt.

use std::fs;

use crate::cli::{StoredRun, undone_rows};
use crate::reading::RowNumber;
use crate::recording::{ExportJournal, Journal, runs_at};

/// How many rows are read back.
const ROWS: u64 = 64;

/// A journal's file; or, where it begins with a brace, what a journal keeps of the options.
pub fn journal(bytes: &[u8]) {
    if bytes.first() == Some(&b'{') {
        if let Ok(text) = std::str::from_utf8(bytes) {
            options(text);
        }
        return;
    }
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("x.journal");
    if fs::write(&path, bytes).is_err() {
        return;
    }
    if let Ok(runs) = runs_at(folder.path()) {
        runs.iter().for_each(|run| {
            let _ = (run.begun(), run.next(), run.can_undo());
        });
    }
    if let Ok(journal) = Journal::open(&path) {
        options(&journal.run().options);
        let _ = journal.counts();
        if let Ok(mut replay) = journal.replay() {
            for row in 0..ROWS.min(journal.run().rows) {
                let _ = replay.entries(RowNumber(row));
            }
        }
    }
    let _ = ExportJournal::open(&path);
}

fn options(text: &str) {
    if let Ok(stored) = StoredRun::from_json(text) {
        let _ = undone_rows(&stored);
        assert_eq!(StoredRun::from_json(&stored.to_json()).ok().as_ref(), Some(&stored));
    }
}
