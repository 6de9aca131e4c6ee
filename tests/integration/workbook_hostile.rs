//! Workbooks that lie about their sizes, or hold more than anyone wants: refused, in bounded time and memory.

use crate::support::{Place, RawWorkbook, userside, zip_of};

const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>"#;

#[track_caller]
fn is_refused(book: &RawWorkbook, why: &str) {
    let place = Place::new().with("bad.xlsx", book.bytes());
    userside(&place).line("validate edit bad.xlsx").run().exits(2).says(why);
}

fn data(rows: &str) -> RawWorkbook {
    RawWorkbook::new(format!("{HEADER}{rows}"))
}

#[test]
fn rows_that_come_twice_or_out_of_order_are_not_lost() {
    let row = |number: u64| format!("<row r=\"{number}\"><c r=\"A{number}\"><v>{number}</v></c></row>");
    is_refused(&data(&[row(5), row(3)].concat()), "row 3 comes after row 5");
    is_refused(&data(&[row(2), row(2)].concat()), "row 2 comes twice");
    is_refused(&data("<row r=\"2\"><c r=\"A3\"><v>1</v></c></row>"), "another row");
    is_refused(&data("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>"), "twice");
    is_refused(&data("<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>"), "order");
}

#[test]
fn places_that_no_sheet_has_are_refused() {
    for number in ["4294967295", "1048577", "0", "99999999999"] {
        is_refused(&data(&format!("<row r=\"{number}\"><c><v>1</v></c></row>")), "row");
    }
    is_refused(&data("<row r=\"2\"><c r=\"ZZZZZZ2\"><v>1</v></c></row>"), "XFD");
    is_refused(&data("<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>"), "XFD");
}

#[test]
fn what_is_long_is_refused() {
    let cell = |text: &str| {
        data(&format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>"))
    };
    is_refused(&cell(&"x".repeat(9 << 20)), "longer than 4 MiB");
    is_refused(&cell(&"x&amp;".repeat(600_000)), "1 MiB");
    let mut book = data("");
    book.strings = format!("<si><t>{}</t></si>", "x".repeat(9 << 20));
    is_refused(&book, "longer than 4 MiB");
    is_refused(&data(&"<a>".repeat(1000)), "nested");
    let mut book = data("<row><c t=\"str\"><v>&lol;</v></c></row>");
    book.before = "<!DOCTYPE x [<!ENTITY lol \"lol\">]>".to_owned();
    is_refused(&book, "entity");
    is_refused(&data("<row><c t=\"s\"><v>7</v></c></row>"), "not there");
}

#[test]
fn the_bound_is_said_and_can_be_raised() {
    let rows: String =
        (2..30_000).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>")).collect();
    let place = Place::new().with("large.xlsx", data(&rows).bytes());
    let validate = |option: &str| userside(&place).line(&format!("validate edit large.xlsx{option}")).run();
    validate(" --max-size 1MiB").exits(2).says("1 MiB").says("--max-size");
    validate(" --max-size 16MiB").exits(0);
    validate("").exits(0);
}

#[test]
fn a_workbook_that_ends_in_the_middle_is_refused() {
    let bytes = data("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>").bytes();
    for length in [30, bytes.len() / 2, bytes.len() - 1] {
        let place = Place::new().with("cut.xlsx", &bytes[..length]);
        userside(&place).line("validate edit cut.xlsx").run().exits(2);
    }
    let empty = zip_of(&[("xl/workbook.xml", "<workbook/>".to_owned())]);
    let place = Place::new().with("none.xlsx", empty);
    userside(&place).line("validate edit none.xlsx").run().exits(2).says("no sheet");
}
