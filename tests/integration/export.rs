//! `export` from outside: which customers, which columns, and what is refused before the server is asked.

use serde_json::Value;

use crate::support::{Output, Place, Sandbox, userside};

/// The columns that an accountant gets unasked.
pub(crate) const USUAL: &str = "id,login,account_number,full_name,flag_corporate,balance,state_id,agreement.0.number,\
                     agreement.0.date,phone.0.number,email.0.address,address.0.house_id,\
                     address.0.apartment.full_name,date_connect,date_activity,comment";

/// What a run wrote to standard output, line by line, behind the header.
pub(crate) fn rows(output: &Output) -> Vec<&str> {
    output.stdout.split_terminator("\r\n").skip(1).collect()
}

/// The ids of an export to standard output with these options.
#[track_caller]
fn ids(sandbox: &Sandbox, options: &str) -> Vec<u64> {
    let line = format!("export --columns id {options}");
    let output = userside(&Place::new()).line(&line).to(sandbox).run().exits(0);
    rows(&output).into_iter().map(|id| id.parse().expect("an id")).collect()
}

/// Those of whom the sandbox holds what `meets` wants.
fn those(sandbox: &Sandbox, meets: impl Fn(&Value) -> bool) -> Vec<u64> {
    let ledger = sandbox.ledger();
    let customers = ledger["customers"].as_array().expect("customers");
    customers.iter().filter(|c| meets(c)).map(|c| c["id"].as_u64().expect("an id")).collect()
}

/// The searches that were made, each by its conditions.
fn searches(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.log();
    let searches = log.iter().filter(|entry| entry.subcategory.as_deref() == Some("get_customers_id"));
    let text = |(name, value): (&String, &String)| format!("{name}={value}");
    let common = ["cat", "subcat", "action", "key"];
    searches
        .map(|entry| {
            let own = entry.parameters.iter().filter(|(name, _)| !common.contains(&name.as_str()));
            own.map(text).collect::<Vec<_>>().join("&")
        })
        .collect()
}

/// Refused with this text, and nothing was asked or written.
#[track_caller]
pub(crate) fn is_refused(line: &str, text: &str) {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    place.write("ids.txt", "1\n2\n");
    let output = userside(&place).line("export").line(line).to(&sandbox).run().exits(2).says(text);
    assert!(sandbox.log().is_empty(), "{}", output.report());
    assert_eq!((output.stdout.as_str(), place.names()), ("", vec!["ids.txt".to_owned()]));
}

#[test]
fn at_least_one_condition_is_given() {
    for none in ["", "--limit 5", "--is-like", "--limit 5 --is-like 1 --columns id"] {
        is_refused(none, "--is-ex 0");
    }
}

#[test]
fn conditions_are_checked_and_normalised_as_values_of_rows_are() {
    let sandbox = Sandbox::with("--customers 60");
    let since = those(&sandbox, |c| c["date_connect"].as_str() >= Some("2020-01-01"));
    assert!(!since.is_empty() && since.len() < 60);
    assert_eq!(ids(&sandbox, "--date-connect-from 01.01.2020"), since);
    let few = those(&sandbox, |c| c["balance"].as_str().is_some_and(|b| b.starts_with('-')));
    assert_eq!(ids(&sandbox, "--balance-to -0,01"), few);
    assert_eq!(ids(&sandbox, "--is-ex нет --balance-to=-0.01 --limit 1").len(), 1);
    ids(&sandbox, "--date-connect-from 03/04/2023 --date-format mdy");
    assert_eq!(
        searches(&sandbox),
        [
            "date_connect_from=2020-01-01",
            "balance_to=-0.01",
            "balance_to=-0.01&is_ex=0&limit=1",
            "date_connect_from=2023-03-04"
        ]
    );
}

#[test]
fn a_value_that_cannot_be_right_is_refused_by_its_option() {
    for (line, text) in [
        ("--date-connect-from 03/04/2023", "--date-connect-from '03/04/2023'"),
        ("--date-connect-to 31.02.2023", "--date-connect-to '31.02.2023'"),
        ("--balance-from 1,234", "--balance-from '1,234'"),
        ("--house-id 1,x", "--house-id 'x'"),
        ("--state-id 1.5", "--state-id '1.5'"),
        ("--is-ex maybe", "--is-ex 'maybe'"),
        ("--is-ex 0 --limit 0", "--limit '0'"),
        ("--name x --server-version 3.14", "--name exists from UserSide 3.16dev3 on"),
        ("--hause-id 1", "--house-id"),
    ] {
        is_refused(line, text);
    }
}

