//! A file with invalid rows: what is told, what is written, and that nothing is sent.

use crate::support::{Place, Sandbox, userside};

/// Rows 1 to `count`, every third of which has no amount.
fn input(count: u32) -> String {
    let rows = (1..=count).map(|id| format!("{id},{},x\n", if id % 3 == 0 { "oops" } else { "5" }));
    format!("customer_id,amount,comment\n{}", rows.collect::<String>())
}

#[test]
fn an_invalid_file_sends_nothing_at_all() {
    let (place, sandbox) = (Place::new().with("input.csv", input(3)), Sandbox::start());
    let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(2);
    let fates = output.results().fates();
    assert_eq!(fates, ["skipped stopped - 0", "skipped stopped - 0", "invalid bad_value - 0"]);
    output.says("input.csv, line 4, column 'amount', value 'oops'").says("--skip-invalid");
    assert!(sandbox.log().is_empty(), "not even the probe leaves");
}

#[test]
fn twenty_problems_are_told_and_all_are_in_the_results() {
    let place = Place::new().with("input.csv", input(150));
    let line = "validate change_balance input.csv --results input.results.csv";
    let output = userside(&place).line(line).run().exits(2);
    assert_eq!(output.stderr.matches(", value 'oops'").count() - 1, 20, "{}", output.report());
    let results = output.results();
    assert_eq!((results.rows.len(), results.count("invalid")), (150, 50));
    output.says("30 more");
    // Twenty are told one by one without another word.
    let place = Place::new().with("input.csv", input(60));
    let output = userside(&place).line("validate change_balance input.csv").run().exits(2);
    output.says_not("more problem");
}

#[test]
fn a_row_with_several_problems_tells_them_all() {
    let place = Place::new().with("input.csv", "id,email,floor,phone0\n1,ivan@,1.5,12\n");
    let line = "validate edit input.csv --results input.results.csv";
    let output = userside(&place).line(line).run().exits(2);
    let error = output.results().only().result("error").to_owned();
    for column in ["email", "floor", "phone0"] {
        assert!(error.contains(&format!("column '{column}'")), "{error}");
    }
    output.says("column 'email'").says("column 'floor'").says("column 'phone0'");
}

#[test]
fn skip_invalid_sends_the_others() {
    let place = Place::new().with("input.csv", input(9));
    let sandbox = Sandbox::with("--customers 9");
    let line = "import change_balance input.csv --skip-invalid --failed left.csv";
    let results = userside(&place).line(line).to(&sandbox).run().exits(1).results();
    assert_eq!((results.count("ok"), results.count("invalid"), sandbox.applied()), (6, 3, 6));
    let left = place.text("left.csv");
    assert!(
        left.starts_with("customer_id,amount,comment,result_key,why\n3,oops,x,,")
            && left.lines().count() == 4,
        "{left}"
    );
}

/// With a column that is no parameter nobody knows what any row means, so no row is sent.
#[test]
fn skip_invalid_does_not_excuse_the_header() {
    let place = Place::new().with("input.csv", "customer_id,amount,coment\n1,5,x\n");
    let sandbox = Sandbox::start();
    let line = "import change_balance input.csv --skip-invalid";
    userside(&place).line(line).to(&sandbox).run().exits(2).results().all_are("invalid");
    assert!(sandbox.log().is_empty());
}

#[test]
fn validate_needs_no_server_and_no_key_and_writes_only_what_is_named() {
    let place = Place::new().with("input.csv", input(2));
    userside(&place).without_key().line("validate change_balance input.csv").run().exits(0);
    assert_eq!(place.names(), ["input.csv"]);
    let line = "validate change_balance input.csv --results checked.csv";
    let results = userside(&place).without_key().line(line).run().exits(0).results_in("checked.csv");
    results.all_are("skipped");
    place.write("input.csv", input(3));
    userside(&place).without_key().line("validate change_balance input.csv").run().exits(2).says("oops");
    assert_eq!(place.names(), ["checked.csv", "input.csv"]);
    let line = "validate change_balance input.csv --failed wrong.csv";
    userside(&place).without_key().line(line).run().exits(2);
    assert!(place.text("wrong.csv").contains("\n3,oops,x,"));
    assert!(!place.exists("input.results.csv"));
}

/// The results of an import are what an auditor wants to see; a later look at the file must not touch them.
#[test]
fn validate_leaves_the_results_of_an_import_alone() {
    let (place, sandbox) = (Place::new().with("input.csv", input(2)), Sandbox::with("--customers 2"));
    userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(0);
    let (results, names) = (place.bytes("input.results.csv"), place.names());
    place.write("input.csv", input(3));
    for line in ["validate change_balance input.csv", "validate change_balance input.csv --json"] {
        userside(&place).without_key().line(line).run().exits(2);
    }
    assert_eq!((place.bytes("input.results.csv"), place.names()), (results, names));
}

/// 3,000 rows whose header has two mistakes: each is told once, and the results get less than
/// 60 bytes a row larger than the input.
#[test]
fn a_wrong_header_is_told_once_and_not_in_every_row() {
    let rows: String =
        (1..=3000).map(|id| format!("{id},{id}.50,correction of the invoice {id}\n")).collect();
    let input = format!("customer_id,amuont,comment\n{rows}");
    let (place, sandbox) = (Place::new().with("input.csv", &input), Sandbox::start());
    let output = userside(&place).line("import change_balance input.csv").to(&sandbox).run().exits(2);
    for problem in ["column 'amuont': not a parameter", "no column gives the parameter amount"] {
        assert_eq!(output.stderr.matches(problem).count(), 1, "{}", output.report());
    }
    let output = output.says("3,000 rows: unknown_parameter").says("see the header");
    let results = output.results();
    assert_eq!((results.rows.len(), results.count("invalid")), (3000, 3000));
    assert!(results.column("result_error").iter().all(|error| *error == "see the header"));
    let size = place.bytes("input.results.csv").len();
    assert!(size < input.len() + 3001 * 60, "{size} bytes of results for {} of input", input.len());
}

#[test]
fn import_and_validate_refuse_the_same_rows_in_the_same_words() {
    let content = "id,email,date_connect\n1,x,03/04/2023\n1,a@example.com,2023-01-01\n0,,\n";
    let (place, sandbox) = (Place::new().with("input.csv", content), Sandbox::start());
    let imported = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(2);
    let (imported_errors, checked) =
        (imported.results(), userside(&place).line("validate edit input.csv --results checked.csv").run());
    let checked = checked.exits(2).results_in("checked.csv");
    assert_eq!(imported_errors.column("result_error"), checked.column("result_error"));
}
