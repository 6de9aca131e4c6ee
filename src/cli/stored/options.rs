//! The options that a journal keeps, so that `resume` goes on with the same ones: one JSON text of what was
//! typed. Nothing in it is secret, and nothing in it is trusted when it is read again.

use std::ffi::OsString;
use std::path::Path;

use clap::FromArgMatches;
use serde::{Deserialize, Serialize};

use super::super::import_args::ImportArgs;
use super::super::typed::{ImportCommand, Typed, Value, Word, absolute, definition};
use crate::catalogue::Operation;
use crate::reading::{Input, Mapping, MappingError};

/// What holds for one command and not for the run. All other options of `import` are kept; a test walks them.
pub(super) const NOT_STORED: &[&str] = &["json", "quiet", "verbose", "yes", "new-run", "journal"];

/// The option whose file is kept as a whole, so that a later change of the file changes nothing.
const MAPPING: &str = "mapping";
const RESULTS: &str = "results";

/// What a journal keeps of an import's command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredOptions {
    operation: String,
    input: Word,
    options: Typed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapping: Option<StoredMapping>,
}

/// A mapping file as it was when the run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMapping {
    path: Word,
    text: String,
}

/// What a journal says of options cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// It is no JSON, or not of the expected form.
    #[error(
        "the journal's options cannot be read: {0}. The journal is damaged, or a newer userside-bulk wrote it"
    )]
    Form(String),
    /// An option that `import` does not have.
    #[error(
        "the journal has an option {0:?} that this version of userside-bulk does not know; go on with the version that wrote it"
    )]
    UnknownOption(String),
    /// An option that no journal should hold.
    #[error("the journal has the option --{0}, which no journal holds; somebody has changed it")]
    Foreign(&'static str),
    /// `import` would not take it.
    #[error("the journal's options cannot be used: {0}")]
    Unusable(String),
}

impl StoredOptions {
    /// What is to be kept of this command. Reads the mapping file.
    pub(crate) fn of(command: &ImportCommand) -> Result<Self, MappingError> {
        let mapping = command.args.input.mapping.as_ref().map(|path| {
            let text = Mapping::text(path)?;
            Ok(StoredMapping { path: absolute(path).into_os_string().into(), text })
        });
        Ok(Self {
            operation: command.args.input.operation.name().to_owned(),
            input: absolute(&command.args.input.file).into_os_string().into(),
            options: kept(command.typed.clone()),
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
        match Path::new(self.input.as_os_str()) {
            path if path == Path::new("-") => Input::Stdin,
            path => Input::File(path.to_owned()),
        }
    }

    /// Whether an option was typed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.has(name)
    }

    /// The mapping file as it was when the run began, or none.
    pub(crate) fn mapping(&self, operation: Operation) -> Result<Mapping, MappingError> {
        self.mapping.as_ref().map_or_else(
            || Ok(Mapping::default()),
            |mapping| Mapping::parse(&mapping.text, Path::new(mapping.path.as_os_str()), operation),
        )
    }

    /// The same without these options.
    #[must_use]
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.options.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// The arguments of `import`, as if the run's command had been typed again with `overrides` over it; and
    /// what is to be kept of that.
    pub(crate) fn into_import(mut self, overrides: Typed) -> Result<(ImportArgs, Self), StoredError> {
        self.check()?;
        let mut options = std::mem::take(&mut self.options);
        options.0.extend(overrides.0);
        let mut arguments = vec![OsString::from("import")];
        arguments.extend(options.arguments());
        if let Some(mapping) = &self.mapping {
            let mut argument = OsString::from(format!("--{MAPPING}="));
            argument.push(mapping.path.as_os_str());
            arguments.push(argument);
        }
        arguments.extend(["--".into(), self.operation.clone().into(), self.input.as_os_str().to_owned()]);
        let args = definition()
            .try_get_matches_from(arguments)
            .and_then(|matches| ImportArgs::from_arg_matches(&matches))
            .map_err(|error| StoredError::Unusable(told(&error)))?;
        self.options = kept(options);
        Ok((args, self))
    }

    /// Only options that `import` has and that journals hold.
    fn check(&self) -> Result<(), StoredError> {
        let definition = definition();
        for (name, value) in &self.options.0 {
            if let Some(foreign) = NOT_STORED.iter().chain(&[MAPPING]).find(|foreign| *foreign == name) {
                return Err(StoredError::Foreign(foreign));
            }
            let argument = definition.get_arguments().find(|argument| argument.get_long() == Some(name));
            let argument = argument.ok_or_else(|| StoredError::UnknownOption(name.clone()))?;
            if argument.get_action().takes_values() != matches!(value, Value::Words(_)) {
                return Err(StoredError::Form(format!("--{name} is not written as this option is")));
            }
        }
        Ok(())
    }
}

fn kept(mut options: Typed) -> Typed {
    options.0.retain(|name, _| !NOT_STORED.contains(&name.as_str()) && name != MAPPING);
    let to_stdout = Value::Words(vec![Word::Text("-".to_owned())]);
    if options.0.get(RESULTS) == Some(&to_stdout) {
        options.0.remove(RESULTS);
    }
    options
}

/// The first paragraph of what clap says; the others advise on a command line that nobody typed.
pub(super) fn told(error: &clap::Error) -> String {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    printable(paragraph.strip_prefix("error: ").unwrap_or(paragraph).trim())
}

/// A journal's text must not steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
