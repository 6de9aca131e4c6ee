//! What happens to the journal and to the list, beside what the server does.

use super::case::Operation;
use super::dice::Dice;
use crate::support::{Entry, Place};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    Nothing,
    /// The journal of a killed run is put back from a copy after the run was brought to its end.
    Restored,
    /// The same, but the copy has another name.
    Copied,
    /// The list is imported from another folder, saved with another delimiter perhaps: after the first import
    /// has ended, or while it is killed and not gone on with.
    ImportedAgain {
        meanwhile: bool,
        saved_again: bool,
    },
}

impl Mishap {
    /// One of those that are drawn for an operation, or the one that was asked for.
    pub(super) fn draw(dice: &mut Dice, operation: Operation) -> Self {
        if operation == Operation::Edit {
            return Self::Nothing;
        }
        let again = Self::ImportedAgain { meanwhile: dice.one_in(2), saved_again: dice.one_in(2) };
        let drawn =
            dice.pick(&[Self::Nothing, Self::Nothing, Self::Nothing, Self::Restored, Self::Copied, again]);
        match std::env::var("USERSIDE_BULK_MISHAP").ok().as_deref() {
            None => drawn,
            Some("nothing") => Self::Nothing,
            Some("restored") => Self::Restored,
            Some("copied") => Self::Copied,
            Some("again") => again,
            Some(name) => panic!("there is no mishap {name}"),
        }
    }

    /// Whether another import looks and sends while this one is not over.
    pub(super) fn is_meanwhile(self) -> bool {
        matches!(self, Self::ImportedAgain { meanwhile: true, .. })
    }

    /// Whether the list is imported a second time, or its journal used a second time.
    pub(super) fn repeats(self) -> bool {
        self != Self::Nothing
    }
}

/// A file in a folder, and the names that belong to it.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) place: Place,
    stem: &'static str,
    /// The journal's name.
    pub(super) journal: String,
}

impl Desk {
    pub(super) fn new(stem: &'static str, content: impl AsRef<[u8]>) -> Self {
        Self {
            place: Place::new().with(&format!("{stem}.csv"), content),
            stem,
            journal: format!("{stem}.journal"),
        }
    }

    pub(super) fn input(&self) -> String {
        format!("{}.csv", self.stem)
    }

    pub(super) fn results(&self) -> String {
        format!("{}.results.csv", self.stem)
    }

    /// The journal as it lies there, with the files that belong to it.
    pub(super) fn copy(&self) -> JournalCopy {
        let names = self.place.names().into_iter().filter(|name| name.starts_with(&self.journal));
        JournalCopy(names.map(|name| (name.clone(), self.place.bytes(&name))).collect())
    }

    /// Puts the journal back in place of the one that is there, under another name perhaps. Beside the other one
    /// a copy would be refused.
    pub(super) fn put_back(&mut self, copy: &JournalCopy, renamed: bool) {
        let journal = if renamed { "copy.journal".to_owned() } else { self.journal.clone() };
        for name in self.place.names().iter().filter(|name| name.starts_with(&self.journal)) {
            std::fs::remove_file(self.place.path(name)).expect("a journal goes");
        }
        for (name, bytes) in &copy.0 {
            self.place.write(&name.replacen(&self.journal, &journal, 1), bytes);
        }
        self.journal = journal;
    }
}

/// The files of a journal, by name.
#[derive(Debug)]
pub(super) struct JournalCopy(Vec<(String, Vec<u8>)>);

/// From which desk requests came: the one where a command was typed last.
#[derive(Debug, Default)]
pub(super) struct Turns(Vec<(f64, usize)>);

impl Turns {
    /// Whatever comes after this moment of the sandbox comes from this desk.
    pub(super) fn take(&mut self, since_ms: f64, desk: usize) {
        self.0.push((since_ms, desk));
    }

    /// Whether a request came from this desk; before the first turn it is that of desk 0.
    pub(super) fn are_of(&self, desk: usize, entry: &Entry) -> bool {
        let turn = self.0.iter().rev().find(|(since, _)| entry.t_ms > *since);
        turn.map_or(0, |(_, desk)| *desk) == desk
    }
}
