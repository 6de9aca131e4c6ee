//! The files of a command: what it reads, and what it writes. Nothing that is written goes over another file of the
//! command, or over nothing that a link leads to; that is found out before anything is written.

use std::path::{Path, PathBuf};

use crate::cli::error::SettingsError;
use crate::cli::values::absolute;
use crate::reading::Input;
use crate::recording::{OutputTarget, beside};

/// The files of a command.
#[derive(Debug, Default)]
pub(in crate::cli) struct CommandFiles {
    read: Vec<(PathBuf, &'static str)>,
    written: Vec<OutputFile>,
}

/// A file that is written.
#[derive(Debug)]
struct OutputFile {
    path: PathBuf,
    /// What it is called where it goes over another.
    what: &'static str,
    /// What it is called where another goes over it.
    over: &'static str,
    /// What is added to its name for the file that is written first.
    first: &'static str,
}

impl CommandFiles {
    /// The rows of the command.
    pub(in crate::cli) fn of_input(input: &Input) -> Self {
        match input {
            Input::File(path) => Self::default().reads(Some(path), "the input"),
            Input::Stdin => Self::default(),
        }
    }

    /// A file that is read.
    pub(in crate::cli) fn reads(mut self, path: Option<&Path>, name: &'static str) -> Self {
        self.read.extend(path.map(|path| (path.to_owned(), name)));
        self
    }

    /// Several of them.
    pub(in crate::cli) fn reads_all(mut self, files: &[(PathBuf, &'static str)]) -> Self {
        self.read.extend_from_slice(files);
        self
    }

    /// An output. `over` is what it is called where another is in its way.
    pub(in crate::cli) fn writes(
        mut self,
        path: Option<&Path>,
        what: &'static str,
        over: &'static str,
    ) -> Self {
        let first = ".partial";
        self.written.extend(path.map(|path| OutputFile { path: path.to_owned(), what, over, first }));
        self
    }

    /// The same for what may be standard output.
    pub(in crate::cli) fn writes_to(
        self,
        target: &OutputTarget,
        what: &'static str,
        over: &'static str,
    ) -> Self {
        self.writes(target.path(), what, over)
    }

    /// The journal.
    pub(in crate::cli) fn remembers_in(mut self, journal: Option<&Path>) -> Self {
        let (what, first) = ("the journal", ".new");
        self.written.extend(journal.map(|path| OutputFile {
            path: path.to_owned(),
            what,
            over: what,
            first,
        }));
        self
    }

    /// Whether each has a place of its own.
    pub(in crate::cli) fn check(&self) -> Result<(), SettingsError> {
        for (place, file) in self.written.iter().enumerate() {
            let OutputFile { path, what, first, .. } = file;
            let before = self.written[..place].iter().map(|other| (&other.path, other.over));
            let mut others = self.read.iter().map(|(path, name)| (path, *name)).chain(before);
            if let Some((_, over)) = others.find(|(other, _)| same_file(path, other)) {
                return Err(SettingsError::Overwrites { what, over });
            }
            if let Some(target) = dangling(path) {
                return Err(SettingsError::Dangling { what, path: path.clone(), target });
            }
            let first = beside(path, first);
            let written = self.written.iter().map(|other| (&other.path, other.over));
            let mut all = self.read.iter().map(|(path, name)| (path, *name)).chain(written);
            if let Some((_, over)) = all.find(|(other, _)| same_file(&first, other)) {
                return Err(SettingsError::FirstOverwrites { what, first, over });
            }
        }
        Ok(())
    }
}

/// Whether both are the same file, or will be: under two paths, by a link, or as two names of one file.
fn same_file(one: &Path, other: &Path) -> bool {
    absolute(one) == absolute(other) || resolved(one) == resolved(other) || is_one_file(one, other)
}

/// Where a path leads, also if there is nothing yet.
fn resolved(path: &Path) -> PathBuf {
    let path = absolute(path);
    path.canonicalize().unwrap_or_else(|_| {
        match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => path,
        }
    })
}

#[cfg(unix)]
fn is_one_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Elsewhere a file does not tell its other names.
#[cfg(not(unix))]
fn is_one_file(_: &Path, _: &Path) -> bool {
    false
}

/// What a link names, where there is nothing.
fn dangling(path: &Path) -> Option<PathBuf> {
    let target = path.read_link().ok()?;
    (!path.exists()).then_some(target)
}
