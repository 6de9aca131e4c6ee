//! What a journal keeps of an import's command line, so that `resume` goes on with the same: one JSON text. Nothing in
//! it is secret, and nothing in it is trusted when it is read again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::raw_options::{RawOptions, StoredError, Word, printable};
use super::values::absolute;
use crate::catalogue::{Operation, operation};
use crate::reading::{Input, Mapping, MappingError};

/// What a journal keeps of an import's command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredRun {
    operation: String,
    input: Word,
    options: RawOptions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapping: Option<StoredMapping>,
}

/// A mapping file as it was when the run began: a later change of the file changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMapping {
    path: Word,
    text: String,
}

impl StoredRun {
    /// What is to be kept of a command. Reads the mapping file.
    pub(super) fn new(
        operation: Operation,
        file: &Path,
        mapping: Option<&Path>,
        mut options: RawOptions,
    ) -> Result<Self, MappingError> {
        let mapping = mapping.map(|path| {
            let text = Mapping::text(path)?;
            Ok(StoredMapping { path: absolute(path).into_os_string().into(), text })
        });
        // Standard output was that command's.
        options.forget("results", "-");
        Ok(Self {
            operation: operation.name().to_owned(),
            input: absolute(file).into_os_string().into(),
            options,
            mapping: mapping.transpose()?,
        })
    }

    /// One JSON text.
    pub fn to_json(&self) -> String {
        // Maps with text for keys always can be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_json`] wrote, or what somebody else did.
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        serde_json::from_str(text).map_err(|error| StoredError::Form(printable(&error.to_string())))
    }

    /// The same, with the input beside the journal where it is no longer in its place: folders are moved as a whole.
    /// Whether it is the same file is not looked at here.
    #[must_use]
    pub fn near(mut self, journal: &Path) -> Self {
        if let Input::File(path) = self.input()
            && !path.exists()
            && let Some(name) = path.file_name()
        {
            let folder = journal.parent().unwrap_or(Path::new(""));
            let beside = absolute(&folder.join(name));
            if beside.is_file() {
                self.input = beside.into_os_string().into();
            }
        }
        self
    }

    /// The input, as an absolute path.
    pub fn input(&self) -> Input {
        match self.input.as_path() {
            path if path == Path::new("-") => Input::Stdin,
            path => Input::File(path.to_owned()),
        }
    }

    /// The input as it would be typed.
    pub(super) fn file(&self) -> PathBuf {
        self.input.as_path().to_owned()
    }

    pub(super) fn operation(&self) -> Result<Operation, StoredError> {
        operation(&self.operation).map_err(|error| StoredError::Unusable(printable(&error.to_string())))
    }

    pub(super) fn options(&self) -> &RawOptions {
        &self.options
    }

    /// Where the mapping file was.
    pub(super) fn mapping_file(&self) -> Option<&Path> {
        self.mapping.as_ref().map(|mapping| mapping.path.as_path())
    }

    /// The mapping file as it was when the run began, or none.
    pub(super) fn mapping(&self, operation: Operation) -> Result<Mapping, MappingError> {
        self.mapping.as_ref().map_or_else(
            || Ok(Mapping::default()),
            |mapping| Mapping::parse(&mapping.text, mapping.path.as_path(), operation),
        )
    }
}
