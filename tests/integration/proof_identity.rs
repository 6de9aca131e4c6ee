//! A booking is made once, whoever imports the list again: from another folder, under another name, saved by another
//! program, as a part of a longer list.

use crate::support::{Place, Sandbox, userside};

const ROWS: u64 = 20;

fn list(rows: u64) -> String {
    let rows: String = (1..=rows).map(|id| format!("{id},{id}.50,\"Fee, May\"\n")).collect();
    format!("customer_id,amount,comment\n{rows}")
}

/// Bookings of each customer, as many as there are.
fn booked(sandbox: &Sandbox) -> Vec<usize> {
    let bookings = sandbox.bookings();
    (1..=ROWS).map(|id| bookings.iter().filter(|(customer, ..)| *customer == id).count()).collect()
}

fn histories(sandbox: &Sandbox) -> usize {
    sandbox.log().iter().filter(|entry| entry.subcategory.as_deref() == Some("abon_hist")).count()
}

const IMPORT: &str = "import change_balance input.csv";

#[test]
fn the_same_list_is_booked_once_from_wherever_it_comes() {
    let sandbox = Sandbox::with("--customers 20");
    let place = Place::new().with("input.csv", list(ROWS));
    userside(&place).line(IMPORT).to(&sandbox).run().exits(0).results().all_are("ok");
    let spreadsheet: String = (1..=ROWS).map(|id| format!("\"Fee,  May\";{id};\"{id},5\"\r\n")).collect();
    let spreadsheet = format!("\u{feff}comment;customer_id;amount\r\n{spreadsheet}");
    let again = [
        (&place, IMPORT, None),
        (&place, "import change_balance input.csv --new-run", None),
        (&place, "import change_balance may.csv", Some(list(ROWS))),
        (&place, "import change_balance input.csv --results other.csv", None),
        (&Place::new(), IMPORT, Some(list(ROWS))),
        (&Place::new(), IMPORT, Some(spreadsheet)),
    ];
    for (place, line, content) in again {
        let name = if line.contains("may.csv") { "may.csv" } else { "input.csv" };
        if let Some(content) = content {
            place.write(name, content);
        }
        let output = userside(place).line(line).to(&sandbox).run().exits(1);
        let output = output.says("20 rows, 220.00 in all, are booked already");
        let results = match line.contains("other.csv") {
            true => output.results_in("other.csv"),
            false => output.results_in(&name.replace(".csv", ".results.csv")),
        };
        assert_eq!(results.fates(), vec!["failed already_booked - 0"; ROWS as usize], "{line}");
        let error = results.rows[0].result("error");
        assert!(error.contains("--list NAME") && error.contains("customer 1 already (20"), "{error}");
        assert_eq!((booked(&sandbox), sandbox.writes().len()), (vec![1; 20], 20), "{line}");
    }
}

#[test]
fn what_is_booked_already_can_be_passed_over_or_booked_again() {
    for (options, code, fate, each, reads) in [
        ("--booked skip", 0, "skipped already_booked - 0", 1, 20),
        ("--booked fail", 1, "failed already_booked - 0", 1, 20),
        ("--booked ignore", 0, "ok - 200 1", 2, 0),
        ("--list june", 0, "ok - 200 1", 2, 20),
        ("--no-comment-tag", 0, "ok - 200 1", 2, 0),
    ] {
        let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new().with("input.csv", list(ROWS)));
        userside(&place).line(IMPORT).to(&sandbox).run().exits(0);
        let before = histories(&sandbox);
        let line = format!("{IMPORT} --no-reconcile --no-verify {options}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(code);
        assert_eq!(output.results().fates(), vec![fate; ROWS as usize], "{options}");
        assert_eq!((booked(&sandbox), histories(&sandbox) - before), (vec![each; 20], reads), "{options}");
        // What such a run has made is known by its own name.
        if options == "--booked ignore" {
            let line = "resume input.journal";
            userside(&place).line(line).to(&sandbox).run().exits(0);
            assert_eq!(booked(&sandbox), vec![2; 20]);
        }
    }
}

/// Rows of one customer stand far from each other; still one read for each customer.
#[test]
fn a_customers_history_is_read_once() {
    let twice: String = ["Fee", "Television"]
        .iter()
        .flat_map(|what| (1..=ROWS).map(move |id| format!("{id},1,{what}\n")))
        .collect();
    let place = Place::new().with("input.csv", format!("customer_id,amount,comment\n{twice}"));
    let sandbox = Sandbox::with("--customers 20");
    let line = format!("{IMPORT} --no-reconcile --no-verify --server-version 3.17");
    userside(&place).line(&line).to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!((histories(&sandbox), booked(&sandbox)), (20, vec![2; 20]));
    let output = userside(&place).line(&line).to(&sandbox).run().exits(1);
    assert_eq!(output.results().fates(), vec!["failed already_booked - 0"; 40]);
    assert_eq!((histories(&sandbox), booked(&sandbox)), (40, vec![2; 20]));
}

