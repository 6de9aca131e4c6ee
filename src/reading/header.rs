//! Which column is which parameter.

use std::collections::HashMap;

use super::mapping::{Mapping, MappingError};
use super::row::{RESULT_KEY, RESULT_PREFIX, WHY};
use crate::catalogue::{Nearest, Operation, Parameter, Version, nearest};

/// A column that gives a parameter its values.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The column's place, counted from 0.
    pub column: usize,
    /// The parameter.
    pub parameter: &'static Parameter,
}

/// What every column of an input is, for one operation.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The header's names, as they are in the file, trimmed.
    pub names: Vec<String>,
    /// The columns that are parameters, in the file's order.
    pub bindings: Vec<Binding>,
    /// Parameters with the same value in every row, not checked yet.
    pub constants: Vec<(&'static Parameter, String)>,
    /// Whether a column is one of an earlier result.
    pub old_results: Vec<bool>,
    /// The column that says which booking a row was in an earlier result.
    pub result_key: Option<usize>,
    /// Columns without a name: they must be empty, because nothing says what they hold.
    pub unnamed: Vec<usize>,
    /// What is wrong with the header; while there is anything, no row is valid.
    pub problems: Vec<HeaderProblem>,
}

/// Something that makes every row of the file invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderProblem {
    /// The column is not a parameter of the operation.
    Unknown {
        /// The column's name.
        column: String,
        /// The parameter that was probably meant.
        nearest: Nearest,
    },
    /// Two columns, or a column and a constant, stand for one parameter.
    Repeated {
        /// The parameter.
        parameter: &'static str,
        /// What stands for it, joined by "and".
        given: String,
    },
    /// An obligatory parameter gets no value from a column or a constant.
    Missing {
        /// The parameter.
        parameter: &'static str,
    },
}

impl Columns {
    /// Finds the parameter of every column. A mapping that does not fit the file is an error. A file that
    /// does not fit the operation is a [`HeaderProblem`], so that its rows can still be checked.
    pub fn resolve(
        operation: Operation,
        header: Vec<String>,
        mapping: &Mapping,
        server: Option<Version>,
    ) -> Result<Self, MappingError> {
        let mapped = mapped_columns(&header, mapping)?;
        let mut columns = Self {
            old_results: vec![false; header.len()],
            names: header,
            bindings: Vec::new(),
            constants: Vec::new(),
            result_key: None,
            unnamed: Vec::new(),
            problems: Vec::new(),
        };
        for column in 0..columns.names.len() {
            match mapped.get(&column) {
                Some(&"") => {}
                Some(target) => columns.bind(column, parameter(operation, target)?),
                None => columns.guess(column, operation, mapping.ignore_unknown),
            }
        }
        for (name, value) in &mapping.constants {
            columns.constants.push((parameter(operation, name)?, value.clone()));
        }
        columns.find_repeated();
        columns.find_missing(operation, server);
        Ok(columns)
    }

    /// The parameters that get a value from a column or a constant.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        let bound = self.bindings.iter().map(|binding| binding.parameter);
        bound.chain(self.constants.iter().map(|(parameter, _)| *parameter))
    }

    /// The name of a column for messages.
    pub fn name(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("column {}", column + 1),
        }
    }

    fn bind(&mut self, column: usize, parameter: &'static Parameter) {
        self.bindings.push(Binding { column, parameter });
        self.old_results[column] = is_old_result(&self.names[column]);
    }

    fn guess(&mut self, column: usize, operation: Operation, ignore_unknown: bool) {
        let name = &self.names[column];
        if is_old_result(name) {
            self.old_results[column] = true;
            if name == RESULT_KEY {
                self.result_key = Some(column);
            }
        } else if let Some(parameter) = operation.parameter(name) {
            self.bind(column, parameter);
        } else if ignore_unknown {
            // The user wants it left out.
        } else if name.is_empty() {
            self.unnamed.push(column);
        } else {
            let known = operation.parameters_in(None).map(|p| p.name);
            let problem = HeaderProblem::Unknown { column: name.clone(), nearest: nearest(name, known) };
            self.problems.push(problem);
        }
    }

    fn find_repeated(&mut self) {
        let mut given: Vec<(&'static str, Vec<String>)> = Vec::new();
        let columns =
            self.bindings.iter().map(|b| (b.parameter.name, format!("column '{}'", self.name(b.column))));
        let constants = self.constants.iter().map(|(p, value)| (p.name, format!("the constant '{value}'")));
        for (name, what) in columns.chain(constants) {
            match given.iter_mut().find(|(known, _)| *known == name) {
                Some((_, all)) => all.push(what),
                None => given.push((name, vec![what])),
            }
        }
        let repeated = given.into_iter().filter(|(_, all)| all.len() > 1);
        self.problems.extend(
            repeated.map(|(parameter, all)| HeaderProblem::Repeated { parameter, given: all.join(" and ") }),
        );
    }

    fn find_missing(&mut self, operation: Operation, server: Option<Version>) {
        let given = |p: &Parameter| {
            self.bindings
                .iter()
                .map(|b| b.parameter)
                .chain(self.constants.iter().map(|(p, _)| *p))
                .any(|g| g.name == p.name)
        };
        let missing: Vec<_> = operation
            .parameters_in(server)
            .filter(|p| p.presence.is_required() && !given(p))
            .map(|p| HeaderProblem::Missing { parameter: p.name })
            .collect();
        self.problems.extend(missing);
    }
}

fn parameter(operation: Operation, name: &str) -> Result<&'static Parameter, MappingError> {
    operation.parameter(name).ok_or_else(|| MappingError::NoParameter {
        name: name.to_owned(),
        operation: operation.name(),
        nearest: nearest(name, operation.parameters_in(None).map(|p| p.name)),
    })
}

/// Which columns of the header the mapping names. Case is ignored if no column has exactly the name.
fn mapped_columns<'m>(
    header: &[String],
    mapping: &'m Mapping,
) -> Result<HashMap<usize, &'m str>, MappingError> {
    let mut mapped = HashMap::new();
    for (column, target) in &mapping.columns {
        let exactly = |name: &String| name == column;
        let loosely = |name: &String| name.to_lowercase() == column.to_lowercase();
        let place = header.iter().position(exactly).or_else(|| header.iter().position(loosely));
        let place = place.ok_or_else(|| MappingError::NoColumn {
            column: column.clone(),
            nearest: nearest(column, header.iter().map(String::as_str)),
            known: header.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", "),
        })?;
        mapped.insert(place, target.as_str());
    }
    Ok(mapped)
}

/// Whether a column is one that this program added to an earlier file.
fn is_old_result(name: &str) -> bool {
    name.starts_with(RESULT_PREFIX) || name == WHY
}

#[cfg(test)]
mod tests {
    use super::{Columns, HeaderProblem};
    use crate::catalogue::operation;
    use crate::reading::{Assignment, Mapping, MappingError};

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
        let columns = resolve("change_balance", &["customer_id", "amuont", "comment"], &Mapping::default())
            .expect("fits");
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
        let error = resolve("edit", &["id", "Лицевой счёт"], &map("Лицевой счет=account_number"))
            .expect_err("no column");
        assert!(error.to_string().contains("did you mean 'Лицевой счёт'"), "{error}");
        let error = resolve("edit", &["id", "x"], &map("x=acount_number")).expect_err("not a parameter");
        assert!(error.to_string().contains("did you mean 'account_number'"), "{error}");
    }
}
