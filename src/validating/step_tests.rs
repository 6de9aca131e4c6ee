//! Rows of several steps: which steps they have, what each of them sends, and what makes them invalid.

use super::{Across, CallTarget, Checker, EmptyCells, Repeats, Rules, ViolationCode};
use crate::catalogue::{Action, operation};
use crate::reading::{Assignment, Columns, HeaderProblem, Mapping, Row};

fn checker(header: &[&str], constants: &[&str]) -> Checker {
    checker_by(header, constants, Rules::default())
}

fn checker_by(header: &[&str], constants: &[&str], rules: Rules) -> Checker {
    let operation = operation("migrate").expect("migrate");
    let header = header.iter().map(|s| (*s).to_owned()).collect();
    let constants = constants.iter().map(|text| Assignment::of_constant(text).expect("an assignment"));
    let mapping = Mapping::default().with([], constants, false);
    let columns = Columns::resolve(operation, header, &mapping, rules.server).expect("a mapping that fits");
    Checker::new(operation, columns, rules).expect("good constants")
}

/// The calls of a row, each with its values: `add fio=A codeti=1`.
fn calls(checker: &mut Checker, cells: &[&str]) -> Vec<String> {
    let row = Row::from_cells(0, cells);
    let checked = match checker.check(&row) {
        Ok(checked) => checked,
        Err(rejection) => panic!("{rejection}"),
    };
    let calls = checked.calls();
    calls
        .iter()
        .map(|of| {
            let values = of.call.values().map(|(name, value)| format!(" {name}={value}"));
            format!("{}{}", of.call.subcategory(), values.collect::<String>())
        })
        .collect()
}

fn refused(checker: &mut Checker, cells: &[&str]) -> (ViolationCode, String) {
    let row = Row::from_cells(0, cells);
    let rejection = checker.check(&row).expect_err("an invalid row");
    (rejection.code(), rejection.to_string())
}

const HEADER: [&str; 8] =
    ["id", "codeti", "name", "is_corporate", "phone0", "value", "amount", "change_balance.comment"];

#[test]
fn a_row_without_an_id_makes_its_customer_and_sends_each_value_once() {
    let mut checker = checker(&HEADER, &["billing_id=3"]);
    assert_eq!(
        calls(&mut checker, &["", "A1", "Іван", "да", "(067) 000-11-22", "01.02.2020", "-5,50", "start"]),
        [
            "add codeti=A1 fio=Іван is_corporate=1 billing_id=3",
            "edit phone0=0670001122 date_connect=2020-02-01",
            "change_balance amount=-5.50 comment=start"
        ]
    );
}

#[test]
fn a_row_with_an_id_has_no_step_that_makes_a_customer() {
    let mut checker = checker(&HEADER, &["billing_id=3"]);
    assert_eq!(
        calls(&mut checker, &["1001", "A1", "Іван", "да", "", "", "0,00", "start"]),
        ["edit id=1001 name=Іван flag_corporate=1"]
    );
    assert_eq!(
        calls(&mut checker, &["1001", "", "", "", "", "", "7", "start"]),
        ["change_balance customer_id=1001 amount=7 comment=start"]
    );
}

#[test]
fn a_column_that_is_named_with_its_step_goes_with_it() {
    let header = ["id", "codeti", "fio", "change_date_connect.value", "edit.comment"];
    let mut checker = checker(&header, &[]);
    assert_eq!(
        calls(&mut checker, &["", "1", "A", "2020-02-01", "note"]),
        ["add codeti=1 fio=A", "edit comment=note", "change_date_connect value=2020-02-01"]
    );
    assert_eq!(calls(&mut checker, &["", "2", "B", "", ""]), ["add codeti=2 fio=B"]);
}

#[test]
fn a_row_that_gives_nothing_to_do_is_invalid() {
    let mut checker = checker(&HEADER, &[]);
    let (code, text) = refused(&mut checker, &["1001", "", "", "", "", "", "", "start"]);
    assert!(code == ViolationCode::MissingParameter && text.contains("nothing to do"), "{text}");
}