/// As the manual says: a trial of ten rows, and then the whole list.
#[test]
fn a_trial_and_then_the_whole_list_book_each_row_once() {
    let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new());
    place.write("trial.csv", list(10));
    place.write("input.csv", list(ROWS));
    userside(&place).line("import change_balance trial.csv").to(&sandbox).run().exits(0);
    let output = userside(&place).line(IMPORT).line("--expect-total 220").to(&sandbox).run().exits(1);
    let output = output
        .says("10 rows, 60.00 in all, are booked already")
        .says("the totals that were expected are those of all");
    let results = output.results();
    assert_eq!((results.count("failed"), results.count("ok")), (10, 10));
    assert_eq!(booked(&sandbox), vec![1; 20]);
    // With the trial passed over, the whole list is as wanted.
    let line = format!("{IMPORT} --booked skip");
    userside(&place).line(&line).to(&sandbox).run().exits(0);
    assert_eq!(booked(&sandbox), vec![1; 20]);
}

#[test]
fn a_row_that_is_fed_back_is_the_booking_that_it_was_whatever_a_person_changed() {
    let (sandbox, place) = (Sandbox::with("--customers 20 --fault error@2"), Place::new());
    place.write("input.csv", "customer_id,amount,comment\n1,5,x\n2,6,x\n3,7,x\n");
    let line = format!("{IMPORT} --concurrency 1 --failed left.csv");
    let results = userside(&place).line(&line).to(&sandbox).run().exits(1).results();
    assert_eq!(results.fates()[1], "failed api_error 200 1");
    let keys: Vec<String> = results.column("result_key").into_iter().map(str::to_owned).collect();
    assert!(place.text("left.csv").contains(&keys[1]), "{}", place.text("left.csv"));
    // The amount that was refused is put right; the one that was booked is changed too, which books nothing.
    let changed = place.text("input.results.csv").replace("1,5,x", "1,50,x").replace("2,6,x", "2,6.60,x");
    place.write("again.csv", changed);
    let results = userside(&place)
        .line("import change_balance again.csv")
        .to(&sandbox)
        .run()
        .exits(1)
        .results_in("again.results.csv");
    assert_eq!(results.fates(), ["failed already_booked - 0", "ok - 200 1", "failed already_booked - 0"]);
    assert_eq!(results.column("result_key"), keys);
    let mut bookings = sandbox.bookings();
    bookings.sort();
    let expected = [(1, "5", 0), (2, "6.60", 1), (3, "7", 2)]
        .map(|(id, amount, key)| (id, amount.to_owned(), format!("[ub-{}] x", keys[key])));
    assert_eq!(bookings, expected);
}

#[test]
fn a_key_that_is_none_or_stands_there_twice_is_refused() {
    let header = "customer_id,amount,comment,result_key\n";
    for (rows, fate) in [
        ("1,5,x,k3x7qambcde\n", "invalid bad_value - 0"),
        ("1,5,x,k3x7qambcdef\n2,5,x,k3x7qambcdef\n", "invalid duplicate_row - 0"),
    ] {
        let (sandbox, place) =
            (Sandbox::with("--customers 20"), Place::new().with("input.csv", format!("{header}{rows}")));
        let line = format!("{IMPORT} --allow-duplicates");
        let results = userside(&place).line(&line).to(&sandbox).run().exits(2).says("result_key").results();
        assert_eq!(results.fates().last().map(String::as_str), Some(fate));
        assert!(sandbox.log().is_empty());
    }
}

/// The second of two equal rows is another booking; the third as well, when it comes.
#[test]
fn equal_rows_are_as_many_bookings_as_there_are() {
    let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new());
    for (rows, code, fates) in [
        (2, 0, vec!["ok - 200 1"; 2]),
        (2, 1, vec!["failed already_booked - 0"; 2]),
        (3, 1, vec!["failed already_booked - 0", "failed already_booked - 0", "ok - 200 1"]),
    ] {
        place.write("input.csv", format!("customer_id,amount,comment\n{}", "1,5,x\n".repeat(rows)));
        let line = format!("{IMPORT} --allow-duplicates");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(code);
        assert_eq!(output.results().fates(), fates);
    }
    assert_eq!(booked(&sandbox)[0], 3);
}

/// What takes a booking back is another booking, and is itself made once.
#[test]
fn what_takes_a_run_back_is_booked_once() {
    let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new().with("input.csv", list(3)));
    userside(&place).line(IMPORT).to(&sandbox).run().exits(0);
    userside(&place).line("undo input.journal").run().exits(0);
    assert!(!place.text("input.undo.csv").contains("result_key"));
    for code in [0, 1] {
        userside(&place).line("import change_balance input.undo.csv").to(&sandbox).run().exits(code);
        assert_eq!(booked(&sandbox)[..3], [2, 2, 2]);
    }
}

