//! `--changes-since`: who is new, who differs and who is gone, against an earlier file in whatever dialect.

use crate::support::{Answer, Output, Place, Responder, Sandbox, userside};

const COLUMNS: &str = "--columns id,full_name,balance,account_number,date_connect,phone.0.number,comment";

const HEADER: &str =
    "change,changed_columns,id,full_name,balance,account_number,date_connect,phone.0.number,comment";

/// Customers with what makes dialects differ.
fn server(options: &str) -> Sandbox {
    let sandbox = Sandbox::with(&format!("--customers 12 {options}"));
    sandbox.call("edit", &[("id", "1"), ("comment", "=1+1"), ("account_number", "000001")]);
    sandbox.call("edit", &[("id", "2"), ("comment", "два\nрядки; \"лапки\""), ("phone0", "+380671112233")]);
    sandbox.book("3", "-99999.50", "x");
    sandbox
}

/// Everybody, as they are now.
#[track_caller]
fn export(sandbox: &Sandbox, place: &Place, options: &str) -> Output {
    let line = format!("export --is-ex 0 --is-ex 1 {COLUMNS} {options}");
    userside(place).line(&line).to(sandbox).run()
}

/// What happens between the two exports: one is new, two are gone, one differs in two columns, one in one.
fn meanwhile(sandbox: &Sandbox) {
    sandbox.call("delete", &[("id", "2")]);
    sandbox.call("delete", &[("id", "3")]);
    sandbox.call("edit", &[("id", "1"), ("comment", "інше"), ("name", "Новий")]);
    sandbox.book("4", "0.01", "x");
    sandbox.call("add", &[("fio", "Додана"), ("codeti", "777"), ("billing_id", "1")]);
}

/// The rows of a list of changes, behind its header.
fn changes(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let row = |row: csv::Result<csv::StringRecord>| row.expect("a row").iter().map(str::to_owned).collect();
    let mut rows: Vec<Vec<String>> = reader.records().map(row).collect();
    assert_eq!(rows.remove(0).join(","), HEADER);
    rows
}

/// Ways in which last month's file may have been written.
const DIALECTS: [&str; 6] = [
    "-o old.csv",
    "-o old.csv --excel",
    "-o old.csv --excel --locale en",
    "-o old.csv --excel --locale ru",
    "-o old.xlsx",
    "-o old.csv --format xlsx",
];

fn old(options: &str) -> &str {
    options.split_whitespace().nth(1).expect("a name")
}

#[test]
fn nothing_has_changed_whatever_the_dialect() {
    let sandbox = server("--shape mixed");
    for dialect in DIALECTS {
        let place = Place::new();
        export(&sandbox, &place, dialect).exits(0);
        let options = format!("--changes-since {} -o new.csv", old(dialect));
        let output = export(&sandbox, &place, &options).exits(0).says("0 added, 0 changed, 0 removed");
        assert_eq!(place.text("new.csv"), format!("{HEADER}\r\n"), "{dialect}\n{}", output.report());
        export(&sandbox, &place, &format!("{options} --fail-if-empty")).exits(1);
    }
}

#[test]
fn what_has_changed_is_listed_whatever_the_dialect() {
    for dialect in DIALECTS {
        let (place, sandbox) = (Place::new(), server(""));
        export(&sandbox, &place, "-o plain.csv").exits(0);
        export(&sandbox, &place, dialect).exits(0);
        meanwhile(&sandbox);
        let options = format!("--changes-since {} -o new.csv", old(dialect));
        export(&sandbox, &place, &options).exits(0).says("1 added, 2 changed, 2 removed");
        let rows = changes(&place.text("new.csv"));
        let told: Vec<[&str; 3]> = rows.iter().map(|row| [&*row[0], &*row[1], &*row[2]]).collect();
        assert_eq!(
            told,
            [
                ["changed", "full_name; comment", "1"],
                ["changed", "balance", "4"],
                ["added", "", "1001"],
                ["removed", "", "2"],
                ["removed", "", "3"],
            ],
            "{dialect}"
        );
        // The rows are those of now, and for who is gone those of then, written as all the others are.
        assert_eq!((&*rows[0][3], &*rows[0][8]), ("Новий", "інше"));
        assert_eq!(rows[2][3], "Додана");
        let plain = place.text("plain.csv");
        let mut reader = csv::Reader::from_reader(plain.as_bytes());
        let then: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows[3][2..], then[1].iter().collect::<Vec<_>>(), "{dialect}");
        assert_eq!(rows[4][2..], then[2].iter().collect::<Vec<_>>(), "{dialect}");
    }
}