#[test]
fn what_a_step_needs_must_be_there_where_the_row_has_the_step() {
    let mut checker = checker(&HEADER, &[]);
    let (_, text) = refused(&mut checker, &["1001", "", "", "", "", "", "5", ""]);
    assert!(text.contains("change_balance.comment'") && text.contains("obligatory"), "{text}");
    let (code, text) = refused(&mut checker, &["", "A1", "", "", "", "", "", ""]);
    assert!(code == ViolationCode::MissingParameter && text.contains("'name'"), "{text}");
    let (code, _) = refused(&mut checker, &["12x", "A1", "A", "", "", "", "", ""]);
    assert_eq!(code, ViolationCode::BadValue);
    let mut lacking = super::step_tests::checker(&["id", "amount"], &[]);
    let (_, text) = refused(&mut lacking, &["1", "5"]);
    assert!(text.contains("--set change_balance.comment=VALUE"), "{text}");
    let mut constant = super::step_tests::checker(&["id", "amount"], &["change_balance.comment=start"]);
    assert_eq!(calls(&mut constant, &["1", "5"]), ["change_balance customer_id=1 amount=5 comment=start"]);
}

#[test]
fn bad_values_of_every_step_are_found_before_the_first_call() {
    let mut checker = checker(&HEADER, &[]);
    let (_, text) = refused(&mut checker, &["", "A1", "A", "", "12", "2020-13-01", "1,234", "x"]);
    for column in ["phone0", "value", "amount"] {
        assert!(text.contains(&format!("column '{column}'")), "{column}: {text}");
    }
}

#[test]
fn a_name_that_means_two_things_and_a_value_given_twice_are_refused() {
    let resolve = |header: &[&str]| {
        let header = header.iter().map(|s| (*s).to_owned()).collect();
        let operation = operation("migrate").expect("migrate");
        Columns::resolve(operation, header, &Mapping::default(), None).expect("columns").problems
    };
    assert!(matches!(&resolve(&["id", "comment"])[..], [HeaderProblem::Ambiguous { .. }]));
    assert!(matches!(&resolve(&["id", "name", "fio"])[..], [HeaderProblem::Repeated { .. }]));
    assert!(matches!(&resolve(&["id", "value", "date_connect"])[..], [HeaderProblem::Repeated { .. }]));
    assert_eq!(resolve(&["id", "edit.date_connect", "change_date_connect.value"]), []);
    assert!(matches!(&resolve(&["phone0"])[..], [HeaderProblem::Missing { .. }, ..]));
    assert_eq!(resolve(&["id", "phone0"]), []);
}

#[test]
fn a_constant_makes_an_edit_and_no_booking() {
    let mut checker = checker(&["id"], &["edit.comment=moved", "change_balance.comment=start"]);
    assert_eq!(calls(&mut checker, &["5"]), ["edit id=5 comment=moved"]);
}

#[test]
fn cleared_cells_do_not_make_steps_that_need_nothing() {
    let rules = Rules { empty: EmptyCells::Clear, ..Rules::default() };
    let mut checker = checker_by(&["id", "phone0", "amount", "change_balance.comment"], &[], rules);
    assert_eq!(calls(&mut checker, &["5", "", "", ""]), ["edit id=5 phone0="]);
}

#[test]
fn a_booking_gets_its_key_once_its_customer_is_known() {
    let mut checker = checker(&HEADER, &[]);
    let booking = |checker: &mut Checker, id: &str| {
        let cells = [id, "A1", "A", "", "", "", "5", "start"];
        let row = Row::from_cells(0, &cells);
        let calls = checker.check(&row).expect("valid").calls();
        calls
            .into_iter()
            .map(|of| of.call)
            .find(|call| call.action() == Action::ChangeBalance)
            .expect("a booking")
    };
    let (known, to_come) = (booking(&mut checker, "77"), booking(&mut checker, ""));
    assert_eq!((known.target(), to_come.target()), (CallTarget::Known("77"), CallTarget::ToCome));
    assert_eq!(to_come.key(), None);
    let came = to_come.of_customer("77", None);
    assert!(came.key().is_some());
    assert_eq!((came.key(), came.digest()), (known.key(), known.digest()));
    assert_eq!(came.clone().of_customer("78", None), came);
}

#[test]
fn the_same_customer_twice_is_a_duplicate() {
    let mut checker = checker(&HEADER, &[]);
    let mut across = Across::new(Repeats::Refused);
    let mut observe = |cells: &[&str]| {
        let row = Row::from_cells(0, cells);
        let mut checked = checker.check(&row).expect("valid");
        across.observe(&mut checked, 1).is_ok()
    };
    assert!(observe(&["", "A1", "A", "", "", "", "5", "x"]));
    assert!(!observe(&["", "A1", "B", "", "", "", "", ""]));
    assert!(observe(&["7", "A1", "B", "", "", "", "", ""]));
    assert!(!observe(&["7", "", "", "", "", "", "5", "x"]));
    let totals = across.totals();
    assert_eq!((totals.rows, totals.invalid), (4, 2));
    assert_eq!(totals.amount.map(|sum| sum.to_string()).as_deref(), Some("5.00"));
}
