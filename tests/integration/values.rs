//! Values: normalised to what the API takes, or refused with column, value and reason. And what a version
//! of the server takes.

use crate::support::{Place, Sandbox, userside};

/// What arrives of one value, or the reason why it does not.
fn value(operation: &str, parameter: &str, value: &str, options: &str) -> Result<String, String> {
    let rest = match operation {
        "change_balance" if parameter != "amount" => ",amount,comment\n1,1,x",
        "change_balance" => ",comment\n1,x",
        _ => "\n1",
    };
    let (names, cells) = rest.split_once("\n1").expect("two lines");
    let content = format!("id{names},{parameter}\n1{cells},\"{}\"\n", value.replace('"', "\"\""));
    let place = Place::new().with("input.csv", content);
    let sandbox = Sandbox::start();
    let output =
        userside(&place).line("import").line(operation).line("input.csv").line(options).to(&sandbox).run();
    let row = output.results().only().clone();
    if output.code == Some(0) {
        return Ok(sandbox.writes()[0].parameter(parameter).to_owned());
    }
    assert_eq!(output.code, Some(2), "{}", output.report());
    assert!(sandbox.log().is_empty());
    assert!(output.stderr.contains(&format!("input.csv, line 2, column '{parameter}', value '")));
    Err(row.result("error").to_owned())
}

#[track_caller]
fn takes(operation: &str, parameter: &str, options: &str, pairs: &[(&str, &str)]) {
    for (written, expected) in pairs {
        let arrived = value(operation, parameter, written, options);
        assert_eq!(arrived.as_deref(), Ok(*expected), "{parameter} {written} {options}");
    }
}

#[track_caller]
fn refuses(operation: &str, parameter: &str, options: &str, pairs: &[(&str, &str)]) {
    for (written, reason) in pairs {
        let error = value(operation, parameter, written, options).expect_err(written);
        assert!(error.contains(reason), "{parameter} {written}: {error}");
    }
}

