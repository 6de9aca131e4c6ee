//! Files as they come from Excel and from old billings: delimiters, encodings, byte order marks, line ends,
//! quoted line breaks, ragged rows, empty lines, workbooks, standard input.

use crate::support::{Entry, Place, Sandbox, userside};

/// Imports the bytes as `edit` and gives back what arrived, in the order of the ids.
fn arrived(content: impl AsRef<[u8]>, options: &str) -> Vec<Entry> {
    let (place, sandbox) = (Place::new().with("input.csv", content), Sandbox::start());
    let output = userside(&place).line("import edit input.csv").line(options).to(&sandbox).run().exits(0);
    output.results().all_are("ok");
    sorted(&sandbox)
}

fn sorted(sandbox: &Sandbox) -> Vec<Entry> {
    let mut writes = sandbox.writes();
    writes.sort_by_key(|entry| entry.parameter("id").to_owned());
    writes
}

fn comments(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.parameter("comment")).collect()
}

fn cp1251(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
}

#[test]
fn every_delimiter_is_detected() {
    for delimiter in [",", ";", "\t", "|"] {
        let content = "id|name|comment\n1|Иван|a\n2|Пётр|b\n".replace('|', delimiter);
        assert_eq!(comments(&arrived(content, "")), ["a", "b"], "{delimiter:?}");
    }
}

/// Commas inside cells outnumber the semicolons between them.
#[test]
fn the_delimiter_is_the_one_that_makes_a_table() {
    let content = "id;comment\n1;\"a, b, c, d\"\n2;e, f, g\n";
    assert_eq!(comments(&arrived(content, "")), ["a, b, c, d", "e, f, g"]);
}

#[test]
fn a_told_delimiter_overrules_what_is_detected() {
    for (delimiter, option) in [("~", "~"), ("\t", "tab"), (":", ":")] {
        let content = "id|comment\n1|a,b\n".replace('|', delimiter);
        let option = format!("--delimiter {option}");
        assert_eq!(comments(&arrived(content, &option)), ["a,b"], "{option}");
    }
}

const LETTERS: &str =
    "id;comment\n1;Съешь же ещё этих мягких французских булок\n2;Ґанок, їжак, єнот і яблуко\n";

#[test]
fn encodings_are_detected_or_told() {
    let expected = ["Съешь же ещё этих мягких французских булок", "Ґанок, їжак, єнот і яблуко"];
    assert_eq!(comments(&arrived(LETTERS, "")), expected);
    assert_eq!(comments(&arrived(cp1251(LETTERS), "")), expected);
    assert_eq!(comments(&arrived(cp1251(LETTERS), "--encoding windows-1251")), expected);
    assert_eq!(comments(&arrived(cp1251(LETTERS), "--encoding cp1251")), expected);
    let koi8 = encoding_rs::KOI8_U.encode(LETTERS).0.into_owned();
    assert_eq!(comments(&arrived(koi8, "--encoding koi8-u")), expected);
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(LETTERS.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(comments(&arrived(utf16, "")), expected);
}

/// The only letter that is no ASCII stands a long way below the header.
#[test]
fn a_late_letter_decides_the_encoding_too() {
    let rows: String = (0..20_000).map(|_| "1;plain text\n").collect();
    let content = cp1251(&format!("id;comment\n{rows}1;Привет\n"));
    let place = Place::new().with("input.csv", content);
    let line = "validate edit input.csv --allow-duplicates --results input.results.csv";
    let results = userside(&place).line(line).run().exits(0).results();
    assert_eq!(results.rows.last().expect("a row").get("comment"), "Привет");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let sent = arrived("\u{FEFF}id,comment\r\n1,a\r\n", "");
    assert_eq!((sent[0].parameter("id"), sent[0].parameter("comment")), ("1", "a"));
}

#[test]
fn every_line_end_is_one() {
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(comments(&arrived("id,comment|1,a|2,b|".replace('|', end), "")), ["a", "b"], "{end:?}");
        assert_eq!(comments(&arrived("id,comment|1,a|2,b".replace('|', end), "")), ["a", "b"], "{end:?}");
    }
}

#[test]
fn line_breaks_and_quotes_inside_cells_stay() {
    let sent = arrived("id,comment\r\n1,\"one\r\ntwo\"\r\n2,\"say \"\"hi\"\"; a,b\"\r\n", "");
    assert_eq!(comments(&sent), ["one\r\ntwo", "say \"hi\"; a,b"]);
}

/// Lines are those of the file: a cell of three lines moves the rows behind it.
#[test]
fn messages_name_the_line_of_the_file_behind_quoted_line_breaks_and_empty_lines() {
    let content = "id,comment\n1,\"a\nb\nc\"\n\n,,\nx,d\n";
    let place = Place::new().with("input.csv", content);
    let output = userside(&place).line("validate edit input.csv").run().exits(2);
    output.says("input.csv, line 7, column 'id', value 'x'");
}

