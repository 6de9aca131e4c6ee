//! Parents in the same file: found among its rows first, made before their children, and a child waits for its own parent
//! alone.

use std::collections::BTreeMap;

use crate::support::{Output, Place, Sandbox, userside};

const HEADER: &str = "codeti,fio,phone0,parent_id:codeti\n";

fn import(place: &Place, sandbox: &Sandbox, options: &str) -> Output {
    let line = format!("import migrate input.csv --settle 0s --retries 0 {options}");
    userside(place).line(&line).to(sandbox).run()
}

/// The codes of customers and of their parents, as the sandbox has them; nothing where there is none.
fn parents(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let ledger = sandbox.ledger();
    let customers = ledger["customers"].as_array().expect("a list");
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let code_of = |id: &str| {
        let found = customers.iter().find(|customer| text(&customer["id"]) == id);
        found.map(|customer| text(&customer["codeti"])).unwrap_or_default()
    };
    let made = customers.iter().filter(|customer| customer["id"].as_u64() > Some(1000));
    made.map(|customer| (text(&customer["codeti"]), code_of(&text(&customer["parent_id"])))).collect()
}

/// The codes in the order in which their customers were made.
fn made(sandbox: &Sandbox) -> Vec<String> {
    let adds = sandbox.writes().into_iter().filter(|entry| entry.subcategory.as_deref() == Some("add"));
    adds.map(|entry| entry.parameters["codeti"].clone()).collect()
}

#[test]
fn parents_are_found_in_the_file_wherever_their_rows_are() {
    let rows = "c/2,Child,,p/1\ng/1,Grandchild,,c/2\np/1,Parent,380670001122,\nc/1,Child,380670001123,p/1\n";
    let (place, sandbox) = (Place::new().with("input.csv", format!("{HEADER}{rows}")), Sandbox::start());
    let output = import(&place, &sandbox, "").exits(0);
    output.results().all_are("ok");
    let found = parents(&sandbox);
    let of = |code: &str| found[code].as_str();
    assert_eq!((of("c/1"), of("c/2"), of("g/1"), of("p/1")), ("p/1", "p/1", "c/2", ""));
    assert_eq!(made(&sandbox)[0], "p/1");
    // A row whose only value is its parent has an `edit`.
    assert_eq!(output.results().column("result_edit"), ["ok", "ok", "ok", "ok"]);
}

#[test]
fn the_file_comes_before_the_server_and_nobody_is_asked_for_those_in_it() {
    let rows = "c/1,Child,,p/1\np/1,Parent,,\nc/2,Child,,user000007\n";
    let header = "codeti,fio,phone0,parent_id:codeti\n";
    let (place, sandbox) = (Place::new().with("input.csv", format!("{header}{rows}")), Sandbox::start());
    let output = import(&place, &sandbox, "--skip-invalid").exits(1);
    assert_eq!(output.results().statuses(), ["ok", "ok", "invalid"]);
    assert_eq!(output.results().column("result_error_code"), ["", "", "parent_missing"]);
    let asked = sandbox.log().into_iter().filter(|entry| entry.subcategory.as_deref() == Some("get_abon_id"));
    let asked: Vec<String> = asked.map(|entry| entry.parameter("data_value").to_owned()).collect();
    assert_eq!(asked.iter().filter(|value| *value == "user000007").count(), 1, "{asked:?}");
    assert_eq!(parents(&sandbox)["c/1"], "p/1");
}

#[test]
fn rows_in_a_circle_are_invalid_and_named_by_their_lines() {
    let rows = "a,A,,b\nb,B,,c\nc,C,,a\nd,D,,a\ne,E,,e\nf,F,,\n";
    let (place, sandbox) = (Place::new().with("input.csv", format!("{HEADER}{rows}")), Sandbox::start());
    import(&place, &sandbox, "")
        .exits(2)
        .says("the rows on lines 2, 3, 4 are each other's parents in a circle")
        .says("line 6, column 'parent_id:codeti', value 'e': the row names itself as its parent");
    assert_eq!(made(&sandbox), Vec::<String>::new());
    let output = import(&place, &sandbox, "--skip-invalid").exits(1);
    let results = output.results();
    assert_eq!(results.statuses(), ["invalid", "invalid", "invalid", "skipped", "invalid", "ok"]);
    let codes = ["parent_cycle", "parent_cycle", "parent_cycle", "parent_not_ok", "parent_cycle", ""];
    assert_eq!(results.column("result_error_code"), codes);
}

