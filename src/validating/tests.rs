//! Rows against the rules of an operation, alone and among others.

use super::across::Unexpected;
use super::{Across, Checker, EmptyCells, Expectation, Money, Repeats, Rules, Totals, ViolationCode};
use crate::catalogue::operation;
use crate::reading::{Assignment, Columns, Mapping, Row};

fn checker(name: &str, header: &[&str], rules: Rules) -> Checker {
    checker_with(name, header, rules, &Mapping::default())
}

fn checker_with(name: &str, header: &[&str], rules: Rules, mapping: &Mapping) -> Checker {
    let operation = operation(name).expect("an operation");
    let header = header.iter().map(|s| (*s).to_owned()).collect();
    let columns = Columns::resolve(operation, header, mapping, rules.server).expect("a mapping that fits");
    Checker::new(operation, columns, rules).expect("good constants")
}

fn sent(checker: &mut Checker, cells: &[&str]) -> Vec<(&'static str, String)> {
    let row = Row::from_cells(0, cells);
    let checked = checker.check(&row).expect("a valid row");
    checked.to_call().values().map(|(name, value)| (name, value.to_owned())).collect()
}

fn codes(checker: &mut Checker, cells: &[&str]) -> Vec<ViolationCode> {
    let row = Row::from_cells(0, cells);
    let rejection = checker.check(&row).expect_err("an invalid row");
    rejection.header.into_iter().chain(rejection.own.iter().map(|v| v.code)).collect()
}

#[test]
fn values_are_normalised_and_empty_cells_left_out() {
    let mut checker = checker("edit", &["customer_id", "name", "date_connect", "phone0"], Rules::default());
    assert_eq!(
        sent(&mut checker, &[" 1001 ", " Дем'яненко ", "09.03.2023", ""]),
        [
            ("id", "1001".to_owned()),
            ("name", "Дем'яненко".to_owned()),
            ("date_connect", "2023-03-09".to_owned())
        ]
    );
}

#[test]
fn a_short_row_is_padded_and_an_extra_cell_is_refused() {
    let mut checker = checker("edit", &["id", "name", "comment"], Rules::default());
    assert_eq!(sent(&mut checker, &["1"]).len(), 1);
    assert_eq!(sent(&mut checker, &["1", "a", "b", "", " "]).len(), 3);
    assert_eq!(codes(&mut checker, &["1", "a", "b", "c"]), [ViolationCode::BadValue]);
}

#[test]
fn a_value_under_no_name_is_refused_unless_unknown_columns_are_ignored() {
    let header = ["customer_id", "amount", "", "comment"];
    let mut strict = checker("change_balance", &header, Rules::default());
    assert_eq!(codes(&mut strict, &["1", "5", "50", "x"]), [ViolationCode::BadValue]);
    assert_eq!(sent(&mut strict, &["1", "5", " ", "x"]).len(), 3);
    let ignoring = Mapping::default().with([], [], true);
    let mut lenient = checker_with("change_balance", &header, Rules::default(), &ignoring);
    assert_eq!(sent(&mut lenient, &["1", "5", "50", "x"]).len(), 3);
}

#[test]
fn clearing_sends_empty_cells_but_never_those_that_are_not_there() {
    let rules = Rules { empty: EmptyCells::Clear, ..Rules::default() };
    let mut checker = checker("edit", &["id", "comment"], rules);
    assert_eq!(sent(&mut checker, &["1", ""]), [("id", "1".to_owned()), ("comment", String::new())]);
    assert_eq!(codes(&mut checker, &["1"]), [ViolationCode::BadValue]);
    assert_eq!(codes(&mut checker, &["", "x"]), [ViolationCode::MissingParameter]);
}

#[test]
fn all_violations_of_a_row_are_found_at_once() {
    let mut checker = checker("change_balance", &["customer_id", "amount", "comment"], Rules::default());
    assert_eq!(
        codes(&mut checker, &["x", "1,234", ""]),
        [ViolationCode::BadValue, ViolationCode::BadValue, ViolationCode::MissingParameter]
    );
}

#[test]
fn a_wrong_header_makes_every_row_invalid() {
    let mut checker = checker("change_balance", &["customer_id", "amuont", "comment"], Rules::default());
    let header: Vec<ViolationCode> = checker.header().iter().map(|violation| violation.code).collect();
    assert_eq!(header, [ViolationCode::UnknownParameter, ViolationCode::MissingParameter]);
    // Rows point to the header, and add only what is wrong with themselves.
    let text = |checker: &mut Checker, cells: &[&str]| {
        let rejection = checker.check(&Row::from_cells(0, cells)).expect_err("an invalid row");
        (rejection.code(), rejection.to_string())
    };
    let code = ViolationCode::UnknownParameter;
    assert_eq!(text(&mut checker, &["1", "2", "x"]), (code, "see the header".to_owned()));
    let (_, both) = text(&mut checker, &["x", "2", "x"]);
    assert!(both.starts_with("see the header; column 'customer_id', value 'x': not a valid id"), "{both}");
}

