//! One command of the journey, and the words that are typed for it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::exit::Exit;

/// One command of the journey.
pub(super) struct JourneyStep {
    /// What it shows.
    pub(super) about: &'static str,
    pub(super) command: StepCommand,
    /// The name of results and journal, without their endings.
    pub(super) name: &'static str,
    pub(super) options: &'static [&'static str],
    pub(super) expected: Exit,
}

/// What is typed after the program's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepCommand {
    /// Rows of a sample are checked.
    Validate { operation: &'static str, sample: &'static str },
    /// Rows of a sample are sent.
    Import { operation: &'static str, sample: &'static str },
    /// What goes on from the journal of an earlier step.
    FromJournal(&'static str),
    /// Customers are written to a file.
    Export(&'static str),
}

impl JourneyStep {
    pub(super) fn words(&self, folder: &Path, samples: &Path) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec!["userside-bulk".into()];
        match self.command {
            StepCommand::Validate { operation, sample } => {
                words.extend(["validate", operation].map(OsString::from));
                words.push(samples.join(sample).into_os_string());
            }
            StepCommand::Import { operation, sample } => {
                words.extend(["import", operation].map(OsString::from));
                words.push(samples.join(sample).into_os_string());
            }
            StepCommand::FromJournal(command) => {
                words.extend([command.into(), journal(folder, self.name).into_os_string()]);
            }
            StepCommand::Export(file) => {
                words.extend(["export".into(), "--output".into(), folder.join(file).into_os_string()]);
            }
        }
        words.extend(self.options.iter().map(|option| match option.strip_prefix("FOLDER/") {
            Some(name) => folder.join(name).into_os_string(),
            None => OsString::from(option),
        }));
        if !matches!(self.command, StepCommand::FromJournal(_) | StepCommand::Export(_)) {
            words.extend(["--results".into(), results(folder, self.name).into_os_string()]);
        }
        words
    }
}

pub(super) fn results(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.results.csv"))
}

pub(super) fn journal(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.journal"))
}
