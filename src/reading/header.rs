//! Which column is which parameter.

use std::collections::HashMap;

use super::binding::{Binding, KeyBinding};
use super::column_name::{ColumnNames, NotFound, clean, listed, shown};
use super::column_reading::{CellPart, ColumnReading};
use super::header_problem::HeaderProblem;
use super::header_row::is_value;
use super::key_column::{KeyName, key_name, mapped_key, no_kind};
use super::mapping::Mapping;
use super::mapping_error::MappingError;
use super::mapping_file::Target;
use super::row::{RESULT_KEY, RESULT_PREFIX, WHY};
use crate::catalogue::{
    KeyKind, Nearest, NoParameter, Operation, Parameter, StepParameter, Version, nearest,
};

/// What every column of an input is, for one operation.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The header's names, with white space made one blank.
    pub names: Vec<String>,
    /// The columns that are parameters, in the file's order.
    pub bindings: Vec<Binding>,
    /// The columns that name customers by something else than the id; a cell counts where the row has no id.
    pub keys: Vec<KeyBinding>,
    /// How cells of columns are read of which the mapping says more.
    pub readings: Vec<ColumnReading>,
    /// Parameters with the same value in every row, not checked yet.
    pub constants: Vec<(StepParameter, String)>,
    /// Whether a column is one of an earlier result.
    pub old_results: Vec<bool>,
    /// The column that says which booking a row was in an earlier result.
    pub result_key: Option<usize>,
    /// Columns without a name: they must be empty, because nothing says what they hold.
    pub unnamed: Vec<usize>,
    /// Columns of an export that the operation cannot set.
    pub left_out: Vec<String>,
    /// What is wrong with the header; while there is anything, no row is valid.
    pub problems: Vec<HeaderProblem>,
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
        let header: Vec<String> = header.into_iter().map(|name| clean(&name).into_owned()).collect();
        let names = ColumnNames::of(&header);
        let mapped = mapped_columns(&header, &names, mapping)?;
        let mut columns = Self {
            old_results: vec![false; header.len()],
            names: header,
            bindings: Vec::new(),
            keys: Vec::new(),
            readings: Vec::new(),
            constants: Vec::new(),
            result_key: None,
            unnamed: Vec::new(),
            left_out: Vec::new(),
            problems: Vec::new(),
        };
        for column in 0..columns.names.len() {
            match mapped.get(&column) {
                Some(Target::LeftOut) => {}
                Some(Target::Parameters(targets)) => {
                    for (place, target) in targets.iter().enumerate() {
                        let of = targets.len();
                        let part = (of > 1).then_some(CellPart { place, of });
                        match mapped_key(operation, target)? {
                            Some((field, kind)) => columns.bind_key(column, field, kind, part),
                            None => columns.bind(column, field(operation, target)?, part),
                        }
                    }
                }
                None => columns.guess(column, operation, mapping.ignore_unknown, &names),
            }
        }
        columns.read_as_mapped(mapping, &names)?;
        for (name, value) in mapping.constants() {
            if mapped_key(operation, name)?.is_some() {
                return Err(MappingError::KeyConstant { target: shown(name).into_owned() });
            }
            columns.constants.push((field(operation, name)?, value.to_owned()));
        }
        if mapped.is_empty() {
            columns.find_values(operation);
        }
        columns.find_repeated(operation);
        columns.find_missing(operation, server);
        Ok(columns)
    }

    /// The parameters that get a value from a column or a constant.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        let keys = self.keys.iter().map(|key| &key.binding);
        let bound = self.bindings.iter().chain(keys).map(|binding| binding.parameter);
        bound.chain(self.constants.iter().map(|(field, _)| field.parameter))
    }

    /// The column that has the ids of the rows' customers.
    pub fn customer(&self) -> Option<usize> {
        self.bindings.iter().find(|binding| binding.parameter.is_customer()).map(|binding| binding.column)
    }

    /// The name of a column for messages.
    pub fn name(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => shown(name).into_owned(),
            _ => format!("column {}", column + 1),
        }
    }

    /// How the cells of this column are read, where the mapping says so.
    pub fn reading(&self, binding: Binding) -> Option<&ColumnReading> {
        self.readings.get(binding.reading?)
    }

    /// Prepares what the mapping says of cells: once for each column.
    fn read_as_mapped(&mut self, mapping: &Mapping, names: &ColumnNames) -> Result<(), MappingError> {
        let header = &self.names;
        let place = |column: &str| find(header, names, column);
        let mut words = HashMap::new();
        for (column, values) in &mapping.file.values {
            words.insert(place(column)?, values);
        }
        let mut formats = HashMap::new();
        for (column, format) in &mapping.file.date_formats {
            formats.insert(place(column)?, format);
        }
        let mut readings: HashMap<usize, usize> = HashMap::new();
        let keys = self.keys.iter_mut().map(|key| &mut key.binding);
        for binding in self.bindings.iter_mut().chain(keys) {
            let column = binding.column;
            let reading = || {
                ColumnReading::new(
                    words.get(&column).copied(),
                    &mapping.file.empty,
                    formats.get(&column).copied(),
                )
            };
            if let Some(known) = readings.get(&column) {
                binding.reading = Some(*known);
                continue;
            }
            let reading = reading();
            if !reading.is_plain() {
                readings.insert(column, self.readings.len());
                binding.reading = Some(self.readings.len());
                self.readings.push(reading);
            }
        }
        Ok(())
    }

    fn bind(&mut self, column: usize, field: StepParameter, part: Option<CellPart>) {
        let StepParameter { parameter, step } = field;
        self.bindings.push(Binding { column, parameter, step, reading: None, part });
        self.old_results[column] = is_old_result(&self.names[column]);
    }

    fn bind_key(&mut self, column: usize, field: StepParameter, kind: KeyKind, part: Option<CellPart>) {
        let StepParameter { parameter, step } = field;
        let binding = Binding { column, parameter, step, reading: None, part };
        self.keys.push(KeyBinding { binding, kind });
        self.old_results[column] = is_old_result(&self.names[column]);
    }

    fn guess(&mut self, column: usize, operation: Operation, ignore_unknown: bool, names: &ColumnNames) {
        let name = &self.names[column];
        if is_old_result(name) {
            self.old_results[column] = true;
            if name == RESULT_KEY {
                self.result_key = Some(column);
            }
        } else if let Some(field) = known(operation, name) {
            self.bind(column, field, None);
        } else if let Some(KeyName::Key(field, kind)) = key_name(operation, name) {
            self.bind_key(column, field, kind, None);
        } else if let Some(parts) = operation.sets_elements(name) {
            for (place, parameter) in parts.iter().enumerate() {
                let field = StepParameter { parameter, step: None };
                self.bind(column, field, Some(CellPart { place, of: parts.len() }));
            }
        } else if let Err(NoParameter::Ambiguous(choices)) = operation.named(name) {
            let column = shown(&names.written(&self.names, column)).into_owned();
            self.problems.push(HeaderProblem::Ambiguous { column, names: choices });
        } else if let (Some(KeyName::NoKind(kind)), None) =
            (key_name(operation, name), undivided(operation, name))
        {
            // It names customers, and would never be left out.
            self.problems.push(no_kind(shown(&names.written(&self.names, column)).into_owned(), kind));
        } else if ignore_unknown {
            // The user wants it left out.
        } else if name.is_empty() {
            self.unnamed.push(column);
        } else if operation.leaves_out_field(name) {
            self.left_out.push(name.clone());
        } else {
            let problem = match undivided(operation, name) {
                Some(delimiter) => HeaderProblem::Undivided { cell: shown(name).into_owned(), delimiter },
                None => HeaderProblem::Unknown {
                    column: shown(&names.written(&self.names, column)).into_owned(),
                    nearest: nearest_field(operation, name),
                },
            };
            self.problems.push(problem);
        }
    }

    /// A first row of values: where no column has a name that means anything, some of them give it away.
    fn find_values(&mut self, operation: Operation) {
        let means_nothing = self.bindings.is_empty() && self.keys.is_empty() && self.left_out.is_empty();
        let is_known = !means_nothing || self.old_results.contains(&true);
        let value = self.names.iter().find(|name| is_value(name)).filter(|_| !is_known);
        if let Some(value) = value {
            let value = shown(value).into_owned();
            self.problems = vec![HeaderProblem::Headerless { value, operation: operation.name() }];
        }
    }
}

