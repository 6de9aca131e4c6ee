//! What a proxy, a firewall or a server out of order says in place of the API proves nothing: no booking is made twice,
//! none is `ok` that was not made, and an outage costs no row.

use crate::support::{Output, Place, Sandbox, userside};

const ROWS: usize = 5;

/// Five bookings of one customer each, sent one after the other.
fn book(place: &Place, sandbox: &Sandbox, options: &str) -> Output {
    let line = "import change_balance input.csv --concurrency 1 --settle 0s --new-run";
    userside(place).line(line).line(options).to(sandbox).run()
}

fn bookings() -> Place {
    Place::new().with_bookings(ROWS)
}

fn edits(rows: usize) -> Place {
    let content: String = (1..=rows).map(|id| format!("{id},x\n")).collect();
    Place::new().with("input.csv", format!("id,comment\n{content}"))
}

/// Every customer has one booking, whatever was said of it.
#[track_caller]
fn all_are_booked_once(sandbox: &Sandbox, output: &Output) {
    let mut booked: Vec<u64> = sandbox.bookings().iter().map(|(customer, ..)| *customer).collect();
    booked.sort_unstable();
    assert_eq!(booked, (1..=ROWS as u64).collect::<Vec<_>>(), "{}", output.report());
}

/// Apache's 503 when PHP's worker is ended after it has booked, Varnish's when the backend is slow, a quota's 429.
#[test]
fn turned_away_after_the_booking_books_nothing_twice() {
    for (fault, more) in
        [("503-after", ""), ("503-after", "--retries 0"), ("429-after", ""), ("503-after", "--retries 9")]
    {
        let (place, sandbox) = (bookings(), Sandbox::with(&format!("--fault {fault}@3 --retry-after 0")));
        let output = book(&place, &sandbox, more).exits(0);
        output.results().all_are("ok");
        all_are_booked_once(&sandbox, &output);
        // Nobody looks: then nobody knows.
        let (place, sandbox) = (bookings(), Sandbox::with(&format!("--fault {fault}@3")));
        let output = book(&place, &sandbox, &format!("{more} --no-reconcile")).exits(1);
        let status = if fault.starts_with('5') { 503 } else { 429 };
        assert_eq!(output.results().fates()[2], format!("unknown http_status {status} 1"));
        all_are_booked_once(&sandbox, &output);
    }
}

/// The run is interrupted while it waits for the server: `resume` looks for the booking, and makes it not again.
#[test]
fn an_interrupted_wait_books_nothing_twice() {
    let (place, sandbox) = (bookings(), Sandbox::with("--fault 503-after@3 --fault read:503@2"));
    let line = "import change_balance input.csv --concurrency 1 --booked ignore --no-reconcile --no-verify";
    let running = userside(&place).line(line).args(["--retry-wait", "100s", "--url", sandbox.url()]).start();
    sandbox.has_seen(3);
    running.signal("INT");
    let output = running.wait().exits(130);
    assert_eq!(output.results().statuses()[2], "unknown");
    // Nobody looks, so nobody knows, until somebody does.
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    let line = "reconcile input.journal --settle 0s";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    let writes = sandbox.writes();
    let third = writes.iter().filter(|write| write.parameter("customer_id") == "3").count();
    assert_eq!(third, 1, "{writes:?}");
}

/// A firewall's page in place of PHP's answer, a redirect of a proxy.
#[test]
fn a_page_in_place_of_the_answer_is_no_refusal() {
    for fault in ["waf-404-after", "waf-404", "307"] {
        let (place, sandbox) = (bookings(), Sandbox::with(&format!("--fault {fault}@3")));
        let output = book(&place, &sandbox, "--no-reconcile").exits(1);
        assert_eq!(output.results().count("unknown"), 1, "{fault}: {}", output.report());
        assert_eq!(sandbox.writes().len(), ROWS);
    }
    for fault in ["waf-403-after", "403-page-after", "401-page"] {
        let (place, sandbox) = (bookings(), Sandbox::with(&format!("--fault {fault}@3")));
        let output = book(&place, &sandbox, "--no-reconcile").exits(3);
        let statuses = output.results();
        assert_eq!(statuses.statuses()[..3], ["ok", "ok", "unknown"], "{fault}: {}", output.report());
        assert_eq!(statuses.count("skipped"), ROWS - 3, "{fault}");
    }
    // What may be repeated is told, and can be fed back.
    let (place, sandbox) = (edits(3), Sandbox::with("--fault waf-404@2"));
    let output = userside(&place).line("import edit input.csv --concurrency 1").to(&sandbox).run().exits(1);
    assert_eq!(output.results().fates()[1], "failed http_status 404 1");
}