/// A flag that stands alone is set; an option may follow it.
#[test]
fn a_flag_alone_means_1() {
    let sandbox = Sandbox::with("--customers 60");
    let (former, others) = (ids(&sandbox, "--is-ex"), ids(&sandbox, "--is-ex 0"));
    assert_eq!(former.len() + others.len(), 60);
    assert!(!former.is_empty() && !others.is_empty());
    assert_eq!(ids(&sandbox, "--is-ex --limit 1"), former[..1]);
    assert_eq!(searches(&sandbox), ["is_ex=1", "is_ex=0", "is_ex=1&limit=1"]);
    assert_eq!(ids(&sandbox, "--is-ex 1 --is-ex 0"), (1..=60).collect::<Vec<_>>());
}

/// 0 means none, and there is a search for those who have none.
#[test]
fn customers_without_a_manager_can_be_searched_for() {
    let sandbox = Sandbox::with("--customers 80");
    let without = ids(&sandbox, "--manager-id 0");
    assert!(!without.is_empty() && without.len() < 80);
    assert_eq!(without, those(&sandbox, |c| c["manager_id"] == 0));
    assert_eq!(searches(&sandbox), ["manager_id=0"]);
    for state in ["0", "1", "2"] {
        assert!(!ids(&sandbox, &format!("--state-id {state}")).is_empty(), "{state}");
    }
    assert!(ids(&sandbox, "--state-id 3,4,5").is_empty());
}

#[test]
fn several_values_are_several_searches_and_their_union() {
    let sandbox = Sandbox::with("--customers 80");
    let of_states = |wanted: &[u64]| those(&sandbox, |c| wanted.iter().any(|state| c["state_id"] == *state));
    assert_eq!(ids(&sandbox, "--state-id 0,2"), of_states(&[0, 2]));
    assert_eq!(ids(&sandbox, "--state-id 2 --state-id 0,2"), of_states(&[0, 2]));
    assert_eq!(searches(&sandbox).len(), 4);
    // All conditions must be met; customers who are found twice come once.
    let both = ids(&sandbox, "--state-id 0,2 --is-ex 0 --is-ex 1");
    assert_eq!(both, of_states(&[0, 2]));
    assert_eq!(searches(&sandbox).len(), 8);
    // A limit is one of the export, not of each search.
    assert_eq!(ids(&sandbox, "--state-id 0,2 --limit 7"), of_states(&[0, 2])[..7]);
}

