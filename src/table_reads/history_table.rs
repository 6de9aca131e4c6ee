//! The output of histories: one line an entry, and the list of customers who are not in it.

use std::path::PathBuf;

use super::customer_history::{CustomerHistory, HistoryRead};
use super::in_order::ResultTable;
use crate::catalogue::HISTORY_COLUMNS;
use crate::reading::Dialect;
use crate::recording::{OutputSink, RecordError, Table};

/// The table of histories being written, and the list of customers who are not in it.
pub(super) struct HistoryTable {
    lines: Table,
    errors: Option<Table>,
}

impl HistoryTable {
    /// Begins both. Nothing is seen of them before they are whole, not even on standard output.
    pub(super) fn begin(
        lines: Box<dyn OutputSink>,
        errors: Option<Box<dyn OutputSink>>,
    ) -> Result<Self, RecordError> {
        let errors = errors.map(|file| Table::begin(file, &Dialect::OWN, ["id", "reason"].into_iter()));
        let lines = Table::begin(lines, &Dialect::OWN, HISTORY_COLUMNS.into_iter())?;
        Ok(Self { lines, errors: errors.transpose()? })
    }
}

impl ResultTable for HistoryTable {
    type Result = CustomerHistory;

    fn put(&mut self, history: &CustomerHistory) -> Result<(), RecordError> {
        match &history.read {
            HistoryRead::Lines { lines, .. } => {
                for line in lines {
                    self.lines.write(line.iter().map(String::as_str))?;
                }
            }
            HistoryRead::Unread(reason) | HistoryRead::NoId(reason) => {
                if let Some(errors) = &mut self.errors {
                    errors.write([history.customer.as_str(), reason].into_iter())?;
                }
            }
            HistoryRead::Stopped => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<PathBuf, RecordError> {
        let (path, _) = self.lines.finish()?;
        self.errors.map(Table::finish).transpose()?;
        Ok(path)
    }
}
