//! Finding out what became of new customers whose outcome is unknown: they are looked for by what their row
//! says of them.

use crate::support::{Place, Sandbox, userside};

/// A run of `add` that finds out at once: status and id, and what is said of each row.
fn add(input: &str, faults: &str, options: &str) -> (Vec<(String, String, String)>, i32, Sandbox) {
    let (place, sandbox) = (Place::new().with("input.csv", input), Sandbox::with(faults));
    let line = format!("import add input.csv --concurrency 1 --settle 0s {options}");
    let output = userside(&place).line(&line).to(&sandbox).run();
    let results = output.results();
    let told = ["status", "id", "error"];
    let rows = results.rows.iter().map(|row| {
        let [status, id, error] = told.map(|column| row.result(column).to_owned());
        (status, id, error)
    });
    (rows.collect(), output.code.expect("an exit code"), sandbox)
}

#[test]
fn by_codeti() {
    let input = "fio,codeti\nІван,a/1\nПетро,a/2\n";
    for shape in ["classic", "modern", "mixed"] {
        for seed in 1..=4 {
            let noise = format!("--shape {shape} --seed {seed}");
            let (rows, code, sandbox) = add(input, &format!("{noise} --fault drop-after@2"), "");
            assert_eq!(
                (rows[1].0.as_str(), rows[1].1.as_str(), code),
                ("ok", "1002", 0),
                "{noise}: {rows:?}"
            );
            assert_eq!(sandbox.writes().len(), 2);
            let (rows, code, _) = add(input, &format!("{noise} --fault drop-before@2"), "");
            assert_eq!(
                (rows[1].0.as_str(), rows[1].1.as_str(), code),
                ("failed", "", 1),
                "{noise}: {rows:?}"
            );
        }
    }
}

#[test]
fn by_the_billings_own_id() {
    let input = "fio,billing_id,billing_customer_id\nІван,1,uid-1\nПетро,1,uid-2\n";
    let (rows, code, sandbox) = add(input, "--fault drop-after@2", "");
    assert_eq!((rows[1].0.as_str(), rows[1].1.as_str(), code), ("ok", "1002", 0), "{rows:?}");
    let reads: Vec<_> =
        sandbox.log().into_iter().filter(|e| e.subcategory.as_deref() == Some("get_abon_id")).collect();
    assert!(reads.iter().all(|read| read.parameter("data_typer") == "billing_uid"), "{reads:?}");
    let (rows, ..) = add(input, "--fault drop-before@2", "");
    assert_eq!(rows[1].0, "failed", "{rows:?}");
}

#[test]
fn who_cannot_be_looked_for_stays_unknown_and_is_named() {
    for fault in ["drop-after@1", "drop-before@1"] {
        let (rows, code, _) = add("fio\nІван Франко\n", &format!("--fault {fault}"), "");
        assert_eq!((rows[0].0.as_str(), code), ("unknown", 1));
        assert!(rows[0].2.contains("look in UserSide for a customer named 'Іван Франко'"), "{rows:?}");
    }
}

/// Two customers with one code: which of them is the row's, only a person can tell.
#[test]
fn two_candidates_are_named_and_left_to_a_person() {
    let place = Place::new().with("input.csv", "fio,codeti\nІван,a/1\n");
    let sandbox = Sandbox::with("--fault drop-after@1");
    let line = "import add input.csv --no-reconcile";
    userside(&place).line(line).to(&sandbox).run().exits(1);
    sandbox.call("add", &[("fio", "Another"), ("codeti", "a/1")]);
    let output = userside(&place).line("reconcile input.journal --settle 0s").to(&sandbox).run().exits(1);
    let row = output.results().only().clone();
    assert_eq!(row.result("status"), "unknown");
    for part in ["1001", "1002", "a/1", "look in UserSide"] {
        assert!(row.result("error").contains(part), "{part}: {row:?}");
    }
}

/// An id that another row of the run is known to have is not this row's. That the server names no other is no
/// proof that there is none: it may name one of two.
#[test]
fn a_customer_of_another_row_is_not_taken_for_this_rows() {
    let input = "fio,codeti\nІван,a/1\nПетро,a/1\n";
    let options = "--allow-duplicates --existing ignore --resend";
    let (rows, code, sandbox) = add(input, "--fault drop-before@2", options);
    assert_eq!((rows[0].0.as_str(), rows[1].0.as_str(), code), ("ok", "unknown", 1), "{rows:?}");
    assert!(rows[1].2.contains("look in UserSide for a second customer with codeti a/1"), "{rows:?}");
    assert_eq!((sandbox.writes().len(), sandbox.applied()), (2, 1));
}

#[test]
fn resend_adds_whom_the_server_does_not_have() {
    let input = "fio,codeti\nІван,a/1\nПетро,a/2\n";
    let (rows, code, sandbox) = add(input, "--fault drop-before@1 --fault drop-after@2", "--resend");
    assert!(rows.iter().all(|row| row.0 == "ok") && code == 0, "{rows:?}");
    assert_eq!((sandbox.writes().len(), sandbox.applied()), (3, 2));
}
