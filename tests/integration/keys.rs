//! Customers by any key, in the commands that read: a column names them by login, code or phone, and each value is looked
//! up once.

use crate::support::{Place, Sandbox, until, userside};

/// How often customers were searched for.
fn finds(sandbox: &Sandbox) -> Vec<(String, String)> {
    let log = sandbox.log();
    let finds = log.iter().filter(|e| {
        e.subcategory.as_deref().is_some_and(|name| name == "get_abon_id" || name == "get_customer_id")
    });
    finds.map(|e| (e.parameter("data_typer").to_owned(), e.parameter("data_value").to_owned())).collect()
}

#[test]
fn a_history_is_read_of_customers_by_login_and_each_is_looked_up_once() {
    let sandbox = Sandbox::start();
    sandbox.book("2", "10", "by login");
    sandbox.book("4", "20", "by id");
    let table = "id;id:login\n;user000002\n4;user000001\n;user000002\n;user000001\n;user009999\n";
    let place = Place::new().with("input.csv", table);
    let line = "history input.csv -o out.csv --errors errors.csv";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let text = place.text("out.csv");
    let notes: Vec<&str> = text.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(notes, ["by login", "by id"], "{}", output.report());
    assert_eq!(place.text("errors.csv"), "id,reason\nuser009999,line 6: nobody has this login\n");
    // The id counts where it is filled.
    let logins = ["user000002", "user000001", "user009999"];
    assert_eq!(finds(&sandbox), logins.map(|login| ("login".to_owned(), login.to_owned())));
    output.says("'user009999' is left out: line 6: nobody has this login");
}

#[test]
fn a_column_is_mapped_to_a_key_and_what_a_file_knows_is_not_asked() {
    let sandbox = Sandbox::start();
    sandbox.book("3", "10", "third");
    let place = Place::new()
        .with("input.csv", "Логин\nuser000001\nuser000003\n")
        .with("known.csv", "\u{FEFF}login;ID\nuser000003;3\nuser000005;5\n");
    let program =
        || userside(&place).args(["history", "input.csv", "--map", "Логин=id:login", "-o", "out.csv"]);
    program().args(["--id-map", "known.csv"]).to(&sandbox).run().exits(0);
    assert_eq!(finds(&sandbox), [("login".to_owned(), "user000001".to_owned())]);
    assert!(place.text("out.csv").ends_with(",third\n"));
    // A value that is two customers' names nobody, and that is said.
    std::fs::write(place.path("other.csv"), "result_id,login\n4,user000003\n").expect("a file");
    let output = program().line("--id-map known.csv --id-map other.csv").to(&sandbox).run().exits(1);
    output
        .says("other.csv, line 2: the login 'user000003' is that of customer 4, and of customer 3 elsewhere")
        .says("2 customers have this login: 3, 4");
}

#[test]
fn files_that_know_no_ids_are_refused_before_anything_is_asked() {
    let sandbox = Sandbox::start();
    for (content, said) in [
        ("login;idd\nx;1\n", "has no column 'id' or 'result_id' (did you mean 'idd'?)"),
        ("name;id\nx;1\n", "has no column that is named as something customers are found by: account"),
        ("login;id\nx;one\n", "line 2: 'one' is not a valid id"),
        ("login;id;result_id\nx;1;2\n", "line 2: the row has two ids, 1 and 2"),
    ] {
        let place = Place::new().with("input.csv", "id:login\nuser000001\n").with("known.csv", content);
        let line = "history input.csv -o out.csv --id-map known.csv";
        userside(&place).line(line).to(&sandbox).run().exits(2).says(said);
        assert_eq!(place.names(), ["input.csv", "known.csv"]);
    }
    let place = Place::new().with("input.csv", "id:logn\nuser000001\n");
    let output = userside(&place).line("history input.csv").to(&sandbox).run().exits(2);
    output.says("did you mean 'login'?").says("there are account, billing_uid");
    assert_eq!(sandbox.requests(), 0);
}

#[test]
fn results_tell_ids_only_of_rows_that_are_so() {
    let sandbox = Sandbox::start();
    let results = "login,result_status,result_id,result_error_code\n\
        user000001,ok,2,\n\
        user000003,failed,4,api_error\n\
        user000004,failed,5,already_exists\n\
        user000005,ambiguous,1;2,ambiguous\n";
    let place = Place::new()
        .with("input.csv", "id:login\nuser000001\nuser000003\nuser000004\nuser000005\n")
        .with("known.csv", results);
    userside(&place)
        .line("export --ids input.csv --id-map known.csv --columns id -o out.csv")
        .to(&sandbox)
        .run()
        .exits(0);
    assert_eq!(place.text("out.csv"), "id\r\n2\r\n3\r\n5\r\n");
    let asked: Vec<String> = finds(&sandbox).into_iter().map(|(_, value)| value).collect();
    assert_eq!(asked, ["user000003", "user000005"]);
}