/// What a column of this name gives values for. The name of a field of an export counts where it is nothing else.
fn known(operation: Operation, name: &str) -> Option<StepParameter> {
    match operation.named(name) {
        Ok(field) => Some(field),
        Err(NoParameter::Unknown) => {
            operation.sets_field(name).map(|parameter| StepParameter { parameter, step: None })
        }
        Err(NoParameter::Ambiguous(_)) => None,
    }
}

fn nearest_field(operation: Operation, name: &str) -> Nearest {
    let names: Vec<String> = operation.fields_in(None).into_iter().map(|field| field.name).collect();
    nearest(name, names.iter().map(String::as_str))
}

/// The character between the names, where one cell holds several: the file has another delimiter.
fn undivided(operation: Operation, name: &str) -> Option<char> {
    const PARTED: usize = 2;
    const DELIMITERS: [char; 10] = [':', ';', ',', '|', '\t', '/', '\\', '^', '~', '*'];
    DELIMITERS.into_iter().find(|delimiter| {
        let is_known = |part: &str| known(operation, part.trim()).is_some();
        name.split(*delimiter).filter(|part| is_known(part)).take(PARTED).count() == PARTED
    })
}

fn field(operation: Operation, name: &str) -> Result<StepParameter, MappingError> {
    operation.named(name).map_err(|none| match none {
        NoParameter::Ambiguous(names) => {
            MappingError::AmbiguousParameter { name: shown(name).into_owned(), names }
        }
        NoParameter::Unknown => MappingError::NoParameter {
            name: shown(name).into_owned(),
            operation: operation.name(),
            nearest: nearest_field(operation, name),
        },
    })
}

/// Which columns of the header the mapping names.
fn mapped_columns<'m>(
    header: &[String],
    names: &ColumnNames,
    mapping: &'m Mapping,
) -> Result<HashMap<usize, &'m Target>, MappingError> {
    let mut mapped = HashMap::new();
    for (column, target) in mapping.columns() {
        mapped.insert(find(header, names, column)?, target);
    }
    Ok(mapped)
}

/// The column that a mapping means.
fn find(header: &[String], names: &ColumnNames, column: &str) -> Result<usize, MappingError> {
    names.find(column).map_err(|not_found| {
        let column = shown(column).into_owned();
        match not_found {
            NotFound::Nowhere => MappingError::NoColumn {
                nearest: nearest(&column, header.iter().map(String::as_str)),
                column,
                known: listed(header),
            },
            NotFound::Several(count) => MappingError::SeveralColumns { column, count },
            NotFound::Fewer(count) => MappingError::FewerColumns { column, count },
        }
    })
}

/// Whether a column is one that this program added to an earlier file.
pub(super) fn is_old_result(name: &str) -> bool {
    name.starts_with(RESULT_PREFIX) || name == WHY
}

#[cfg(test)]
mod tests;
