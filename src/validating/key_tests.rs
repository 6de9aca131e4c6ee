//! Rows that name their customers by something else than the id.

use super::{Across, Checked, Checker, KeyHolder, KeyMap, KnownKeys, Repeats, Rules, ViolationCode};
use crate::catalogue::{KeyKind, operation};
use crate::reading::{Columns, Mapping, Row};

fn kind(name: &str) -> KeyKind {
    KeyKind::named(name).expect("a kind")
}

fn checker(name: &str, header: &[&str], known: KnownKeys) -> Checker {
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    let operation = operation(name).expect("an operation");
    let columns = Columns::resolve(operation, header, &Mapping::default(), None).expect("columns");
    assert_eq!(columns.problems, []);
    Checker::new(operation, columns, Rules::default()).expect("rules").knowing(known)
}

/// Anna is 7, Ivan is not there, and two have the telephone number.
fn looked_up() -> KnownKeys {
    let mut map = KeyMap::default();
    map.put(kind("login"), "anna", KeyHolder::One(7));
    map.put(kind("login"), "Anna", KeyHolder::One(7));
    map.put(kind("login"), "ivan", KeyHolder::Nobody);
    map.put(kind("phone"), "380670001122", KeyHolder::Several([3, 8].into()));
    KnownKeys::whole(map)
}

fn values(checked: &Checked<'_>) -> Vec<String> {
    let calls = checked.calls();
    calls
        .iter()
        .flat_map(|of| of.call.values().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>())
        .collect()
}

#[track_caller]
fn refused(checker: &mut Checker, cells: &[&str]) -> (ViolationCode, String) {
    let rejection = checker.check(&Row::from_cells(0, cells)).map(drop).expect_err("it is refused");
    (rejection.code(), rejection.to_string())
}

#[test]
fn the_id_takes_the_place_of_the_key() {
    let mut delete = checker("delete", &["id:login"], looked_up());
    assert_eq!(values(&delete.check(&Row::from_cells(0, &[" anna "])).expect("valid")), ["id=7"]);
    let (code, said) = refused(&mut delete, &["ivan"]);
    assert_eq!(code, ViolationCode::NotFound);
    assert!(said.contains("column 'id:login', value 'ivan': nobody has this login"), "{said}");
    assert_eq!(refused(&mut delete, &[""]).0, ViolationCode::MissingParameter);
    // What nobody has looked up is not guessed at.
    assert_eq!(refused(&mut delete, &["olha"]).0, ViolationCode::NotFound);
}

#[test]
fn several_customers_are_named_with_their_ids() {
    let mut edit = checker("edit", &["id:phone", "name"], looked_up());
    let (code, said) = refused(&mut edit, &["38 067 000 11 22", "x"]);
    assert_eq!(code, ViolationCode::Ambiguous);
    assert!(said.contains("2 customers have this phone: 3, 8"), "{said}");
    let (code, said) = refused(&mut edit, &["8", "x"]);
    assert_eq!(code, ViolationCode::BadValue);
    assert!(said.contains("not a valid telephone number"), "{said}");
}

#[test]
fn the_id_counts_where_it_is_filled() {
    let mut edit = checker("edit", &["id", "id:login", "name"], looked_up());
    let row = |cells: &[&str]| Row::from_cells(0, cells);
    assert_eq!(values(&edit.check(&row(&["9", "ivan", "x"])).expect("valid")), ["id=9", "name=x"]);
    assert_eq!(values(&edit.check(&row(&["", "anna", "x"])).expect("valid")), ["name=x", "id=7"]);
    let (code, said) = refused(&mut edit, &["", "", "x"]);
    assert_eq!(code, ViolationCode::MissingParameter);
    assert!(said.contains("its cells are empty"), "{said}");
    assert_eq!(refused(&mut edit, &["x", "anna", "x"]).0, ViolationCode::BadValue);
}

#[test]
fn a_parent_that_nobody_has_is_missing() {
    let mut edit = checker("edit", &["id", "parent_id:login"], looked_up());
    assert_eq!(
        values(&edit.check(&Row::from_cells(0, &["9", "anna"])).expect("valid")),
        ["id=9", "parent_id=7"]
    );
    assert_eq!(refused(&mut edit, &["9", "ivan"]).0, ViolationCode::ParentMissing);
    assert_eq!(values(&edit.check(&Row::from_cells(0, &["9", ""])).expect("valid")), ["id=9"]);
}

#[test]
fn a_row_of_several_steps_makes_no_customer_that_it_names_by_a_key() {
    let header = ["id:login", "fio", "codeti", "amount", "change_balance.comment"];
    let mut migrate = checker("migrate", &header, looked_up());
    let checked = migrate.check(&Row::from_cells(0, &["anna", "Anna", "", "5", "x"])).expect("valid");
    assert_eq!(values(&checked), ["id=7", "name=Anna", "customer_id=7", "amount=5", "comment=x"]);
    assert!(!checked.creates() && checked.key().is_some());
    assert!(migrate.check(&Row::from_cells(0, &["", "Olha", "17", "", ""])).expect("valid").creates());
    assert_eq!(refused(&mut migrate, &["ivan", "Ivan", "", "", ""]).0, ViolationCode::NotFound);
}

#[test]
fn before_the_look_up_a_row_is_as_good_as_its_key() {
    let mut map = KeyMap::default();
    map.put(kind("login"), "anna", KeyHolder::One(7));
    let header = ["customer_id:login", "amount", "comment"];
    let mut booking = checker("change_balance", &header, KnownKeys::of_files(map));
    let known = booking.check(&Row::from_cells(0, &["anna", "5", "x"])).expect("valid");
    assert!(known.customer_id() == Some("7") && known.key().is_some());
    let open = booking.check(&Row::from_cells(0, &["ivan", "5", "x"])).expect("valid");
    assert_eq!((open.keys().len(), open.key(), open.customer_id()), (1, None, None));
    assert_eq!(values(&open), ["amount=5", "comment=x"]);
    let mut across = Across::new(Repeats::Refused);
    let mut observe = |login: &str, line| {
        let row = Row::from_cells(0, &[login, "5", "x"]);
        let mut checked = booking.check(&row).expect("valid");
        across.observe(&mut checked, line)
    };
    assert_eq!(observe("ivan", 2), Ok(()));
    assert_eq!(observe("olha", 3), Ok(()));
    assert!(observe("ivan", 4).is_err());
}

#[test]
fn one_customer_under_two_spellings_is_a_duplicate() {
    let mut delete = checker("delete", &["id", "id:login"], looked_up());
    let mut across = Across::new(Repeats::Refused);
    let mut observe = |cells: &[&str], line| {
        let row = Row::from_cells(0, cells);
        let mut checked = delete.check(&row).expect("valid");
        across.observe(&mut checked, line)
    };
    assert_eq!(observe(&["", "anna"], 2), Ok(()));
    assert!(observe(&["", "Anna"], 3).is_err());
    assert!(observe(&["7", ""], 4).is_err());
}
