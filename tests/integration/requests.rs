//! As few requests as the work needs: they are counted at the server.

use crate::support::{Entry, Place, Sandbox, userside};

/// So many new customers of billing 9, where nobody is: the others are in 1 and 2.
fn newcomers(count: usize) -> Place {
    let rows: String = (1..=count).map(|n| format!("Customer {n},code-{n},9\n")).collect();
    Place::new().with("input.csv", format!("fio,codeti,billing_id\n{rows}"))
}

/// The searches for one customer, before the first write and after it.
fn searches(log: &[Entry]) -> [usize; 2] {
    let first = log.iter().position(|entry| !entry.is_read()).unwrap_or(log.len());
    let is_search = |entry: &&Entry| entry.subcategory.as_deref() == Some("get_abon_id");
    [log[..first].iter().filter(is_search).count(), log[first..].iter().filter(is_search).count()]
}

/// Of 50,000 at most 1,100 more than one a row: of 2,000 at most 44.
#[test]
fn an_empty_billing_needs_no_search() {
    let (place, sandbox) = (newcomers(2000), Sandbox::with("--customers 300"));
    let line = "import add input.csv --concurrency 32 --json";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let log = sandbox.log();
    assert!(log.len() <= 2044, "{} requests", log.len());
    assert_eq!(searches(&log), [0, 1], "whoever is made first is read back");
    let summary: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(summary["writes"], 2000);
    assert_eq!(summary["reads"], log.len() - 2000);
    assert_eq!(summary["requests"], log.len());
}

#[test]
fn nobody_is_believed_in_every_shape() {
    for server in [
        "",
        "--customers 0",
        "--nobody-listed missing",
        "--nobody-listed error",
        "--nobody-listed 404",
        "--shape modern,bom,warning",
        "--shape mixed --seed 3",
        "--batches refuse",
        "--search gone",
    ] {
        let (place, sandbox) = (newcomers(20), Sandbox::with(server));
        userside(&place).line("import add input.csv").to(&sandbox).run().exits(0);
        let log = sandbox.log();
        assert_eq!(searches(&log)[0], 0, "{server}");
        assert_eq!(sandbox.applied(), 20, "{server}");
        // The names of what the server has are found out once.
        assert!(log.len() <= 20 + 14, "{server}: {} requests", log.len());
    }
}

/// One who is there, even a former one: everybody is looked for, as in a billing that nobody names.
#[test]
fn where_somebody_is_everybody_is_looked_for() {
    for is_there in [true, false] {
        let (place, sandbox) = (newcomers(20), Sandbox::start());
        if is_there {
            sandbox.call("add", &[("fio", "x"), ("codeti", "code-7"), ("billing_id", "9")]);
        } else {
            let input = place.text("input.csv").replace(",billing_id", "").replace(",9\n", "\n");
            place.write("input.csv", input);
        }
        let code = i32::from(is_there);
        let line = "import add input.csv";
        let results = userside(&place).line(line).to(&sandbox).run().exits(code).results();
        assert_eq!(results.count("failed"), usize::from(is_there));
        let log = &sandbox.log()[usize::from(is_there)..];
        // Where nobody is found, somebody else is looked for as a control.
        assert_eq!(searches(log)[0], 20 + usize::from(!is_there));
        assert_eq!(sandbox.applied(), 20);
    }
}

/// What the code of a new customer is in another billing is somebody else's, also where an answer is lost.
#[test]
fn the_same_code_in_another_billing_is_another_customer() {
    let sandbox = Sandbox::with("--fault drop-after@8 --fault drop-before@12");
    let place = newcomers(6);
    for n in 1..=6 {
        sandbox.call("add", &[("fio", "x"), ("codeti", &format!("code-{n}")), ("billing_id", "1")]);
    }
    let line = "import add input.csv --concurrency 1 --settle 0s --resend";
    let output = userside(&place).line(line).to(&sandbox).run();
    let results = output.results();
    let ids = results.column("result_id");
    assert_eq!(results.count("ok"), 5, "{}", output.report());
    assert_eq!(ids[1], "1008", "the one whose answer was lost");
    // Somebody has the code, and whether the row has made another a person has to see.
    assert_eq!(results.rows[5].result("status"), "unknown", "{}", output.report());
    assert_eq!(sandbox.applied(), 6 + 5);
}