#[test]
fn version_rules_apply_once_the_version_is_known() {
    let header = ["customer_id", "amount", "comment", "employee_id", "operator_id"];
    let cells = ["1", "2", "x", "5", "7"];
    let mut unknown = checker("change_balance", &header, Rules::default());
    assert_eq!(sent(&mut unknown, &cells).len(), 5);
    for (version, refused) in
        [("3.16dev1", "employee_id"), ("3.16dev2", "operator_id"), ("3.17", "operator_id")]
    {
        let rules = Rules { server: version.parse().ok(), ..Rules::default() };
        let mut checker = checker("change_balance", &header, rules);
        let rejection = checker.check(&Row::from_cells(0, &cells)).expect_err("not in this version");
        assert_eq!((rejection.own.len(), rejection.own[0].code), (1, ViolationCode::NotInVersion));
        assert_eq!(rejection.own[0].column.as_deref(), Some(refused), "{version}");
        assert_eq!(sent(&mut checker, &["1", "2", "x", "", ""]).len(), 3);
    }
}

#[test]
fn constants_are_checked_once_and_sent_with_every_row() {
    let set =
        |text| Mapping::default().with([], [Assignment::of_constant(text).expect("an assignment")], false);
    let mut add = checker_with("add", &["fio"], Rules::default(), &set("is_corporate=да"));
    assert_eq!(sent(&mut add, &["Х"]), [("fio", "Х".to_owned()), ("is_corporate", "1".to_owned())]);
    let operation = operation("add").expect("add");
    let columns =
        Columns::resolve(operation, vec!["fio".to_owned()], &set("billing_id=x"), None).expect("fits");
    let error = Checker::new(operation, columns, Rules::default()).expect_err("a bad constant").to_string();
    assert!(error.contains("billing_id=x"), "{error}");
}

fn duplicates(name: &str, header: &[&str], rows: &[&[&str]]) -> Vec<bool> {
    let mut checker = checker(name, header, Rules::default());
    let mut across = Across::new(Repeats::Refused);
    let rows = rows.iter().enumerate();
    rows.map(|(number, cells)| {
        let row = Row::from_cells(number as u64, cells);
        let mut checked = checker.check(&row).expect("a valid row");
        across.observe(&mut checked, row.line()).is_err()
    })
    .collect()
}

#[test]
fn the_same_customer_twice_is_a_duplicate_by_its_normalised_id() {
    assert_eq!(
        duplicates("edit", &["id", "name"], &[&["1", "a"], &["2", "a"], &[" 1 ", "b"]]),
        [false, false, true]
    );
}

#[test]
fn bookings_are_the_same_only_with_customer_amount_and_comment() {
    let header = ["customer_id", "amount", "comment"];
    let rows: [&[&str]; 5] =
        [&["1", "10", "x"], &["1", "10", "y"], &["1", "11", "x"], &["2", "10", "x"], &["1", "10,00", "x"]];
    assert_eq!(duplicates("change_balance", &header, &rows), [false, false, false, false, true]);
}

#[test]
fn new_customers_are_the_same_by_code_and_billing() {
    let header = ["fio", "codeti", "billing_id"];
    let rows: [&[&str]; 5] =
        [&["a", "7", "1"], &["b", "7", "2"], &["c", "", "1"], &["c", "", "1"], &["d", "7", "1"]];
    assert_eq!(duplicates("add", &header, &rows), [false, false, false, false, true]);
}

#[test]
fn equal_rows_that_are_meant_share_a_key_that_keeps_them_in_order() {
    let rules = Rules { allow_duplicates: true, ..Rules::default() };
    let mut checker = checker("change_balance", &["customer_id", "amount", "comment"], rules);
    let mut key =
        |cells: &[&str]| checker.check(&Row::from_cells(0, cells)).expect("valid").to_call().sequence();
    assert_eq!(key(&["1", "10", "x"]), key(&["1", "10.00", "x"]));
    assert_ne!(key(&["1", "10", "x"]), key(&["1", "10", "y"]));
}

