//! Columns that name a customer by something else than the id: `id:login`, `parent_id:codeti`.

use super::column_name::shown;
use super::header_problem::HeaderProblem;
use super::mapping_error::MappingError;
use crate::catalogue::{KeyKind, Operation, StepParameter, key_kinds, nearest};

/// What a name with a colon in it says.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyName<'n> {
    /// A customer, named by a value of this kind.
    Key(StepParameter, KeyKind),
    /// A customer, named by something that customers are not found by.
    NoKind(&'n str),
    /// Something else than a customer is named before the colon.
    NoCustomer,
}

/// What a name says, if it has a colon in it.
pub(super) fn key_name(operation: Operation, name: &str) -> Option<KeyName<'_>> {
    let (of, kind) = name.split_once(':').filter(|(_, kind)| !kind.trim().is_empty())?;
    Some(match operation.named(of).ok().filter(|field| field.parameter.names_customer()) {
        None => KeyName::NoCustomer,
        Some(field) => match KeyKind::named(kind) {
            None => KeyName::NoKind(kind),
            Some(kind) => KeyName::Key(field, kind),
        },
    })
}

/// Whether a column of this name names a customer by a key.
pub fn is_key_name(operation: Operation, name: &str) -> bool {
    matches!(key_name(operation, name), Some(KeyName::Key(..)))
}

/// A column of this name is of no kind.
pub(super) fn no_kind(column: String, kind: &str) -> HeaderProblem {
    let nearest = nearest(kind, key_kinds().map(KeyKind::name));
    HeaderProblem::NoKind { column, nearest, known: known_kinds() }
}

/// The kinds, for messages.
fn known_kinds() -> String {
    key_kinds().map(KeyKind::name).collect::<Vec<_>>().join(", ")
}

/// The key that a mapping says a column is; none where it says a parameter.
pub(super) fn mapped_key(
    operation: Operation,
    target: &str,
) -> Result<Option<(StepParameter, KeyKind)>, MappingError> {
    let shown_target = || shown(target).into_owned();
    match key_name(operation, target) {
        None => Ok(None),
        Some(KeyName::Key(field, kind)) => Ok(Some((field, kind))),
        Some(KeyName::NoKind(kind)) => Err(MappingError::NoKind {
            target: shown_target(),
            kind: shown(kind).into_owned(),
            nearest: nearest(kind, key_kinds().map(KeyKind::name)),
            known: known_kinds(),
        }),
        Some(KeyName::NoCustomer) => Err(MappingError::NotOfCustomer {
            target: shown_target(),
            operation: operation.name(),
            example: example(operation),
        }),
    }
}

/// How a customer is named by a key in this operation, for messages.
fn example(operation: Operation) -> String {
    let mut fields =
        operation.fields_in(None).into_iter().filter(|field| field.of.parameter.names_customer());
    match (fields.next(), key_kinds().find(|kind| kind.name() == EXAMPLE)) {
        (Some(field), Some(kind)) => format!(", as in {}:{kind}", field.name),
        _ => String::new(),
    }
}

/// The kind that most people know.
const EXAMPLE: &str = "login";

#[cfg(test)]
mod tests {
    use crate::catalogue::operation;
    use crate::reading::{Assignment, Columns, HeaderProblem, Mapping, MappingError};

    fn resolve(name: &str, header: &[&str], maps: &[&str]) -> Result<Columns, MappingError> {
        let header = header.iter().map(|s| (*s).to_owned()).collect();
        let maps = maps.iter().map(|text| Assignment::of_column(text).expect("an assignment"));
        let mapping = Mapping::default().with(maps, [], false);
        Columns::resolve(operation(name).expect("an operation"), header, &mapping, None)
    }

    fn keys(columns: &Columns) -> Vec<(usize, &str, &str)> {
        let key = |key: &crate::reading::binding::KeyBinding| {
            (key.binding.column, key.binding.parameter.name, key.kind.name())
        };
        columns.keys.iter().map(key).collect()
    }

    #[test]
    fn a_column_names_the_customer_by_a_key_in_a_header_and_in_a_mapping() {
        let columns = resolve("edit", &["ID:Login", "name", "parent_id:codeti"], &[]).expect("fits");
        assert_eq!(keys(&columns), [(0, "id", "login"), (2, "parent_id", "codeti")]);
        assert_eq!((columns.bindings.len(), columns.problems.as_slice()), (1, &[][..]));
        let columns =
            resolve("change_balance", &["Договор", "amount", "comment"], &["Договор=id:agreement_number"])
                .expect("fits");
        assert_eq!(keys(&columns), [(0, "customer_id", "dognumber")]);
        assert_eq!(columns.problems, []);
    }

    #[test]
    fn ids_may_stand_beside_keys_and_two_kinds_of_keys_may_not() {
        assert_eq!(resolve("delete", &["id:login", "id"], &[]).expect("fits").problems, []);
        let columns = resolve("delete", &["id:login", "customer_id:phone"], &[]).expect("fits");
        assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Repeated { parameter: "id", .. }]));
    }

    #[test]
    fn an_unknown_kind_is_refused_with_the_nearest_and_all_of_them() {
        let columns = resolve("delete", &["id:logn"], &[]).expect("fits");
        let [HeaderProblem::NoKind { nearest, known, .. }, ..] = columns.problems.as_slice() else {
            panic!("{:?}", columns.problems)
        };
        assert_eq!(nearest.name(), Some("login"));
        assert!(known.contains("account, billing_uid, codeti, dognumber"), "{known}");
        let error = resolve("delete", &["Логин"], &["Логин=id:logn"]).expect_err("no kind").to_string();
        assert!(error.contains("did you mean 'login'") && error.contains("codeti"), "{error}");
        let error = resolve("edit", &["id", "x"], &["x=name:login"]).expect_err("no customer").to_string();
        assert!(error.contains("as in id:login"), "{error}");
    }

    #[test]
    fn a_misspelt_kind_is_never_left_out() {
        let header = ["id:logn", "fio"].map(str::to_owned).to_vec();
        let mapping = Mapping::default().with([], [], true);
        let columns = Columns::resolve(operation("migrate").expect("migrate"), header, &mapping, None);
        let problems = columns.expect("fits").problems;
        assert!(matches!(problems.as_slice(), [HeaderProblem::NoKind { .. }]), "{problems:?}");
        // A colon after a name says nothing.
        let columns = resolve("delete", &["id:"], &[]).expect("fits");
        assert!(matches!(columns.problems[0], HeaderProblem::Unknown { .. }), "{:?}", columns.problems);
    }

    #[test]
    fn names_in_one_cell_still_show_another_delimiter() {
        let columns = resolve("edit", &["id:name:comment"], &[]).expect("fits");
        assert!(matches!(columns.problems.as_slice(), [HeaderProblem::Undivided { delimiter: ':', .. }]));
    }
}
