//! `lookup`: who has the values of a column; one line for every row, and never "not found" without the server's
//! own word for it.

use crate::support::{Answer, Place, Responder, Row, Sandbox, until, userside};

/// Status, ids and code, with `-` for nothing.
fn verdict(row: &Row) -> String {
    let cells = ["status", "id", "error_code"].map(|column| match row.result(column) {
        "" => "-",
        other => other,
    });
    cells.join(" ")
}

/// So many logins as the sandbox invents them, the first of customer 1.
fn logins(count: usize) -> String {
    let rows: String = (1..=count).map(|id| format!("user{id:06}\n")).collect();
    format!("login\n{rows}")
}

#[test]
fn every_row_says_who_was_found() {
    let sandbox = Sandbox::start();
    sandbox.call("edit", &[("id", "3"), ("phone0", "79000000002")]);
    let input = "\u{FEFF}Имя;Phone;result_status;result_id\n\
        Анна;8;ok;12\n\
        Борис;+7 (900) 000-00-04;;\n\
        \"Вера;\nПетрова\";79000000002;;\n\
        Галина; ;;\n\
        Дмитрий;79009999999;;\n";
    let place = Place::new().with("input.csv", input);
    sandbox.call("edit", &[("id", "4"), ("phone0", "+79000000004")]);
    let output = userside(&place).line("lookup phone input.csv -o out.csv").to(&sandbox).run().exits(1);
    let expected = "\u{FEFF}Имя;Phone;result_status;result_id;result_error_code;result_error\n\
        Анна;8;invalid;;bad_value;\"column 'Phone': not a valid telephone number; write 5 to 15 digits, with or without a leading +\"\n\
        Борис;+7 (900) 000-00-04;ok;4;;\n\
        \"Вера;\nПетрова\";79000000002;ambiguous;2;3;ambiguous;2 customers have this value\n\
        Галина; ;invalid;;missing_parameter;column 'Phone' is empty: there is nothing to look for\n\
        Дмитрий;79009999999;failed;;not_found;nobody has this phone\n";
    let expected = expected.replace("ambiguous;2;3;", "ambiguous;\"2;3\";");
    assert_eq!(place.text("out.csv"), expected, "{}", output.report());
    let output = output.says("lookup: 5 rows, 1 ok, 2 failed, 2 invalid; 4 requests");
    output.says("  1 row: several were found").says("output: out.csv");
    // Nothing is asked for a value that cannot be one.
    assert_eq!(sandbox.log().iter().filter(|e| e.subcategory.as_deref() == Some("get_abon_id")).count(), 3);
}

#[test]
fn a_table_of_single_hits_is_a_success_and_can_be_fed_back() {
    let sandbox = Sandbox::start();
    let place = Place::new().with("input.csv", logins(5));
    userside(&place).line("lookup login input.csv -o once.csv").to(&sandbox).run().exits(0);
    userside(&place).line("lookup login once.csv --skip-old -o twice.csv").to(&sandbox).run().exits(0);
    assert_eq!(place.text("once.csv"), place.text("twice.csv"));
    let output = userside(&place).line("lookup login input.csv").to(&sandbox).run().exits(0);
    assert_eq!(output.stdout, place.text("once.csv"));
    assert!(sandbox.log().iter().any(|entry| entry.parameters.get("is_skip_old").is_some_and(|v| v == "1")));
    assert_eq!(place.names(), ["input.csv", "once.csv", "twice.csv"]);
}

#[test]
fn the_order_is_the_inputs_whatever_the_order_of_answers() {
    let sandbox = Sandbox::with("--customers 400 --shape mixed --fault read:500=20% --fault read:503=5%");
    let place = Place::new().with("input.csv", logins(400));
    let line = "lookup login input.csv -o out.csv --concurrency 16 --retries 20";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let results = output.results_in("out.csv");
    let ids: Vec<String> = (1..=400).map(|id| id.to_string()).collect();
    assert_eq!(results.column("result_id"), ids);
}