/// The keys of bookings in one file, or why a row is refused.
fn keys(repeats: Repeats, rows: &[[&str; 4]]) -> (Vec<Result<String, String>>, Repeats) {
    let header = ["customer_id", "amount", "comment", "result_key"];
    let mut checker = checker("change_balance", &header, Rules::default());
    let mut across = Across::new(repeats);
    let keys = rows.iter().enumerate().map(|(number, cells)| {
        let row = Row::from_cells(number as u64, cells);
        let mut checked = checker.check(&row).map_err(|rejection| rejection.to_string())?;
        across.observe(&mut checked, row.line()).map_err(|violation| violation.to_string())?;
        checked.to_call().key().map(|key| key.to_string()).ok_or_else(String::new)
    });
    (keys.collect(), across.repeats_again())
}

#[test]
fn of_equal_bookings_each_is_one_of_its_own_and_every_pass_says_the_same() {
    let rows = [["1", "10", "x", ""], ["1", "10,00", " x ", ""], ["2", "10", "x", ""], ["1", "10", "x", ""]];
    let (first, again) = keys(Repeats::Allowed, &rows);
    let different: std::collections::HashSet<_> = first.iter().flatten().collect();
    assert_eq!((different.len(), again), (4, Repeats::Allowed), "{first:?}");
    assert_eq!(keys(again, &rows), (first.clone(), again));
    // Alone in a file, each of them is the first.
    let (alone, again) = keys(Repeats::Allowed, &rows[3..]);
    assert_eq!((&alone[0], again), (&first[0], Repeats::None));
    assert_eq!(keys(again, &rows[3..]).0, alone);
}

#[test]
fn a_row_that_is_fed_back_is_the_booking_that_it_was() {
    let old = "k3x7qambcdef";
    let (found, _) = keys(Repeats::Refused, &[["1", "10", "x", old], ["1", "10", "x", ""]]);
    assert_eq!(found[0].as_deref(), Ok(old));
    assert!(found[1].is_ok(), "{found:?}");
    for repeats in [Repeats::Refused, Repeats::Allowed] {
        let (found, again) = keys(repeats, &[["1", "10", "x", old], ["2", "11", "y", old]]);
        let refusal = found[1].clone().expect_err("the same booking twice");
        assert!(refusal.contains("line 2") && refusal.contains("result_key"), "{refusal}");
        assert_eq!(again, repeats);
    }
    // Its own key, written into another row.
    let own = keys(Repeats::Refused, &[["1", "10", "x", ""]]).0.remove(0).expect("a key");
    assert!(keys(Repeats::Refused, &[["1", "10", "x", ""], ["5", "9", "z", &own]]).0[1].is_err());
    for wrong in ["k3x7qambcde", "K3X7QAMBCDEF", "1"] {
        let refusal = keys(Repeats::Refused, &[["1", "10", "x", wrong]]).0.remove(0).expect_err("not a key");
        assert!(refusal.contains("result_key") && refusal.contains("twelve characters"), "{refusal}");
    }
}

#[test]
fn totals_are_compared_to_the_last_kopeck() {
    let mut checker = checker("change_balance", &["customer_id", "amount", "comment"], Rules::default());
    let mut across = Across::new(Repeats::Refused);
    for (number, amount) in ["0.1", "0.2", "-15,45", "1234,50"].into_iter().enumerate() {
        let row = Row::from_cells(number as u64, &["1", amount, "x"]);
        across.observe(&mut checker.check(&row).expect("valid"), row.line()).expect("no duplicate");
    }
    let totals = across.totals();
    assert_eq!(totals.amount.map(|a| a.to_string()), Some("1219.35".to_owned()));
    let expect = |rows, total: &str| {
        Expectation { rows, total: total.parse().ok(), ..Expectation::default() }.check(&totals, true)
    };
    assert_eq!(expect(Some(4), "1219.350"), Ok(()));
    assert!(matches!(expect(Some(4), "1219.36"), Err(Unexpected::Total { .. })));
    assert!(matches!(expect(Some(3), "1219.350"), Err(Unexpected::Rows { expected: 3, found: 4 })));
}

/// The totals of bookings on these customers, without the invalid ones.
fn bookings(rows: &[(&str, &str)]) -> Totals {
    let rules = Rules { allow_zero: true, ..Rules::default() };
    let mut checker = checker("change_balance", &["customer_id", "amount", "comment"], rules);
    let mut across = Across::new(Repeats::Allowed).counting_customers(true);
    for (number, (customer, amount)) in rows.iter().enumerate() {
        let row = Row::from_cells(number as u64, &[customer, amount, "x"]);
        match checker.check(&row) {
            Ok(mut checked) => across.observe(&mut checked, row.line()).expect("no duplicate"),
            Err(_) => across.observe_invalid(),
        }
    }
    across.totals()
}

