//! Finding the header of an input: below titles, and under another delimiter where a title hid the right one.

use super::delimiter::CANDIDATES;
use super::error::ReadError;
use super::header_row::{self, HeaderRow};
use super::note::ReadNote;
use super::source::Source;

impl Source {
    /// Looks for the row that names the columns, unless the user said which it is. `is_expected` knows the names
    /// that columns may have. It comes before the first pass.
    pub fn find_header(&mut self, is_expected: &dyn Fn(&str) -> bool) -> Result<(), ReadError> {
        if self.header_is_told {
            return Ok(());
        }
        let Some(found) = self.search_header(is_expected)? else { return Ok(()) };
        if let Some(second) = found.second {
            return Err(ReadError::HeaderOfTwoLines {
                name: self.name.clone(),
                what: if self.is_sheet() { "row" } else { "line" },
                first: found.line,
                second,
            });
        }
        if found.is_below {
            self.header_row = found.line;
            self.notes.push(ReadNote::HeaderBelow { line: found.line, is_sheet: self.is_sheet() });
        }
        Ok(())
    }

    /// Where nothing that is expected stands in the first lines, a title may have hidden the delimiter: then another
    /// one under which names are found is taken.
    fn search_header(&mut self, is_expected: &dyn Fn(&str) -> bool) -> Result<Option<HeaderRow>, ReadError> {
        let found = header_row::find(&mut self.all_records(), self.header_row, is_expected)?;
        let is_found = found.is_none_or(|found| found.expected > 0);
        if is_found || self.is_sheet() || self.delimiter_is_told {
            return Ok(found);
        }
        let detected = self.dialect.delimiter;
        for delimiter in CANDIDATES.into_iter().filter(|candidate| *candidate != detected) {
            self.dialect.delimiter = delimiter;
            match header_row::find(&mut self.all_records(), self.header_row, is_expected) {
                Ok(Some(other)) if other.expected > 0 => return Ok(Some(other)),
                _ => {}
            }
        }
        self.dialect.delimiter = detected;
        Ok(found)
    }
}
