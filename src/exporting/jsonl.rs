//! JSON lines: one object a customer, whole as the server sent it or with the columns as its names.

use std::io::BufWriter;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::column::Column;
use crate::recording::{OutputSink, RecordError};

/// A file of JSON lines being written.
pub(super) struct JsonLines {
    path: PathBuf,
    file: BufWriter<Box<dyn OutputSink>>,
    columns: Vec<Column>,
}

impl JsonLines {
    pub(super) fn begin(file: Box<dyn OutputSink>, columns: Vec<Column>) -> Self {
        Self { path: file.path(), file: BufWriter::new(file), columns }
    }

    pub(super) fn write(&mut self, values: &[Option<Value>]) -> Result<(), RecordError> {
        let names = self.columns.iter().map(|column| column.name.clone());
        let object: Map<String, Value> =
            names.zip(values).map(|(name, value)| (name, value.clone().unwrap_or(Value::Null))).collect();
        self.write_whole(&Value::Object(object).to_string())
    }

    pub(super) fn write_whole(&mut self, customer: &str) -> Result<(), RecordError> {
        let written = self.file.write_all(customer.as_bytes()).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|source| RecordError::Write { path: self.path.clone(), source })
    }

    pub(super) fn finish(self) -> Result<PathBuf, RecordError> {
        let Self { path, file, .. } = self;
        let failed = |error: std::io::IntoInnerError<_>| RecordError::Write {
            path: path.clone(),
            source: error.into_error(),
        };
        file.into_inner().map_err(failed)?.finish()?;
        Ok(path)
    }
}
