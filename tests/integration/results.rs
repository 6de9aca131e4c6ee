//! The results file: the input's columns as they were and six more, in the input's order and dialect.

use crate::support::{Place, Sandbox, userside};

const COLUMNS: [&str; 6] = [
    "result_status",
    "result_id",
    "result_error_code",
    "result_error",
    "result_http_status",
    "result_attempts",
];

#[test]
fn columns_stay_as_they_were_and_six_are_added() {
    let content = "Тариф, comment ,id\n\"a \"\"b\"\"\n c\", x ,1\n,  ,2\n";
    let (place, sandbox) = (Place::new().with("input.csv", content), Sandbox::start());
    let line = "import edit input.csv --ignore-unknown-columns";
    let results = userside(&place).line(line).to(&sandbox).run().exits(0).results();
    assert_eq!(results.header[3..], COLUMNS);
    assert_eq!(results.column("Тариф"), ["a \"b\"\n c", ""]);
    assert_eq!(results.rows[0].get(&results.header[1]), " x ");
    assert_eq!(results.column("result_http_status"), ["200", "200"]);
    assert_eq!(results.column("result_attempts"), ["1", "1"]);
    assert_eq!(results.column("result_id"), ["1", "2"]);
}

#[test]
fn delimiter_and_byte_order_mark_are_kept_and_the_encoding_becomes_utf8() {
    for (delimiter, bom) in [(";", true), ("\t", false), (",", true), ("|", false)] {
        let content = "id|comment\r\n1|Привет\r\n".replace('|', delimiter);
        let mark = if bom { "\u{FEFF}" } else { "" };
        let (place, sandbox) = (Place::new().with("input.csv", format!("{mark}{content}")), Sandbox::start());
        userside(&place).line("import edit input.csv --failed left.csv").to(&sandbox).run().exits(0);
        let expected = format!("{mark}id{delimiter}comment{delimiter}result_status{delimiter}");
        assert!(place.text("input.results.csv").starts_with(&expected), "{delimiter:?}");
        let left = place.text("left.csv");
        assert_eq!(left.trim_end(), format!("{mark}id{delimiter}comment{delimiter}why"));
    }
    let cp1251 = encoding_rs::WINDOWS_1251.encode("id;comment\n1;Привет\n").0.into_owned();
    let (place, sandbox) = (Place::new().with("input.csv", cp1251), Sandbox::start());
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    assert!(place.text("input.results.csv").contains("1;Привет;ok;1;"));
}

/// Answers come in another order than rows: those of every third row take longer.
#[test]
fn rows_stay_in_the_order_of_the_input() {
    let rows: String = (1..=300).map(|id| format!("{id},x\n")).collect();
    let place = Place::new().with("input.csv", format!("id,comment\n{rows}"));
    let sandbox = Sandbox::with("--customers 300 --latency 1ms --fault 503=30% --seed 4");
    let line = "import edit input.csv --concurrency 16 --retries 30";
    let results = userside(&place).line(line).to(&sandbox).run().exits(0).results();
    let ids: Vec<u32> = results.column("id").into_iter().map(|id| id.parse().expect("an id")).collect();
    assert_eq!(ids, (1..=300).collect::<Vec<_>>());
    let arrived: Vec<_> = sandbox.writes().iter().map(|write| write.parameter("id").to_owned()).collect();
    assert!(!arrived.is_sorted(), "they arrived in order, so nothing is proven");
    // What a row says of itself is true of that row and not of its neighbour.
    for row in &results.rows {
        let sent = arrived.iter().filter(|id| *id == row.get("id")).count();
        assert_eq!(row.result("attempts"), sent.to_string());
        assert_eq!(row.result("id"), row.get("id"));
    }
}

#[test]
fn earlier_results_are_kept() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n1,x\n"), Sandbox::start());
    let run = || userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    run();
    let first = place.bytes("input.results.csv");
    run().says("earlier results are kept as input.results.1.csv");
    run().says("input.results.2.csv");
    assert_eq!(place.bytes("input.results.1.csv"), first);
    assert_eq!(
        place.names(),
        [
            "input.1.journal",
            "input.2.journal",
            "input.csv",
            "input.journal",
            "input.results.1.csv",
            "input.results.2.csv",
            "input.results.csv"
        ]
    );
}

