//! The cells of a row, one after the other in one text. The memory is reused from row to row.

/// The cells of a row.
#[derive(Debug, Default)]
pub(super) struct RowCells {
    /// Delimiters may stand between the cells.
    text: String,
    /// Where each of them begins and ends.
    spans: Vec<(usize, usize)>,
}

impl RowCells {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    pub(super) fn push(&mut self, cell: &str) {
        let start = self.text.len();
        self.text.push_str(cell);
        self.spans.push((start, self.text.len()));
    }

    /// Adds the cells of a line that has no quotation marks.
    pub(super) fn push_line(&mut self, line: &str, delimiter: u8) {
        let (from, spans) = (self.text.len(), &mut self.spans);
        self.text.push_str(line);
        let mut start = from;
        each_place(line.as_bytes(), delimiter, |place| {
            spans.push((start, from + place));
            start = from + place + 1;
        });
        spans.push((start, self.text.len()));
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn get(&self, column: usize) -> Option<&str> {
        let (start, end) = *self.spans.get(column)?;
        self.text.get(start..end)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|(start, end)| self.text.get(*start..*end).unwrap_or_default())
    }

    /// All cells, with nothing or delimiters between them.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Calls `take` with every place of a byte. Cells are short, so that to look for the next place again and again takes
/// longer than to go through eight bytes at once.
fn each_place(line: &[u8], byte: u8, mut take: impl FnMut(usize)) {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let (words, rest) = line.as_chunks::<8>();
    let pattern = u64::from_ne_bytes([byte; 8]);
    for (number, word) in words.iter().enumerate() {
        let other = u64::from_le_bytes(*word) ^ pattern;
        // The high bit of every byte that is zero: nothing is carried from one byte to the next.
        let mut found = !(((other & LOW) + LOW) | other | LOW);
        while found != 0 {
            take(number * 8 + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    let before = words.len() * 8;
    rest.iter().enumerate().filter(|(_, other)| **other == byte).for_each(|(place, _)| take(before + place));
}

#[cfg(test)]
mod tests {
    use super::{RowCells, each_place};

    #[test]
    fn cells_come_back_as_they_were_put_in() {
        let mut cells = RowCells::default();
        cells.push("старе");
        cells.clear();
        cells.push("");
        cells.push_line(";Гнатюк Олена;;1", b';');
        cells.push("ї");
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["", "", "Гнатюк Олена", "", "1", "ї"]);
        assert_eq!((cells.len(), cells.get(2), cells.get(6)), (6, Some("Гнатюк Олена"), None));
        assert!(cells.text().contains("Олена"));
    }

    proptest::proptest! {
        #[test]
        fn every_place_is_found(line in proptest::collection::vec(0x7Eu8..0x82, 0..40), byte in 0x7Eu8..0x82) {
            let mut places = Vec::new();
            each_place(&line, byte, |place| places.push(place));
            let there: Vec<usize> = (0..line.len()).filter(|place| line[*place] == byte).collect();
            proptest::prop_assert_eq!(places, there);
        }
    }
}