#[test]
fn nobody_is_not_found_in_every_shape_and_nothing_else_is() {
    let sandbox = Sandbox::with("--shape mixed --seed 7");
    let rows: String = (1..=60).map(|n| format!("nobody{n}\n")).collect();
    let place = Place::new().with("input.csv", format!("login\n{rows}"));
    let output = userside(&place).line("lookup login input.csv -o out.csv").to(&sandbox).run().exits(1);
    output.results_in("out.csv").all_are("failed");
    assert!(output.results_in("out.csv").column("result_error_code").iter().all(|code| *code == "not_found"));
    for (fault, code) in [
        ("500", "http_status"),
        ("html", "bad_answer"),
        ("empty", "bad_answer"),
        ("drop-before", "connect"),
        ("stall", "timeout"),
    ] {
        let sandbox = Sandbox::with(&format!("--fault read:{fault}@3"));
        let place = Place::new().with("input.csv", logins(3));
        let line = "lookup login input.csv -o out.csv --concurrency 1 --retries 0 --timeout 2s";
        let output = userside(&place).line(line).to(&sandbox).run().exits(1);
        let verdicts: Vec<String> = output.results_in("out.csv").rows.iter().map(verdict).collect();
        assert_eq!(verdicts, ["ok 1 -", &format!("failed - {code}"), "ok 3 -"], "{fault}");
        output.says("  1 row: the server had no answer");
    }
}

