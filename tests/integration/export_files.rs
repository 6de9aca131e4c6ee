//! The three formats, read back as their readers read them, and the totals beside them.

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::messages::matches;
use crate::support::{Output, Place, Sandbox, userside};

/// Small enough to read, odd enough to hold what goes wrong.
fn odd() -> Sandbox {
    let sandbox = Sandbox::with("--customers 6");
    let edits: [(&str, &str, &str); 9] = [
        ("1", "comment", "=1+1"),
        ("1", "name", "ООО \"Ромашка\", філія; №1"),
        ("2", "comment", "перша\nдруга; &quot;три&quot; &amp;amp;"),
        ("2", "account_number", "000123"),
        ("3", "comment", "-"),
        ("3", "phone0", "+380671112233"),
        ("4", "comment", "-15.40"),
        ("4", "account_number", "12345678901234567890"),
        ("5", "comment", "@SUM(A1:A9)"),
    ];
    for (id, name, value) in edits {
        sandbox.call("edit", &[("id", id), (name, value)]);
    }
    sandbox.call("edit", &[("id", "5"), ("date_connect", "0000-00-00"), ("agreement_date", "2022-10-23")]);
    sandbox
}

const COLUMNS: &str = "id,full_name,balance,account_number,phone.0.number,agreement.0.date,date_connect,\
                       date_activity,flag_corporate,comment";

/// Runs it with these columns, into this file.
fn export(sandbox: &Sandbox, place: &Place, name: &str, options: &str) -> Output {
    let line = format!("export --is-ex 0 --is-ex 1 -o {name} --columns {COLUMNS} {options}");
    let output = userside(place).line(&line).to(sandbox).run().exits(0);
    assert!(!place.exists(&format!("{name}.journal")), "{}", output.report());
    output
}

fn table(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    let row = |row: csv::Result<csv::StringRecord>| row.expect("a row").iter().map(str::to_owned).collect();
    reader.records().map(row).collect()
}

#[test]
fn csv_is_what_the_rfc_says() {
    let (place, sandbox) = (Place::new(), odd());
    export(&sandbox, &place, "out.csv", "");
    let text = place.text("out.csv");
    matches("export-csv", &text);
    assert!(!text.starts_with('\u{FEFF}') && text.ends_with("\r\n"));
    // No line break but those between rows, and the one that a customer has.
    assert_eq!((text.matches("\r\n").count(), text.matches('\n').count()), (7, 8));
    let rows = table(&text, b',');
    assert!(rows.iter().all(|row| row.len() == 10));
    assert_eq!(rows[1][9], "=1+1", "plain CSV changes nothing");
    // Standard output is the same, and the file's own name says how it is written.
    let line = format!("export --is-ex 0 --is-ex 1 --columns {COLUMNS}");
    for output in ["", "-o -", "--format csv -o -"] {
        let output = userside(&place).line(&line).line(output).to(&sandbox).run().exits(0);
        assert_eq!(output.stdout, text);
    }
    assert_eq!(place.names(), ["out.csv"]);
}

#[test]
fn a_spreadsheet_opens_csv_by_a_double_click() {
    let (place, sandbox) = (Place::new(), odd());
    export(&sandbox, &place, "plain.csv", "");
    let plain = table(&place.text("plain.csv"), b',');
    for (locale, delimiter, point) in
        [("", b';', ','), ("uk", b';', ','), ("ru", b';', ','), ("en", b',', '.')]
    {
        let options = if locale.is_empty() { String::new() } else { format!("--locale {locale}") };
        let output = export(&sandbox, &place, "out.csv", &format!("--excel {options}"));
        output.says("2 cells");
        let text = place.text("out.csv");
        let text = text.strip_prefix('\u{FEFF}').expect("a byte order mark");
        let rows = table(text, delimiter);
        // Nothing but the decimal point and the apostrophe differs from plain CSV.
        for (place, (cell, plain)) in rows.iter().flatten().zip(plain.iter().flatten()).enumerate() {
            let is_balance = place % 10 == 2 && place > 10;
            let cell = cell.strip_prefix('\'').unwrap_or(cell);
            let cell = if is_balance { cell.replace(point, ".") } else { cell.to_owned() };
            assert_eq!(cell, *plain);
            assert!(!is_balance || !cell.contains(','));
        }
        assert_eq!(rows[1][9], "'=1+1");
        assert_eq!(rows[5][9], "'@SUM(A1:A9)");
        assert_eq!((rows[3][9].as_str(), rows[4][9].as_str()), ("-", "-15.40"));
        assert_eq!(rows[3][4], "+380671112233");
        assert_eq!(rows[2][3], "000123");
        assert!(rows[1][2].contains(point), "{}", rows[1][2]);
        assert_eq!(rows[5][5], "2022-10-23");
    }
    // One is not several.
    let output = userside(&place).stdin("1\n").line("export --ids - --excel --columns id,comment -o out.csv");
    let output = output.to(&sandbox).run().exits(0);
    output.says("1 cell that a spreadsheet would have run as a formula now starts with an apostrophe");
}

