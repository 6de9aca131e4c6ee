//! `history`: everything that happened to the customers of a file, or nothing at all.

use rust_decimal::Decimal;

use crate::support::{Answer, KEY, Place, Responder, Sandbox, until, userside};

const HEADER: &str = "customer_id,date,type,employee_id,amount,comment\n";

/// The lines behind the header, as cells.
fn table(text: &str) -> Vec<Vec<String>> {
    assert!(text.starts_with(HEADER), "{text}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| cells(record.expect("a record"))).collect()
}

/// A server whose histories are this JSON.
fn telling(data: &'static str) -> Responder {
    Responder::start(move |number, _| {
        Some(if number == 1 {
            Answer::ok()
        } else {
            Answer::new(200, format!(r#"{{"Result":"OK","Data":{data}}}"#))
        })
    })
}

#[test]
fn bookings_are_written_in_every_shape_of_answers() {
    for shape in ["classic", "modern", "mixed --seed 5"] {
        let sandbox = Sandbox::with(&format!("--shape {shape}"));
        let mut expected = Vec::new();
        for (customer, amount, comment) in [
            ("4", "100.00", "за квітень, \"частина\""),
            ("2", "-15.40", "<b>/штраф/</b> & пеня"),
            ("4", "0.05", "перший\nдругий рядок"),
        ] {
            let parameters =
                [("customer_id", customer), ("amount", amount), ("comment", comment), ("employee_id", "12")];
            sandbox.call("change_balance", &parameters);
            let amount: Decimal = amount.parse().expect("money");
            expected.push((customer, amount, comment));
        }
        // Customers in the file's order, entries in the server's.
        expected.swap(1, 2);
        let place = Place::new().with("input.csv", "name;ID\nx;4\ny;1\nz;2\nx;4\n");
        let line = "history input.csv -o out.csv";
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        let output = output.says("history: 3 customers; ").says("  3 entries");
        let lines = table(&place.text("out.csv"));
        let seen: Vec<_> = lines
            .iter()
            .map(|line| {
                assert_eq!((line[2].as_str(), line[3].as_str()), ("money", "12"), "{line:?}");
                let is_iso = |c: (usize, char)| {
                    matches!(c, (4 | 7, '-') | (10, ' ') | (13 | 16, ':')) || c.1.is_ascii_digit()
                };
                assert!(line[1].len() == 19 && line[1].char_indices().all(is_iso), "{line:?}");
                let amount: Decimal = line[4].parse().expect("money with a point");
                (line[0].as_str(), amount, line[5].as_str())
            })
            .collect();
        assert_eq!(seen, expected, "{shape}");
        output.says("  1 row repeats a customer; each is read once");
    }
}

#[test]
fn what_the_server_wrote_is_kept_digit_for_digit() {
    let server = telling(
        r#"[{"Typer":"Списание &amp; пеня","DateDo":"09.03.2023 16:03:28","empoyee_id":"7","Amount":-1234567890123456.7800,"Comment":"&quot;a&quot;; &amp;amp;"},
            {"typer":3,"date_do":"2023-03-09","employee_id":8,"amount":"1 234,50"},
            {"DateDo":"0000-00-00 00:00:00","Amount":0.1,"Comment":"x,\ny"}]"#,
    );
    let place = Place::new().with("input.csv", "customer_id\n17\n");
    let output = userside(&place).line("history input.csv").at_url(server.url()).run().exits(0);
    let expected = "17,2023-03-09 16:03:28,Списание & пеня,7,-1234567890123456.7800,\"\"\"a\"\"; &amp;\"\n\
        17,2023-03-09,3,8,1234.50,\n\
        17,,,,0.1,\"x,\ny\"\n";
    assert_eq!(output.stdout, format!("{HEADER}{expected}"));
}

/// Every run is searched for the key; here the server repeats it.
#[test]
fn a_key_in_a_comment_is_not_shown() {
    let comment = format!("before {KEY} behind");
    let server = Responder::start(move |number, _| {
        let data = serde_json::json!([{"Typer": comment, "Comment": comment, "Amount": "1"}]);
        let body = serde_json::json!({"Result": "OK", "Data": data}).to_string();
        Some(if number == 1 { Answer::ok() } else { Answer::new(200, body) })
    });
    let place = Place::new().with("input.csv", "id\n17\n");
    let output = userside(&place).line("history input.csv").at_url(server.url()).run().exits(0);
    assert!(table(&output.stdout)[0][5].starts_with("before "), "{}", output.report());
}

#[test]
fn the_customer_is_asked_for_as_the_version_wants_it() {
    for (server, told, names) in [
        ("3.16", "", &["customer_id", "usercode"][..]),
        ("3.16", "--server-version 3.16", &["usercode"]),
        ("3.17", "--server-version 3.17", &["customer_id"]),
    ] {
        let sandbox = Sandbox::with(&format!("--server-version {server}"));
        sandbox.book("2", "5.00", "fee");
        let place = Place::new().with("input.csv", "id\n2\n");
        let line = format!("history input.csv {told}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(table(&output.stdout)[0][5], "fee");
        let log = sandbox.log();
        let reads = log.iter().filter(|entry| entry.subcategory.as_deref() == Some("abon_hist"));
        let asked: Vec<&str> = reads.map(|r| r.parameters.keys().next().expect("a name").as_str()).collect();
        assert_eq!(asked, names, "{server} {told}");
    }
}

#[test]
fn who_cannot_be_read_is_listed_and_the_rest_is_written() {
    // The first read finds the server, the second is of customer 5.
    let sandbox = Sandbox::with("--server-version 3.17 --fault read:500@3-4");
    for customer in ["1", "2", "3", "5"] {
        sandbox.book(customer, "1.00", "fee");
    }
    let place = Place::new().with("input.csv", "id;x\n5;\n3;\n12a;\n2;\n99;\n;y\n1;\n");
    let line =
        "history input.csv -o out.csv --errors left.csv --retries 1 --concurrency 1 --server-version 3.17";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let customers: Vec<String> = table(&place.text("out.csv")).into_iter().map(|mut l| l.remove(0)).collect();
    assert_eq!(customers, ["5", "2", "1"]);
    let text = place.text("left.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "id,reason");
    assert!(lines[1].starts_with("3,HTTP 500"), "{text}");
    assert!(lines[2].starts_with("12a,line 4: not a valid id"), "{text}");
    assert!(lines[3].starts_with("99,"), "{text}");
    assert_eq!(lines[4..], [",line 7: the cell is empty"]);
    let output = output.says("customer 3 could not be read: HTTP 500").says("'12a' is left out: line 4");
    output.says("history: 7 customers, 3 ok, 2 failed, 2 invalid; ");
    // Whoever asks for the list gets it, also where it is empty.
    let place = Place::new().with("input.csv", "id\n1\n");
    userside(&place).line("history input.csv --errors left.csv").to(&sandbox).run().exits(0);
    assert_eq!(place.text("left.csv"), "id,reason\n");
    let many: String = (50..60).map(|id| format!("{id}\n")).collect();
    let place = Place::new().with("input.csv", format!("id\n{many}"));
    let output = userside(&place).line("history input.csv").to(&sandbox).run().exits(1);
    output.says("and 5 more; --errors FILE lists all of them").says_not("customer 55 ");
}

#[test]
fn an_answer_of_which_a_part_cannot_be_read_is_no_history() {
    for data in [r#"[{"Amount":"1","Comment":"x"},{"id":1}]"#, r#""""#, "null", r#"{"id":17,"login":"x"}"#] {
        let server = telling(data);
        let place = Place::new().with("input.csv", "id\n17\n");
        let output = userside(&place).line("history input.csv").at_url(server.url()).run().exits(1);
        assert_eq!(output.stdout, HEADER, "{data}");
        output.says("customer 17 could not be read: the server's answer is not a history");
    }
}

#[test]
fn only_a_period_is_written_and_what_has_no_date_is_kept() {
    let entry = r#"[{"DateDo":"2023-02-28 23:59:59","Comment":"a"},{"DateDo":"01.03.2023","Comment":"b"},
        {"DateDo":"2023-03-31 23:59:59","Comment":"c"},{"DateDo":"2023-04-01","Comment":"d"},{"DateDo":"?","Comment":"e"}]"#;
    let comments = |options: &str, code| {
        let server = telling(entry);
        let place = Place::new().with("input.csv", "id\n17\n");
        let line = format!("history input.csv {options}");
        let output = userside(&place).line(&line).at_url(server.url()).run().exits(code);
        let comments: String = table(&output.stdout).iter().map(|line| line[5].as_str()).collect();
        (comments, output.stderr.contains("1 entry has a date that cannot be read"))
    };
    assert_eq!(comments("", 0), ("abcde".to_owned(), false));
    assert_eq!(comments("--from 2023-03-01 --to 31.03.2023", 0), ("bce".to_owned(), true));
    assert_eq!(comments("--to 03/01/2023 --date-format mdy", 0), ("abe".to_owned(), true));
    assert_eq!(comments("--from 01.04.2023", 0), ("de".to_owned(), true));
}

#[test]
fn a_command_that_stops_writes_nothing() {
    for (fault, said) in [("403@4-999", "refused the key"), ("500@4-999", "can no longer be reached")] {
        let sandbox = Sandbox::with(&format!("--customers 60 --server-version 3.17 --fault read:{fault}"));
        let rows: String = (1..=60).map(|id| format!("{id}\n")).collect();
        let place = Place::new().with("input.csv", format!("id\n{rows}")).with("out.csv", "earlier");
        for line in ["history input.csv -o out.csv --errors left.csv", "history input.csv"] {
            let line = format!("{line} --concurrency 1 --retries 0 --server-version 3.17");
            let output = userside(&place).line(&line).to(&sandbox).run().exits(3);
            assert_eq!(output.stdout, "", "{}", output.report());
            // The second time it is refused before the first customer.
            if line.contains("out.csv") {
                output.says(said).says("a history with a hole in it is worse than none");
            }
            assert_eq!(place.names(), ["input.csv", "out.csv"]);
            assert_eq!(place.text("out.csv"), "earlier");
        }
    }
}

#[test]
fn ctrl_c_writes_nothing() {
    let sandbox = Sandbox::with("--customers 300 --latency 20ms");
    let rows: String = (1..=300).map(|id| format!("{id}\n")).collect();
    let place = Place::new().with("input.csv", format!("id\n{rows}"));
    let line = "history input.csv -o out.csv --concurrency 4 --rate 100/s --url";
    let running = userside(&place).line(line).args([sandbox.url()]).start();
    until("some requests", || (sandbox.requests() >= 6).then_some(()));
    running.signal("INT");
    running.wait().exits(130).says("interrupted").says("nothing is written");
    assert_eq!(place.names(), ["input.csv"]);
}

#[test]
fn wrong_usage_is_told_before_anything_is_asked() {
    let sandbox = Sandbox::start();
    let place = Place::new()
        .with("input.csv", "name,customer,id2\nx,1,2\n")
        .with("list.csv", "1001\n1002\n")
        .with("ids.csv", "id\n1\n");
    for (line, text) in [
        ("history input.csv", "no column of input.csv is named 'id' or 'customer_id'"),
        ("history input.csv --column custmer", "did you mean 'customer'?"),
        ("history list.csv", "'1001' looks like a value"),
        ("history ids.csv -o ids.csv", "--output would be written over the input"),
        ("history ids.csv --errors ./ids.csv", "--errors would be written over the input"),
        ("history ids.csv -o x.csv --errors x.csv", "--errors would be written over the output"),
        ("history ids.csv --errors -", "name a file"),
        ("history ids.csv --json", "--output FILE"),
        ("history ids.csv --from 03/04/2023", "--from '03/04/2023': ambiguous"),
        ("history ids.csv --to 31.02.2023", "--to '31.02.2023': this day does not exist"),
        ("history ids.csv --from 2023-03-02 --to 2023-03-01", "the period is empty"),
    ] {
        userside(&place).line(line).to(&sandbox).run().exits(2).says(text);
    }
    assert_eq!(sandbox.requests(), 0);
}
