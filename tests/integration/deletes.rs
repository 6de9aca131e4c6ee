//! A `delete` that may have happened and is refused the second time is settled by looking whether the
//! customer is still there.

use crate::support::{Entry, Place, Sandbox, userside};

/// Deletes customer 1 against these faults: the fate, the exit code, the reads behind the probe.
fn delete(faults: &str, id: u32) -> (String, i32, Vec<Entry>, bool) {
    let place = Place::new().with("input.csv", format!("id\n{id}\n"));
    let sandbox = Sandbox::with(faults);
    let output = userside(&place).line("import delete input.csv --retries 2").to(&sandbox).run();
    let reads = sandbox.log().into_iter().filter(Entry::is_read).skip(1).collect();
    let fate = output.results().only().fate();
    (fate, output.code.expect("an exit code"), reads, sandbox.find(id.into()).is_some())
}

#[test]
fn gone_means_ok() {
    for fault in ["drop-after@1", "500-after@1", "504-after@1", "truncate@1"] {
        let (fate, exit, reads, is_there) = delete(&format!("--fault {fault}"), 1);
        assert!(fate.starts_with("ok - ") && fate.ends_with(" 2"), "{fault}: {fate}");
        assert_eq!((exit, is_there), (0, false), "{fault}");
        // Nobody was read so far, so that the customer is looked for under both names of the parameter.
        assert_eq!(reads.len(), 2, "{reads:?}");
        assert_eq!(reads[0].subcategory.as_deref(), Some("get_data"));
        assert_eq!(reads[0].parameter("customer_id"), "1");
    }
}

#[test]
fn gone_means_ok_in_every_spelling() {
    for shape in ["modern", "mixed", "modern,bom,warning"] {
        let (fate, exit, ..) = delete(&format!("--fault drop-after@1 --shape {shape}"), 1);
        assert!(fate.starts_with("ok - "), "{shape}: {fate}");
        assert_eq!(exit, 0);
    }
}

#[test]
fn still_there_means_unknown() {
    let (fate, exit, reads, is_there) = delete("--fault 500@1 --fault error@2-9", 1);
    assert!(fate.starts_with("unknown http_status "), "{fate}");
    assert_eq!((exit, reads.len(), is_there), (1, 1, true));
}

#[test]
fn a_look_that_fails_is_repeated_and_then_leaves_the_row_unknown() {
    let (fate, exit, reads, _) = delete("--fault drop-after@1 --fault read:500@2", 1);
    assert!(fate.starts_with("ok - "), "{fate}");
    assert_eq!((exit, reads.len()), (0, 3));
    let (fate, exit, reads, _) = delete("--fault drop-after@1 --fault read:500@2-9", 1);
    assert!(fate.starts_with("unknown connect "), "{fate}");
    assert_eq!((exit, reads.len()), (1, 3));
}

#[test]
fn a_repetition_that_is_accepted_needs_no_look() {
    let (fate, exit, reads, is_there) = delete("--fault drop-before@1", 1);
    assert_eq!((fate.as_str(), exit, reads.len(), is_there), ("ok - 200 2", 0, 0, false));
}

#[test]
fn who_was_never_there_is_not_found_and_needs_no_look() {
    let (fate, exit, reads, _) = delete("", 77);
    assert_eq!((fate.as_str(), exit, reads.len()), ("failed not_found 404 1", 1, 0));
}
