//! Where the table lies in its file, as the user says it.

use crate::support::{Case, Place, userside};

const BOOKINGS: &str = "Оплати за березень\n\nДата: 01.04.2024\ncustomer_id;amount;comment\n1;10,50;березень\n2;20,00;березень\nРазом;30,50;\nсклав бухгалтер;;\n";

#[test]
fn a_table_begins_and_ends_where_the_user_says() {
    let case = Case::of("change_balance --header-row 4 --last-row 6 --no-comment-tag", "march.csv", BOOKINGS);
    assert_eq!(case.values("customer_id"), ["1", "2"], "{}", case.output.report());
    assert_eq!(case.values("amount"), ["10.50", "20.00"]);
    assert_eq!(case.output.code, Some(0));
}

#[test]
fn cells_of_a_workbook_that_hold_something_else_are_refused_where_they_count() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let (long, day) = (12_345_678_901_234_567.0, ExcelDateTime::from_ymd(2024, 5, 12).expect("a date"));
    sheet.write_row(0, 0, ["id", "comment", "картка"]).expect("written");
    for row in 1..=3 {
        sheet.write(row, 0, row).and_then(|sheet| sheet.write(row, 2, long)).expect("written");
    }
    sheet.write(1, 1, "x").and_then(|sheet| sheet.write(2, 1, long)).expect("written");
    sheet.write_with_format(3, 1, &day, &Format::new().set_num_format("dd.mm.yyyy")).expect("written");
    let bytes = workbook.save_to_buffer().expect("saved");

    let case = Case::with_args(&["edit", "--map", "картка="], "cells.xlsx", &bytes);
    assert_eq!(case.values("comment"), ["x"], "{}", case.output.report());
    assert_eq!(case.refused(), [2, 3]);
    assert!(case.refusals()[1].contains("15 digits") && case.refusals()[2].contains("is a date"));
}

#[test]
fn a_header_row_below_the_end_leaves_no_table() {
    let place = Place::new().with("march.csv", BOOKINGS);
    userside(&place).line("validate change_balance march.csv --header-row 20").run().exits(2).says("line 20");
    userside(&place).line("validate change_balance march.csv --header-row 0").run().exits(2);
}
