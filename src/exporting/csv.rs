//! CSV: plain as RFC 4180 has it, or so that a spreadsheet opens it by a double click.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use csv::{Terminator, Writer, WriterBuilder};

use super::column::{CellFixes, Column};
use super::format::SheetLocale;
use crate::catalogue::ValueKind;
use crate::customers::plain;
use crate::reading::defused;
use crate::recording::{OutputSink, RecordError};

/// A CSV file being written.
pub(super) struct Csv {
    path: PathBuf,
    writer: Writer<Box<dyn OutputSink>>,
    kinds: Vec<ValueKind>,
    excel: Option<SheetLocale>,
    fixes: CellFixes,
}

impl Csv {
    pub(super) fn begin(
        mut file: Box<dyn OutputSink>,
        columns: Vec<Column>,
        excel: Option<SheetLocale>,
    ) -> Result<Self, RecordError> {
        let path = file.path();
        if excel.is_some() {
            let written = file.write_all("\u{FEFF}".as_bytes());
            written.map_err(|source| RecordError::Write { path: path.clone(), source })?;
        }
        let delimiter = excel.map_or(b',', SheetLocale::delimiter);
        let writer = WriterBuilder::new().delimiter(delimiter).terminator(Terminator::CRLF).from_writer(file);
        let kinds = columns.iter().map(|column| column.kind).collect();
        let mut csv = Self { path, writer, kinds, excel, fixes: CellFixes::default() };
        // A name that a server made up is no safer than a cell.
        let names = columns.iter().map(|column| match excel {
            Some(_) => defused(&column.name),
            None => Cow::Borrowed(column.name.as_str()),
        });
        csv.writer
            .write_record(names.map(|name| name.as_bytes().to_vec()))
            .map_err(|error| csv.failed(error))?;
        Ok(csv)
    }

    pub(super) fn write(&mut self, cells: &[String]) -> Result<(), RecordError> {
        for (cell, kind) in cells.iter().zip(&self.kinds) {
            let cell = match self.excel {
                Some(locale) => excel_cell(cell, *kind, locale, &mut self.fixes),
                None => Cow::Borrowed(cell.as_str()),
            };
            if let Err(error) = self.writer.write_field(cell.as_bytes()) {
                return Err(self.failed(error));
            }
        }
        self.writer.write_record(None::<&[u8]>).map_err(|error| self.failed(error))
    }

    pub(super) fn finish(self) -> Result<(PathBuf, CellFixes), RecordError> {
        let Self { path, writer, fixes, .. } = self;
        let failed = |error: csv::IntoInnerError<_>| RecordError::Write {
            path: path.clone(),
            source: io::Error::new(error.error().kind(), error.error().to_string()),
        };
        writer.into_inner().map_err(failed)?.finish()?;
        Ok((path, fixes))
    }

    fn failed(&self, error: csv::Error) -> RecordError {
        RecordError::of_csv(&self.path, error)
    }
}

/// The cell as a spreadsheet of this locale reads it.
fn excel_cell<'c>(
    cell: &'c str,
    kind: ValueKind,
    locale: SheetLocale,
    fixes: &mut CellFixes,
) -> Cow<'c, str> {
    if kind == ValueKind::Money
        && let Some(amount) = plain(cell)
    {
        return if locale.has_comma() { Cow::Owned(amount.replace('.', ",")) } else { amount };
    }
    let cell = defused(cell);
    if matches!(cell, Cow::Owned(_)) {
        fixes.defused += 1;
    }
    cell
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{CellFixes, SheetLocale, excel_cell};
    use crate::catalogue::ValueKind;

    #[test]
    fn amounts_have_the_locales_comma_and_texts_do_not() {
        let cell =
            |cell: &str, kind, locale| excel_cell(cell, kind, locale, &mut CellFixes::default()).into_owned();
        assert_eq!(cell("-15.40", ValueKind::Money, SheetLocale::Uk), "-15,40");
        assert_eq!(cell("-15.40", ValueKind::Money, SheetLocale::Ru), "-15,40");
        assert_eq!(cell("-15.40", ValueKind::Money, SheetLocale::En), "-15.40");
        assert_eq!(cell("1 234,56", ValueKind::Money, SheetLocale::En), "1234.56");
        assert_eq!(cell("1.2.3", ValueKind::Money, SheetLocale::Uk), "1.2.3");
        assert_eq!(cell("15.40", ValueKind::Text, SheetLocale::Uk), "15.40");
        assert_eq!(cell("000123", ValueKind::Text, SheetLocale::Uk), "000123");
    }

    #[test]
    fn formulas_are_counted() {
        let mut fixes = CellFixes::default();
        assert_eq!(excel_cell("=1", ValueKind::Text, SheetLocale::Uk, &mut fixes), Cow::from("'=1"));
        assert_eq!(excel_cell("=1", ValueKind::Money, SheetLocale::Uk, &mut fixes), Cow::from("'=1"));
        assert_eq!(
            excel_cell("+380670001122", ValueKind::Phone, SheetLocale::Uk, &mut fixes),
            "+380670001122"
        );
        assert_eq!(fixes.defused, 2);
    }
}
