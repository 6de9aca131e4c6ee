//! What ends an export before its time: a key that is refused, a server that is gone, a disk that is full. It can
//! be gone on with, and says how.

use crate::export_resume::{COLUMNS, CUSTOMERS, ONE_BY_ONE, asked, goes_on, kept, resumed, undisturbed};
use crate::support::{Answer, Place, Program, Responder, Sandbox, userside};

#[test]
fn a_key_that_is_refused_in_the_middle_stops_it() {
    for fault in ["read:403@24", "read:401@24"] {
        let place = Place::new();
        let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault {fault}"));
        let output = userside(&place).line(ONE_BY_ONE).line(COLUMNS).to(&sandbox).run().exits(3);
        let output =
            output.says("refused the key").says("to continue: `userside-bulk resume out.csv.journal`");
        output.says("40 not read");
        assert_eq!(sandbox.requests(), 24, "a key that is refused is not tried again");
        goes_on(&place, &sandbox, &undisturbed(""));
    }
    // In company too, and while it is found out whether there is company.
    for number in [4, 5] {
        let place = Place::new();
        let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --fault read:403@{number}"));
        let line = format!("export --is-ex 0 --is-ex 1 -o out.csv --batch auto {COLUMNS}");
        userside(&place).line(&line).to(&sandbox).run().exits(3).says("refused the key");
        resumed(&place, &sandbox, "").exits(0);
        assert_eq!(place.text("out.csv"), undisturbed(""));
    }
}

#[test]
fn a_search_that_is_refused_the_key_stops_it() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 60 --fault read:403@3"));
    let output = userside(&place).line(ONE_BY_ONE).line(COLUMNS).to(&sandbox).run().exits(3);
    output.says("refused the key").says("userside-bulk resume out.csv.journal");
    resumed(&place, &sandbox, "").exits(0);
    assert_eq!(place.text("out.csv"), undisturbed(""));
}

/// One of several searches has no answer: what the others have found is not lost, and that is said.
#[test]
fn a_search_without_an_answer_stops_it() {
    for fault in ["read:500@3-9", "read:drop-before@3-9", "read:html@3-9"] {
        let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers 60 --fault {fault}")));
        let output = userside(&place).line(ONE_BY_ONE).line(COLUMNS).to(&sandbox).run().exits(3);
        assert!(!place.exists("out.csv"));
        output.says("userside-bulk resume out.csv.journal");
        resumed(&place, &sandbox, "").exits(0);
        assert_eq!(place.text("out.csv"), undisturbed(""), "{fault}");
    }
}

/// A server that is away when `cron` comes is there later: what is left is enough to go on.
#[test]
fn what_fails_before_the_first_customer_can_be_gone_on_with() {
    for fault in ["read:403@1-9", "read:500@1-6", "read:html@1-6", "read:403@2", "read:500@2-5"] {
        let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers 60 --fault {fault}")));
        let output = userside(&place).line(ONE_BY_ONE).line(COLUMNS).to(&sandbox).run().exits(3);
        output.says("userside-bulk resume out.csv.journal");
        assert_eq!(place.names(), ["out.csv.journal"], "{fault}");
        if fault != "read:403@1-9" {
            resumed(&place, &sandbox, "").exits(0);
            assert_eq!(place.text("out.csv"), undisturbed(""), "{fault}");
        }
    }
    let place = Place::new();
    userside(&place).line(ONE_BY_ONE).at_url("http://127.0.0.1:1").run().exits(3).says("does not answer");
    assert_eq!(place.names(), ["out.csv.journal"]);
}

/// Whoever asks again is refused again.
#[test]
fn a_search_that_the_server_refuses_leaves_nothing() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--fault read:error@2"));
    let output = userside(&place).line(ONE_BY_ONE).to(&sandbox).run().exits(3);
    output.says("the server refuses the search (is_ex with 2 values)").says_not("resume");
    assert!(place.names().is_empty(), "{:?}", place.names());
}

/// A server that knows these customers until it is gone.
fn gone_after(requests: usize) -> Responder {
    Responder::start(move |number, body| {
        let id = body.split('&').find_map(|pair| pair.strip_prefix("customer_id="));
        let body = id.map(|id| format!(r#"{{"Result":"OK","data":{{"id":{id},"login":"u{id}"}}}}"#));
        (number <= requests).then(|| body.map_or_else(Answer::ok, |body| Answer::new(200, body)))
    })
}

#[test]
fn a_server_that_is_gone_in_the_middle_stops_it() {
    let ids: String = (1..=400).map(|id| format!("{id}\n")).collect();
    let (place, server) = (Place::new().with("ids.txt", ids), gone_after(31));
    let line =
        "export --ids ids.txt -o out.csv --columns id,login --batch 1 --concurrency 4 --patience 300ms";
    let output = userside(&place).line(line).at_url(server.url()).run().exits(3);
    let output = output.says("cannot connect").says("userside-bulk resume out.csv.journal");
    // It is not asked four hundred times.
    assert!(server.connections() < 40, "{} connections\n{}", server.connections(), output.report());
    assert_eq!(kept(&place, "out.csv.journal").len(), 30);
    assert!(!place.exists("out.csv"));
    // The list is in the journal.
    std::fs::remove_file(place.path("ids.txt")).expect("a list");
    let again = gone_after(usize::MAX);
    let line = "resume out.csv.journal";
    userside(&place).line(line).at_url(again.url()).run().exits(0);
    let text = place.text("out.csv");
    let rows: Vec<String> = (1..=400).map(|id| format!("{id},u{id}")).collect();
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), rows);
}

