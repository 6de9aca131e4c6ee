//! Which column is which parameter: by name, alias, option, mapping file; and what is said where it is none.

use crate::support::{Entry, Output, Place, Sandbox, userside};

/// Imports one file and gives back the requests.
fn sent(place: &Place, line: &str) -> Vec<Entry> {
    let sandbox = Sandbox::start();
    userside(place).line("import").line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    sandbox.writes()
}

fn refused(content: &str, line: &str) -> Output {
    let place = Place::new().with("input.csv", content);
    userside(&place).line("validate").line(line).line("--results input.results.csv").run().exits(2)
}

#[test]
fn the_customers_id_goes_by_either_name() {
    let place = Place::new().with("input.csv", "customer_id,comment\n1,x\n");
    assert_eq!(sent(&place, "edit input.csv")[0].parameter("id"), "1");
    let place = Place::new().with("input.csv", "id,value\n1,2023-03-09\n");
    assert_eq!(sent(&place, "change_date_connect input.csv")[0].parameter("customer_id"), "1");
}

#[test]
fn names_are_found_in_any_case_and_with_space_around_them() {
    let place = Place::new().with("input.csv", " ID , Comment \n1,x\n");
    assert_eq!(sent(&place, "edit input.csv")[0].parameter("comment"), "x");
}

#[test]
fn map_names_a_column_and_set_gives_a_constant() {
    let place = Place::new().with("input.csv", "Код,Лицевой счёт,Тариф\n1,007,Бизнес\n");
    let program = userside(&place).args(["import", "edit", "input.csv", "--map", "Код=id"]);
    let program =
        program.args(["--map", "лицевой счёт=account_number", "--map", "Тариф=", "--set", "comment=a=b"]);
    let sandbox = Sandbox::start();
    program.to(&sandbox).run().exits(0).results().all_are("ok");
    let writes = sandbox.writes();
    let given: Vec<_> =
        writes[0].parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(given, [("account_number", "007"), ("comment", "a=b"), ("id", "1")]);
}

const MAPPING: &str = r#"
[columns]
"Код" = "id"
"Имя" = ""
[set]
comment = "from the file"
[edit.columns]
"Имя" = "name"
[edit.set]
floor = 3
is_potential = true
[delete.set]
"#;

#[test]
fn a_mapping_file_says_the_same_and_the_command_line_wins() {
    let place = Place::new().with("input.csv", "Код,Имя\n1,Иван\n").with("mapping.toml", MAPPING);
    let entry = &sent(&place, "edit input.csv --mapping mapping.toml --set comment=typed")[0];
    let given: Vec<_> =
        entry.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        given,
        [("comment", "typed"), ("floor", "3"), ("id", "1"), ("is_potential", "1"), ("name", "Иван")]
    );
}

#[test]
fn mistakes_in_a_mapping_are_named() {
    let place = Place::new().with("input.csv", "id,Имя\n1,x\n");
    for (mapping, found) in [
        ("[colums]\nx = 'id'\n", "colums"),
        ("[columns]\n'Имя' = 'nmae'\n", "did you mean 'name'"),
        ("[columns]\n'Фамилия' = 'name'\n", "Фамилия"),
        ("[columns\n", "mapping.toml"),
        ("[set]\nfloor = 1.5\n", "mapping.toml"),
    ] {
        place.write("mapping.toml", mapping);
        userside(&place).line("validate edit input.csv --mapping mapping.toml").run().exits(2).says(found);
    }
    userside(&place)
        .line("validate edit input.csv --mapping nowhere.toml")
        .run()
        .exits(2)
        .says("nowhere.toml");
    for (options, found) in [
        (["--map", "Имя=nmae"], "did you mean 'name'"),
        (["--map", "Имья=name"], "did you mean 'Имя'"),
        (["--map", "name"], "--map"),
        (["--set", "flor=1"], "did you mean 'floor'"),
        (["--set", "floor=1.5"], "1.5"),
    ] {
        userside(&place).line("validate edit input.csv").args(options).run().exits(2).says(found);
    }
}