#[test]
fn an_answer_that_cannot_be_read_is_a_stop_and_nobodys_fault() {
    for fault in ["read:500@2-99", "read:html@2-99", "read:empty@2-99"] {
        for command in ["history input.csv -o out.csv", "export --ids input.csv -o out.csv"] {
            let sandbox = Sandbox::with(&format!("--fault {fault}"));
            let place = Place::new().with("input.csv", "id:login\nuser000001\nuser000002\n");
            let output = userside(&place).line(command).line("--retries 1").to(&sandbox).run().exits(3);
            output.says("who has the login 'user000001' cannot be found out").says("Nothing is written");
            assert_eq!(place.names(), ["input.csv"], "{fault}");
        }
    }
}

#[test]
fn a_search_that_never_finds_anybody_says_nothing() {
    let sandbox = Sandbox::with("--search blind");
    let place = Place::new().with("input.csv", "id:login\nuser000001\n");
    let output = userside(&place).line("history input.csv -o out.csv").to(&sandbox).run().exits(3);
    output.says("says nothing").says("Nothing is written");
    assert_eq!(place.names(), ["input.csv"]);
}

#[test]
fn newer_servers_are_asked_under_their_own_names() {
    let sandbox = Sandbox::with("--search gone");
    sandbox.call("edit", &[("id", "3"), ("agreement_number", "A-17")]);
    let place = Place::new()
        .with("input.csv", "id:dognumber\nA-17\n")
        .with("newer.csv", "id:agreement_number\nA-17\n");
    for input in ["input.csv", "newer.csv"] {
        let line = format!("export --ids {input} --columns id,agreement.0.number -o out.csv");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(place.text("out.csv"), "id,agreement.0.number\r\n3,A-17\r\n");
    }
}

#[test]
fn an_export_of_a_list_of_logins_is_in_its_order_and_names_who_is_not_in_it() {
    let sandbox = Sandbox::start();
    let place = Place::new().with("input.csv", "Логин\nuser000004\nuser009999\nuser000002\nuser000004\n");
    let line = "--ids input.csv --columns id,login -o out.csv --errors errors.csv";
    let program = || userside(&place).args(["export", "--map", "Логин=id:login"]).line(line);
    let output = program().to(&sandbox).run().exits(1);
    assert_eq!(place.text("out.csv"), "id,login\r\n4,user000004\r\n2,user000002\r\n");
    assert_eq!(place.text("errors.csv"), "id,reason\nuser009999,line 3: nobody has this login\n");
    output.says("export: 3 customers, 2 ok, 1 failed").says(
        "1 customer could not be read and is not in the output: line 3, 'user009999': nobody has this login",
    );
    // What it has written knows the ids.
    std::fs::write(place.path("earlier.csv"), "id,login\n4,user000004\n").expect("a file");
    let before = finds(&sandbox).len();
    let output = program().args(["--id-map", "earlier.csv", "--changes-since", "earlier.csv"]);
    output.to(&sandbox).run().exits(2).says("nobody knows who is gone since the earlier export");
    assert_eq!(finds(&sandbox).len(), before + 2);
    userside(&place)
        .line("export --is-ex 0 --id-map earlier.csv")
        .to(&sandbox)
        .run()
        .exits(2)
        .says("add --ids FILE");
}

#[test]
fn an_export_by_keys_that_was_killed_still_says_who_is_not_in_it() {
    let sandbox = Sandbox::with("--fault read:stall@7");
    let place = Place::new().with("input.csv", "id:login\nuser000001\nuser009999\nuser000002\nuser000003\n");
    let line = "export --ids input.csv --columns id -o out.csv --batch 1 --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    until("the stalled read", || (sandbox.requests() >= 7).then_some(()));
    running.killed();
    std::fs::remove_file(place.path("input.csv")).expect("a file");
    let asked = finds(&sandbox).len();
    let output = userside(&place).line("resume out.csv.journal").to(&sandbox).run().exits(1);
    output.says("line 3, 'user009999': nobody has this login");
    assert_eq!((place.text("out.csv").as_str(), finds(&sandbox).len()), ("id\r\n1\r\n2\r\n3\r\n", asked));
}
