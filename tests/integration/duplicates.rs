//! Rules across rows: the same customer twice, and what is known about the whole file beforehand.

use crate::support::{Output, Place, Sandbox, userside};

fn validate(content: &str, line: &str) -> Output {
    let place = Place::new().with("input.csv", content);
    userside(&place).line("validate").line(line).line("--results input.results.csv").run()
}

#[test]
fn the_same_customer_twice_is_refused_with_the_earlier_line() {
    let output = validate("id,comment\n1,x\n2,y\n1,z\n", "edit input.csv").exits(2);
    let fates = output.results().fates();
    assert_eq!(fates, ["skipped stopped - 0", "skipped stopped - 0", "invalid duplicate_row - 0"]);
    output.says("input.csv, line 4").says("line 2").says("--allow-duplicates");
}

#[test]
fn bookings_are_the_same_only_by_customer_amount_and_comment() {
    let other = "customer_id,amount,comment\n1,5,x\n1,6,x\n1,5,y\n2,5,x\n";
    validate(other, "change_balance input.csv").exits(0);
    // Normalised values are compared, not how they are written.
    for same in ["1,5.00,x", "1,\"5,0\",x", "1,+5, x "] {
        let output = validate(&format!("{other}{same}\n"), "change_balance input.csv").exits(2);
        assert_eq!(output.results().rows[4].fate(), "invalid duplicate_row - 0", "{same}");
    }
}

#[test]
fn customers_to_be_added_are_the_same_by_code_and_billing() {
    let run = |content: &str| validate(content, "add input.csv");
    run("fio,codeti,billing_id\nИван,7,1\nПётр,7,2\nИван,8,1\n").exits(0);
    run("fio,codeti,billing_id\nИван,7,1\nПётр,7,1\n").exits(2).says("line 2");
    // Two people without a code may have the same name.
    run("fio,codeti\nИван,\nИван,\n").exits(0);
}

/// With eight requests in flight and answers that take a while, rows of one customer still leave in order.
#[test]
fn allowed_duplicates_are_sent_one_after_the_other_in_file_order() {
    let rows: String = (0..40).map(|row| format!("{},{row}\n", row % 4 + 1)).collect();
    let place = Place::new().with("input.csv", format!("id,comment\n{rows}"));
    let sandbox = Sandbox::with("--latency 5ms --fault 503=15% --seed 2");
    let line = "import edit input.csv --allow-duplicates --concurrency 8 --retries 20";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert!(sandbox.writes().len() > 40, "nothing was repeated, so nothing is proven");
    for customer in ["1", "2", "3", "4"] {
        let own = sandbox.writes().into_iter().filter(|write| write.parameter("id") == customer);
        let mut order: Vec<u32> =
            own.map(|write| write.parameter("comment").parse().expect("a number")).collect();
        order.dedup();
        assert_eq!(order.len(), 10, "{order:?}");
        assert!(order.is_sorted(), "{order:?}");
    }
    assert_eq!(sandbox.customer(4)["comment"], "39");
}

/// The same booking on purpose: both are made.
#[test]
fn allowed_equal_bookings_are_both_made() {
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,5,x\n1,5,x\n");
    let sandbox = Sandbox::start();
    let line = "import change_balance input.csv --allow-duplicates --expect-total 10";
    userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(sandbox.applied(), 2);
}

const MONEY: &str = "customer_id,amount,comment\n1,\"1 000,10\",x\n2,-0.30,y\n";

#[test]
fn what_is_expected_of_the_file_must_be_so_before_anything_is_sent() {
    let place = Place::new().with("input.csv", MONEY);
    for (expectation, found) in [
        ("--expect-rows 3", "has 2 rows"),
        ("--expect-total 999.81", "add up to 999.80"),
        ("--expect-total -999.80", "add up to 999.80"),
        ("--expect-total 1000", "add up to 999.80"),
        ("--expect-debit 0.29", "take off 0.30 (difference 0.01)"),
        ("--expect-credit 1000.11", "add 1000.10 (difference -0.01)"),
    ] {
        let sandbox = Sandbox::start();
        let line = format!("import change_balance input.csv {expectation}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(2).says(found);
        output.says("nothing was sent").results().all_are("skipped");
        assert!(sandbox.log().is_empty());
    }
    let sandbox = Sandbox::start();
    let program = userside(&place).line("import change_balance input.csv --expect-rows 2 --expect-debit 0.3 --expect-credit 1000.1 --expect-total");
    program.args(["999,80"]).to(&sandbox).run().exits(0);
    assert_eq!(sandbox.applied(), 2);
}

/// A tenth has no binary form: ten of them would not make one.
#[test]
fn totals_are_exact() {
    let rows: String = (1..=1000).map(|id| format!("{id},0.1,x\n")).collect();
    validate(&format!("customer_id,amount,comment\n{rows}"), "change_balance input.csv --expect-total 100")
        .exits(0);
}

#[test]
fn a_total_of_rows_that_book_nothing_is_a_mistake() {
    validate("id\n1\n", "delete input.csv --expect-total 5").exits(2).says("--expect-total");
}

/// Only what will be sent counts.
#[test]
fn the_total_leaves_invalid_rows_out() {
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,5,x\n2,oops,y\n3,6,z\n");
    let sandbox = Sandbox::start();
    let line = "import change_balance input.csv --skip-invalid --expect-total 11 --expect-rows 3";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    assert_eq!(sandbox.applied(), 2);
}

#[test]
fn whoever_imports_the_very_same_bookings_again_is_warned() {
    let sandbox = Sandbox::start();
    let place = Place::new().with("input.csv", "customer_id,amount,comment\n1,5.00,x\n");
    let line = "import change_balance input.csv --booked ignore";
    let import = || userside(&place).line(line).to(&sandbox).run().exits(0);
    import().says_not("imported before");
    import().says("this very file was imported before").says("1 row of it is ok");
    place.write("input.csv", "customer_id,amount,comment\n1,5.00,y\n");
    import().says_not("imported before");
}