/// The parent's row is refused by the server: nothing of its children is sent, nor of theirs.
#[test]
fn children_of_a_parent_who_was_not_made_are_not_sent() {
    let rows =
        "p/1,Parent,,\nc/1,Child,380670001122,p/1\ng/1,Grandchild,,c/1\np/2,Other,,\nc/2,Other child,,p/2\n";
    for options in ["--concurrency 1", "--concurrency 8"] {
        let place = Place::new().with("input.csv", format!("{HEADER}{rows}"));
        let sandbox = Sandbox::with("--fault error@1");
        let output = import(&place, &sandbox, options).exits(1);
        let results = output.results();
        assert_eq!(results.statuses(), ["failed", "skipped", "skipped", "ok", "ok"], "{}", output.report());
        let codes = results.column("result_error_code");
        assert_eq!(codes[1..3], ["parent_not_ok", "parent_not_ok"]);
        assert_eq!(made(&sandbox).len(), 3, "the refused one, and the other family");
        // `resume` can't make the parent, and leaves them as they are.
        let again = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
        assert_eq!(again.results().statuses(), ["failed", "skipped", "skipped", "ok", "ok"]);
    }
}

/// The answer for the parent is lost; once it is found, its children follow in the same command.
#[test]
fn children_wait_until_a_parent_in_doubt_is_found() {
    let rows = "x,First,,\np/1,Parent,,\nc/1,Child,380670001122,p/1\ng/1,Grandchild,,c/1\n";
    let place = Place::new().with("input.csv", format!("{HEADER}{rows}"));
    let sandbox = Sandbox::with("--fault drop-after@2");
    let output = import(&place, &sandbox, "").exits(0);
    output.results().all_are("ok");
    let found = parents(&sandbox);
    assert_eq!((found["c/1"].as_str(), found["g/1"].as_str()), ("p/1", "c/1"));
    assert_eq!(made(&sandbox).len(), 4, "each once");
}

/// A parent that is put right in a file of its own is found on the server, and its children follow.
#[test]
fn children_follow_once_their_parent_is_put_right() {
    let rows = "c/1,Child,380670001122,p/1\np/1,Parent,,\ng/1,Grandchild,,c/1\n";
    let place = Place::new().with("input.csv", format!("{HEADER}{rows}"));
    let sandbox = Sandbox::with("--fault error@1");
    import(&place, &sandbox, "").exits(1).says("next: `userside-bulk results input.journal --failed");
    let line = "results input.journal --failed input.failed.csv";
    userside(&place).line(line).run().exits(1).says("after that `userside-bulk resume input.journal`");
    userside(&place).line("import migrate input.failed.csv --settle 0s").to(&sandbox).run().exits(0);
    let status = userside(&place).line("status").run().exits(0);
    assert!(status.stdout.contains("userside-bulk resume input.journal"), "{}", status.report());
    let output = userside(&place).line("resume input.journal").to(&sandbox).run();
    assert_eq!(output.results().statuses(), ["ok", "failed", "ok"], "{}", output.report());
    let found = parents(&sandbox);
    assert_eq!((found["c/1"].as_str(), found["g/1"].as_str(), found.len()), ("p/1", "c/1", 3));
}

/// Who is on the server is a parent, whatever is wrong with the row.
#[test]
fn an_invalid_row_of_a_customer_who_is_there_is_a_parent() {
    let first = Place::new().with("input.csv", format!("{HEADER}p/1,Parent,,\n"));
    let sandbox = Sandbox::start();
    import(&first, &sandbox, "").exits(0);
    let rows = "p/1,Parent,x,\nc/1,Child,,p/1\nc/2,Child,,p/2\np/2,Other,x,\n";
    let place = Place::new().with("input.csv", format!("{HEADER}{rows}"));
    let output = import(&place, &sandbox, "--skip-invalid").exits(1);
    assert_eq!(output.results().statuses(), ["invalid", "ok", "skipped", "invalid"], "{}", output.report());
    assert_eq!(parents(&sandbox)["c/1"], "p/1");
    output.says("next: `userside-bulk results input.journal --failed");
    // Nobody is sent round in circles.
    let again = userside(&place).line("resume input.journal").to(&sandbox).run().exits(1);
    again.says_not("next: `userside-bulk resume");
}