#[test]
fn what_is_added_and_what_is_taken_off_are_summed_apart() {
    let totals =
        bookings(&[("1", "0.1"), ("2", "-15,45"), ("1", "0.2"), ("3", "0"), ("4", "oops"), ("2", "-0.01")]);
    let text = |sum: Option<Money>| sum.expect("a sum").to_string();
    assert_eq!(text(totals.credit), "0.30");
    assert_eq!(text(totals.debit), "15.46");
    assert_eq!(text(totals.amount), "-15.16");
    assert_eq!(totals.customers, Some(3));
    assert_eq!(text(bookings(&[("1", "5")]).debit), "0.00");
}

#[test]
fn debit_and_credit_are_compared_to_the_last_kopeck() {
    let totals = bookings(&[("1", "100"), ("2", "-89.99"), ("3", "-0.01")]);
    let check = |debit: &str, credit: &str| {
        let expectation =
            Expectation { debit: debit.parse().ok(), credit: credit.parse().ok(), ..Expectation::default() };
        expectation.check(&totals, true).map_err(|error| error.to_string())
    };
    assert_eq!(check("90", "100.00"), Ok(()));
    assert_eq!(check("", ""), Ok(()));
    assert_eq!(
        check("100", ""),
        Err("--expect-debit says 100.00, but the valid rows take off 90.00 (difference -10.00); nothing was sent".to_owned())
    );
    assert_eq!(
        check("90", "99.99"),
        Err("--expect-credit says 99.99, but the valid rows add 100.00 (difference 0.01); nothing was sent"
            .to_owned())
    );
    let money = Expectation { debit: Some(Money::ZERO), ..Expectation::default() };
    assert_eq!(money.check(&totals, false), Err(Unexpected::NoMoney));
}

proptest::proptest! {
    /// Credit minus debit is the net total of any bookings.
    #[test]
    fn the_sums_agree(cents in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..50)) {
        let amount = |cents: i64| format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100);
        let texts: Vec<_> = cents.iter().map(|cents| amount(*cents)).collect();
        let rows: Vec<_> = texts.iter().map(|text| ("1", text.as_str())).collect();
        let totals = bookings(&rows);
        let of = |sum: i64| amount(sum).parse::<Money>().ok();
        proptest::prop_assert_eq!(totals.credit, of(cents.iter().filter(|c| **c > 0).sum()));
        proptest::prop_assert_eq!(totals.debit, of(cents.iter().filter(|c| **c < 0).map(|c| -c).sum()));
        proptest::prop_assert_eq!(totals.credit.zip(totals.debit).and_then(|(c, d)| c.minus(d)), totals.amount);
    }
}

/// Customers are counted only on request, and each row that makes one counts.
#[test]
fn customers_are_counted_where_that_is_wanted() {
    let count = |operation: &str, header: &[&str], cells: &[&str], wanted| {
        let mut checker = checker(operation, header, Rules::default());
        let mut across = Across::new(Repeats::Allowed).counting_customers(wanted);
        for _ in 0..3 {
            let row = Row::from_cells(0, cells);
            across.observe(&mut checker.check(&row).expect("valid"), row.line()).expect("no duplicate");
        }
        across.totals().customers
    };
    assert_eq!(count("delete", &["id"], &["5"], true), Some(1));
    assert_eq!(count("delete", &["id"], &["5"], false), None);
    assert_eq!(count("add", &["fio"], &["x"], true), Some(3));
}

#[test]
fn a_pass_knows_whether_rows_were_the_same() {
    let mut checker = checker("delete", &["id"], Rules::default());
    let mut across = Across::new(Repeats::Refused);
    for (number, id) in [(0, "1"), (1, "2"), (2, "1")] {
        assert_eq!(across.repeats_again(), Repeats::None);
        let row = Row::from_cells(number, &[id]);
        let _ = across.observe(&mut checker.check(&row).expect("valid"), row.line());
    }
    assert_eq!(across.repeats_again(), Repeats::Refused);
}

proptest::proptest! {
    /// The quick look at a cell's ends finds the same as the long one.
    #[test]
    fn cells_are_trimmed_as_text_is(cell in "[ \u{A0}\u{2003}\u{3000}\taя.ў]{0,5}") {
        proptest::prop_assert_eq!(super::trim::trimmed(&cell), cell.trim());
    }
}
