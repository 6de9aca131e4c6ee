//! The keys by which a file names customers: which are known, and which are still to be looked up.

use crate::catalogue::KeyKind;
use crate::count::Count;
use crate::validating::{Checker, KeyMap, ViolationCode, WantedKeys};

/// The keys of a file, as a pass over its rows finds them.
#[derive(Debug, Default)]
pub(super) struct FileKeys {
    /// Those that are known, and whose they are.
    pub(super) known: KeyMap,
    /// Those of rows' own customers that are still to be looked up.
    pub(super) customers: WantedKeys,
    /// The same of their parents.
    pub(super) parents: WantedKeys,
}

impl FileKeys {
    /// Takes in the row that was checked last; what is wrong with it, if anything is. Nobody looks up the keys of a row
    /// that is not sent.
    pub(super) fn take(&mut self, checker: &Checker, wrong: Option<ViolationCode>) {
        for key in checker.row_keys() {
            match &key.holder {
                Some(holder) => self.known.put(key.kind, &key.value, holder.clone()),
                // A row that repeats another one is looked up as that one is.
                None if wrong.is_some_and(|wrong| wrong != ViolationCode::DuplicateRow) => {}
                None if key.is_parent => self.parents.add(key.kind, &key.value),
                None => self.customers.add(key.kind, &key.value),
            }
        }
    }

    /// Whether anything is still to be looked up.
    pub(super) fn are_open(&self) -> bool {
        self.open_count() > 0
    }

    /// How many are still to be looked up.
    pub(super) fn open_count(&self) -> u64 {
        (self.customers.len() + self.parents.len()) as u64
    }

    /// What is said of them where nobody looks them up now.
    pub(super) fn note(&self) -> Option<String> {
        let customers = Count(self.open_count(), "customer");
        let text = || {
            format!(
                "{customers} {} named by {}, and not by id: an import looks {} up before it sends anything",
                customers.agree("is", "are"),
                self.kinds(),
                customers.agree("it", "them")
            )
        };
        self.are_open().then(text)
    }

    fn kinds(&self) -> String {
        let mut kinds: Vec<KeyKind> = Vec::new();
        for kind in self.customers.kinds().chain(self.parents.kinds()) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds.iter().map(KeyKind::to_string).collect::<Vec<_>>().join(" and ")
    }
}
