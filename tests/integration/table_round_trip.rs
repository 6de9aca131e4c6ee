//! What the program wrote comes back unchanged: an export is imported again, and nothing changes on the server.

use crate::support::{Case, Place, Sandbox, userside};

/// Comments that a spreadsheet would run, or that look as if the program had changed them.
const COMMENTS: [&str; 7] =
    ["=1+1", "'=1+1", "''=1", "- позвонить", "@home; x,y", "+380670001122", "рядок\nі ще \"один\""];

/// Exports the customers, imports the file with `edit`, and compares them before and after.
fn comes_back(name: &str, export: &str) -> String {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 20"));
    for (id, comment) in (1..).zip(COMMENTS) {
        let id: u64 = id;
        sandbox.call("edit", &[("id", &id.to_string()), ("comment", comment)]);
    }
    let customers = || {
        userside(&place).line("export --is-ex 0 --columns all -o all.csv").to(&sandbox).run().exits(0);
        place.text("all.csv")
    };
    let before = customers();
    userside(&place).args(["export", "--is-ex", "0", "-o", name]).line(export).to(&sandbox).run().exits(0);
    let output = userside(&place).args(["import", "edit", name, "--yes"]).to(&sandbox).run().exits(0);
    assert_eq!(before, customers(), "{}", output.report());
    assert!(sandbox.applied() > COMMENTS.len(), "{}", output.report());
    output.report()
}

#[test]
fn every_format_of_an_export_comes_back_unchanged() {
    for (name, options) in [
        ("out.csv", ""),
        ("out.csv", "--excel"),
        ("out.csv", "--excel --locale ru"),
        ("out.csv", "--excel --locale en"),
        ("out.xlsx", ""),
    ] {
        let report = comes_back(name, options);
        assert!(report.contains("are left out: ") && report.contains("'balance'"), "{report}");
    }
}

#[test]
fn all_columns_and_lists_come_back_unchanged() {
    comes_back("out.csv", "--columns all");
    comes_back("out.xlsx", "--columns all");
    comes_back(
        "out.csv",
        "--excel --columns id,phone,agreement,comment,date_connect,date_activity,login,flag_corporate",
    );
}

#[test]
fn an_apostrophe_is_taken_off_only_where_a_spreadsheet_needed_it() {
    for (content, sent) in [
        ("id;comment\n1;'=1+1\n2;''=1\n3;'слово\n", ["=1+1", "'=1", "'слово"]),
        ("id,comment\n1,'=1+1\n2,''=1\n3,'слово\n", ["'=1+1", "''=1", "'слово"]),
    ] {
        let case = Case::of("edit", "list.csv", content);
        assert_eq!(case.values("comment"), sent, "{}", case.output.report());
    }
}

#[test]
fn midnight_in_a_column_of_dates_is_the_date() {
    let case = Case::of("edit", "list.csv", "id,date_connect\n1,2011-02-02 00:00:00\n");
    assert_eq!(case.values("date_connect"), ["2011-02-02"]);
}

#[test]
fn results_of_an_earlier_import_are_replaced() {
    let place = Place::new().with("list.csv", "id;comment\n1;x\n999999;y\n");
    let sandbox = Sandbox::start();
    let import = |file: &str, failed: &str| {
        userside(&place).args(["import", "edit", file, "--failed", failed]).to(&sandbox).run().exits(1)
    };
    import("list.csv", "failed.csv");
    let header = |name: &str| place.text(name).lines().next().unwrap_or_default().to_owned();
    let first = header("list.results.csv");
    import("list.results.csv", "again.csv");
    assert_eq!(header("list.results.results.csv"), first);
    import("failed.csv", "again.csv");
    assert_eq!(header("failed.results.csv"), first);
}
