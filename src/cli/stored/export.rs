//! The options that the journal of an export keeps: one JSON text of what was typed, without the conditions, which
//! it keeps checked, and without the files that it has read already.

use std::ffi::OsString;

use clap::FromArgMatches;
use serde::{Deserialize, Serialize};

use super::super::condition_args;
use super::super::export_args::ExportArgs;
use super::super::typed::{ExportCommand, Typed, Value, export_definition};
use super::options::{StoredError, printable, told};

/// What holds for one command and not for the export, or is in the journal in another form.
const NOT_STORED: &[&str] = &[
    "json",
    "quiet",
    "verbose",
    "journal",
    "ids",
    "date-format",
    "server-version",
    "changes-since",
    "first-run",
];

/// What a journal keeps of an export's command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredExport {
    options: Typed,
}

impl StoredExport {
    /// What is to be kept of this command.
    pub(crate) fn of(command: &ExportCommand) -> Self {
        let mut options = command.typed.clone();
        let conditions: Vec<String> = condition_args::names().collect();
        options.0.retain(|name, _| !NOT_STORED.contains(&name.as_str()) && !conditions.contains(name));
        Self { options }
    }

    /// The first of these options that `export` does not have.
    pub(crate) fn first_unknown(options: &Typed) -> Option<&str> {
        let definition = export_definition();
        let has = |name: &str| definition.get_arguments().any(|argument| argument.get_long() == Some(name));
        options.0.keys().map(String::as_str).find(|name| !has(name))
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

    /// The arguments of `export`, as if they had been typed again with `overrides` over them.
    pub(crate) fn into_export(self, overrides: Typed) -> Result<(ExportArgs, Self), StoredError> {
        let definition = export_definition();
        for (name, value) in &self.options.0 {
            if let Some(foreign) = NOT_STORED.iter().find(|foreign| *foreign == name) {
                return Err(StoredError::Foreign(foreign));
            }
            let argument = definition.get_arguments().find(|argument| argument.get_long() == Some(name));
            let argument = argument.ok_or_else(|| StoredError::UnknownOption(name.clone()))?;
            if argument.get_action().takes_values() != matches!(value, Value::Words(_)) {
                return Err(StoredError::Form(format!("--{name} is not written as this option is")));
            }
        }
        let mut options = self.options.clone();
        options.0.extend(overrides.0);
        let arguments = std::iter::once(OsString::from("export")).chain(options.arguments());
        let args = definition
            .try_get_matches_from(arguments)
            .and_then(|matches| ExportArgs::from_arg_matches(&matches))
            .map_err(|error| StoredError::Unusable(told(&error)))?;
        Ok((args, self))
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::StoredExport;
    use crate::cli::typed::{ExportCommand, Typed};

    fn typed(line: &str) -> ExportCommand {
        let command = ExportCommand::augment_args(clap::Command::new("export"));
        let words = std::iter::once("export").chain(line.split_whitespace());
        let matches = command.try_get_matches_from(words).expect("arguments");
        ExportCommand::from_arg_matches(&matches).expect("arguments")
    }

    #[test]
    fn options_are_kept_and_conditions_are_not() {
        let line =
            "--state-id 2 --is-ex --columns id,login --total balance -o /o/x.csv --excel --rate 5/s --json";
        let stored = StoredExport::of(&typed(line));
        let json = stored.to_json();
        for kept in ["columns", "total", "output", "excel", "rate"] {
            assert!(json.contains(&format!("\"{kept}\"")), "{kept} in {json}");
        }
        for left in ["state-id", "is-ex", "json"] {
            assert!(!json.contains(left), "{left} in {json}");
        }
        let (args, again) = StoredExport::from_json(&json)
            .and_then(|stored| stored.into_export(Typed::default()))
            .expect("the same");
        assert_eq!(again, stored);
        assert!(args.excel && args.total.len() == 1 && args.conditions.0.is_empty());
    }

    #[test]
    fn what_no_journal_holds_is_refused() {
        for json in [
            r#"{"options":{"ids":["x"]}}"#,
            r#"{"options":{"nobody-knows":["x"]}}"#,
            r#"{"options":{"excel":["x"]}}"#,
            r#"{"options":{"columns":["qqq"]}}"#,
            r#"{"options":[]}"#,
        ] {
            let read = StoredExport::from_json(json).and_then(|stored| stored.into_export(Typed::default()));
            assert!(read.is_err(), "{json}");
        }
    }
}