/// A run that was killed finds its own customers in the billing, and makes nobody twice.
#[test]
fn resume_looks_for_the_runs_own_customers() {
    let (place, sandbox) = (newcomers(12), Sandbox::with("--fault 403@5"));
    for n in [9, 11] {
        sandbox.call("add", &[("fio", "x"), ("codeti", &format!("code-{n}")), ("billing_id", "1")]);
    }
    let line = "import add input.csv --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(3);
    let backup = place.bytes("input.journal");
    let first = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1).results();
    assert_eq!(first.count("ok"), 11);
    place.write("input.journal", backup);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    let again = output.says("restored from a backup").results();
    assert_eq!(again.column("result_id"), first.column("result_id"));
    assert_eq!(sandbox.applied(), 2 + 11);
}

/// Where the server lists the run's own customers and few others, those who are left are not searched for one by one.
#[test]
fn resume_searches_for_nobody_whose_billing_it_knows() {
    for (others, searched) in [(0, 0), (2, 1)] {
        let (place, sandbox) = (newcomers(120), Sandbox::with("--fault 403@33"));
        userside(&place).line("import add input.csv --concurrency 1").to(&sandbox).run().exits(3);
        for n in 0..others {
            // One of them is in the file, and was not made by the run.
            let code = format!("code-{}", 100 * (n + 1));
            sandbox.call("add", &[("fio", "x"), ("codeti", &code), ("billing_id", "9")]);
        }
        let before = sandbox.requests();
        let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
        assert_eq!(output.results().count("ok"), 119, "{}", output.report());
        let log = &sandbox.log()[before..];
        assert_eq!(searches(log)[0], searched + 1, "one is read back: {log:?}");
        assert!(log.len() <= 88 + 12, "{} requests", log.len());
        assert_eq!(sandbox.applied(), 119 + usize::from(others > 0));
    }
}

/// A run that never came to its first row asks again.
#[test]
fn a_billing_that_is_still_empty_needs_no_search_later_either() {
    let (place, sandbox) = (newcomers(12), Sandbox::with("--fault 403@1"));
    userside(&place).line("import add input.csv --concurrency 1").to(&sandbox).run().exits(3);
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    assert_eq!(output.results().count("ok"), 11);
    assert_eq!(searches(&sandbox.log())[0], 0);
    assert!(sandbox.log().iter().filter(|entry| entry.is_read()).count() <= 14);
}

/// Two billings in a file, one of them empty; a potential customer may be in neither.
#[test]
fn each_billing_is_asked_about_by_itself() {
    let rows = "a,c1,9,0\nb,c2,9,1\nc,c3,1,0\nd,c4,8,0\ne,c5,9,0\nf,,9,0\n";
    let place = Place::new().with("input.csv", format!("fio,codeti,billing_id,is_potential\n{rows}"));
    let sandbox = Sandbox::start();
    userside(&place).line("import add input.csv --concurrency 1").to(&sandbox).run().exits(0);
    assert_eq!(searches(&sandbox.log()), [2, 1], "the potential one, and the one of billing 1");
}

/// What is told beforehand: how many requests, and how many more there may be.
#[track_caller]
fn estimated(stderr: &str) -> (u64, u64) {
    let line = stderr.lines().find(|line| line.starts_with("estimate: ")).expect("an estimate");
    let number = |text: &str| text.replace(',', "").parse().expect("a number");
    let (_, rest) = line.split_once("customers: ").expect("customers");
    let (requests, rest) = rest.split_once(" requests").expect("requests");
    let more = rest.split_once("up to ").and_then(|(_, rest)| rest.split_once(" more"));
    (number(requests), more.map_or(0, |(more, _)| number(more)))
}

/// Within two in a hundred.
#[track_caller]
fn is_near(estimate: u64, requests: usize) {
    let difference = estimate.abs_diff(requests as u64);
    assert!(difference * 50 <= requests as u64, "{estimate} estimated, {requests} made");
}