#[test]
fn a_file_holds_the_values_of_an_id_condition() {
    let sandbox = Sandbox::with("--customers 80");
    let place = Place::new().with("states.txt", "\u{FEFF}0\r\n2\r\n\r\n2\r\n");
    for name in ["states.txt", "@states.txt"] {
        let line = format!("export --columns id --state-id {name}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
        let found: Vec<u64> = rows(&output).into_iter().map(|id| id.parse().expect("an id")).collect();
        assert_eq!(found, those(&sandbox, |c| c["state_id"] == 0 || c["state_id"] == 2));
    }
    is_refused("--state-id nobody.txt", "nobody.txt");
}

/// A list that came out empty is a slip, and not a wish for everybody.
#[test]
fn a_condition_without_values_is_not_left_out_silently() {
    let (place, sandbox) = (Place::new().with("houses.txt", "\n"), Sandbox::start());
    for houses in ["houses.txt", ""] {
        let program = userside(&place).line("export --is-ex 0 --columns id --house-id").args([houses]);
        program.to(&sandbox).run().exits(2).says("--house-id");
    }
    assert!(sandbox.log().is_empty());
}

#[test]
fn only_ids_split_on_commas() {
    let sandbox = Sandbox::start();
    sandbox.call("edit", &[("id", "2"), ("name", "Иванов, Пётр")]);
    let program = userside(&Place::new()).line("export --columns id --name").args(["Иванов, Пётр"]);
    let output = program.to(&sandbox).run().exits(0);
    assert_eq!(rows(&output), ["2"]);
    assert_eq!(searches(&sandbox), ["name=Иванов, Пётр"]);
}

#[test]
fn nobody_is_no_failure() {
    let (place, sandbox) = (Place::new(), Sandbox::start());
    let output = userside(&place).line("export --house-id 999999 -o out.csv").to(&sandbox).run().exits(0);
    output.says("0 customers");
    assert_eq!(place.text("out.csv"), format!("{USUAL}\r\n"));
    let line = "export --house-id 999999 -o out.csv --fail-if-empty";
    userside(&place).line(line).to(&sandbox).run().exits(1).says("no row");
}

/// In the order of the list, everybody once, whatever the list looks like.
#[test]
fn ids_are_taken_from_a_file_or_from_standard_input() {
    let sandbox = Sandbox::with("--customers 9");
    for list in
        ["7\n2\n7\n9\n", "7,2,9", "\u{FEFF}ID;login\r\n7;x\r\n2;y\r\n9;z\r\n\r\n", "customer_id\n7\n2\n9"]
    {
        let place = Place::new().with("ids.txt", list);
        for (name, stdin) in [("ids.txt", ""), ("-", list)] {
            let line = format!("export --columns id --ids {name}");
            let output = userside(&place).stdin(stdin).line(&line).to(&sandbox).run().exits(0);
            assert_eq!(rows(&output), ["7", "2", "9"], "{list}");
        }
    }
    assert!(searches(&sandbox).is_empty());
}

#[test]
fn ids_that_are_none_are_refused() {
    is_refused("--ids ids.txt --is-ex 0", "--ids");
    is_refused("--ids nobody.txt", "nobody.txt");
    let (place, sandbox) = (Place::new(), Sandbox::start());
    for (list, text) in [
        ("1\n2\nx\n", "line 3: 'x'"),
        ("1\n-2\n", "line 2: '-2'"),
        ("0\n", "line 1: '0'"),
        ("login,name\nx,y\n", "no column 'id'"),
    ] {
        place.write("ids.txt", list);
        userside(&place).line("export --ids ids.txt").to(&sandbox).run().exits(2).says(text);
    }
    // Whoever exports knows nothing of operations.
    for nothing in ["", "\n\n"] {
        place.write("ids.txt", nothing);
        let output = userside(&place).line("export --ids ids.txt").to(&sandbox).run().exits(2);
        output.says("ids.txt is empty").says_not("OPERATION");
    }
    assert!(sandbox.log().is_empty());
}

#[test]
fn options_that_contradict_one_another_are_refused() {
    for (line, text) in [
        ("--is-ex 0 --excel --format xlsx -o x.xlsx", "--excel"),
        ("--is-ex 0 --excel -o x.jsonl", "--excel"),
        ("--is-ex 0 --locale en", "--excel"),
        ("--is-ex 0 --first-run", "--changes-since"),
        ("--is-ex 0 --json", "standard output"),
        ("--is-ex 0 --journal x.journal", "--output"),
        ("--is-ex 0 --batch 0", "--batch"),
        ("--is-ex 0 --rate 0/s", "--rate"),
        ("--ids ids.txt -o ids.txt", "--ids"),
        ("--is-ex 0 -o x.csv --errors x.csv", "--errors"),
        ("--is-ex 0 -o x.csv --totals ./x.csv", "--totals"),
        ("--is-ex 0 -o nowhere/x.csv", "nowhere/x.csv"),
        ("--is-ex 0 --totals nowhere/x.json", "nowhere/x.json"),
    ] {
        is_refused(line, text);
    }
    let place = Place::new();
    let output = userside(&place).line("export --is-ex 0").run().exits(2);
    output.says("--url");
    let program = userside(&place).without_key().line("export --is-ex 0 --url http://127.0.0.1:1");
    program.run().exits(2).says("USERSIDE_API_KEY");
}

/// What the option promises: retries; twice for every answer; three times for what every request holds.
#[test]
fn the_log_tells_what_was_asked_and_answered() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--fault read:503@3"));
    let run = |level: &str| {
        let line = format!("export --is-ex 0 --columns id -o out.csv {level}");
        userside(&place).line(&line).to(&sandbox).run().exits(0)
    };
    let output = run("-v").says("503");
    assert_eq!(output.stderr.lines().filter(|line| line.contains("userside_bulk")).count(), 1);
    run("-vv").says("answered");
    run("-vvv").says("get_customers_id");
}

#[test]
fn a_format_that_is_not_written_is_refused() {
    for name in ["out.xls", "out.ODS", "out.json"] {
        let (place, sandbox) = (Place::new(), Sandbox::start());
        let output =
            userside(&place).line(&format!("export --is-ex 0 -o {name}")).to(&sandbox).run().exits(2);
        output.says("does not write .");
        assert!(sandbox.log().is_empty() && place.names().is_empty());
        userside(&place)
            .line(&format!("export --is-ex 0 -o {name} --format csv"))
            .to(&sandbox)
            .run()
            .exits(0);
    }
}

/// Whoever has seen enough closes the pipe.
#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 3000"));
    for format in ["csv", "xlsx", "jsonl"] {
        let line = format!("export --is-ex 0 --columns all --format {format}");
        let mut running = userside(&place).line(&line).to(&sandbox).start();
        running.close_output();
        running.wait().exits(0).says_not("error").says_not("Broken pipe");
    }
}
