//! What stands in a cell, whatever notation an installation has for it.

use crate::support::{Answer, Place, Responder, userside};

/// A server that knows one customer, and spells it like this.
fn spelt(fields: &'static str) -> Responder {
    Responder::start(move |_, body| {
        let is_customer = body.contains("customer_id=");
        let found =
            is_customer.then(|| Answer::new(200, format!(r#"{{"Result":"OK","Data":{{{fields}}}}}"#)));
        Some(found.unwrap_or_else(Answer::ok))
    })
}

/// What a customer's cells are, whatever notation an installation has for them.
#[test]
fn cells_are_what_their_readers_expect() {
    let place = Place::new();
    for (fields, columns, row) in [
        // To the digit, as a number or as text.
        (r#""balance":-15.40,"credit":"0.50","discount":0"#, "balance,credit,discount", "-15.40,0.50,0"),
        (
            r#""balance":12345678901234567.891,"account_number":"000123""#,
            "balance,account_number",
            "12345678901234567.891,000123",
        ),
        (
            r#""account_number":123,"is_disable":true,"is_potential":null"#,
            "account_number,is_disable,is_potential",
            "123,1,",
        ),
        // Dates.
        (
            r#""date_connect":"09.03.2023","date_create":"2023-03-09 16:03:28""#,
            "date_connect,date_create",
            "2023-03-09,2023-03-09 16:03:28",
        ),
        (
            r#""date_connect":"0000-00-00","date_create":"1970-01-01 00:00:00""#,
            "date_connect,date_create",
            ",",
        ),
        (
            r#""date_activity":"0000-00-00 00:00:00","date_positive_balance":"""#,
            "date_activity,date_positive_balance",
            ",",
        ),
        // Addresses of devices.
        (
            r#""ip_mac":{"9":{"ip":"178320547","mac":"001A2B3C4D5E"},"10":{"ip":167772161,"mac":null}}"#,
            "ip_mac.*.ip,ip_mac.*.mac",
            "10.160.244.163; 10.0.0.1,00:1a:2b:3c:4d:5e",
        ),
        // Escapes, once.
        (
            r#""comment":"&quot;a&quot; &amp;amp; b&#047;c&#039;","login":"a&amp;b""#,
            "comment,login",
            "\"\"\"a\"\" &amp; b/c'\",a&b",
        ),
        // Names in capitals, and lists that are none, are empty or have gaps.
        (
            r#""Login":"x","Agreement":[{"Number":7,"Date":"01.02.2020"}]"#,
            "login,agreement.0.number,agreement.0.date",
            "x,7,2020-02-01",
        ),
        (r#""phone":{"1":{"number":"1"},"3":{"number":"3"}}"#, "phone,phone.1.number", "1; 3,3"),
        (r#""phone":[],"group":[],"address":[[]],"tag":"""#, "phone,group,address.0.house_id,tag", ",,,"),
        (r#""phone":[{"number":""},{"number":"2"}]"#, "phone", "2"),
    ] {
        let server = spelt(fields);
        let line = format!("export --ids - --columns id,{columns}");
        let output = userside(&place).stdin("7\n").line(&line).at_url(server.url()).run().exits(0);
        assert_eq!(output.stdout, format!("id,{columns}\r\n7,{row}\r\n"));
    }
}

#[test]
fn json_lines_have_names_in_one_spelling_and_values_as_they_came() {
    let server = spelt(
        r#""Id":"7","Login":"&lt;x&gt;","DateConnect":"09.03.2023","balance":-15.40,"new_thing":{"Deep":["&amp;amp;"]}"#,
    );
    let line = "export --ids - --format jsonl";
    let output = userside(&Place::new()).stdin("7\n").line(line).at_url(server.url()).run().exits(0);
    let expected = r#"{"id":"7","login":"<x>","date_connect":"09.03.2023","balance":-15.40,"new_thing":{"deep":["&amp;"]}}"#;
    assert_eq!(output.stdout, format!("{expected}\n"));
}

/// What nobody has named before gets a column as well where all are wanted.
#[test]
fn all_columns_have_what_an_installation_made_up() {
    let server = spelt(
        r#""id":7,"zz_new":"x","additional_data":{"51":{"id":51,"value":"=1+1"}},"date_new":"09.03.2023""#,
    );
    let line = "export --ids - --columns all";
    let output = userside(&Place::new()).stdin("7\n").line(line).at_url(server.url()).run().exits(0);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(
        lines,
        ["id,additional_data.51.id,additional_data.51.value,date_new,zz_new", "7,51,=1+1,2023-03-09,x"]
    );
}
