//! The inputs that people have on disk.

use std::io::Write;

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::{FlawKind, Input, ReadError, Row, Source, TableChoice};

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).and_then(|()| file.flush()).expect("written");
    file
}

fn open(file: &NamedTempFile) -> Result<Source, ReadError> {
    let input = Input::File(file.path().to_owned());
    Source::open(&input, &TableChoice::default(), std::io::empty())
}

type Table = (Vec<String>, Vec<(u64, Vec<String>)>);

fn table(source: &Source) -> Result<Table, ReadError> {
    let (header, mut records) = source.records()?;
    let mut rows = Vec::new();
    let mut row = Row::default();
    while records.read(&mut row)? {
        assert_eq!(row.number().0, rows.len() as u64);
        rows.push((row.line(), row.cells().map(str::to_owned).collect()));
    }
    Ok((header, rows))
}

fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let file = file(bytes);
    table(&open(&file)?)
}

fn cells(row: &[&str]) -> Vec<String> {
    row.iter().map(|s| (*s).to_owned()).collect()
}

/// The lines of the rows that are not trusted, and why.
fn flaws(text: &str) -> Vec<(u64, Option<FlawKind>)> {
    let file = file(text.as_bytes());
    let (_, mut records) = open(&file).and_then(|source| source.records()).expect("readable");
    let (mut row, mut flaws) = (Row::default(), Vec::new());
    while records.read(&mut row).expect("readable") {
        flaws.extend(row.flaws().iter().map(|flaw| (row.line(), flaw.column.is_none().then_some(flaw.kind))));
    }
    flaws
}

#[test]
fn lines_are_those_of_the_file_whatever_ends_them() {
    for ends in ["\n", "\r\n", "\r"] {
        let text = "id,comment\n1,a\n\n2,\"b\nc\"\n,\n3,d\n\n\n".replace('\n', ends);
        let (header, rows) = read(text.as_bytes()).expect("readable");
        assert_eq!(header, cells(&["id", "comment"]));
        let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 4, 7], "{ends:?}");
        assert_eq!(rows[2].1, cells(&["3", "d"]), "{ends:?}");
    }
}

#[test]
fn a_legacy_export_is_read_as_it_is_meant() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Код;ФИО\r\n1;Дем'яненко \"Ї\"\r\n;\r\n\r\n");
    let (header, rows) = read(&bytes).expect("readable");
    assert_eq!(header, cells(&["Код", "ФИО"]));
    assert_eq!(rows, [(2, cells(&["1", "Дем'яненко \"Ї\""]))]);
}

#[test]
fn byte_order_marks_are_not_part_of_a_column() {
    assert_eq!(read(b"\xEF\xBB\xBFid\n1\n").expect("readable").0, cells(&["id"]));
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain("id\tname\r\n1\tЯ\r\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let (header, rows) = read(&utf16).expect("readable");
    assert_eq!((header, rows), (cells(&["id", "name"]), vec![(2, cells(&["1", "Я"]))]));
}

#[test]
fn the_last_line_needs_no_end() {
    assert_eq!(read(b"id\n1\n2").expect("readable").1.len(), 2);
    assert_eq!(read(b"id,name\n1,\"x\"").expect("readable").1, [(2, cells(&["1", "x"]))]);
    assert_eq!(read(b"id").expect("readable").1, []);
}

#[test]
fn an_unclosed_quote_is_found_and_located() {
    let flaw = FlawKind::UnclosedQuote { first: 3, last: 4 };
    assert_eq!(flaws("id,name\n1,a\n2,\"b\n3,c\n"), [(3, Some(flaw))]);
}

#[test]
fn a_row_that_never_ends_does_not_fill_the_memory() {
    let mut bytes = b"id,name\n1,\"".to_vec();
    bytes.resize(20 << 20, b'x');
    assert!(matches!(read(&bytes), Err(ReadError::HugeRow { line: 2, .. })));
}

#[test]
fn empty_files_and_binary_files_are_refused() {
    assert!(matches!(read(b""), Err(ReadError::Empty { .. })));
    assert!(matches!(read(b"\n\n"), Err(ReadError::Empty { .. })));
    assert!(matches!(read(b"i\0d\0\n,,\0"), Err(ReadError::Binary { .. })));
    assert!(matches!(read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Err(ReadError::Workbook { .. })));
    assert!(matches!(read(b"PK\x03\x04 no workbook"), Err(ReadError::Workbook { .. })));
}

#[test]
fn a_file_that_changes_between_two_passes_changes_neither() {
    let mut file = file(b"id\n1\n");
    let source = open(&file).expect("opened");
    let first = table(&source).expect("the first pass");
    file.write_all(b"2\n").and_then(|()| file.flush()).expect("written");
    file.as_file().set_len(2).expect("cut");
    assert_eq!(table(&source).expect("the second pass"), first);
}

#[test]
fn a_folder_is_not_an_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = Input::File(folder.path().to_owned());
    let opened = Source::open(&input, &TableChoice::default(), std::io::empty());
    assert!(matches!(opened, Err(ReadError::Folder { .. })));
}