/// A spreadsheet that saves CSV writes days as its users do.
#[test]
fn a_file_that_a_spreadsheet_has_saved_again_is_no_change() {
    let (place, sandbox) = (Place::new(), server(""));
    export(&sandbox, &place, "-o old.csv").exits(0);
    let text = place.text("old.csv");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in reader.records() {
        let row = row.expect("a row");
        let cell =
            |(place, cell): (usize, &str)| match (place, cell.split('-').collect::<Vec<_>>().as_slice()) {
                (4, [year, month, day]) => format!("{day}.{month}.{year}"),
                (2, _) => cell.replace('.', ","),
                _ => cell.to_owned(),
            };
        writer.write_record(row.iter().enumerate().map(cell)).expect("memory");
    }
    let saved = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
    place.write("old.csv", encoding_rs::WINDOWS_1251.encode(&saved).0);
    let output = export(&sandbox, &place, "--changes-since old.csv -o new.csv").exits(0);
    output.says("0 added, 0 changed, 0 removed");
}

#[test]
fn a_missing_file_is_an_error_unless_it_is_the_first_run() {
    let (place, sandbox) = (Place::new(), server(""));
    let output = export(&sandbox, &place, "--changes-since old.csv -o new.csv").exits(2);
    output.says("old.csv").says("--first-run");
    assert!(place.names().is_empty());
    export(&sandbox, &place, "--changes-since old.csv --first-run -o new.csv").exits(0).says("12 added");
    let rows = changes(&place.text("new.csv"));
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| row[0] == "added" && row[1].is_empty()));
}

/// Whoever runs it monthly leaves the option in: a file that is there is compared with.
#[test]
fn the_first_run_is_only_the_first() {
    let (place, sandbox) = (Place::new(), server(""));
    export(&sandbox, &place, "-o old.csv").exits(0);
    let options = "--changes-since old.csv --first-run -o new.csv";
    export(&sandbox, &place, options).exits(0).says("0 added, 0 changed, 0 removed");
}

/// A file without ids says of nobody that they were there before.
#[test]
fn the_first_run_takes_a_file_without_ids_for_none() {
    let (place, sandbox) = (Place::new().with("old.csv", "login\nx\n"), server(""));
    let options = "--changes-since old.csv -o new.csv";
    export(&sandbox, &place, options).exits(2).says("old.csv has no column 'id'");
    export(&sandbox, &place, &format!("{options} --first-run"))
        .exits(0)
        .says("12 added, 0 changed, 0 removed");
}

#[test]
fn a_file_that_cannot_be_compared_with_is_refused() {
    let (place, sandbox) = (Place::new(), server(""));
    export(&sandbox, &place, "-o whole.csv").exits(0);
    let requests = sandbox.requests();
    for (content, text) in [
        ("login,name\nx,y\n", "no column 'id'"),
        ("", "old.csv is empty"),
        ("id,comment\n1,x\nnobody,y\n", "line 3: 'nobody'"),
        ("change,changed_columns,id\nadded,,1\n", "list of changes"),
    ] {
        place.write("old.csv", content);
        let options = "--changes-since old.csv -o new.csv";
        export(&sandbox, &place, options).exits(2).says("old.csv").says(text);
    }
    export(&sandbox, &place, "--changes-since whole.csv -o whole.csv").exits(2).says("--changes-since");
    assert!(!place.exists("new.csv") && !place.exists("new.csv.journal"));
    assert_eq!(sandbox.requests(), requests);
}

