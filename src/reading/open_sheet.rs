//! The sheet of a workbook that is read.

use std::sync::Arc;

use super::copy;
use super::merged::MergedCells;
use super::sheet_records::SheetRecords;
use super::table::{HiddenRows, TableChoice};
use super::workbook::{OpenedSheet, SheetFacts, letters};

/// The sheet of a workbook that is read.
#[derive(Debug)]
pub struct OpenSheet {
    name: String,
    /// Whether the user named it.
    is_named: bool,
    others: Vec<String>,
    hidden_columns: Vec<(u32, u32)>,
    merged: Arc<[MergedCells]>,
    hidden_rows: Option<HiddenRows>,
}

/// How many sheets a note names.
const NAMED: usize = 10;

impl OpenSheet {
    pub(super) fn new(opened: OpenedSheet, choice: &TableChoice) -> Self {
        let OpenedSheet { name, others, facts } = opened;
        let SheetFacts { merged, hidden_columns, width } = facts;
        // Whoever hides all columns that are not used hides no value.
        let hidden_columns = hidden_columns.into_iter().filter(|(first, _)| *first < width);
        Self {
            name,
            is_named: choice.sheet.is_some(),
            others,
            hidden_columns: hidden_columns
                .map(|(first, last)| (first, last.min(width.saturating_sub(1))))
                .collect(),
            merged: merged.into(),
            hidden_rows: choice.hidden_rows,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The other sheets of the workbook that a person sees, joined by commas; empty where there are none.
    pub fn others(&self) -> String {
        let more = if self.others.len() > NAMED { ", …" } else { "" };
        let names: Vec<&str> = self.others.iter().take(NAMED).map(String::as_str).collect();
        format!("{}{more}", names.join(", "))
    }

    /// What a person should know of it.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.is_named && !self.others.is_empty() {
            let name = self.name();
            notes
                .push(format!("the sheet '{name}' is read; for another one ({}) use --sheet", self.others()));
        }
        if !self.hidden_columns.is_empty() {
            let range = |(first, last): &(u32, u32)| {
                if first == last {
                    letters(*first)
                } else {
                    format!("{} to {}", letters(*first), letters(*last))
                }
            };
            let columns: Vec<String> = self.hidden_columns.iter().take(NAMED).map(range).collect();
            notes.push(format!(
                "hidden columns ({}) are read like the others; leave one out with --map 'COLUMN='",
                columns.join(", ")
            ));
        }
        notes
    }

    /// A pass over its rows.
    pub(super) fn records(&self, content: copy::Reader, name: String) -> SheetRecords {
        SheetRecords::new(content, name, self.hidden_rows, Arc::clone(&self.merged))
    }
}
