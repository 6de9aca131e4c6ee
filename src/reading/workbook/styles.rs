//! The number formats of a workbook's cells, by their styles.

use std::collections::HashMap;

use super::number_format::NumberFormat;

static GENERAL: NumberFormat = NumberFormat::GENERAL;

/// The number formats of cells.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
    /// The format of each style.
    of_style: Vec<usize>,
}

impl Styles {
    /// The format of cells of this style.
    pub(super) fn format(&self, style: usize) -> &NumberFormat {
        let format = self.of_style.get(style).and_then(|format| self.formats.get(*format));
        format.unwrap_or(&GENERAL)
    }

    /// Adds a style with the format of this number.
    pub(super) fn push(&mut self, id: u32, codes: &HashMap<u32, String>, known: &mut HashMap<u32, usize>) {
        let place = *known.entry(id).or_insert_with(|| {
            let code = codes.get(&id);
            self.formats
                .push(code.map_or_else(|| NumberFormat::built_in(id), |code| NumberFormat::parse(code)));
            self.formats.len() - 1
        });
        self.of_style.push(place);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.of_style.len()
    }
}