#[test]
fn an_unknown_column_stops_the_import_and_the_nearest_name_is_suggested() {
    let output = refused("customer_id,amuont,comment\n1,5,x\n", "change_balance input.csv");
    let output = output.says("input.csv, line 1, column 'amuont'").says("did you mean 'amount'?");
    assert_eq!(output.results().only().fate(), "invalid unknown_parameter - 0");
    let output = refused("id,comment,Тариф\n1,x,y\n", "edit input.csv");
    output.says("column 'Тариф'").says("--ignore-unknown-columns").says("--map 'Тариф=PARAMETER'");
}

#[test]
fn unknown_columns_can_be_left_out() {
    let place = Place::new().with("input.csv", "id,comment,Тариф\n1,x,y\n");
    let entry = &sent(&place, "edit input.csv --ignore-unknown-columns")[0];
    assert_eq!(entry.parameters.keys().collect::<Vec<_>>(), ["comment", "id"]);
}

#[test]
fn two_columns_for_one_parameter_are_refused() {
    refused("id,customer_id,comment\n1,1,x\n", "edit input.csv").says("'id' and column 'customer_id'");
    refused("id,comment\n1,x\n", "edit input.csv --set comment=y").says("comment");
    refused("id,comment,comment\n1,x,y\n", "edit input.csv").says("comment");
    let place = Place::new().with("input.csv", "a,b\n1,x\n");
    userside(&place).line("validate edit input.csv --map a=id --map b=id").run().exits(2).says("id");
}

#[test]
fn what_is_obligatory_must_have_a_column_and_a_value() {
    let output = refused("customer_id,comment\n1,x\n", "change_balance input.csv");
    assert_eq!(output.results().only().fate(), "invalid missing_parameter - 0");
    output.says("amount").says("--set amount=VALUE");
    let output = refused("customer_id,amount,comment\n1,,x\n2,5,\n,5,x\n3,5, \n", "change_balance input.csv");
    for row in &output.results().rows {
        assert_eq!(row.fate(), "invalid missing_parameter - 0", "{row:?}");
    }
    output
        .says("line 2, column 'amount'")
        .says("line 3, column 'comment'")
        .says("line 4, column 'customer_id'");
}

#[test]
fn an_empty_cell_is_not_sent_unless_it_is_to_clear() {
    let place = Place::new().with("input.csv", "id,comment,login\n1,,x\n");
    assert!(!sent(&place, "edit input.csv")[0].parameters.contains_key("comment"));
    assert_eq!(sent(&place, "edit input.csv --empty clear")[0].parameter("comment"), "");
    // What is obligatory cannot be cleared.
    let output = refused("customer_id,amount,comment\n1,,x\n", "change_balance input.csv --empty clear");
    output.says("column 'amount'");
}

#[test]
fn old_result_columns_are_ignored_so_that_results_can_be_fed_back() {
    let sandbox = Sandbox::with("--fault error@2");
    let place = Place::new().with("input.csv", "customer_id;amount;comment\n1;5;x\n2;6;y\n3;7;z\n");
    let run = |line: &str| userside(&place).line("import change_balance").line(line).to(&sandbox).run();
    let first = run("input.csv --concurrency 1 --failed left.csv").exits(1).results();
    assert_eq!(first.statuses(), ["ok", "failed", "ok"]);
    run("left.csv").exits(0);
    assert_eq!(sandbox.applied(), 3);
    // The old columns are replaced, not repeated.
    place.write("again.csv", place.bytes("input.results.csv"));
    let again = run("again.csv --booked ignore").exits(0).results_in("again.results.csv");
    assert_eq!(again.header, first.header);
    assert_eq!(again.statuses(), ["ok", "ok", "ok"]);
}

#[test]
fn a_result_column_that_is_mapped_is_used() {
    let (place, sandbox) = (Place::new().with("input.csv", "fio\nИван\n"), Sandbox::start());
    userside(&place).line("import add input.csv").to(&sandbox).run().exits(0);
    let line = "import edit input.results.csv --map result_id=id --map fio=name --set comment=x";
    let results =
        userside(&place).line(line).to(&sandbox).run().exits(0).results_in("input.results.results.csv");
    assert_eq!(results.only().result("id"), "1001");
    assert_eq!(sandbox.customer(1001)["comment"], "x");
}
