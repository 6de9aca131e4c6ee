//! `--verify`: the balances of all customers touched, before and after, against what was booked.

use crate::support::{Place, Sandbox, until, userside};

const INPUT: &str = "customer_id,amount,comment\n1,0.10,x\n2,-7.35,y\n1,0.20,z\n77,5,nobody\n";

fn is_read_of_customer(entry: &crate::support::Entry) -> bool {
    entry.subcategory.as_deref() == Some("get_data")
}

#[test]
fn balances_that_agree_are_said_to() {
    for shape in ["classic", "modern", "mixed --seed 3", "mixed --seed 4", "modern,bom,warning"] {
        let place = Place::new().with("input.csv", INPUT.replace("77,5,nobody\n", ""));
        let sandbox = Sandbox::with(&format!("--shape {shape} --fault drop-after@2"));
        let line = "import change_balance input.csv --verify --concurrency 1 --settle 0s";
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        output.says("the balances of 2 customers differ by what was booked, to the last digit");
        // Once before the first booking and once after the last one.
        let log = sandbox.log();
        let reads: Vec<usize> = (0..log.len()).filter(|place| is_read_of_customer(&log[*place])).collect();
        let writes: Vec<usize> = (0..log.len()).filter(|place| !log[*place].is_read()).collect();
        assert_eq!(reads.len(), 4, "{log:?}");
        assert!(reads[1] < writes[0] && reads[2] > writes[2], "{log:?}");
    }
}

/// Somebody else books while the run is under way.
#[test]
fn a_balance_that_differs_is_named_with_the_difference() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::start();
    let before = sandbox.balances()[1].1;
    let running = userside(&place)
        .line("import change_balance input.csv --verify --rate 1/s")
        .args(["--url", sandbox.url()])
        .start();
    sandbox.has_seen(3);
    sandbox.book("2", "-0.01", "by hand");
    let output = running.wait().exits(1);
    let expected = before + rust_decimal::Decimal::new(99, 2);
    let output = output.says(&format!("--verify: customer 2: the balance was {before}"));
    let output =
        output.says(&format!("is {expected}, and the rows that are ok booked 1.00: -0.01 more than that"));
    let output = output.says_not("customer 1:").says_not("customer 3:").says_not("to the last digit");
    output.results().all_are("ok");
}

/// A row that failed booked nothing, and that is what the balance must say.
#[test]
fn rows_that_failed_are_not_expected_in_the_balance() {
    let place = Place::new().with("input.csv", INPUT.replace("77,5,nobody\n", ""));
    let sandbox = Sandbox::with("--fault error@1 --fault drop-before@2");
    let line = "import change_balance input.csv --verify --concurrency 1 --settle 0s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output = output.says("the balances of 2 customers differ by what was booked");
    assert_eq!(output.results().statuses(), ["failed", "failed", "ok"]);
}

#[test]
fn a_balance_that_cannot_be_read_beforehand_stops_the_run_before_the_first_booking() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::start();
    let line = "import change_balance input.csv --verify --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3);
    output.says("the balance of customer 77 (row 4) cannot be read").says("Nothing was sent");
    assert!(sandbox.writes().is_empty());
}

/// What the balances were before the first booking outlives a kill; a `resume` compares with that.
#[test]
fn after_a_kill_the_balances_before_the_run_are_still_known() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--fault stall@3");
    let line = "import change_balance input.csv --verify --concurrency 1 --timeout 120s";
    let running = userside(&place).line(line).to(&sandbox).start();
    sandbox.has_seen(3);
    running.killed();
    let line = "resume input.journal --settle 0s --resend --timeout 30s";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.says("the balances of 5 customers differ by what was booked");
    let before =
        sandbox.log().iter().take_while(|entry| entry.is_read()).filter(|e| is_read_of_customer(e)).count();
    assert_eq!(before, 5);
    assert_eq!(sandbox.log().iter().filter(|entry| is_read_of_customer(entry)).count(), 10);
}

#[test]
fn a_run_that_was_stopped_is_compared_when_it_is_over() {
    let place = Place::new().with_bookings(5);
    let sandbox = Sandbox::with("--fault 403@2");
    let line = "import change_balance input.csv --verify --concurrency 1";
    userside(&place).line(line).to(&sandbox).run().exits(3).says_not("to the last digit");
    sandbox.book("5", "3", "by hand");
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    output.says("--verify: customer 5: ").says_not("customer 4: ");
    until("five bookings", || (sandbox.bookings().len() == 5).then_some(()));
}

#[test]
fn it_is_about_money_only() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let line = "import edit input.csv --verify --url http://127.0.0.1:1";
    userside(&place).line(line).run().exits(2).says("--verify");
}