#[test]
fn failed_has_what_is_not_ok_in_the_inputs_own_columns() {
    let content = "\u{FEFF}id;comment;Тариф\r\n1;\"a;b\";x\r\n77;c;y\r\n2;d;z\r\n78;;\r\n";
    let (place, sandbox) = (Place::new().with("input.csv", content), Sandbox::start());
    let line = "import edit input.csv --ignore-unknown-columns --failed left.csv";
    userside(&place).line(line).to(&sandbox).run().exits(1).says("left.csv");
    let left = place.text("left.csv").replace('\r', "");
    assert_eq!(
        left,
        "\u{FEFF}id;comment;Тариф;why\n77;c;y;HTTP 404: customer not found\n78;;;HTTP 404: customer not found\n"
    );
}

#[test]
fn results_may_go_to_standard_output_alone() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n1,x\n77,y\n"), Sandbox::start());
    let output = userside(&place).line("import edit input.csv --results -").to(&sandbox).run().exits(1);
    let expected = "id,comment,result_status,result_id,result_error_code,result_error,result_http_status,result_attempts\n\
                    1,x,ok,1,,,200,1\n\
                    77,y,failed,,not_found,HTTP 404: customer not found,404,1\n";
    assert_eq!(output.stdout, expected);
    assert_eq!(place.names(), ["input.csv", "input.journal"]);
}

#[test]
fn results_and_failed_never_take_the_place_of_the_input() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n1,x\n"), Sandbox::start());
    for options in [
        "--results input.csv",
        "--results ./input.csv",
        "--failed input.csv",
        "--results out.csv --failed out.csv",
    ] {
        let program = userside(&place).line("import edit input.csv").line(options);
        program.to(&sandbox).run().exits(2).says("name another file");
    }
    assert!(sandbox.log().is_empty());
    assert_eq!(place.text("input.csv"), "id,comment\n1,x\n");
}

/// What cannot be written down must not be sent.
#[test]
fn a_place_that_cannot_be_written_to_is_found_before_anything_is_sent() {
    let (place, sandbox) = (Place::new().with("input.csv", "id,comment\n1,x\n"), Sandbox::start());
    for options in ["--results nowhere/out.csv", "--failed nowhere/left.csv"] {
        let output = userside(&place).line("import edit input.csv").line(options).to(&sandbox).run().exits(2);
        output.says("nowhere/");
    }
    assert!(sandbox.log().is_empty());
}

#[test]
fn short_and_long_rows_keep_the_table_rectangular() {
    let (place, sandbox) =
        (Place::new().with("input.csv", "id,comment,login\n1\n2,b,,,\n"), Sandbox::start());
    let line = "import edit input.csv --skip-invalid";
    let results = userside(&place).line(line).to(&sandbox).run().exits(1).results();
    assert_eq!(results.column("result_status"), ["ok", "invalid"]);
    assert_eq!(results.column("comment"), ["", "b"]);
}

/// Rows that were not sent are not in the file of `--failed`: `resume` sends them.
#[test]
fn failed_rows_of_a_run_that_is_not_finished_are_those_that_nothing_else_sends() {
    let (place, sandbox) = (Place::new().with_bookings(5), Sandbox::with("--fault error@1 --fault 403@2"));
    let line = "import change_balance input.csv --concurrency 1 --failed left.csv";
    let output = userside(&place).line(line).to(&sandbox).run().exits(3);
    output
        .says("fix the rows in left.csv")
        .says("next: once the key works: `userside-bulk resume input.journal`");
    userside(&place).line("results input.journal --failed again.csv").run().exits(1);
    for left in ["left.csv", "again.csv"] {
        let left = place.text(left);
        assert!(left.lines().count() == 2 && left.contains("\n1,"), "{left}");
    }
}
