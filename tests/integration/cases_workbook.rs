//! Workbooks of which each shows one fault, or one good thing: what a person saw is sent, or the row is refused.

use std::path::Path;

use crate::support::{Case, Place, userside, zip_of};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn edit(name: &str) -> Case {
    Case::of("edit", name, file(name))
}

#[track_caller]
fn sent(case: &Case, parameter: &str, values: &[&str]) {
    assert_eq!(case.values(parameter), values, "{}", case.output.report());
}

#[track_caller]
fn refused(case: &Case, rows: &[usize], why: &str) {
    assert_eq!(case.refused(), rows, "{}", case.output.report());
    for row in rows {
        let refusal = &case.refusals()[row - 1];
        assert!(refusal.contains(why), "row {row}: {refusal}");
    }
}

#[test]
fn zeros_by_format_are_sent_as_shown() {
    sent(&edit("zeros-by-format.xlsx"), "account_number", &["0000123", "0045678"]);
}

#[test]
fn a_formula_that_was_never_calculated_is_refused() {
    let case = edit("formula-without-value.xlsx");
    refused(&case, &[1], "never calculated");
    sent(&case, "id", &["1002"]);
}

#[test]
fn error_cells_are_refused() {
    let case = edit("error-cells.xlsx");
    refused(&case, &[1, 3], "error");
    sent(&case, "name", &["Мороз Ігор"]);
}

#[test]
fn a_date_in_a_text_column_is_refused() {
    refused(&edit("date-in-a-text-column.xlsx"), &[1], "is a date");
}

#[test]
fn hidden_rows_wait_for_a_word() {
    let case = edit("filtered-rows.xlsx");
    refused(&case, &[1, 3], "--hidden-rows");
    sent(&case, "id", &["1002"]);
    let name = "filtered-rows-skip.xlsx";
    let with = |option: &str| Case::of(&format!("edit --hidden-rows {option}"), name, file(name));
    sent(&with("skip"), "id", &["1001", "1003"]);
    sent(&with("include"), "id", &["1001", "1002", "1003"]);
}

#[test]
fn the_first_sheet_that_is_seen_is_read() {
    sent(&edit("hidden-sheet-first.xlsx"), "id", &["1001"]);
}

#[test]
fn a_sheet_without_the_columns_names_the_others() {
    let place = Place::new().with("note.xlsx", file("note-sheet-first.xlsx"));
    userside(&place).line("validate edit note.xlsx").run().exits(2).says("Абоненти").says("--sheet");
    userside(&place).line("validate edit note.xlsx --sheet Абоненти").run().exits(0);
}

#[test]
fn times_and_per_cents_are_sent_as_shown() {
    let case = edit("times.xlsx");
    sent(&case, "comment", &["9:05", "ok"]);
    sent(&case, "date_activity", &["2024-03-09 16:03:00", "2024-03-09"]);
    sent(&edit("per-cents.xlsx"), "comment", &["15%", "7.5%"]);
}

#[test]
fn merged_cells_of_the_body_are_refused() {
    refused(&edit("merged-body-cells.xlsx"), &[1, 2, 3], "merged");
}

#[test]
fn no_digit_is_added_to_a_number() {
    sent(&edit("decimals-in-text.xlsx"), "agreement_number", &["12.345", "7.5"]);
    let name = "third-of-hundred.xlsx";
    let case = Case::of("change_balance --no-comment-tag", name, file(name));
    refused(&case, &[1], "rounded");
    sent(&case, "amount", &["30", "0.3"]);
}

#[test]
fn what_is_wrong_in_a_column_that_is_left_out_harms_nobody() {
    let name = "long-number-left-out.xlsx";
    sent(&Case::with_args(&["edit", "--map", "картка="], name, file(name)), "id", &["1001"]);
}

#[test]
fn good_workbooks_stay_good() {
    sent(&edit("table-at-B3.xlsx"), "id", &["1001", "1002"]);
    sent(&edit("stray-cell-far-away.xlsx"), "id", &["1001"]);
    let ids = edit("ids.xlsx");
    sent(&ids, "id", &["1001"]);
    assert_eq!(ids.refused(), [2, 3, 4]);
    let phone = edit("long-phone.xlsx");
    sent(&phone, "phone0", &["380670001122"]);
    assert_eq!(phone.refused(), [2]);
}