/// A child that was turned away is sent again with its parent.
#[test]
fn what_is_sent_again_names_the_parent() {
    let rows = "p/1,Parent,,\nc/1,Child,380670001122,p/1\n";
    let place = Place::new().with("input.csv", format!("{HEADER}{rows}"));
    let sandbox = Sandbox::with("--fault 503@2");
    import(&place, &sandbox, "--concurrency 1").exits(1);
    assert_eq!(made(&sandbox), ["p/1", "c/1"], "the second was turned away");
    let line = "resume input.journal --resend";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    output.results().all_are("ok");
    let found = parents(&sandbox);
    assert_eq!((found["c/1"].as_str(), found.len()), ("p/1", 2));
}

/// A parent who is there already is a parent, whatever becomes of its row.
#[test]
fn a_parent_who_was_there_is_a_parent() {
    for existing in ["fail", "skip", "update"] {
        let first = Place::new().with("input.csv", format!("{HEADER}p/1,Parent,,\n"));
        let sandbox = Sandbox::start();
        import(&first, &sandbox, "").exits(0);
        let place = Place::new().with("input.csv", format!("{HEADER}c/1,Child,,p/1\np/1,Parent,,\n"));
        let output = import(&place, &sandbox, &format!("--existing {existing}"));
        let results = output.results();
        let parent = match existing {
            "fail" => "failed",
            "skip" => "skipped",
            _ => "ok",
        };
        assert_eq!(results.statuses(), ["ok", parent], "{existing}\n{}", output.report());
        assert_eq!(parents(&sandbox)["c/1"], "p/1", "{existing}");
    }
}

/// A row with an id is a parent too, and so is one that an interrupted run has made.
#[test]
fn known_parents_need_no_waiting() {
    let header = "id,codeti,fio,phone0,parent_id:codeti\n";
    let rows = ",c/1,Child,,p/1\n5,p/1,,380670001122,\n";
    let (place, sandbox) = (Place::new().with("input.csv", format!("{header}{rows}")), Sandbox::start());
    import(&place, &sandbox, "").exits(0).results().all_are("ok");
    let child = sandbox.customer(1001);
    assert_eq!(child["parent_id"].to_string().trim_matches('"'), "5");
}

/// A thousand rows of fifty families in no order: everybody gets the right parent, and no child is made before its parent.
#[test]
fn many_families_go_beside_each_other() {
    let mut rows: Vec<String> = (0..1000)
        .map(|row| {
            let family = row % 50;
            match row / 50 {
                0 => format!("f{family}-0,Parent,,\n"),
                // Chains of four below each parent.
                place if place % 4 == 1 => format!("f{family}-{place},Child,,f{family}-0\n"),
                place => format!("f{family}-{place},Child,,f{family}-{}\n", place - 1),
            }
        })
        .collect();
    // A fixed shuffle: the place times a number that has no factor in common with the count.
    let count = rows.len();
    rows = (0..count).map(|place| rows[place * 387 % count].clone()).collect();
    let place = Place::new().with("input.csv", format!("{HEADER}{}", rows.concat()));
    let sandbox = Sandbox::start();
    let output = import(&place, &sandbox, "--concurrency 16").exits(0);
    output.results().all_are("ok");
    let found = parents(&sandbox);
    let order: BTreeMap<String, usize> = made(&sandbox).into_iter().zip(0..).collect();
    assert_eq!((found.len(), order.len()), (count, count));
    for row in &rows {
        let cells: Vec<&str> = row.trim_end().split(',').collect();
        assert_eq!(found[cells[0]], cells[3], "{row}");
        assert!(cells[3].is_empty() || order[cells[3]] < order[cells[0]], "{row}");
    }
}