/// A comparison needs the rows of then to be one per customer, and says what it cannot compare.
#[test]
fn columns_that_the_earlier_file_lacks_are_not_compared_and_that_is_said() {
    let (place, sandbox) = (Place::new(), server(""));
    let line = "export --is-ex 0 --is-ex 1 --columns id,balance -o old.csv";
    userside(&place).line(line).to(&sandbox).run().exits(0);
    meanwhile(&sandbox);
    let output = export(&sandbox, &place, "--changes-since old.csv -o new.csv").exits(0);
    output.says("full_name").says("1 added, 1 changed, 2 removed");
    // Columns of then that nobody asks for now are left alone.
    export(&sandbox, &place, "-o old.csv").exits(0);
    let line = "export --is-ex 0 --is-ex 1 --columns balance,id -o new.csv --changes-since old.csv";
    userside(&place)
        .line(line)
        .to(&sandbox)
        .run()
        .exits(0)
        .says("0 added, 0 changed, 0 removed")
        .says_not("warning");
}

/// The last customer who had a field has it no longer, or is gone: both are changes, though the field has no
/// column of its own any more.
#[test]
fn a_field_that_nobody_has_any_more_is_a_change_of_all_columns() {
    let server = |customers: &'static [&'static str]| {
        Responder::start(move |_, body| {
            let id = body.split('&').find_map(|pair| pair.strip_prefix("customer_id="));
            let customer = id.map(|id| customers[id.parse::<usize>().expect("one id") - 1]);
            let found = customer.map(|fields| format!(r#"{{"Result":"OK","data":{{{fields}}}}}"#));
            Some(found.map_or_else(Answer::ok, |body| Answer::new(200, body)))
        })
    };
    let place = Place::new();
    let run = |server: &Responder, ids: &str, options: &str| {
        let line = format!("export --ids - --batch 1 --columns all {options}");
        userside(&place).stdin(ids).line(&line).at_url(server.url()).run().exits(0)
    };
    const THEN: &[&str] =
        &[r#""id":1,"login":"x","phone":[{"number":"1"},{"number":"2"}]"#, r#""id":2,"coordinates":"1,2""#];
    const NOW: &[&str] = &[r#""id":1,"login":"x","phone":[{"number":"1"}]"#, ""];
    run(&server(THEN), "1\n2\n", "-o old.csv");
    run(&server(NOW), "1\n", "--changes-since old.csv -o new.csv").says("0 added, 1 changed, 1 removed");
    let text = place.text("new.csv");
    assert!(text.contains("phone.1.number") && text.contains("\"1,2\""), "{text}");
}

#[test]
fn who_cannot_be_read_is_never_removed() {
    let (place, sandbox) = (Place::new(), server(""));
    export(&sandbox, &place, "-o old.csv").exits(0);
    let ill = server("--unreadable 5,9");
    ill.call("delete", &[("id", "3")]);
    let output =
        export(&ill, &place, "--changes-since old.csv -o new.csv --errors bad.csv --retries 0").exits(1);
    output.says("0 added, 0 changed, 1 removed").says("customer 5");
    let rows = changes(&place.text("new.csv"));
    assert_eq!((rows.len(), &*rows[0][0], &*rows[0][2]), (1, "removed", "3"));
    assert_eq!(place.text("bad.csv").lines().count(), 3);
}

#[test]
fn changes_come_in_every_format() {
    let (place, sandbox) = (Place::new(), server(""));
    export(&sandbox, &place, "-o old.csv").exits(0);
    meanwhile(&sandbox);
    export(&sandbox, &place, "--changes-since old.csv -o new.jsonl").exits(0);
    let text = place.text("new.jsonl");
    let first: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    let names: Vec<&String> = first.as_object().expect("an object").keys().collect();
    assert_eq!(names.into_iter().map(String::as_str).collect::<Vec<_>>().join(","), HEADER);
    assert_eq!(
        (&first["change"], &first["changed_columns"]),
        (&"changed".into(), &"full_name; comment".into())
    );
    export(&sandbox, &place, "--changes-since old.csv -o new.xlsx").exits(0);
    export(&sandbox, &place, "--changes-since old.csv -o new.csv --excel").exits(0);
    assert!(place.text("new.csv").starts_with(&format!("\u{FEFF}{}", HEADER.replace(',', ";"))));
    let stdout = export(&sandbox, &place, "--changes-since old.csv").exits(0).stdout;
    assert_eq!(changes(&stdout).len(), 5);
}