#[test]
fn an_open_document_spreadsheet_is_read() {
    let case = edit("opendocument.ods");
    sent(&case, "id", &["1001", "1002"]);
    sent(&case, "account_number", &["000123", "000124"]);
}

#[test]
fn a_binary_workbook_is_read_or_named() {
    sent(&edit("binary.xlsb"), "id", &["1001", "1002"]);
    let place = Place::new().with("broken.xlsb", file("broken-binary.xlsb"));
    userside(&place).line("validate edit broken.xlsb").run().exits(2).says("binary workbook (.xlsb)");
}

#[test]
fn an_old_workbook_is_read_by_the_same_rules() {
    let case = edit("old.xls");
    assert_eq!(case.refused(), [2, 3, 4, 5, 7, 8], "{}", case.output.report());
    let why = case.refusals();
    for (row, why_so) in
        [(2, "rounded"), (3, "is a date"), (4, "never calculated"), (5, "--hidden-rows"), (7, "merged")]
    {
        assert!(why[row - 1].contains(why_so), "row {row}: {}", why[row - 1]);
    }
    assert_eq!(case.values("account_number")[..2], ["0000123", "TRUE"]);
    assert_eq!(case.values("comment")[..2], ["15%", "9:05"]);
    assert_eq!(case.values("agreement_date")[0], "2024-03-09");
    assert_eq!(case.values("name")[1], format!("{}{}", "x".repeat(300), "Ж".repeat(300)));
    assert_eq!(case.sent.len(), 393);
    assert_eq!(case.values("account_number")[392], format!("рахунок 399{}", "z".repeat(60)));
}

#[test]
fn formats_that_are_not_read_are_named_with_what_to_do() {
    for (name, content, what, advice) in [
        ("web-page.xls", file("web-page.xls"), "HTML", "save it as .xlsx"),
        ("compressed.csv.gz", file("compressed.csv.gz"), "gzip", "unpack"),
        ("customers.json", file("customers.json"), "JSON", "CSV"),
        ("password.xlsx", file("password.xlsx"), "password", "take the password off"),
        ("a.csv", b"%PDF-1.7\n%\xE2\xE3\n".to_vec(), "PDF", "CSV"),
        ("a.doc", b"{\\rtf1 x}".to_vec(), "RTF", "CSV"),
        ("a.db", b"SQLite format 3\0xxxx".to_vec(), "SQLite", "CSV"),
        ("a.docx", zip_of(&[("word/document.xml", String::new())]), "Word", "CSV"),
        ("a.zip", zip_of(&[("customers.csv", "id\n1\n".to_owned())]), "zip archive", "unpack"),
        (
            "a.odt",
            zip_of(&[("mimetype", "application/vnd.oasis.opendocument.text".to_owned())]),
            "OpenDocument text",
            "CSV",
        ),
    ] {
        let place = Place::new().with(name, content);
        userside(&place).args(["validate", "edit", name]).run().exits(2).says(what).says(advice);
    }
}

#[test]
fn damaged_workbooks_of_all_kinds_end_in_a_sentence() {
    for name in ["old.xls", "opendocument.ods", "binary.xlsb", "password.xlsx", "zeros-by-format.xlsx"] {
        let whole = file(name);
        for step in 1..40 {
            let mut bytes = whole.clone();
            let place = whole.len() * step / 40;
            if step % 2 == 0 {
                bytes.truncate(place);
            } else {
                bytes[place] ^= 0x5A;
                bytes[512.min(whole.len() - 1)] ^= u8::try_from(step).unwrap_or(0);
            }
            let folder = Place::new().with("x.bin", bytes);
            let output = userside(&folder).line("validate edit x.bin").run();
            assert!(matches!(output.code, Some(0 | 2)), "{name} {step}: {}", output.report());
        }
    }
}