#[test]
fn an_answer_that_is_no_verdict_makes_no_row_ok() {
    for kind in ["verdictless", "contradicts", "result-twice"] {
        for applied in ["", "-after"] {
            let fault = format!("--fault {kind}{applied}@3");
            let (place, sandbox) = (bookings(), Sandbox::with(&fault));
            let output = book(&place, &sandbox, "--no-reconcile").exits(1);
            assert_eq!(output.results().fates()[2], "unknown bad_answer 200 1", "{fault}");
            let (place, sandbox) = (edits(5), Sandbox::with(&fault));
            let output =
                userside(&place).line("import edit input.csv --concurrency 1").to(&sandbox).run().exits(0);
            assert_eq!(output.results().fates()[2], "ok - 200 2", "{fault}");
        }
    }
}

/// A server that says OK to everything understands nothing.
#[test]
fn an_ok_without_the_number_is_not_an_understanding_server() {
    for selector in ["auto", "subcat", "action"] {
        let sandbox = Sandbox::with("--fault read:empty-ok@1-999");
        let place = bookings();
        let output = userside(&place).line("import change_balance input.csv --selector").args([selector]);
        output.to(&sandbox).run().exits(3).says("nothing was sent").results().all_are("skipped");
        assert!(sandbox.writes().is_empty());
        let export = userside(&place).line("export --state-id 2 -o out.csv --selector").args([selector]);
        export.to(&sandbox).run().exits(3);
        assert!(!place.exists("out.csv"), "an empty export of {selector}");
    }
}

#[test]
fn a_new_customer_without_an_id_is_in_doubt() {
    let place = Place::new().with("input.csv", "fio,codeti\nA,a/1\nB,a/2\nC,a/3\n");
    for (fault, fate) in [
        ("no-id", "unknown bad_answer 200 1"),
        ("id-0", "unknown bad_answer 200 1"),
        ("id-in-data", "ok - 200 1"),
    ] {
        let sandbox = Sandbox::with(&format!("--fault {fault}@2"));
        let line = "import add input.csv --concurrency 1 --new-run --no-reconcile";
        let output = userside(&place).line(line).to(&sandbox).run();
        assert_eq!(output.results().fates()[1], fate, "{fault}: {}", output.report());
        assert_eq!(sandbox.applied(), 3);
        if fault == "id-in-data" {
            assert_eq!(output.results().column("result_id")[1], "1002");
        }
    }
}

/// The server is away, then turns everything away: good rows are ok in the end.
#[test]
fn an_outage_costs_no_row() {
    for faults in [
        "--fault refuse=1s@20",
        "--fault 503@20-24 --fault read:503@2-4",
        "--fault 429@20-21 --retry-after 1",
    ] {
        let (place, sandbox) = (edits(200), Sandbox::with(&format!("--customers 200 {faults}")));
        let line = "import edit input.csv --rate 200/s --retries 0 --retry-wait 20ms --url";
        let output = userside(&place).line(line).args([sandbox.url()]).run();
        // What was in the server's hands when it went may have happened, and is sent again by `resume`.
        let output = if faults.contains("refuse") && output.code == Some(1) {
            userside(&place).line("resume input.journal").to(&sandbox).run()
        } else {
            output
        };
        output.exits(0).results().all_are("ok");
    }
}

/// A quota that nobody told the program: all rows are ok, and hardly more requests are made than there are rows.
#[test]
fn a_quota_is_learned() {
    let (place, sandbox) = (edits(200), Sandbox::with("--customers 200 --quota 25/s"));
    let line = "import edit input.csv --rate 100/s --retry-wait 200ms --url";
    let output = userside(&place).line(line).args([sandbox.url()]).run().exits(0);
    output.results().all_are("ok");
    // A machine that is busy lets requests come together that left apart.
    let requests = sandbox.log().len();
    assert!(requests <= 230, "{requests} requests for 200 rows");
}

/// One request finds out which server that is, one is turned away, and one finds out that the server is back.
#[test]
fn a_quota_that_says_when_it_ends_costs_little_also_with_few_rows() {
    let (place, sandbox) = (edits(60), Sandbox::with("--customers 60 --quota 20/s --retry-after 1"));
    let line = "import edit input.csv --rate 100/s --concurrency 1 --url";
    let output = userside(&place).line(line).args([sandbox.url()]).run().exits(0);
    output.results().all_are("ok");
    let requests = sandbox.log().len();
    assert!(requests <= 63, "{requests} requests for 60 rows");
}

#[test]
fn after_its_patience_a_run_stops_and_can_go_on() {
    let (place, sandbox) = (edits(40), Sandbox::with("--customers 40 --fault refuse=4s@10"));
    let line = "import edit input.csv --concurrency 1 --patience 200ms";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3).says("userside-bulk resume");
    let results = output.results();
    assert_eq!(results.count("failed"), 0, "{}", output.report());
    assert!(results.fates().iter().any(|fate| fate.starts_with("skipped connect -")), "{}", output.report());
    let line = "resume input.journal --patience 60s";
    crate::support::until("the server is back", || {
        let output = userside(&place).line(line).to(&sandbox).run();
        (output.code == Some(0)).then(|| output.results().all_are("ok"))
    });
}
