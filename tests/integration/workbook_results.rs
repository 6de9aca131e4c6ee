//! Results, rows to fix and undo files that are workbooks, because their names say so.

use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::support::{Place, RawWorkbook, Sandbox, userside};

/// The cells of the one sheet, read by another program's hands.
fn sheet(place: &Place, name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(place.path(name)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    range.rows().map(<[Data]>::to_vec).collect()
}

fn texts(rows: &[Vec<Data>], column: usize) -> Vec<String> {
    rows.iter().map(|row| row[column].to_string()).collect()
}

const CUSTOMERS: &str =
    "id;account_number;comment\n1;000123;=1+1\n2;0;x\nabc;00017;_x000D_ і ще\n2;5;\u{1F600} довгий\n";

#[test]
fn a_name_that_says_workbook_makes_one() {
    let place = Place::new().with("edit.csv", CUSTOMERS);
    let line = "validate edit edit.csv --results r.xlsx --failed f.xlsx";
    userside(&place).line(line).run().exits(2);
    let rows = sheet(&place, "r.xlsx");
    assert_eq!(rows.len(), 5);
    let names: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(names[..4], ["id", "account_number", "comment", "result_status"]);
    // Text stays text: no zero is lost, nothing becomes a formula.
    assert_eq!(texts(&rows, 1), ["account_number", "000123", "0", "00017", "5"]);
    assert_eq!(rows[1][2], Data::String("=1+1".to_owned()));
    assert_eq!(texts(&rows, 3), ["result_status", "skipped", "skipped", "invalid", "invalid"]);
    let failed = sheet(&place, "f.xlsx");
    assert_eq!(failed.len(), 3);
    assert_eq!(failed[0].last(), Some(&Data::String("why".to_owned())));
    assert!(failed[1][3].to_string().contains("not a valid id"), "{failed:?}");
}

#[test]
fn a_workbook_of_results_reads_as_the_input_did() {
    let place = Place::new().with("edit.csv", CUSTOMERS.replace("abc", "3").replace("\n2;5", "\n4;5"));
    let sandbox = Sandbox::start();
    let import = |file: &str, more: &str| {
        let line = format!("import edit {file} --yes --skip-invalid --new-run --concurrency 1 {more}");
        userside(&place).line(&line).to(&sandbox).run()
    };
    import("edit.csv", "--results r.xlsx");
    let first = sandbox.writes();
    let comments = |entries: &[crate::support::Entry]| -> Vec<String> {
        entries.iter().map(|entry| entry.parameter("comment").to_owned()).collect()
    };
    import("r.xlsx", "--results again.xlsx");
    let all = sandbox.writes();
    assert_eq!(all.len(), 2 * first.len());
    assert_eq!(comments(&all[first.len()..]), comments(&first));
    let (once, again) = (sheet(&place, "r.xlsx"), sheet(&place, "again.xlsx"));
    for column in 0..3 {
        assert_eq!(texts(&once, column), texts(&again, column));
    }
}

#[test]
fn what_was_refused_in_a_workbook_is_refused_in_its_rows_to_fix() {
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let data = format!(
        "<row>{}{}</row><row><c><v>1</v></c><c s=\"1\"><v>45424</v></c></row><row><c><v>2</v></c><c><v>4000123412341234</v></c></row><row><c><v>3</v></c>{}</row>",
        text("id"),
        text("comment"),
        text("good")
    );
    let book = RawWorkbook::new(data).formats(&["dd.mm.yyyy"]);
    let place = Place::new().with("edit.xlsx", book.bytes());
    userside(&place).line("validate edit edit.xlsx --failed f.xlsx").run().exits(2);
    let again = userside(&place).line("validate edit f.xlsx --results again.csv").run().exits(2);
    let rows = again.results_in("again.csv").rows;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.result("status") == "invalid"));
}

#[test]
fn no_other_ending_lies_about_what_is_inside() {
    let place = Place::new().with("edit.csv", CUSTOMERS);
    for line in [
        "validate edit edit.csv --results r.xls",
        "validate edit edit.csv --failed r.ods",
        "import edit edit.csv --results r.JSON",
        "lookup phone edit.csv -o found.xlsb",
        "history edit.csv -o found.pdf",
    ] {
        userside(&place).line(line).run().exits(2).says(".csv or .xlsx");
    }
    assert!(!place.path("r.xls").exists());
}

#[test]
fn results_and_undo_of_a_run_can_be_workbooks() {
    let place = Place::new().with("money.csv", "customer_id,amount,comment\n1,10.50,a\n2,-3,b\n");
    let sandbox = Sandbox::start();
    userside(&place).line("import change_balance money.csv --yes").to(&sandbox).run();
    let run = |line: &str| userside(&place).line(line).run();
    run("results money.journal --results again.xlsx");
    assert_eq!(sheet(&place, "again.xlsx").len(), 3);
    run("undo money.journal --output back.xlsx");
    let back = sheet(&place, "back.xlsx");
    let amount = back[0].iter().position(|name| *name == "amount").expect("amounts");
    assert_eq!(texts(&back, amount), ["amount", "-10.50", "3.00"]);
    userside(&place).line("validate change_balance back.xlsx").run().exits(0);
    userside(&place).line("lookup codeti money.csv --column customer_id -o found.xlsx").to(&sandbox).run();
    assert_eq!(sheet(&place, "found.xlsx").len(), 3);
}