#[test]
fn an_answer_that_says_nothing_of_customers_is_not_nobody() {
    let server = Responder::start(|_, body| {
        let asks_for = |login: &str| body.contains(login);
        Some(match () {
            () if asks_for("user000001") => Answer::new(200, r#"{"Result":"OK"}"#),
            () if asks_for("user000002") => {
                Answer::new(404, "<html><title>404 Not Found</title>nginx</html>")
            }
            () if asks_for("user000003") => Answer::new(404, r#"{"error":"no such customer"}"#),
            () if asks_for("user000004") => Answer::new(200, r#"{"Result":"OK","Id":"x"}"#),
            () => Answer::ok(),
        })
    });
    let place = Place::new().with("input.csv", logins(4));
    let line = "lookup login input.csv -o out.csv --concurrency 1";
    let output = userside(&place).line(line).at_url(server.url()).run().exits(1);
    let codes = output.results_in("out.csv");
    assert_eq!(
        codes.column("result_error_code"),
        ["bad_answer", "http_status", "not_found", "bad_answer"],
        "{}",
        output.report()
    );
}

#[test]
fn a_refused_key_stops_and_every_row_is_written() {
    let sandbox = Sandbox::with("--customers 20 --fault read:403@5-999");
    let place = Place::new().with("input.csv", logins(20)).with("out.csv", "earlier");
    let line = "lookup login input.csv -o out.csv --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("refused the key");
    let results = output.results_in("out.csv");
    let verdicts: Vec<String> = results.rows.iter().map(verdict).collect();
    assert_eq!(verdicts[..5], ["ok 1 -", "ok 2 -", "ok 3 -", "failed - http_status", "skipped - stopped"]);
    assert_eq!((results.rows.len(), results.count("skipped")), (20, 16));
    assert_eq!(results.column("login"), logins(20).lines().skip(1).collect::<Vec<_>>());
}

#[test]
fn a_server_that_is_gone_is_not_asked_for_all_rows() {
    let sandbox = Sandbox::with("--customers 60 --fault read:500@12-999");
    let place = Place::new().with("input.csv", logins(60));
    let line = "lookup login input.csv -o out.csv --concurrency 1 --retries 0";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3);
    let output = output.says("the server can no longer be reached");
    let results = output.results_in("out.csv");
    assert_eq!(
        (results.count("ok"), results.count("failed"), results.count("skipped")),
        (10, 25, 25),
        "{}",
        output.report()
    );
}

#[test]
fn ctrl_c_writes_down_what_is_known() {
    let sandbox = Sandbox::with("--customers 300 --latency 20ms");
    let place = Place::new().with("input.csv", logins(300));
    let line = "lookup login input.csv -o out.csv --concurrency 4 --rate 100/s --url";
    let running = userside(&place).line(line).args([sandbox.url()]).start();
    until("some requests", || (sandbox.requests() >= 6).then_some(()));
    running.signal("INT");
    let output = running.wait().exits(130).says("interrupted");
    let results = output.results_in("out.csv");
    assert_eq!(results.rows.len(), 300);
    assert!(results.count("ok") > 0 && results.count("skipped") > 0, "{}", output.report());
    assert_eq!(results.count("ok") + results.count("skipped"), 300);
    assert!(!place.exists("out.csv.partial"));
}

#[test]
fn without_a_server_nothing_is_written_over() {
    let sandbox = Sandbox::with("--fault read:403@1-9");
    let place = Place::new().with("input.csv", logins(3)).with("out.csv", "earlier");
    let line = "lookup login input.csv -o out.csv";
    userside(&place).line(line).to(&sandbox).run().exits(3).says("client addresses");
    assert_eq!((place.text("out.csv").as_str(), place.names().len()), ("earlier", 2));
}

#[test]
fn wrong_usage_is_told_before_anything_is_asked() {
    let sandbox = Sandbox::start();
    let place = Place::new()
        .with("input.csv", "name,fone,mail\nx,123456,a@example.com\n")
        .with("list.csv", "79000000002\n79000000003\n")
        .with("empty.csv", "");
    for (line, text) in [
        ("lookup phone input.csv", "no column of input.csv is named 'phone'"),
        ("lookup phone input.csv", "with --column NAME. Its columns are 'name', 'fone', 'mail'"),
        ("lookup phone input.csv --column phone", "no column 'phone'"),
        ("lookup phone list.csv", "'79000000002' looks like a value"),
        ("lookup phone empty.csv", "empty.csv is empty"),
        ("lookup phne input.csv", "did you mean 'phone'"),
        ("lookup mail input.csv -o ./input.csv", "--output would be written over the input"),
        ("lookup mail input.csv --json", "--output FILE"),
        ("lookup mail missing.csv", "cannot open missing.csv"),
        ("lookup mail input.csv --sheet x", "leave out --sheet"),
        (
            "lookup account input.csv --column name --server-version 3.14",
            "account came with UserSide 3.14.34",
        ),
    ] {
        userside(&place).line(line).to(&sandbox).run().exits(2).says(text);
    }
    assert_eq!(sandbox.requests(), 0);
}

#[test]
fn all_inputs_of_an_import_are_read() {
    let sandbox = Sandbox::start();
    let place = Place::new().with_sample("customers.xlsx");
    let line = "lookup codeti customers.xlsx -o out.csv --json";
    let output = userside(&place).line(line).to(&sandbox).run();
    let results = output.results_in("out.csv");
    assert_eq!(results.rows.len(), 40, "{}", output.report());
    let summary: serde_json::Value = serde_json::from_str(&output.stdout).expect("one object");
    assert_eq!((&summary["operation"], &summary["rows"]), (&"lookup".into(), &40.into()));
    // The same as bytes of an old program through a pipe.
    let bytes = b"\xCB\xEE\xE3\xE8\xED\tx\r\nuser000002\t\xC6\r\n\r\n";
    let line = "lookup login - --column Логин --encoding windows-1251";
    let output = userside(&place).line(line).stdin(bytes).to(&sandbox).run().exits(0);
    assert_eq!(
        output.stdout,
        "Логин\tx\tresult_status\tresult_id\tresult_error_code\tresult_error\nuser000002\tЖ\tok\t2\t\t\n"
    );
}

/// Newer servers have the search under another name.
#[test]
fn it_is_asked_under_the_name_that_the_server_has() {
    let sandbox = Sandbox::with("--search gone");
    let place = Place::new().with("input.csv", format!("{}nobody\n", logins(5)));
    let line = "lookup login input.csv -o out.csv --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let results = output.results_in("out.csv");
    let verdicts: Vec<String> = results.rows.iter().map(verdict).collect();
    let mut expected: Vec<String> = (1..=5).map(|id| format!("ok {id} -")).collect();
    expected.push("failed - not_found".to_owned());
    assert_eq!(verdicts, expected, "{}", output.report());
    let newer = |entry: &&crate::support::Entry| entry.subcategory.as_deref() == Some("get_customer_id");
    assert_eq!(sandbox.log().iter().filter(newer).count(), 6);
}

#[test]
fn the_ids_of_another_result_are_not_lost() {
    let sandbox = Sandbox::start();
    let key = "ub-aaaaaaaaaaaa";
    for (header, cells, kept, there) in [
        // Results of an import, and a table that calls its ids so.
        (
            "login;result_status;result_id;result_http_status;result_key",
            format!("user000002;ok;17;200;{key}"),
            "login;result_earlier_id;result_key",
            format!("user000002;17;{key}"),
        ),
        (
            "result_id;login",
            "17;user000002".to_owned(),
            "result_earlier_id;login",
            "17;user000002".to_owned(),
        ),
    ] {
        let place = Place::new().with("input.csv", format!("{header}\n{cells}\n"));
        let added = "result_status;result_id;result_error_code;result_error";
        let expected = format!("{kept};{added}\n{there};ok;2;;\n");
        userside(&place).line("lookup login input.csv -o once.csv").to(&sandbox).run().exits(0);
        assert_eq!(place.text("once.csv"), expected);
        // What a lookup has added is replaced by the next one.
        userside(&place).line("lookup login once.csv -o twice.csv").to(&sandbox).run().exits(0);
        assert_eq!(place.text("twice.csv"), expected);
    }
}