/// Nobody knows what is booked where a history can't be read: nothing is sent for that customer, until it can be.
#[test]
fn a_row_whose_history_cannot_be_read_waits_for_resume() {
    let (sandbox, place) =
        (Sandbox::with("--customers 20 --fault read:html@2-3"), Place::new().with("input.csv", list(4)));
    let line = format!("{IMPORT} --concurrency 1 --retries 0 --no-verify --server-version 3.17");
    let output = userside(&place).line(&line).to(&sandbox).run().exits(1).says("--booked ignore");
    let fates = output.results().fates();
    assert_eq!(fates[2..], ["ok - 200 1", "ok - 200 1"], "{fates:?}");
    assert_eq!(fates[..2], ["skipped bad_answer - 0", "skipped bad_answer - 0"]);
    assert!(output.results().rows[0].result("error").contains("history of customer 1"));
    userside(&place).line("resume input.journal").to(&sandbox).run().exits(0).results().all_are("ok");
    assert_eq!(booked(&sandbox)[..4], [1, 1, 1, 1]);
}

/// Where the server says itself that there is no such customer, that is no reason to wait, or to try again.
#[test]
fn a_customer_who_does_not_exist_fails_as_the_server_says() {
    let (sandbox, place) = (Sandbox::with("--customers 3"), Place::new().with("input.csv", list(4)));
    let output = userside(&place).line(IMPORT).to(&sandbox).run().exits(1);
    let fates = output.results().fates();
    assert_eq!(fates[..3], ["ok - 200 1", "ok - 200 1", "ok - 200 1"]);
    assert_eq!(fates[3], "failed not_found - 0");
    assert_eq!(sandbox.writes().len(), 3);
    // Where it knows none of them, it is asked for one of them in another way too.
    place.write("input.csv", "customer_id,amount,comment\n4,4,x\n5,5,x\n");
    let output = userside(&place).line(IMPORT).to(&sandbox).run().exits(1);
    assert_eq!(output.results().fates(), ["failed not_found - 0"; 2]);
    output.says("next: `userside-bulk results input.journal --failed");
}

/// A server that keeps only the beginning of a comment: what is left of the tag is enough not to book again.
#[test]
fn a_tag_of_which_the_end_is_cut_off_keeps_its_row_from_being_sent() {
    for cut in [8, 12, 16] {
        let (sandbox, place) = (Sandbox::with(&format!("--customers 20 --history cut={cut}")), Place::new());
        place.write("input.csv", format!("{}1,7,x\n", list(3)));
        userside(&place).line(IMPORT).to(&sandbox).run().exits(0).says("could not be read back");
        place.write("input.csv", format!("{}1,7,x\n4,1,x\n", list(3)));
        let output = userside(&place).line(IMPORT).to(&sandbox).run().exits(1);
        let fates = output.results().fates();
        assert_eq!(fates[..4], ["failed already_booked - 0"; 4], "{cut}");
        assert_eq!(fates[4], "ok - 200 1");
        // The whole key is left of the last.
        assert_eq!(output.results().rows[3].result("error").contains("has cut off"), cut < 16);
        assert_eq!(sandbox.bookings().len(), 5);
    }
}

/// Where nothing shows whether bookings are there nothing is sent, and nobody is told to try for ever.
#[test]
fn a_server_that_shows_no_history_is_no_reason_to_book() {
    let (sandbox, place) = (Sandbox::with("--customers 20 --fault read:html@2-900"), Place::new());
    place.write("input.csv", list(3));
    let line = format!("{IMPORT} --concurrency 1 --retries 0");
    let output = userside(&place).line(&line).to(&sandbox).run().exits(3);
    let output = output.says("shows the history of no customer in the list").says("Nothing was sent");
    output.says("once that is fixed: `userside-bulk resume input.journal`");
    let output = userside(&place).line("resume input.journal").to(&sandbox).run().exits(3);
    assert_eq!(output.results().statuses(), ["skipped"; 3]);
    assert_eq!(sandbox.bookings(), []);
}

/// A booking that an earlier version of this program made is told, and not taken for this one.
#[test]
fn a_booking_of_an_earlier_version_that_is_alike_is_told() {
    let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new().with("input.csv", list(3)));
    sandbox.book("2", "2.50", "Fee, May [ub-k3x7qa-2]");
    let output = userside(&place).line(IMPORT).to(&sandbox).run().exits(0);
    output.says("an earlier version").says("customer 2").results().all_are("ok");
}

#[test]
fn comments_that_old_servers_would_cut_are_counted() {
    let (sandbox, place) = (Sandbox::with("--customers 20"), Place::new());
    let comment = |length: usize| "ж".repeat(length);
    place.write(
        "input.csv",
        format!("customer_id,amount,comment\n1,1,{}\n2,1,{}\n", comment(237), comment(238)),
    );
    let output = userside(&place).line(IMPORT).to(&sandbox).run().exits(0);
    output.says("1 comment is longer than 255 characters together with the tag");
}
