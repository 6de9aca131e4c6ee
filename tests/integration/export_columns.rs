//! Which columns an export has: the usual ones, those that were named, or all.

use std::collections::BTreeSet;

use crate::export::{USUAL, is_refused, rows};
use crate::support::{Place, Sandbox, userside};

#[test]
fn the_usual_columns_are_those_of_accounting() {
    let sandbox = Sandbox::with("--customers 3");
    let output = userside(&Place::new()).line("export --is-ex 0 --is-ex 1").to(&sandbox).run().exits(0);
    assert_eq!(output.stdout.lines().next(), Some(USUAL));
    assert_eq!(rows(&output).len(), 3);
}

#[test]
fn columns_are_paths_in_the_order_that_was_asked_for() {
    let sandbox = Sandbox::with("--customers 4");
    sandbox.call("edit", &[("id", "2"), ("phone0", "+380671112233"), ("phone1", "0442223344")]);
    sandbox.call("edit", &[("id", "2"), ("agreement_date", "2022-10-23"), ("agreement_number", "Д/7")]);
    let place = Place::new().with("ids.txt", "2\n");
    let row = |columns: &str| {
        let line = format!("export --ids ids.txt --columns {columns}");
        let output = userside(&place).line(&line).to(&sandbox).run().exits(0);
        assert_eq!(output.stdout.lines().next(), Some(columns));
        rows(&output)[0].to_owned()
    };
    assert_eq!(row("phone,id"), "+380671112233; 0442223344,2");
    assert_eq!(row("phone.1.number,phone.*.number"), "0442223344,+380671112233; 0442223344");
    assert_eq!(row("agreement.0.number,agreement.0.date,agreement"), "Д/7,2022-10-23,Д/7");
    // Nobody has these this month, or nobody has that many.
    assert_eq!(row("id,phone.7.number,coordinates,tag"), "2,,,");
    let customer = sandbox.customer(2);
    let device = customer["ip_mac"].as_object().expect("devices").values().next().expect("a device").clone();
    let number: u32 = device["ip"].as_str().expect("text").parse().expect("an address");
    let ip = std::net::Ipv4Addr::from_bits(number);
    let digits: Vec<char> = device["mac"].as_str().expect("text").to_lowercase().chars().collect();
    let mac = digits.chunks(2).map(String::from_iter).collect::<Vec<_>>().join(":");
    assert_eq!(row("ip_mac.*.ip,ip_mac.*.mac"), format!("{ip},{mac}"));
}

#[test]
fn a_name_that_no_field_has_is_refused_with_the_one_that_was_meant() {
    for (columns, text) in [
        ("id,ful_name", "'full_name'"),
        ("agreement.number", "'agreement.0.number'"),
        ("phone.0.numbr", "'phone.0.number'"),
        ("id,,login", "a name is empty"),
        ("id,login,id", "id is named twice"),
    ] {
        is_refused(&format!("--is-ex 0 --columns {columns}"), text);
    }
    is_refused("--is-ex 0 --total balanse", "'balance'");
}

/// Every field that anybody has; the same from one run to the next, whoever comes first.
#[test]
fn all_columns_are_the_same_in_every_run() {
    let header = |options: &str, order: &str| {
        let (place, sandbox) = (Place::new().with("ids.txt", order), Sandbox::with(options));
        let line = "export --ids ids.txt --columns all";
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        output.stdout.lines().next().expect("a header").to_owned()
    };
    let forwards: String = (1..=40).map(|id| format!("{id}\n")).collect();
    let backwards: String = (1..=40).rev().map(|id| format!("{id}\n")).collect();
    let all = header("--customers 40", &forwards);
    for shape in ["classic", "modern", "mixed", "mixed --seed 5"] {
        assert_eq!(header(&format!("--customers 40 --shape {shape}"), &backwards), all, "{shape}");
    }
    let names: Vec<&str> = all.split(',').collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
    for name in USUAL.split(',').chain(["billing.uuid", "traffic.month.up", "service.0.cost", "ip_mac.*.ip"])
    {
        assert!(names.contains(&name), "{name} in {all}");
    }
}