#[test]
fn json_lines_are_the_customers_as_they_came() {
    let (place, sandbox) = (Place::new(), odd());
    userside(&place).line("export --is-ex 0 --is-ex 1 -o out.jsonl").to(&sandbox).run().exits(0);
    let text = place.text("out.jsonl");
    let customers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(customers.len(), 6);
    for customer in &customers {
        let mut held = sandbox.customer(customer["id"].as_u64().expect("a number, as it was sent"));
        if customer["id"] == 2 {
            // Escapes are taken off here as well, once.
            held["comment"] = "перша\nдруга; \"три\" &amp;".into();
        }
        assert_eq!(*customer, held);
    }
    // Names in capitals, numbers as text: an installation that spells everything in its own way.
    let output =
        userside(&place).line("export --ids - --format jsonl").stdin("2\n").to(&sandbox).run().exits(0);
    let line = text.lines().nth(1).expect("the second");
    assert_eq!(output.stdout.trim_end(), line);
}

#[test]
fn columns_select_in_json_lines_too() {
    let (place, sandbox) = (Place::new(), odd());
    export(&sandbox, &place, "out.jsonl", "--format jsonl");
    matches("export-jsonl", &place.text("out.jsonl"));
    let line = "export --ids - --format jsonl --columns phone,id,phone.7.number";
    let output = userside(&place).stdin("3\n").line(line).to(&sandbox).run().exits(0);
    let customer: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let names: Vec<&String> = customer.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["phone", "id", "phone.7.number"]);
    assert_eq!(customer["phone"][0]["number"], "+380671112233");
    assert_eq!(customer["phone.7.number"], Value::Null);
}

fn workbook(place: &Place, name: &str) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(place.path(name)).expect("a workbook");
    assert_eq!(workbook.sheet_names().len(), 1);
    let sheet = workbook.worksheet_range_at(0).expect("a sheet").expect("its cells");
    sheet.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_workbook_has_numbers_dates_and_text_where_each_belongs() {
    let (place, sandbox) = (Place::new(), odd());
    sandbox.book("6", "12345678901234.56", "x");
    let output = export(&sandbox, &place, "out.xlsx", "--total balance");
    output.says("1 cell has more than 15 digits");
    export(&sandbox, &place, "out.csv", "");
    let plain = table(&place.text("out.csv"), b',');
    let rows = workbook(&place, "out.xlsx");
    assert_eq!(rows.len(), 7);
    let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(header.join(","), COLUMNS);
    for (row, plain) in rows[1..].iter().zip(&plain[1..]) {
        for (place, (cell, plain)) in row.iter().zip(plain).enumerate() {
            match (place, cell) {
                (_, Data::Empty) => assert_eq!(plain, ""),
                (0 | 8, Data::Float(number)) => assert_eq!(number.to_string(), *plain),
                (2, Data::Float(number)) => {
                    let amount: Decimal = plain.parse().expect("money");
                    assert_eq!(number.to_string(), amount.normalize().to_string());
                }
                (2, Data::String(text)) => assert!(text == plain && text.len() > 16, "{text}"),
                (5..=7, Data::DateTime(moment)) => {
                    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
                    let moment = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
                    assert_eq!(moment.trim_end_matches(" 00:00:00"), plain.trim_end_matches(" 00:00:00"));
                }
                (1 | 3 | 4 | 9, Data::String(text)) => assert_eq!(text, plain),
                other => panic!("{other:?} for '{plain}'"),
            }
        }
    }
    assert_eq!(rows[2][3], Data::String("000123".to_owned()));
    assert_eq!(rows[1][9], Data::String("=1+1".to_owned()), "a text is a text, and needs no apostrophe");
    assert_eq!(rows[5][6], Data::Empty, "no date");
}