#[test]
fn short_rows_are_filled() {
    let content = "id,comment,login\n1,a\n2,b,l\n";
    let sent = arrived(content, "");
    assert_eq!(comments(&sent), ["a", "b"]);
    assert!(!sent[0].parameters.contains_key("login"));
}

#[test]
fn an_extra_cell_with_something_in_it_is_invalid() {
    let place = Place::new().with("input.csv", "id,comment\n1,a\n2,b,c\n");
    let line = "validate edit input.csv --results input.results.csv";
    let results = userside(&place).line(line).run().exits(2).results();
    assert_eq!(results.fates(), ["skipped stopped - 0", "invalid bad_value - 0"]);
    assert!(results.rows[1].result("error").contains('c'), "{:?}", results.rows[1]);
}

#[test]
fn empty_lines_and_lines_of_delimiters_are_no_rows() {
    for tail in ["\n\n\n", "\r\n\r\n", ",,\n,,\n", " , ,\n", "\n,,\n\n"] {
        let place = Place::new().with("input.csv", format!("id,comment,login\n1,a,\n{tail}"));
        let line = "validate edit input.csv --expect-rows 1 --results input.results.csv";
        let output = userside(&place).line(line).run().exits(0);
        assert_eq!(output.results().rows.len(), 1, "{tail:?}");
    }
}

#[test]
fn an_empty_file_a_missing_file_and_a_binary_are_told_apart() {
    let place = Place::new().with("empty.csv", "").with("binary.csv", b"id\0\x01\x02,comment\n1,\0\n");
    let run = |file: &str| userside(&place).line("validate edit").args([file]).run().exits(2);
    run("empty.csv").says("empty.csv is empty").says("template");
    run("missing.csv").says("cannot open missing.csv");
    run("binary.csv").says("zero bytes");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_found() {
    let place = Place::new().with("input.csv", "id,comment\n1,a\n2,\"b\n3,c\n4,d\n");
    let output = userside(&place).line("validate edit input.csv").run().exits(2);
    output.says("input.csv, line 3").says("never closed");
}

#[test]
fn a_header_without_rows_is_done_with_a_warning() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n"), Sandbox::start());
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0).says("no rows");
    assert!(output.results().rows.is_empty());
}

#[test]
fn rows_come_from_standard_input() {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    let program =
        userside(&place).stdin(cp1251(LETTERS)).line("import edit - --results out.csv --journal out.journal");
    let results = program.to(&sandbox).run().exits(0).results_in("out.csv");
    results.all_are("ok");
    assert_eq!(comments(&sorted(&sandbox))[1], "Ґанок, їжак, єнот і яблуко");
    assert_eq!(results.rows[1].get("comment"), "Ґанок, їжак, єнот і яблуко");
    let program = userside(&place).stdin("id,comment\n1,x\n").line("import edit -");
    program.to(&sandbox).run().exits(2).says("--results FILE");
    let program = userside(&place).stdin("id,comment\n1,x\n").line("import edit - --results other.csv");
    program.to(&sandbox).run().exits(2).says("--journal FILE");
    userside(&place).stdin("id,comment\n1,x\n").line("validate edit - --results out.csv").run().exits(0);
}

#[test]
fn a_workbook_is_read_by_its_first_sheet_or_a_named_one() {
    let place = Place::new().with_sample("customers.xlsx");
    let run = |line: &str| userside(&place).line(line).run();
    run("validate add customers.xlsx --expect-rows 40").exits(0);
    run("validate change_balance customers.xlsx --sheet Балансы --expect-rows 25").exits(0);
    run("validate add customers.xlsx --sheet Баланс").exits(2).says("no sheet 'Баланс'").says("Балансы");
    let place = Place::new().with("input.csv", "id,comment\n1,a\n");
    userside(&place).line("validate edit input.csv --sheet x").run().exits(2).says("not a workbook");
}

/// Numbers, dates and booleans of a workbook are no text; what arrives is what the cells show.
#[test]
fn cells_of_a_workbook_arrive_as_what_they_are() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2023, 3, 9).expect("a date");
    let format = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (column, name) in
        ["id", "date_connect", "flag_corporate", "floor", "account_number"].iter().enumerate()
    {
        sheet.write(0, u16::try_from(column).expect("few"), *name).expect("a cell");
    }
    sheet.write(1, 0, 1).expect("a cell");
    sheet.write_datetime_with_format(1, 1, &date, &format).expect("a cell");
    sheet.write(1, 2, true).expect("a cell");
    sheet.write(1, 3, 7.0).expect("a cell");
    sheet.write(1, 4, "000042").expect("a cell");
    let (place, sandbox) =
        (Place::new().with("input.xlsx", book.save_to_buffer().expect("a book")), Sandbox::start());
    userside(&place).line("import edit input.xlsx").to(&sandbox).run().exits(0).results().all_are("ok");
    let writes = sandbox.writes();
    let sent: Vec<&str> = ["id", "date_connect", "flag_corporate", "floor", "account_number"]
        .map(|name| writes[0].parameter(name))
        .to_vec();
    assert_eq!(sent, ["1", "2023-03-09", "1", "7", "000042"]);
}
