//! Servers that name things differently: where the subcategory stands, how it must be sent, and how answers
//! are spelt.

use crate::support::{Place, Sandbox, userside};

const INPUT: &str = "fio,codeti\nИван \"Ромашка\" О'Нил,a/1\nПётр,a/2\n";

/// Imports two customers with these options and expects both to arrive.
fn adds_two(server: &str, options: &str) -> Sandbox {
    let (place, sandbox) = (Place::new().with("input.csv", INPUT), Sandbox::with(server));
    let output = userside(&place).line("import add input.csv").line(options).to(&sandbox).run().exits(0);
    let results = output.results();
    results.all_are("ok");
    let mut ids = results.column("result_id");
    ids.sort_unstable();
    assert_eq!(ids, ["1001", "1002"], "{server}\n{}", output.report());
    for entry in sandbox.log() {
        assert_eq!((entry.method.as_str(), entry.key_in_query), ("POST", false), "{entry:?}");
    }
    assert_eq!(sandbox.applied(), 2);
    sandbox
}

fn selectors_of_writes(sandbox: &Sandbox) -> Vec<String> {
    sandbox.writes().into_iter().filter_map(|entry| entry.selector).collect()
}

#[test]
fn a_server_that_takes_subcat_is_found_with_one_read() {
    let sandbox = adds_two("--selector subcat", "");
    assert_eq!(selectors_of_writes(&sandbox), ["subcat", "subcat"]);
    // The look, two reads for who exists already, three to see that a customer can be found, and two rows, the first of
    // which is read back.
    assert_eq!(sandbox.log().len(), 9);
}

#[test]
fn a_server_that_takes_action_is_found_with_two_reads() {
    let sandbox = adds_two("--selector action", "");
    assert_eq!(selectors_of_writes(&sandbox), ["action", "action"]);
    let log = sandbox.log();
    assert_eq!((log.len(), log[0].is_read(), log[1].is_read()), (10, true, true));
}

#[test]
fn a_server_that_takes_either_gets_subcat() {
    assert_eq!(selectors_of_writes(&adds_two("--selector either", "")), ["subcat", "subcat"]);
}

#[test]
fn a_told_selector_is_used_without_looking_for_another() {
    for name in ["subcat", "action"] {
        let sandbox = adds_two(&format!("--selector {name}"), &format!("--selector {name}"));
        assert_eq!(selectors_of_writes(&sandbox), [name, name]);
        assert_eq!(sandbox.log().len(), 9);
    }
}

#[test]
fn a_server_that_takes_neither_ends_before_the_first_row() {
    let place = Place::new().with("input.csv", INPUT);
    let sandbox = Sandbox::with("--fault read:400@1-9");
    let output = userside(&place).line("import add input.csv").to(&sandbox).run().exits(3);
    let output = output.says("takes neither subcat").says("nothing was sent");
    output.results().all_are("skipped");
    assert!(sandbox.writes().is_empty());
}

#[test]
fn writes_go_by_post_to_servers_that_insist() {
    adds_two("--post-only", "");
    adds_two("--server-version 3.21", "");
}

#[test]
fn every_spelling_of_answers_is_understood() {
    for style in ["classic", "modern", "mixed"] {
        for noise in ["", ",bom", ",warning", ",bom,warning"] {
            adds_two(&format!("--shape {style}{noise} --seed 3"), "");
        }
    }
}

/// With a mixture drawn anew for every request: five operations, and refusals too.
#[test]
fn mixed_answers_never_change_a_fate() {
    let sandbox = Sandbox::with("--shape mixed,warning --customers 20 --seed 11");
    let ids = |from: u32, to: u32| (from..=to).map(|id| format!("{id}\n")).collect::<String>();
    let place = Place::new().with("input.csv", format!("id\n{}", ids(1, 30)));
    let run = |line: &str| userside(&place).line(line).to(&sandbox).run();
    let edited = run("import edit input.csv --set comment=x").exits(1).results();
    assert_eq!((edited.count("ok"), edited.count("failed")), (20, 10));
    for row in &edited.rows[20..] {
        assert_eq!(row.fate(), "failed not_found 404 1");
    }
    let booked = run("import change_balance input.csv --set amount=1.10 --set comment=x").exits(1).results();
    assert_eq!((booked.count("ok"), booked.count("failed")), (20, 10));
    let deleted = run("import delete input.csv").exits(1).results();
    assert_eq!((deleted.count("ok"), deleted.count("failed")), (20, 10));
    assert_eq!(sandbox.ledger()["customers"].as_array().map(Vec::len), Some(0));
}

#[test]
fn skip_internal_api_goes_with_every_row_and_only_when_asked_for() {
    let sandbox = adds_two("", "--skip-internal-api");
    assert!(sandbox.writes().iter().all(|entry| entry.parameter("skip_internal_api") == "1"));
    let sandbox = adds_two("", "");
    assert!(sandbox.writes().iter().all(|entry| !entry.parameters.contains_key("skip_internal_api")));
}

#[test]
fn the_address_may_be_the_base_or_that_of_the_api() {
    let place = Place::new().with("input.csv", INPUT);
    for path in ["", "/", "/us", "/us/", "/api.php", "/us/api.php"] {
        let sandbox = Sandbox::start();
        let url = format!("{}{path}", sandbox.url());
        userside(&place).line("import add input.csv").at_url(&url).run().exits(0);
    }
    let sandbox = Sandbox::start();
    // The address may come from the environment, and hyphens stand for underscores.
    let program = userside(&place).env("USERSIDE_URL", sandbox.url());
    program.line("import change-balance input.csv --map fio= --map codeti= --set customer_id=1 --set amount=1 --set comment=x --allow-duplicates")
        .run()
        .exits(0);
}