#[test]
fn money_is_decimal_and_reads_one_way() {
    takes(
        "change_balance",
        "amount",
        "",
        &[
            ("1 234,56", "1234.56"),
            ("1\u{A0}234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("-0,10", "-0.10"),
            ("\u{2212}15.4", "-15.4"),
            ("0.30", "0.30"),
            ("12345678901234567.89", "12345678901234567.89"),
        ],
    );
    refuses(
        "change_balance",
        "amount",
        "",
        &[
            ("1,234", "1234.00"),
            ("12.5.1", "not a valid amount"),
            ("5 грн", "the amount has a currency"),
            ("1e3", "not a valid amount"),
        ],
    );
}

#[test]
fn dates_become_iso_and_ambiguous_ones_wait_for_an_order() {
    takes("edit", "date_connect", "", &[("09.03.2023", "2023-03-09"), ("31/12/2023", "2023-12-31")]);
    refuses(
        "edit",
        "date_connect",
        "",
        &[
            ("03/04/2023", "--date-format dmy or --date-format mdy"),
            ("31.02.2023", "does not exist"),
            ("09.03.23", "two digits"),
            ("soon", "not a valid date"),
            ("09.03.2023 12:30 PM", "time of day"),
        ],
    );
    takes("edit", "date_connect", "--date-format dmy", &[("03/04/2023", "2023-04-03")]);
    takes("edit", "date_connect", "--date-format mdy", &[("03/04/2023", "2023-03-04")]);
    takes("edit", "date_connect", "--date-format ymd", &[("2023/03/04", "2023-03-04")]);
    takes("edit", "date_connect", "--date-format %d-%m-%y", &[("03-04-23", "2023-04-03")]);
    refuses("edit", "date_connect", "--date-format %d-%m-%y", &[("2023-04-03", "--date-format")]);
    takes("edit", "date_activity", "", &[("09.03.2023 16:03:28", "2023-03-09 16:03:28")]);
}

#[test]
fn flags_phones_mails_and_numbers_are_normalised_or_refused() {
    for (one, zero) in
        [("да", "нет"), ("так", "ні"), ("+", "-"), ("TRUE", "false"), ("yes", "no"), ("1", "0")]
    {
        takes("edit", "flag_corporate", "", &[(one, "1"), (zero, "0")]);
    }
    refuses("edit", "flag_corporate", "", &[("2", "not a valid flag"), ("может", "not a valid flag")]);
    takes("edit", "phone0", "", &[("+38 (067) 000-44-65", "+380670004465")]);
    refuses("edit", "phone0", "", &[("112", "5 to 15 digits"), ("0670004465, 0670004466", "more than one")]);
    takes("edit", "email", "", &[(" ivan@example.com ", "ivan@example.com")]);
    refuses(
        "edit",
        "email",
        "",
        &[("ivan@", "not a valid e-mail"), ("a@example.com; b@example.com", "more than one")],
    );
    // Newer servers keep these as text, older ones as whole numbers.
    for column in ["floor", "entrance"] {
        let numbers = [("7", "7"), ("-1", "-1"), ("\u{2212}1", "-1"), ("7.0", "7")];
        takes("edit", column, "", &numbers);
        let names = ["цоколь", "2а", "1-2", "1/2", "мансарда, 2 уровень"];
        takes("edit", column, "", &names.map(|name| (name, name)));
        refuses("edit", column, "", &[("7.5", "whole number"), ("7,5", "whole number")]);
        refuses("edit", column, "", &[("99999999999999999999", "whole number"), ("1E+05", "shortened")]);
    }
    refuses("edit", "house_id", "", &[("-1", "not a valid id"), ("0012", "leading zeros")]);
    // An account number is text: its zeros stay.
    takes("edit", "account_number", "", &[("000042", "000042")]);
}

#[test]
fn the_customers_id_is_a_positive_number() {
    for (id, found) in
        [("0", "start at 1"), ("x", "not a valid id"), ("1.5", "not a valid id"), ("007", "leading zeros")]
    {
        let place = Place::new().with("input.csv", format!("id,comment\n{id},x\n"));
        let output = userside(&place).line("validate edit input.csv").run().exits(2);
        output.says(&format!("column 'id', value '{id}'")).says(found);
    }
}

/// Everything that form encoding must protect.
#[test]
fn text_arrives_letter_for_letter() {
    for text in ["a&b=c+d%20e", "«Ромашка» / \\ 'x' \"y\"", "ї ґ є і", "😀", "a\tb"] {
        assert_eq!(value("edit", "comment", text, "").as_deref(), Ok(text));
    }
    refuses("edit", "comment", "", &[("a\u{7}b", "control character")]);
}

fn with_version(header: &str, row: &str, line: &str) -> crate::support::Output {
    let place = Place::new().with("input.csv", format!("{header}\n{row}\n"));
    userside(&place).line("validate").line(line).line("--results input.results.csv").run()
}

#[test]
fn a_parameter_that_came_later_is_refused_for_an_older_server() {
    let run = |version: &str| {
        with_version("id,group_id", "1,5", &format!("edit input.csv --server-version {version}"))
    };
    run("3.16dev3").exits(0);
    run("3.17").exits(0);
    for version in ["3.16dev2", "3.15.99", "3.13"] {
        let output = run(version).exits(2).says("group_id").says("3.16dev3");
        assert_eq!(output.results().only().result("error_code"), "not_in_version", "{version}");
    }
}

#[test]
fn a_parameter_that_went_is_refused_for_a_newer_server() {
    let run = |name: &str, version: &str| {
        let header = format!("customer_id,amount,comment,{name}");
        with_version(&header, "1,5,x,7", &format!("change_balance input.csv --server-version {version}"))
    };
    run("operator_id", "3.16dev1").exits(0);
    run("operator_id", "3.16dev2").exits(2).says("operator_id");
    run("employee_id", "3.16dev1").exits(2).says("employee_id");
    run("employee_id", "3.16dev2").exits(0);
}

#[test]
fn an_operation_that_came_later_is_refused_for_an_older_server() {
    let output = with_version("id", "1", "delete input.csv --server-version 3.14.20");
    output.exits(2).says("delete came with UserSide 3.14.21");
    with_version("id", "1", "delete input.csv --server-version 3.14.21").exits(0);
    with_version("id", "1", "delete input.csv --server-version three").exits(2).says("--server-version");
}
