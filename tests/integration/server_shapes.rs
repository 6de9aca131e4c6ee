//! Rehearsals against the shapes of other servers: the program does the same work on each of them.

use crate::support::{Place, Sandbox, userside};

#[test]
fn bookings_and_exports_are_the_same_on_every_server() {
    let plain = exported("");
    for server in [
        "--shape gzip",
        "--shape windows-1251",
        "--shape notice",
        "--read-by id",
        "--shape mixed,gzip,windows-1251,notice",
        "--history old,none-error",
        "--nobody-listed error",
    ] {
        assert_eq!(exported(server), plain, "{server}");
    }
}

/// Books for three customers, and exports what is known of all.
fn exported(server: &str) -> String {
    let sandbox = Sandbox::with(&format!("--customers 12 {server}"));
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,10.50,fee\n2,-3,back\n3,1,x\n");
    let output = userside(&place).line("import change_balance input.csv --yes").to(&sandbox).run().exits(0);
    output.results().all_are("ok");
    assert_eq!(sandbox.applied(), 3, "{server}");
    let line = "export --is-ex 0 --columns id,login,full_name,balance";
    userside(&place).line(line).to(&sandbox).run().exits(0).stdout
}

#[test]
fn nobody_is_nobody_however_the_list_says_it() {
    for how in ["missing", "error", "404"] {
        let sandbox = Sandbox::with(&format!("--customers 12 --nobody-listed {how}"));
        let line = "export --state-id 77 --columns id";
        let output = userside(&Place::new()).line(line).to(&sandbox).run().exits(0);
        assert_eq!(output.stdout.trim(), "id", "{how}");
        let line = "export --name Nobody --name Anybody --columns id --fail-if-empty";
        userside(&Place::new()).line(line).to(&sandbox).run().exits(1);
    }
}

#[test]
fn old_histories_and_empty_ones_are_read() {
    let sandbox = Sandbox::with("--customers 3 --bookings 2 --history old");
    let place = Place::new().with("ids.csv", "id\n1\n2\n");
    let output = userside(&place).line("history ids.csv").to(&sandbox).run().exits(0);
    assert_eq!(output.stdout.lines().count(), 5, "{}", output.report());
    assert!(
        output.stdout.lines().skip(1).all(|line| line.split(',').nth(2) == Some("5")),
        "{}",
        output.report()
    );
    let sandbox = Sandbox::with("--customers 3 --history none-error");
    userside(&place).line("history ids.csv").to(&sandbox).run().exits(0);
}

/// A customer's id in the billing is one value with two names.
#[test]
fn a_customer_added_with_a_code_is_found_by_both_names() {
    let sandbox = Sandbox::with("--customers 0");
    let place = Place::new().with("new.csv", "fio,codeti\nx,B-7\n").with("codes.csv", "code\nB-7\n");
    userside(&place).line("import add new.csv").to(&sandbox).run().exits(0);
    for kind in ["codeti", "billing_uid"] {
        let line = format!("lookup {kind} codes.csv --column code");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
    }
}

/// What a file of names holds that nobody can see is read again by the next export.
#[test]
fn an_export_with_control_characters_is_compared_with() {
    use crate::support::{Answer, Responder};
    let server = Responder::start(|_, body| {
        let names =
            r#"{"result":"OK","data":{"id":7,"login":"a\u0000b","full_name":"c\u0001\u001b[31md\ne"}}"#;
        Some(if body.contains("get_data") { Answer::new(200, names) } else { Answer::ok() })
    });
    let place = Place::new().with("ids.csv", "id\n7\n");
    let line = "export --ids ids.csv --columns id,login,full_name";
    userside(&place).line(line).line("-o first.csv").at_url(server.url()).run().exits(0);
    let output =
        userside(&place).line(line).line("-o second.csv --changes-since first.csv").at_url(server.url());
    output.run().exits(0);
    assert_eq!(place.text("second.csv").lines().count(), 1, "{}", place.text("second.csv"));
}
