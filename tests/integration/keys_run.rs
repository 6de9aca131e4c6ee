//! Runs of files that name customers by any key: each value is looked up before anything is sent, whoever cannot be told
//! makes the row invalid, and later sessions ask nobody again.

use std::collections::BTreeMap;

use crate::support::{Place, Sandbox, until, userside};

/// What customers were searched for by, in order.
fn finds(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.log();
    let finds = log.iter().filter(|e| {
        e.subcategory.as_deref().is_some_and(|name| name == "get_abon_id" || name == "get_customer_id")
    });
    finds.map(|e| format!("{} {}", e.parameter("data_typer"), e.parameter("data_value"))).collect()
}

/// The names by id, as the sandbox has them.
fn names(sandbox: &Sandbox) -> BTreeMap<u64, String> {
    let ledger = sandbox.ledger();
    let customers = ledger["customers"].as_array().expect("a list").iter();
    customers
        .map(|customer| {
            let id = customer["id"].as_u64().expect("an id");
            (id, customer["full_name"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn every_operation_takes_a_customer_by_a_key() {
    let sandbox = Sandbox::start();
    let program = |place: &Place, line: &str| userside(place).line(line).to(&sandbox);
    let place = Place::new().with("input.csv", "id:login,name\nuser000002,Anna\nuser000004,Ivan\n");
    program(&place, "import edit input.csv").run().exits(0);
    let place = Place::new().with("input.csv", "customer_id:login,value\nuser000003,2024-03-09\n");
    program(&place, "import change_date_connect input.csv").run().exits(0);
    let place = Place::new().with("input.csv", "Логин,amount,comment\nuser000003,5,x\nuser000003,7,y\n");
    let output = program(&place, "import change_balance input.csv");
    output.args(["--map", "Логин=id:login", "--expect-total", "12"]).run().exits(0);
    let place = Place::new().with("input.csv", "id:login\nuser000005\n");
    program(&place, "import delete input.csv").run().exits(0);
    let names = names(&sandbox);
    assert_eq!((names[&2].as_str(), names[&4].as_str(), names.contains_key(&5)), ("Anna", "Ivan", false));
    let booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
    assert_eq!(booked, [3, 3]);
    let asked =
        ["login user000002", "login user000004", "login user000003", "login user000003", "login user000005"];
    assert_eq!(finds(&sandbox)[..5], asked, "each once for a file");
}

#[test]
fn a_mapping_file_names_customers_by_a_key() {
    let sandbox = Sandbox::start();
    let mapping = "[columns]\n\"Логин\" = \"id:login\"\n[values.\"Логин\"]\n\"другий\" = \"user000002\"\n";
    let place = Place::new()
        .with("input.csv", "Логин;name\nдругий;Anna\nuser000003;Ivan\n")
        .with("map.toml", mapping);
    userside(&place).line("import edit input.csv --mapping map.toml").to(&sandbox).run().exits(0);
    let names = names(&sandbox);
    assert_eq!((names[&2].as_str(), names[&3].as_str()), ("Anna", "Ivan"));
}

#[test]
fn whoever_cannot_be_told_makes_the_row_invalid_and_nothing_is_sent() {
    let sandbox = Sandbox::start();
    sandbox.call("edit", &[("id", "3"), ("phone0", "380670001122")]);
    sandbox.call("edit", &[("id", "4"), ("phone0", "380670001122")]);
    let before = sandbox.writes().len();
    let rows = "id:phone,name,parent_id:login\n\
        380670001122,Anna,\n\
        380670009999,Ivan,\n\
        ,Olha,user000001\n\
        79000000001,Petro,user009999\n\
        79000000002,Yurii,user000001\n";
    let place = Place::new().with("input.csv", rows);
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(2);
    // A row that is invalid anyway is told before anyone is asked.
    output.says("line 4, column 'id:phone': id is obligatory, but the cell is empty");
    assert_eq!(finds(&sandbox), Vec::<String>::new());
    let output = userside(&place).line("import edit input.csv --skip-invalid").to(&sandbox).run().exits(1);
    let results = output.results();
    assert_eq!(
        results.column("result_error_code"),
        ["ambiguous", "not_found", "missing_parameter", "parent_missing", ""]
    );
    assert_eq!(results.column("result_status"), ["invalid", "invalid", "invalid", "invalid", "ok"]);
    output
        .says("line 2, column 'id:phone', value '380670001122': 2 customers have this phone: 3, 4")
        .says("line 3, column 'id:phone', value '380670009999': nobody has this phone")
        .says("line 5, column 'parent_id:login', value 'user009999': nobody has this login");
    let writes = sandbox.writes();
    assert_eq!(writes.len(), before + 1);
    assert_eq!((writes[before].parameter("id"), writes[before].parameter("parent_id")), ("2", "1"));
    // Without --skip-invalid nothing is sent where somebody is not found.
    let place = Place::new().with("input.csv", "id:login,name\nuser000002,Anna\nuser009999,Ivan\n");
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(2);
    assert_eq!(output.results().column("result_error_code"), ["stopped", "not_found"]);
    assert_eq!(sandbox.writes().len(), before + 1);
    assert_eq!(place.names(), ["input.csv", "input.results.csv"], "no run has begun");
}

#[test]
fn one_customer_under_two_spellings_is_a_duplicate_row() {
    let sandbox = Sandbox::start();
    let place = Place::new().with("input.csv", "id,id:login,name\n2,,Anna\n,user000002,Ivan\n");
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(2);
    assert_eq!(output.results().column("result_error_code"), ["stopped", "duplicate_row"]);
    assert_eq!(sandbox.writes().len(), 0);
}

#[test]
fn what_the_file_of_ids_knows_is_not_asked_and_validate_asks_nobody() {
    let sandbox = Sandbox::start();
    let place = Place::new()
        .with("input.csv", "id:login,name\nuser000002,Anna\nuser000003,Ivan\nuser000003,Olha\n")
        .with("known.csv", "login,id\nuser000002,2\n");
    let output = userside(&place).line("validate edit input.csv --id-map known.csv").run().exits(2);
    output.says("duplicate").says_not("looks");
    let place = place.with("input.csv", "id:login,name\nuser000002,Anna\nuser000003,Ivan\n");
    let output = userside(&place).line("validate edit input.csv --id-map known.csv").run().exits(0);
    output
        .says("1 customer is named by login, and not by id: an import looks it up before it sends anything");
    assert_eq!(sandbox.requests(), 0);
    let line = "import edit input.csv --id-map known.csv";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    assert_eq!(finds(&sandbox), ["login user000003"]);
}

#[test]
fn a_stop_before_the_first_row_leaves_no_run_behind() {
    for (fault, code) in [("read:500@2-99", 3), ("read:html@2-99", 3), ("read:403@2-99", 3)] {
        let sandbox = Sandbox::with(&format!("--fault {fault}"));
        let place = Place::new().with("input.csv", "id:login,name\nuser000002,Anna\n");
        let output =
            userside(&place).line("import edit input.csv --retries 1").to(&sandbox).run().exits(code);
        output.results().all_are("skipped");
        assert_eq!(place.names(), ["input.csv", "input.results.csv"], "{fault}");
        assert_eq!(sandbox.writes().len(), 0);
    }
    let sandbox = Sandbox::with("--search blind");
    let place = Place::new().with("input.csv", "id:login,name\nuser000002,Anna\n");
    let output = userside(&place).line("import edit input.csv").to(&sandbox).run().exits(3);
    output.says("so that the server finds nobody of this file says nothing");
}

#[test]
fn whoever_interrupts_the_look_up_leaves_nothing() {
    let sandbox = Sandbox::with("--fault read:stall@3");
    let place = Place::new().with("input.csv", "id:login,name\nuser000002,Anna\nuser000003,Ivan\n");
    let running =
        userside(&place).line("import edit input.csv --timeout 120s --concurrency 1").to(&sandbox).start();
    until("the second look-up", || (sandbox.requests() >= 3).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130);
    output.results().all_are("skipped");
    assert_eq!(
        (place.names(), sandbox.writes().len()),
        (vec!["input.csv".to_owned(), "input.results.csv".to_owned()], 0)
    );
}

#[test]
fn a_bad_parent_may_be_left_out_and_failed_rows_can_be_fed_back() {
    let sandbox = Sandbox::start();
    let rows = "id:login,name,parent_id:login\nuser000002,Anna,user009999\nuser009998,Ivan,\n";
    let place = Place::new().with("input.csv", rows);
    let line = "import edit input.csv --leave-out-bad parent_id --skip-invalid --failed failed.csv";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let results = output.results();
    assert_eq!(results.column("result_status"), ["ok", "invalid"]);
    assert!(results.column("result_error")[0].contains("left out"), "{}", output.report());
    assert_eq!(
        place.text("failed.csv"),
        "id:login,name,parent_id:login,why\nuser009998,Ivan,,\"column 'id:login', value 'user009998': nobody has this login\"\n"
    );
    place.write("failed.csv", "id,id:login,name,why\n3,user009998,Ivan,x\n");
    userside(&place).line("import edit failed.csv").to(&sandbox).run().exits(0);
    assert_eq!(names(&sandbox)[&3], "Ivan");
}

#[test]
fn later_sessions_ask_nobody_again() {
    let sandbox = Sandbox::with("--fault 403@3-99");
    let rows = "customer_id:login,amount,comment\nuser000002,5,x\nuser000003,7,y\nuser009999,9,z\n";
    let place = Place::new().with("input.csv", rows).with("known.csv", "login,id\nuser000002,2\n");
    let line =
        "import change_balance input.csv --id-map known.csv --skip-invalid --no-verify --concurrency 1";
    userside(&place).line(line).to(&sandbox).run();
    let asked = finds(&sandbox).len();
    std::fs::remove_file(place.path("known.csv")).expect("a file");
    let healthy = Sandbox::start();
    let url = healthy.url().to_owned();
    let first = sandbox.bookings();
    let output = userside(&place).line("resume input.journal --no-verify").at_url(&url).run();
    let results = output.results();
    assert_eq!(results.column("result_error_code")[2], "not_found", "{}", output.report());
    assert!(asked >= 2 && finds(&healthy).is_empty(), "{first:?}");
    let booked: Vec<u64> = healthy.bookings().into_iter().map(|(customer, ..)| customer).collect();
    assert!(booked.iter().all(|customer| [2, 3].contains(customer)), "{booked:?}");
    userside(&place).line("results input.journal --results again.csv").run();
    let output = userside(&place).line("results input.journal --results again.csv").run();
    assert_eq!(output.results_in("again.csv").column("result_error_code")[2], "not_found");
}

#[test]
fn a_table_of_ids_is_kept_up_to_date() {
    let sandbox = Sandbox::start();
    let place = Place::new()
        .with("input.csv", "fio,codeti,billing_id\nAnna,a-1,1\nIvan,a-2,1\n")
        .with("ids.csv", "\u{FEFF}id;login\r\n2;user000002\r\n");
    let line = "import add input.csv --write-id-map ids.csv";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("2 customers added to");
    let text = place.text("ids.csv");
    assert!(text.starts_with("\u{FEFF}id;login;codeti\n2;user000002;\n"), "{text}");
    let ids: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.iter().all(|line| line.starts_with("100") && line.contains(";;a-")), "{text}");
    // The next run reads it, and asks for nobody.
    let asked = finds(&sandbox).len();
    let rows = "customer_id:codeti,customer_id,amount,comment\na-1,,5,x\n,2,5,x\n";
    let place = place.with("money.csv", rows);
    let line = "import change_balance money.csv --id-map ids.csv --write-id-map ids.csv";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    assert_eq!((finds(&sandbox).len(), place.text("ids.csv")), (asked, text));
    // What is not such a table is not written over.
    let place = place.with("other.csv", "a;b\n1;2\n");
    let line = "import edit input.csv --ignore-unknown-columns --write-id-map other.csv";
    userside(&place).line(line).to(&sandbox).run().exits(2).says("has no column 'id' or 'result_id'");
    assert_eq!(place.text("other.csv"), "a;b\n1;2\n");
}

#[test]
fn a_migration_goes_on_with_those_who_are_found() {
    let sandbox = Sandbox::start();
    let rows = "id:login,fio,codeti,billing_id,amount,change_balance.comment\n\
        user000002,Anna,,,5,start\n\
        ,Ivan,c-9,1,7,start\n";
    let place = Place::new().with("input.csv", rows);
    let output = userside(&place).line("validate migrate input.csv").run().exits(0);
    output.says("1 customer is named by login");
    let line = "import migrate input.csv --write-id-map ids.csv";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let results = output.results();
    assert_eq!(results.column("result_status"), ["ok", "ok"]);
    assert_eq!(results.column("result_add"), ["", "ok"]);
    let made: u64 = results.column("result_id")[1].parse().expect("an id");
    let names = names(&sandbox);
    assert_eq!((names[&2].as_str(), names[&made].as_str()), ("Anna", "Ivan"));
    let booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
    assert_eq!(booked.iter().filter(|id| [2, made].contains(*id)).count(), 2);
    let ids = place.text("ids.csv");
    assert_eq!(ids, format!("id,login,codeti\n2,user000002,\n{made},,c-9\n"));
}

#[test]
fn killed_at_any_moment_every_booking_by_login_is_made_once() {
    let logins: String = (1..=20).map(|n| format!("user{n:06},1,x{n}\n")).collect();
    let rows = format!("customer_id:login,amount,comment\n{logins}");
    for moment in [4, 15, 24, 45, 55, 61] {
        let sandbox = Sandbox::with("--customers 20");
        let place = Place::new().with("input.csv", rows.as_str());
        let line = "import change_balance input.csv --concurrency 2";
        let mut running = userside(&place).line(line).to(&sandbox).start();
        until("its moment", || (sandbox.requests() >= moment || running.has_ended()).then_some(()));
        running.kill();
        drop(running.wait());
        // Before the first row there is no run yet.
        let asked = finds(&sandbox).len();
        let again =
            if place.exists("input.journal") { "resume input.journal --resend --settle 1ms" } else { line };
        let output = userside(&place).line(again).to(&sandbox).run();
        assert!(output.code == Some(0), "{moment}: {}", output.report());
        if again != line {
            assert_eq!(
                finds(&sandbox).len(),
                asked,
                "{moment}: whoever was looked up is not asked for again"
            );
        }
        let mut booked: Vec<u64> = sandbox.bookings().into_iter().map(|(customer, ..)| customer).collect();
        booked.sort_unstable();
        assert_eq!(booked, (1..=20).collect::<Vec<u64>>(), "{moment}");
    }
}
