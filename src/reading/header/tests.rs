//! What the columns of a header are.

use crate::catalogue::operation;
use crate::reading::{Assignment, Columns, HeaderProblem, Mapping, MappingError};

fn resolve(name: &str, header: &[&str], mapping: &Mapping) -> Result<Columns, MappingError> {
    let header = header.iter().map(|s| (*s).to_owned()).collect();
    Columns::resolve(operation(name).expect("an operation"), header, mapping, None)
}

fn bound(columns: &Columns) -> Vec<(usize, &str)> {
    columns.bindings.iter().map(|b| (b.column, b.parameter.name)).collect()
}

fn map(text: &str) -> Mapping {
    Mapping::default().with([Assignment::of_column(text).expect("an assignment")], [], false)
}

#[test]
fn columns_are_parameters_by_name_alias_and_mapping() {
    let columns =
        resolve("edit", &["customer_id", "ФИО", "Email"], &map("фио=name")).expect("a mapping that fits");
    assert_eq!(bound(&columns), [(0, "id"), (1, "name"), (2, "email")]);
    assert_eq!(columns.problems, []);
}

#[test]
fn old_results_are_ignored_unless_mapped() {
    let header = ["id", "result_status", "result_id"];
    assert_eq!(bound(&resolve("delete", &header, &Mapping::default()).expect("fits")), [(0, "id")]);
    let columns = resolve("delete", &header[1..], &map("result_id=id")).expect("fits");
    assert_eq!((bound(&columns), &columns.old_results), (vec![(1, "id")], &vec![true, true]));
    let columns = resolve("delete", &["id", "why"], &Mapping::default()).expect("fits");
    assert_eq!((bound(&columns), &columns.old_results), (vec![(0, "id")], &vec![false, true]));
}

#[test]
fn an_unknown_column_comes_with_the_nearest_name() {
    let columns =
        resolve("change_balance", &["customer_id", "amuont", "comment"], &Mapping::default()).expect("fits");
    assert!(columns.problems.iter().any(
        |p| matches!(p, HeaderProblem::Unknown { column, nearest } if column == "amuont" && nearest.name() == Some("amount"))
    ));
    assert!(columns.problems.contains(&HeaderProblem::Missing { parameter: "amount" }));
}

#[test]
fn two_columns_for_one_parameter_are_a_problem() {
    let columns = resolve("delete", &["id", "customer_id"], &Mapping::default()).expect("fits");
    assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Repeated { parameter: "id", .. }]));
}

#[test]
fn a_mapping_that_does_not_fit_is_an_error_that_names_the_nearest() {
    let error =
        resolve("edit", &["id", "Лицевой счёт"], &map("Лицевой счет=account_number")).expect_err("no column");
    assert!(error.to_string().contains("did you mean 'Лицевой счёт'"), "{error}");
    let error = resolve("edit", &["id", "x"], &map("x=acount_number")).expect_err("not a parameter");
    assert!(error.to_string().contains("did you mean 'account_number'"), "{error}");
}

#[test]
fn columns_of_an_export_are_what_they_set_or_are_left_out() {
    let header = [
        "id",
        "full_name",
        "phone.1.number",
        "agreement.0.number",
        "balance",
        "phone.0.flag_main",
        "group.51.id",
    ];
    let columns = resolve("edit", &header, &Mapping::default()).expect("fits");
    assert_eq!(bound(&columns), [(0, "id"), (1, "name"), (2, "phone1"), (3, "agreement_number")]);
    assert_eq!(
        (&columns.left_out[..], &columns.problems[..]),
        (&["balance".to_owned(), "phone.0.flag_main".to_owned(), "group.51.id".to_owned()][..], &[][..])
    );
    // A word that a person may use for what can be set is still asked about, and a list is split.
    let columns = resolve("edit", &["id", "address"], &Mapping::default()).expect("fits");
    assert!(
        matches!(columns.problems.as_slice(), [HeaderProblem::Unknown { column, .. }] if column == "address")
    );
    let columns = resolve("edit", &["id", "phone"], &Mapping::default()).expect("fits");
    assert_eq!(bound(&columns)[..3], [(0, "id"), (1, "phone0"), (1, "phone1")]);
    // New customers have no id yet: the file is probably meant for another operation.
    let columns = resolve("add", &["id", "fio"], &Mapping::default()).expect("fits");
    assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Unknown { column, .. }] if column == "id"));
}

#[test]
fn a_first_row_of_values_is_named_as_such_and_nothing_else_is_said() {
    let columns = resolve("edit", &["1001", "Гнатюк Олена"], &Mapping::default()).expect("fits");
    assert!(
        matches!(columns.problems.as_slice(), [HeaderProblem::Headerless { value, .. }] if value == "1001")
    );
    let columns = resolve("edit", &["id", "2024"], &Mapping::default()).expect("fits");
    assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Unknown { .. }]));
}

#[test]
fn names_in_one_cell_show_another_delimiter() {
    let columns = resolve("edit", &["id:name:comment"], &Mapping::default()).expect("fits");
    assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Undivided { delimiter: ':', .. }]));
}

#[test]
fn columns_of_one_name_are_named_by_their_place() {
    let header = ["id", "Телефон", "Телефон"];
    assert!(matches!(
        resolve("edit", &header, &map("Телефон=phone0")),
        Err(MappingError::SeveralColumns { count: 2, .. })
    ));
    assert!(matches!(
        resolve("edit", &header, &map("Телефон#3=phone0")),
        Err(MappingError::FewerColumns { count: 2, .. })
    ));
    let columns = resolve("edit", &header, &map("Телефон#2=phone0")).expect("fits");
    assert_eq!(bound(&columns), [(0, "id"), (2, "phone0")]);
    assert!(
        matches!(columns.problems.as_slice(), [HeaderProblem::Unknown { column, .. }] if column == "Телефон#1")
    );
}