#[test]
fn a_workbook_is_ready_to_be_read() {
    let (place, sandbox) = (Place::new(), odd());
    export(&sandbox, &place, "out.xlsx", "");
    let sheet = part(&place, "out.xlsx", "xl/worksheets/sheet1.xml");
    for piece in
        ["ySplit=\"1\"", "state=\"frozen\"", "<autoFilter ref=\"A1:J7\"", "<cols>", "customWidth=\"1\""]
    {
        assert!(sheet.contains(piece), "the sheet lacks {piece}");
    }
    assert!(!sheet.contains("<f>"), "a formula");
}

/// A part of a workbook, as text.
fn part(place: &Place, name: &str, part: &str) -> String {
    let file = std::fs::File::open(place.path(name)).expect("a workbook");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    std::io::read_to_string(archive.by_name(part).expect(part)).expect("text")
}

/// The sum of what the sandbox holds, to the last kopeck.
fn sum(sandbox: &Sandbox) -> Decimal {
    sandbox.balances().into_iter().map(|(_, balance)| balance).sum()
}

#[test]
fn totals_are_the_servers_own_sum() {
    let sandbox = Sandbox::with("--customers 300 --shape mixed");
    for (customer, amount) in
        [("1", "0.01"), ("2", "-0.02"), ("3", "0.3"), ("4", "99999999.99"), ("5", "0.005")]
    {
        sandbox.book(customer, amount, "x");
    }
    for (name, options) in [("out.csv", ""), ("out.csv", "--excel"), ("out.xlsx", ""), ("out.jsonl", "")] {
        for columns in ["", "--columns id,login"] {
            let place = Place::new();
            let line = format!(
                "export --is-ex 0 --is-ex 1 --total balance --totals t.json -o {name} {options} {columns}"
            );
            let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
            let written: Value = serde_json::from_str(&place.text("t.json")).expect("JSON");
            let text = written["totals"]["balance"].as_str().expect("text, not a binary number").to_owned();
            assert_eq!(text.parse::<Decimal>().expect("money"), sum(&sandbox), "{line}");
            assert_eq!(written["rows"], 300);
            assert_eq!(written.as_object().map(serde_json::Map::len), Some(2));
            output.says(&format!("total balance: {text}"));
        }
    }
}

#[test]
fn totals_come_with_the_summary_in_json_too() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 30"));
    let line = "export --is-ex 0 --is-ex 1 --total balance --total credit -o out.csv --json";
    let output = userside(&place).line(line).to(&sandbox).run().exits(0);
    let summary: Value = serde_json::from_str(&output.stdout).expect("one object");
    let total = summary["totals"]["balance"].as_str().expect("text").parse::<Decimal>().expect("money");
    assert_eq!(total, sum(&sandbox));
    assert_eq!((&summary["rows"], &summary["ok"], &summary["failed"]), (&30.into(), &30.into(), &0.into()));
    assert_eq!((&summary["operation"], &summary["results"]), (&"export".into(), &"out.csv".into()));
    assert_eq!((&summary["journal"], &summary["requests"]), (&Value::Null, &sandbox.log().len().into()));
}

/// A total of something that is no money is no total.
#[test]
fn what_cannot_be_added_up_is_said() {
    let (place, sandbox) = (Place::new(), Sandbox::with("--customers 3"));
    let line = "export --is-ex 0 --is-ex 1 --total login -o out.csv";
    userside(&place).line(line).to(&sandbox).run().says("login").says("are not amounts");
}

#[test]
fn the_output_replaces_the_last_months_whole() {
    let (place, sandbox) = (Place::new().with("out.csv", "old\n"), Sandbox::with("--customers 3"));
    userside(&place).line("export --is-ex 0 --columns id -o out.csv").to(&sandbox).run().exits(0);
    assert!(place.text("out.csv").starts_with("id\r\n1\r\n"));
    assert_eq!(place.names(), ["out.csv"]);
}

#[test]
fn quiet_says_nothing_where_all_is_well() {
    let (place, sandbox) = (Place::new(), odd());
    let output =
        userside(&place).line("export --is-ex 0 -o out.csv --excel --quiet").to(&sandbox).run().exits(0);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
}
