//! A disk that is full, before and in the middle of a run. The tests let no file grow beyond a size, which any
//! user may do; for the program that is the same as a full disk: writing fails.

use crate::support::{Place, Sandbox, userside};

#[test]
fn a_disk_that_is_full_beforehand_sends_nothing() {
    for blocks in [0, 1, 8, 30] {
        let (place, sandbox) = (Place::new().with_bookings(20), Sandbox::with("--customers 20"));
        let program = userside(&place).line("import change_balance input.csv").with_full_disk_beyond(blocks);
        let output = program.to(&sandbox).run().exits(2);
        let output = output.says("error: cannot ");
        assert!(sandbox.log().is_empty() && !place.exists("input.journal"), "{}", output.report());
        // With room it goes as if nothing had been.
        let program = userside(&place).line("import change_balance input.csv");
        program.to(&sandbox).run().exits(0).results().all_are("ok");
        assert_eq!(place.names(), ["input.csv", "input.journal", "input.results.csv"]);
    }
}

#[test]
fn a_disk_that_fills_up_in_the_middle_stops_the_run_and_loses_nothing() {
    // More than are marked in one go, and room for those: whatever the machine's speed, the first ones fit and
    // the last ones do not.
    const ROWS: usize = 1200;
    const BLOCKS: u32 = 256;
    for (operation, options) in [("change_balance", ""), ("edit", "--map customer_id=id --map amount=")] {
        let place = Place::new().with_bookings(ROWS);
        let sandbox = Sandbox::with(&format!("--customers {ROWS}"));
        let line = format!("import {operation} input.csv --concurrency 2 --settle 0s {options}");
        let program = userside(&place).line(&line).with_full_disk_beyond(BLOCKS);
        let output = program.to(&sandbox).run().exits(3).says("cannot write the journal");
        let output = output.says("next: once it can be written again: `userside-bulk re");
        let results = output.results();
        let (ok, skipped) = (results.count("ok"), results.count("skipped"));
        assert!(ok > 0 && skipped > 0, "{ok} ok, {skipped} skipped: nothing is proven\n{}", output.report());
        assert_eq!(results.rows.len(), ROWS);
        let in_doubt = results.count("unknown");
        assert!((ok..=ok + in_doubt).contains(&sandbox.applied()), "{}", output.report());

        let line = "resume input.journal --resend";
        userside(&place).line(line).to(&sandbox).run().exits(0).results().all_are("ok");
        if operation == "change_balance" {
            assert_eq!((sandbox.writes().len(), sandbox.bookings().len()), (ROWS, ROWS));
        }
    }
}

/// Results that find no room are not lost with it.
#[test]
fn results_without_room_are_written_later() {
    // The results are in UTF-8, and so almost twice as large as the input.
    let rows: String = (1..=20).map(|id| format!("{id},1.00,{}\n", "длинный".repeat(1100))).collect();
    let content = format!("customer_id,amount,comment\n{rows}");
    let content = encoding_rs::WINDOWS_1251.encode(&content).0.into_owned();
    let place = Place::new().with("input.csv", content);
    let sandbox = Sandbox::with("--customers 20");
    // Room for the input and for the journal, which keeps no comments; none for the results.
    let program = userside(&place)
        .line("import change_balance input.csv --concurrency 20 --rate unlimited --encoding windows-1251");
    let program = program.args(["--url", sandbox.url()]).with_full_disk_beyond(520);
    let output = program.run().exits(3).says("what is known of the rows is in the journal");
    output.says("userside-bulk resume input.journal");
    assert!(!place.exists("input.results.csv"));
    let output = userside(&place).line("resume input.journal").run().exits(0);
    output.results().all_are("ok");
    assert_eq!(sandbox.bookings().len(), 20);
}