#[test]
fn the_estimate_says_what_the_server_will_see() {
    let rows = |count: usize, row: fn(usize) -> String| (1..=count).map(row).collect::<String>();
    let bookings = rows(1500, |n| format!("{},{n},fee\n", n.div_ceil(3) * 3));
    for (operation, header, rows, options) in [
        ("change_balance", "customer_id,amount,comment\n", bookings.clone(), "--concurrency 8"),
        ("change_balance", "customer_id,amount,comment\n", bookings.clone(), "--concurrency 32"),
        ("change_balance", "customer_id,amount,comment\n", bookings, "--booked ignore --no-verify"),
        ("delete", "id\n", rows(600, |n| format!("{n}\n")), "--yes"),
    ] {
        let place = Place::new().with("input.csv", format!("{header}{rows}"));
        let sandbox = Sandbox::with("--customers 1500");
        let line = format!("import {operation} input.csv {options}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
        let (requests, more) = estimated(&output.stderr);
        is_near(requests, sandbox.requests());
        assert_eq!(more, 0, "{line}");
    }
}

#[test]
fn validate_says_how_many_requests_an_import_takes() {
    for (server, is_there) in [("--customers 300", false), ("--customers 0", true)] {
        let (place, sandbox) = (newcomers(600), Sandbox::with(server));
        let output = userside(&place).line("validate add input.csv").run().exits(0);
        let output = output.says(
            "estimate: 600 customers: 607 requests, about 1 min at 10/s; up to 600 more reads (1 min) where",
        );
        let (requests, more) = estimated(&output.stderr);
        if is_there {
            sandbox.call("add", &[("fio", "x"), ("billing_id", "9")]);
        }
        let line = "import add input.csv --concurrency 16";
        userside(&place).line(line).to(&sandbox).run().exits(0).says_not("estimate");
        is_near(requests + if is_there { more } else { 0 }, sandbox.requests());
    }
    let place = Place::new().with("input.csv", "id,comment\n1,x\n2,y\n");
    userside(&place)
        .line("validate edit input.csv")
        .run()
        .exits(0)
        .says("estimate: 2 customers: 3 requests, about 1 s at 10/s");
}

/// Where it takes long it is said without being asked for.
#[test]
fn a_long_import_says_so_beforehand() {
    let (place, sandbox) = (newcomers(700), Sandbox::with("--fault 403@1"));
    let line = format!("import add input.csv --rate 10/s --url {}", sandbox.url());
    let output = userside(&place).line(&line).run().exits(3);
    output.says("estimate: 700 customers: 707 requests, about 1 min at 10/s");
}

/// New customers of billing 9, each with what `add` can't take, a date of connection and an opening balance.
fn migrants(count: usize) -> Place {
    let rows: String = (1..=count)
        .map(|n| format!("Customer {n},code-{n},9,note {n},2024-03-{:02},{n}.50,opening\n", n % 28 + 1))
        .collect();
    let header = "fio,codeti,billing_id,edit.comment,change_date_connect.value,amount,change_balance.comment";
    Place::new().with("input.csv", format!("{header}\n{rows}"))
}

/// One request a step, and of 50,000 customers at most 1,100 more: of 1,000 at most 22.
#[test]
fn a_migration_into_an_empty_billing_is_a_request_a_step() {
    let (place, sandbox) = (migrants(1000), Sandbox::with("--customers 300"));
    let line = "import migrate input.csv --concurrency 16 --yes";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let log = sandbox.log();
    let reads = log.iter().filter(|entry| entry.is_read()).count();
    assert_eq!(log.len() - reads, 4000);
    assert!(
        reads <= 22,
        "{reads} reads: {:?}",
        log.iter().filter(|entry| entry.is_read()).collect::<Vec<_>>()
    );
    is_near(estimated(&output.stderr).0, log.len());
    output.says("balances: those of 1,000 customers differ by what was booked, to the last digit");
}

/// Whom the run has made begins with nothing: a booking that did not come is known not to be there, and one that came
/// twice is seen, without a read before it.
#[test]
fn the_balance_of_a_new_customer_is_known_without_a_read() {
    let line = "import migrate input.csv --concurrency 1 --yes --settle 0s --verify";
    let import = |fault: &str, options: &str| {
        let (place, sandbox) = (migrants(4), Sandbox::with(fault));
        (userside(&place).line(line).line(options).to(&sandbox).run(), sandbox)
    };
    let (output, sandbox) = import("", "");
    output.exits(0).says("balances: those of 4 customers differ by what was booked");
    // The last of sixteen writes is a booking, whichever row comes last.
    assert_eq!(sandbox.writes().len(), 16);
    for (options, bookings) in [("", 3), ("--resend", 4)] {
        let (output, sandbox) = import("--fault drop-before@16", options);
        let results = output.results();
        assert_eq!(results.count("ok"), bookings, "{}", output.report());
        assert_eq!(results.count("partial"), 4 - bookings, "{}", output.report());
        assert_eq!(sandbox.bookings().len(), bookings);
    }
    let (output, _) = import("--fault double@16", "");
    output.exits(1).says("is booked 2 times");
}
