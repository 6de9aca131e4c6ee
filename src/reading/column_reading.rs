//! What a mapping says of the cells of a column: words that stand for values, words for nothing, how dates are written,
//! and that a cell holds several values.

use std::collections::{BTreeMap, HashMap};

use super::column_name::folded;
use super::mapping_file::DateFormat;

/// How the cells of a column are read, where a mapping says so.
#[derive(Debug, Clone, Default)]
pub struct ColumnReading {
    words: HashMap<String, String>,
    /// The lengths of words in bytes, one bit each: most cells are told from words by their length.
    lengths: u64,
    /// How dates are written.
    pub date_format: Option<DateFormat>,
}

/// One value of a cell that holds several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellPart {
    /// Its place in the cell, counted from 0.
    pub place: usize,
    /// How many values the cell may hold.
    pub of: usize,
}

impl ColumnReading {
    /// The words of a column, and those that stand for nothing anywhere; a word of the column wins.
    pub(super) fn new(
        words: Option<&BTreeMap<String, String>>,
        empty: &[String],
        date_format: Option<&DateFormat>,
    ) -> Self {
        let mut all: HashMap<String, String> =
            empty.iter().map(|word| (word.clone(), String::new())).collect();
        all.extend(words.into_iter().flatten().map(|(word, value)| (word.clone(), value.clone())));
        let lengths = all.keys().fold(0, |lengths, word| lengths | bit(word.len()));
        Self { words: all, lengths, date_format: date_format.cloned() }
    }

    /// Whether it says nothing, so that cells are read as they are.
    pub(super) fn is_plain(&self) -> bool {
        self.words.is_empty() && self.date_format.is_none()
    }

    /// What the value stands for; none where it is none of the words.
    pub fn meant(&self, value: &str) -> Option<&str> {
        // In the letters of names and words, a small one takes as many bytes as a capital one.
        // Only a no-break blank makes it longer.
        if self.lengths & bit(value.len()) == 0 && !value.contains(NO_BREAK) {
            return None;
        }
        self.words.get(value).or_else(|| self.words.get(&folded(value))).map(String::as_str)
    }

    /// The words of the column, and what they stand for.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.iter().map(|(word, value)| (word.as_str(), value.as_str()))
    }
}

const NO_BREAK: char = '\u{A0}';

fn bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl CellPart {
    /// The value in its place; none where the cell has fewer.
    pub fn of(self, cell: &str) -> Option<&str> {
        values(cell).nth(self.place)
    }

    /// How many values the cell has, where these are more than it may hold. Only the first of its parts says so.
    pub fn surplus(self, cell: &str) -> Option<usize> {
        let count = if self.place == 0 { values(cell).count() } else { 0 };
        (count > self.of).then_some(count)
    }
}

/// The values of a cell that holds several.
fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', '\n', '\r']).map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{CellPart, ColumnReading};

    #[test]
    fn words_stand_for_values_in_any_case() {
        let words =
            BTreeMap::from([("фіз. особа".to_owned(), "0".to_owned()), ("-".to_owned(), "1".to_owned())]);
        let reading = ColumnReading::new(Some(&words), &["-".to_owned(), "немає".to_owned()], None);
        for (value, meant) in [
            ("фіз. особа", "0"),
            ("Фіз.\u{A0}особа", "0"),
            ("ФІЗ. ОСОБА", "0"),
            ("-", "1"),
            ("Немає", ""),
            ("1001", "1001"),
        ] {
            assert_eq!(reading.meant(value).unwrap_or(value), meant, "{value}");
        }
    }

    #[test]
    fn a_cell_of_several_values_is_split() {
        let part = |place| CellPart { place, of: 2 };
        let cell = "067 000 11 22;\n050-000-33-44,";
        assert_eq!(
            (part(0).of(cell), part(1).of(cell), part(2).of(cell)),
            (Some("067 000 11 22"), Some("050-000-33-44"), None)
        );
        assert_eq!(
            (part(0).surplus(cell), part(0).surplus("1,2;3"), part(1).surplus("1,2;3")),
            (None, Some(3), None)
        );
    }
}