#[test]
fn utf16_needs_no_mark() {
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let text: Vec<u8> = "id;name\n1;Привет\n".encode_utf16().flat_map(bytes).collect();
        assert_eq!(read(&text).expect("readable").1, [(2, cells(&["1", "Привет"]))]);
    }
}

#[test]
fn a_number_that_a_workbook_does_not_keep_is_refused() {
    let path = tempfile::Builder::new().suffix(".xlsx").tempfile().expect("a temporary file");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "id").expect("written");
    sheet.write(1, 0, 12_345_678_901_234_567.0).expect("written");
    workbook.save(path.path()).expect("saved");
    let input = Input::File(path.path().to_owned());
    let source = Source::open(&input, &TableChoice::default(), std::io::empty()).expect("opened");
    let mut row = Row::default();
    assert!(source.records().and_then(|(_, mut records)| records.read(&mut row)).expect("readable"));
    assert_eq!(row.flaw_of(0).map(|flaw| flaw.kind), Some(FlawKind::LongNumber));
    assert_eq!(row.line(), 2);
}

#[test]
fn standard_input_can_be_read_twice() {
    let source =
        Source::open(&Input::Stdin, &TableChoice::default(), &b"id;name\n1;x\n"[..]).expect("opened");
    assert_eq!(table(&source).expect("once"), table(&source).expect("twice"));
}

#[test]
fn a_sheet_is_rows_with_the_sheets_numbers() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let path = tempfile::Builder::new().suffix(".xlsx").tempfile().expect("a temporary file");
    let mut workbook = Workbook::new();
    let first = workbook.add_worksheet();
    first.set_name("Клиенты").expect("a name");
    let date = Format::new().set_num_format("yyyy-mm-dd");
    first.write(0, 0, "id").expect("written");
    first.write(0, 1, "value").expect("written");
    first.write(2, 0, 1001).expect("written");
    let day = ExcelDateTime::from_ymd(2024, 3, 9).expect("a date");
    first.write_datetime_with_format(2, 1, &day, &date).expect("written");
    first.write(3, 0, -15.4).expect("written");
    first.write(3, 1, true).expect("written");
    workbook.add_worksheet().set_name("Второй").expect("a name").write(0, 0, "x").expect("written");
    workbook.save(path.path()).expect("saved");

    let input = Input::File(path.path().to_owned());
    let open = |sheet: Option<&str>| {
        let choice = TableChoice { sheet: sheet.map(str::to_owned), ..TableChoice::default() };
        Source::open(&input, &choice, std::io::empty())
    };
    let (header, rows) = table(&open(None).expect("opened")).expect("readable");
    assert_eq!(header, cells(&["id", "value"]));
    assert_eq!(rows, [(3, cells(&["1001", "2024-03-09"])), (4, cells(&["-15.4", "TRUE"]))]);
    assert_eq!(table(&open(Some("Второй")).expect("opened")).expect("readable").0, cells(&["x"]));
    let error = open(Some("Третий")).expect_err("no sheet").to_string();
    assert!(error.contains("Клиенты, Второй"), "{error}");
}

proptest! {
    /// The cells of any table in any dialect come back unchanged.
    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a-zа-яїє0-9 ,;\"'\r\n\t.-]{0,12}", 3), 1..8),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut bytes = Vec::new();
        {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).quote_style(csv::QuoteStyle::Always).from_writer(&mut bytes);
            writer.write_record(["id", "name", "comment"]).expect("written");
            for row in &rows {
                writer.write_record(row).expect("written");
            }
            writer.flush().expect("written");
        }
        let expected: Vec<&Vec<String>> = rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        let (_, read) = read(&bytes).expect("readable");
        prop_assert_eq!(read.iter().map(|(_, row)| row).collect::<Vec<_>>(), expected);
    }

    /// No bytes make the reader panic.
    #[test]
    fn any_bytes_end_in_rows_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
