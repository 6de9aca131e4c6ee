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
    /// The columns of a sample are guessed.
    Mapping { operation: &'static str, sample: &'static str },
    /// Rows of a sample are checked.
    Validate { operation: &'static str, sample: &'static str },
    /// Rows of a sample are sent.
    Import { operation: &'static str, sample: &'static str },
    /// What goes on from the journal of an earlier step.
    FromJournal(&'static str),
    /// Customers are written to a file.
    Export(&'static str),
}

impl StepCommand {
    const fn name(self) -> &'static str {
        match self {
            Self::Mapping { .. } => "mapping",
            Self::Validate { .. } => "validate",
            Self::Import { .. } => "import",
            Self::FromJournal(command) => command,
            Self::Export(_) => "export",
        }
    }
}

impl JourneyStep {
    pub(super) fn words(&self, folder: &Path, samples: &Path) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec!["userside-bulk".into()];
        match self.command {
            StepCommand::Mapping { operation, sample }
            | StepCommand::Validate { operation, sample }
            | StepCommand::Import { operation, sample } => {
                words.extend([self.command.name(), operation].map(OsString::from));
                words.push(samples.join(sample).into_os_string());
            }
            StepCommand::FromJournal(_) => {
                words.extend([self.command.name().into(), journal(folder, self.name).into_os_string()]);
            }
            StepCommand::Export(file) => {
                let output = folder.join(file).into_os_string();
                words.extend([self.command.name().into(), "--output".into(), output]);
            }
        }
        words.extend(self.options.iter().map(|option| match option.split_once('/') {
            Some(("FOLDER", name)) => folder.join(name).into_os_string(),
            Some(("SAMPLES", name)) => samples.join(name).into_os_string(),
            _ => OsString::from(option),
        }));
        if matches!(self.command, StepCommand::Validate { .. } | StepCommand::Import { .. }) {
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
