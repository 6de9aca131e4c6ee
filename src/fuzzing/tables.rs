//! Tables and mapping files.

use std::path::Path;

use crate::catalogue::{Operation, operations};
use crate::reading::{Columns, Input, Mapping, Row, Source, TableChoice};
use crate::validating::{Across, Checker, Repeats, Rules};

fn open(bytes: &[u8]) -> Option<Source> {
    Source::open(&Input::Stdin, &TableChoice::default(), bytes).map_err(told).ok()
}

/// An error is told, whatever the bytes are.
fn told(error: impl std::fmt::Display) {
    assert!(!error.to_string().is_empty());
}

/// Dialect and encoding: a table is read twice, and is the same both times.
pub fn table(bytes: &[u8]) {
    let Some(source) = open(bytes) else { return };
    let first = rows(&source);
    assert_eq!(first, rows(&source), "two passes over one input differ");
}

type WholeTable = Option<(Vec<String>, Vec<(u64, Vec<String>)>)>;

fn rows(source: &Source) -> WholeTable {
    let (header, mut records) = source.records().map_err(told).ok()?;
    let (mut found, mut row) = (Vec::new(), Row::default());
    let mut line = 0;
    while records.read(&mut row).map_err(told).ok()? {
        assert!(row.line() > line, "lines ascend");
        line = row.line();
        row.flaws().iter().for_each(|flaw| told(flaw.kind));
        found.push((line, row.cells().map(str::to_owned).collect()));
    }
    Some((header, found))
}

/// The whole validation. The first byte says of which operation; the header that it wants is put before the rest where
/// the second byte says so.
pub fn validation(bytes: &[u8]) {
    let [which, with_header, rest @ ..] = bytes else { return };
    let known: Vec<Operation> = operations().collect();
    let Some(operation) = known.get(usize::from(*which) % known.len()).copied() else { return };
    let mut content = Vec::new();
    if with_header.is_multiple_of(2) {
        let names: Vec<String> = operation.fields_in(None).into_iter().map(|named| named.name).collect();
        content.extend_from_slice(names.join(",").as_bytes());
        content.push(b'\n');
    }
    content.extend_from_slice(rest);
    let Some(source) = open(&content) else { return };
    let _ = validate(&source, operation);
}

fn validate(source: &Source, operation: Operation) -> Option<()> {
    let (header, mut records) = source.records().map_err(told).ok()?;
    let columns = Columns::resolve(operation, header, &Mapping::default(), None).map_err(told).ok()?;
    let mut checker = Checker::new(operation, columns, Rules::default()).map_err(told).ok()?;
    checker.header().iter().for_each(told);
    let mut across = Across::new(Repeats::Refused).counting_customers(true);
    let mut row = Row::default();
    while records.read(&mut row).map_err(told).ok()? {
        match checker.check(&row) {
            Err(rejection) => {
                across.observe_invalid();
                told(rejection);
            }
            Ok(mut checked) => match across.observe(&mut checked, row.line()) {
                Ok(()) => {
                    let _ = checked.to_call().key();
                }
                Err(violation) => told(violation),
            },
        }
    }
    let _ = across.totals();
    Some(())
}

/// A mapping file, for every operation.
pub fn mapping(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for operation in operations() {
        match Mapping::parse(text, Path::new("mapping.toml"), operation) {
            Err(error) => told(error),
            Ok(mapping) => {
                let header = ["id", "name", "Дата"].map(str::to_owned).to_vec();
                if let Ok(columns) = Columns::resolve(operation, header, &mapping, None) {
                    let _ = Checker::new(operation, columns, Rules::default()).map_err(told);
                }
            }
        }
    }
}