fn with_little_room(place: &Place, blocks: u32, options: &str) -> Program {
    let program = userside(place).line("export --is-ex 0 --is-ex 1").line(options);
    program.with_full_disk_beyond(blocks)
}

#[test]
fn a_disk_that_is_full_beforehand_asks_nothing() {
    for blocks in [0, 1, 8] {
        let (place, sandbox) = (Place::new(), Sandbox::start());
        let output = with_little_room(&place, blocks, "-o out.csv").to(&sandbox).run().exits(2);
        let output = output.says("error: cannot ");
        assert!(!place.exists("out.csv"), "{}", output.report());
        userside(&place).line("export --is-ex 0 -o out.csv").to(&sandbox).run().exits(0);
        assert_eq!(place.names(), ["out.csv"]);
    }
}

#[test]
fn a_disk_that_fills_up_in_the_middle_loses_nothing() {
    for name in ["out.csv", "out.xlsx", "out.jsonl"] {
        let (place, sandbox) = (Place::new(), Sandbox::with("--customers 600"));
        let line = format!("-o {name} --batch 20 --concurrency 2 --columns all");
        let output = with_little_room(&place, 300, &line).to(&sandbox).run().exits(3);
        let output = output.says("cannot write").says(&format!("userside-bulk resume {name}.journal"));
        assert!(!place.exists(name), "{}", output.report());
        assert!(!kept(&place, &format!("{name}.journal")).is_empty());
        let line = format!("resume {name}.journal");
        userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(place.names(), [name]);
    }
}

/// All is read, and only the output finds no room: nothing is asked again.
#[test]
fn an_output_without_room_is_written_later() {
    let sandbox = Sandbox::with("--customers 400");
    // The journal has a text once; the output has it for every column that leads there.
    for id in 1..=400 {
        sandbox.call("edit", &[("id", &id.to_string()), ("agreement_number", &"x".repeat(600))]);
    }
    let place = Place::new();
    let line = "-o out.csv --columns id,agreement,agreement.*,agreement.0.number,agreement.*.number";
    let output = with_little_room(&place, 1200, line).to(&sandbox).run().exits(3);
    let output = output.says("cannot write out.csv").says("userside-bulk resume out.csv.journal");
    assert!(!place.exists("out.csv") && !place.exists("out.csv.partial"), "{}", output.report());
    assert_eq!(kept(&place, "out.csv.journal").len(), 400, "{}", output.report());
    let requests = sandbox.requests();
    userside(&place).line("resume out.csv.journal").to(&sandbox).run().exits(0);
    assert!(asked(&sandbox, requests).is_empty());
    assert_eq!(place.text("out.csv").lines().count(), 401);
}

/// For scripts there is one object at every end.
/// The library that writes workbooks gives up where its own file finds no room: that is told as everything is.
#[test]
fn a_workbook_without_room_is_written_later() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 600"));
    // Many short cells: a sheet takes more room for them than the journal.
    let columns =
        "id,state_id,flag_corporate,balance,credit,discount,billing_id,manager_id,is_potential,is_disable";
    let line = format!("export --is-ex 0 --is-ex 1 --columns {columns} -o out.xlsx");
    let output = userside(&place).line(&line).with_full_disk_beyond(340).to(&sandbox).run().exits(3);
    let output = output.says("cannot write out.xlsx").says("is the disk full?").says_not("panicked");
    output.says("userside-bulk resume out.xlsx.journal");
    assert_eq!(place.names(), ["out.xlsx.journal"]);
    userside(&place).line("resume out.xlsx.journal").run().exits(0);
    assert_eq!(place.names(), ["out.xlsx"]);
}

#[test]
fn an_export_that_stopped_says_so_in_json() {
    for (fault, skipped) in [("read:403@24", 40), ("read:403@3", 0), ("read:500@2-9", 0), ("read:403@1-9", 0)]
    {
        let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers 60 --fault {fault}")));
        let output = userside(&place).line(ONE_BY_ONE).line("--json").to(&sandbox).run().exits(3);
        let summary: serde_json::Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{fault}: {error}\n{}", output.report()));
        assert_eq!(summary["operation"], "export");
        assert_eq!(summary["requests"], sandbox.log().len(), "{fault}");
        assert!(skipped == 0 || summary["skipped"] == skipped, "{summary}");
        assert_eq!(summary["results"], serde_json::Value::Null);
    }
}
