//! A server with customers, as far as an export needs one: it lists their ids and answers reads by id in the
//! form of a real server.

use std::fmt::Write;

/// The body of the answer to a request with this form; the request itself is not checked.
pub fn answer(customers: u64, form: &[u8]) -> String {
    let form = String::from_utf8_lossy(form);
    let field = |name: &str| {
        form.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
    };
    match field("subcat") {
        Some("get_customers_id") => ids(customers),
        Some("get_data") => data(field("customer_id").unwrap_or_default()),
        _ => r#"{"Result":"OK","Data":1}"#.to_owned(),
    }
}

fn ids(customers: u64) -> String {
    let mut body = String::from(r#"{"Result":"OK","data":["#);
    for id in 1..=customers {
        let _ = write!(body, "{}{id}", if id == 1 { "" } else { "," });
    }
    body.push_str("]}");
    body
}

fn data(ids: &str) -> String {
    let mut body = String::from(r#"{"Result":"OK","data":{"#);
    let several = ids.split("%2C");
    if several.clone().count() == 1 {
        return format!(r#"{{"Result":"OK","data":{}}}"#, customer(ids));
    }
    for (place, id) in several.enumerate() {
        let _ = write!(body, "{}\"{id}\":{}", if place == 0 { "" } else { "," }, customer(id));
    }
    body.push_str("}}");
    body
}

/// About as large as a real customer.
fn customer(id: &str) -> String {
    let n: u64 = id.parse().unwrap_or_default();
    let (house, kopecks) = (n % 200, n % 100);
    format!(
        r#"{{"id":{n},"login":"user{n}","full_name":"Иванов &quot;Иван&quot; Иванович {n}","flag_corporate":0,"is_potential":0,"is_disable":0,"is_in_billing":1,"balance":"-{house}.{kopecks:02}","credit":"0","discount":"0","state_id":2,"account_number":"{n:09}","comment":"звонить после 18:00; код &#047;{house}","comment2":"","billing_id":1,"billing":{{"id":1,"uuid":"b1-{n}"}},"crc_billing":"02{n:010x}","manager_id":3,"parent_id":null,"date_create":"2012-05-06 10:15:00","date_connect":"2012-05-06","date_activity":"2024-11-12 16:03:28","date_activity_inet":"1970-01-01 00:00:00","date_positive_balance":"0000-00-00","agreement":[{{"number":"Д-{n}","date":"06.05.2012"}}],"phone":[{{"number":"+7900{n:07}","flag_main":1}},{{"number":"7495{n:07}","flag_main":0}}],"email":[{{"address":"user{n}@example.net","flag_main":1}}],"address":[{{"type":"connect","house_id":{house},"apartment":{{"full_name":"{kopecks}","number":{kopecks},"block":""}},"entrance":2,"floor":5}}],"group":{{"51":{{"id":51}}}},"tariff":{{"current":[{{"id":4}}]}},"mark":{{"7":{{"id":7}}}},"tag":{{}},"ip_mac":{{"{n}":{{"ip":"{}","mac":"02{n:010x}"}}}},"traffic":{{"month":{{"up":1234567,"down":7654321}}}},"service":[{{"cost":"250.00","comment":"","date_add":"2012-05-06"}}],"additional_data":{{"7":{{"id":7,"value":"{kopecks}"}}}}}}"#,
        167_772_160 + n
    )
}
