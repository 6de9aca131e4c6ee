//! Answers as servers of many years give them: nobody said in several ways, the customer under another name, compressed,
//! in windows-1251, after PHP's warnings, and histories of old versions.

use std::io::Write;

use crate::support::{Answer, Output, Place, Responder, userside};

/// The value of a field in a form-encoded body.
fn field(body: &str, name: &str) -> String {
    let found = url::form_urlencoded::parse(body.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A server that takes `subcat`, answers the probe, and everything else as it is told.
fn server(make: impl Fn(&str, &str) -> Option<Answer> + Send + 'static) -> Responder {
    Responder::start(move |_, body| {
        let name = field(body, "subcat");
        Some(make(&name, body).unwrap_or_else(Answer::ok))
    })
}

fn json(body: &str) -> Option<Answer> {
    Some(Answer::new(200, body))
}

#[track_caller]
fn run(server: &Responder, place: &Place, line: &str, code: i32) -> Output {
    let mut output = userside(place).line(line).at_url(server.url()).run().exits(code);
    output.stdout = output.stdout.replace("\r\n", "\n");
    output
}

const NOBODY: &[(u16, &str)] = &[
    (200, r#"{"Result":"OK"}"#),
    (200, r#"{"result":"OK","data":[]}"#),
    (200, r#"{"result":"OK","data":""}"#),
    (200, r#"{"result":"OK","data":null}"#),
    (200, r#"{"Result":"ERROR","ErrorText":"Абоненты не найдены"}"#),
    (200, r#"{"result":"ERROR","error":"No data"}"#),
    (404, r#"{"error":"customer not found"}"#),
    (422, r#"{"result":"ERROR","error":"customers not found"}"#),
];

#[test]
fn an_export_of_nobody_is_an_export_without_rows() {
    for (status, nobody) in NOBODY {
        let server = server(|name, _| (name == "get_customers_id").then(|| Answer::new(*status, *nobody)));
        let output = run(&server, &Place::new(), "export --state-id 2 --columns id,login", 0);
        assert_eq!(output.stdout, "id,login\n", "{nobody}");
    }
}

#[test]
fn a_search_without_a_hit_takes_nothing_from_the_others() {
    for (status, nobody) in NOBODY {
        let server = server(|name, body| match name {
            "get_customers_id" if field(body, "state_id") == "1" => json(r#"{"result":"OK","data":[7]}"#),
            "get_customers_id" => Some(Answer::new(*status, *nobody)),
            "get_data" => json(r#"{"result":"OK","data":{"id":7,"login":"x"}}"#),
            _ => None,
        });
        let output = run(&server, &Place::new(), "export --state-id 2,1,0 --columns id,login", 0);
        assert_eq!(output.stdout, "id,login\n7,x\n", "{nobody}");
    }
}

#[test]
fn a_refusal_of_the_search_is_not_nobody() {
    for refusal in ["unknown parameter state_id", "access denied", "state_id not found"] {
        let body = format!(r#"{{"result":"ERROR","error":"{refusal}"}}"#);
        let server =
            server(move |name, _| (name == "get_customers_id").then(|| Answer::new(200, body.clone())));
        run(&server, &Place::new(), "export --state-id 2 --columns id", 3).says(refusal);
    }
}

/// A server that says no without a reason means nobody only if a search that somebody meets is answered.
#[test]
fn an_error_without_a_reason_is_nobody_where_another_search_finds_somebody() {
    for (others, code) in [(r#"{"result":"OK","data":[7]}"#, 0), (r#"{"result":"ERROR"}"#, 3)] {
        let server = server(move |name, body| match name {
            "get_customers_id" if field(body, "is_ex") == "0" => json(others),
            "get_customers_id" => json(r#"{"result":"ERROR"}"#),
            _ => None,
        });
        run(&server, &Place::new(), "export --state-id 2 --columns id", code);
    }
}

#[test]
fn whatever_subcat_is_answered_action_is_tried() {
    for (status, other) in [
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, "<html>login</html>"),
        (500, "Internal error"),
        (200, "{}"),
    ] {
        let server = Responder::start(move |_, body| {
            Some(if field(body, "action").is_empty() { Answer::new(status, other) } else { Answer::ok() })
        });
        let output = run(&server, &Place::new(), "count net", 0);
        assert_eq!(output.stdout.trim(), "1", "{other}");
        let checked = userside(&Place::new()).line("check").at_url(server.url()).run();
        assert!(checked.stdout.contains("action is accepted, subcat is not"), "{}", checked.report());
    }
}

#[test]
fn a_customer_is_read_under_the_name_that_the_server_takes() {
    let by = |wanted: &'static str, (status, other): (u16, &'static str)| {
        server(move |name, body| match name {
            "get_data" if field(body, wanted).is_empty() => Some(Answer::new(status, other)),
            "get_data" => {
                let customer = |id: &str| format!(r#""{id}":{{"id":{id},"login":"u{id}","balance":"1"}}"#);
                let ids = field(body, wanted);
                let map = ids.split(',').map(customer).collect::<Vec<_>>().join(",");
                json(&format!(r#"{{"result":"OK","data":{{{map}}}}}"#))
            }
            "get_customers_id" => json(r#"{"result":"OK","data":[7,8,9]}"#),
            _ => None,
        })
    };
    let others = [
        (200, r#"{"Result":"ERROR","ErrorText":"Customer not found"}"#),
        (500, r#"{"Result":"ERROR","ErrorText":"customer_id"}"#),
        (500, ""),
        (200, "<html>Fatal error</html>"),
        (404, "<html>Not Found</html>"),
    ];
    let all = others.map(|other| ("id", other)).into_iter().chain([("customer_id", others[0])]);
    for (wanted, other) in all {
        let server = by(wanted, other);
        for line in
            ["export --state-id 1 --columns id,login", "export --state-id 1 --columns id,login --batch 1"]
        {
            let output = run(&server, &Place::new(), line, 0);
            assert_eq!(output.stdout, "id,login\n7,u7\n8,u8\n9,u9\n", "{wanted}: {line}: {other:?}");
        }
        let checked = userside(&Place::new()).line("check").at_url(server.url()).run();
        assert!(checked.stdout.contains(&format!("named by {wanted}\n")), "{}", checked.report());
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn answers_may_be_compressed_without_having_been_asked_to() {
    let server = Responder::start(|_, _| Some(Answer::new(200, gzip(br#"{"Result":"OK","data":12}"#))));
    assert_eq!(run(&server, &Place::new(), "count net", 0).stdout.trim(), "12");
    let bomb = gzip(&vec![b' '; (16 << 20) + 1]);
    let server = Responder::start(move |number, _| {
        Some(if number == 1 { Answer::ok() } else { Answer::new(200, bomb.clone()) })
    });
    run(&server, &Place::new(), "count net --retries 0", 3).says("compressed, and larger than 16 MiB");
}

#[test]
fn cyrillic_of_old_servers_is_decoded_and_that_is_said() {
    let customer = r#"{"Result":"OK","data":{"id":7,"full_name":"Ковальчук Ірина"}}"#;
    let windows = encoding_rs::WINDOWS_1251.encode(customer).0.into_owned();
    let place = Place::new().with("ids.csv", "id\n7\n");
    let line = "export --ids ids.csv --columns id,full_name";
    let served = server(move |name, _| (name == "get_data").then(|| Answer::new(200, windows.clone())));
    let output = run(&served, &place, line, 0);
    assert_eq!(output.stdout, "id,full_name\n7,Ковальчук Ірина\n");
    output.says("the server's answers are not in UTF-8: they are read as windows-1251");
    // One damaged byte of UTF-8 is not another encoding.
    let mut damaged = customer.as_bytes().to_vec();
    let place_of = damaged.iter().rposition(|b| !b.is_ascii()).expect("a letter");
    damaged[place_of] = b'x';
    let served = server(move |name, _| (name == "get_data").then(|| Answer::new(200, damaged.clone())));
    let output = run(&served, &place, line, 1).says("the answer is damaged: its byte");
    assert!(!output.stdout.contains('\u{FFFD}'), "{}", output.report());
}

#[test]
fn php_may_say_something_before_the_answer() {
    for noise in [
        "PHP Warning:  Undefined array key \"x\" in /var/www/userside/api.php on line 3\n",
        "\nNotice: Undefined index: {$key} in /var/www/api.php on line 12\n\nDeprecated: strftime() in x on line 1\n",
        "<br />\n<b>Warning</b>:  x in <b>/var/www/api.php</b> on line <b>42</b><br />\n",
    ] {
        for answer in [r#"{"Result":"OK","data":12}"#, r#"{"data":12}"#] {
            let body = format!("{noise}{answer}");
            let server = Responder::start(move |_, _| Some(Answer::new(200, body.clone())));
            assert_eq!(run(&server, &Place::new(), "count net", 0).stdout.trim(), "12", "{noise}");
        }
    }
}

#[test]
fn a_count_may_have_another_name() {
    for answer in [
        r#"{"Result":"OK","count":12}"#,
        r#"{"result":"OK","Counter":"12"}"#,
        r#"{"result":"OK","data":{"net":12}}"#,
        r#"{"result":"OK","data":{"activity_count":"12"}}"#,
        r#"{"result":"OK","net":12}"#,
    ] {
        let server = Responder::start(move |_, _| Some(Answer::new(200, answer)));
        assert_eq!(run(&server, &Place::new(), "count net", 0).stdout.trim(), "12", "{answer}");
    }
    for other in [r#"{"result":"OK","id":12}"#, r#"{"status":200,"time":5}"#, r#"{"result":"OK","code":12}"#]
    {
        let server = Responder::start(move |_, _| Some(Answer::new(200, other)));
        run(&server, &Place::new(), "count net", 3);
    }
}

#[test]
fn histories_of_old_servers_are_read() {
    let server = server(|name, body| match (name, field(body, "usercode").as_str()) {
        ("abon_hist", "7") => json(
            r#"{"Result":"OK","data":[{"Id":"5","DateDo":"2016-03-01 10:00:00","OperID":"3","BalansBefore":"1.00","Amount":"10.50","PKO":"","Comment":"fee","BillingDopData":""}]}"#,
        ),
        ("abon_hist", _) => json(r#"{"Result":"ERROR","ErrorText":"usercode is missing"}"#),
        _ => None,
    });
    let place = Place::new().with("ids.csv", "id\n7\n");
    let output = run(&server, &place, "history ids.csv", 0);
    let expected = "customer_id,date,type,employee_id,amount,comment\n7,2016-03-01 10:00:00,5,3,10.50,fee\n";
    assert_eq!(output.stdout, expected);
}

/// The control is that the server has the customer, and that it says so itself or has shown another history.
#[test]
fn an_error_in_place_of_an_empty_history_is_believed_with_a_control() {
    let serve = |said: &'static str| {
        server(move |name, body| match name {
            "abon_hist" if field(body, "customer_id") == "7" => json(
                r#"{"Result":"OK","data":[{"Typer":"money","DateDo":"2026-03-01","Amount":"1","Comment":"x"}]}"#,
            ),
            "abon_hist" => json(said),
            "get_data" if field(body, "customer_id") == "8" => {
                json(r#"{"Result":"OK","data":{"id":8,"login":"x"}}"#)
            }
            "get_data" => json(r#"{"Result":"ERROR","ErrorText":"not found"}"#),
            _ => None,
        })
    };
    let line = "history ids.csv --concurrency 1";
    for (said, ids, code) in [
        (r#"{"Result":"ERROR"}"#, "id\n7\n8\n", 0),
        (r#"{"Result":"ERROR"}"#, "id\n8\n7\n", 1),
        (r#"{"Result":"ERROR","ErrorText":"нет операций"}"#, "id\n8\n", 0),
        (r#"{"Result":"ERROR","ErrorText":"not found"}"#, "id\n7\n9\n", 1),
        (r#"{"Result":"ERROR","ErrorText":"database error"}"#, "id\n7\n8\n", 1),
    ] {
        run(&serve(said), &Place::new().with("ids.csv", ids), line, code);
    }
}

#[test]
fn a_flat_may_have_a_number_alone() {
    let customer = |id: &str| match id {
        "7" => {
            r#""7":{"id":7,"agreement":[{"number":"A-1","date":"2023-03-09 00:00:00"}],"tariff":{"current":[{"id":""},{"id":"T-5"}]},
               "address":[{"apartment":{"number":"12"},"floor":"цоколь","entrance":"2а"}]}"#
        }
        "8" => r#""8":{"id":8,"address":[{"apartment":{"full_name":"12/3","number":"12"}}]}"#,
        _ => r#""9":{"id":9,"address":[{"apartment":{"full_name":"","number":"14"}}]}"#,
    };
    let server = server(move |name, body| {
        let customers: Vec<&str> = field(body, "customer_id").split(',').map(customer).collect();
        let data = format!(r#"{{"result":"OK","data":{{{}}}}}"#, customers.join(","));
        (name == "get_data").then(|| Answer::new(200, data))
    });
    let place = Place::new().with("ids.csv", "id\n7\n8\n9\n");
    let output = run(&server, &place, "export --ids ids.csv", 0);
    let flats: Vec<&str> = output.stdout.lines().skip(1).filter_map(|line| line.split(',').nth(12)).collect();
    assert_eq!(flats, ["12", "12/3", "14"], "{}", output.report());
    let line = "export --ids ids.csv --columns id,address.0.floor,address.0.entrance,tariff.current,agreement.0.date";
    let output = run(&server, &place, line, 0);
    assert_eq!(output.stdout.lines().nth(1), Some("7,цоколь,2а,T-5,2023-03-09"), "{}", output.report());
}

#[test]
fn small_answers_that_are_large_in_memory_are_refused() {
    let body = format!(r#"{{"result":"OK","data":[{}{{}}]}}"#, "{},".repeat(5_000_000));
    let server = server(move |name, _| (name == "get_data").then(|| Answer::new(200, body.clone())));
    let place = Place::new().with("ids.csv", "id\n7\n");
    let output =
        userside(&place).line("export --ids ids.csv --columns id --retries 0").at_url(server.url()).run();
    output.exits(1).says("more than 500000 values");
}

#[test]
fn a_key_that_is_the_name_of_a_field_is_scrubbed() {
    let key = crate::support::KEY.replace('\\', "\\\\").replace('"', "\\\"");
    let body = format!(r#"{{"result":"OK","data":{{"id":7,"{key}":{{"{key}":"x"}}}}}}"#);
    let server = server(move |name, _| (name == "get_data").then(|| Answer::new(200, body.clone())));
    let place = Place::new().with("ids.csv", "id\n7\n");
    // That the key is nowhere is looked at by the support of all tests.
    let output = run(&server, &place, "export --ids ids.csv --columns all", 0);
    assert!(output.stdout.contains("[key]"), "{}", output.report());
}

#[test]
fn a_pause_that_the_server_wants_before_the_first_row_is_told() {
    let server = Responder::start(|number, _| {
        let mut later = Answer::new(429, "slow down");
        later.headers.push("Retry-After: 1".to_owned());
        Some(if number == 1 { later } else { Answer::ok() })
    });
    run(&server, &Place::new(), "count net", 0).says("The server asks for a pause of 1 s");
}

/// A customer's `billing_id` may be the customer's own id in the billing: that the two are equal proves nothing.
#[test]
fn the_billing_in_an_answer_is_no_proof_that_it_was_changed() {
    for (status, second) in [(500, "<html>"), (200, r#"{"Result":"ERROR","ErrorText":"no"}"#)] {
        let tries = std::cell::Cell::new(0);
        let server = server(move |name, _| match name {
            "change_billing" => {
                tries.set(tries.get() + 1);
                Some(if tries.get() == 1 { Answer::new(500, "<html>") } else { Answer::new(status, second) })
            }
            "get_data" => json(
                r#"{"Result":"OK","data":{"id":7,"billing_id":"5","billing":{"id":5,"uuid":"5"},"crc_billing":"5"}}"#,
            ),
            _ => None,
        });
        let place = Place::new().with("input.csv", "customer_id,billing_id\n7,5\n");
        let output = run(&server, &place, "import change_billing input.csv --retries 1 --settle 0s", 1);
        assert_eq!(output.results().statuses(), ["unknown"], "{}", output.report());
        let asked = userside(&place).line("reconcile input.journal --settle 0s").at_url(server.url()).run();
        let results = userside(&place).line("results input.journal").run().results();
        assert_eq!(results.statuses(), ["unknown"], "{}", asked.report());
    }
}
