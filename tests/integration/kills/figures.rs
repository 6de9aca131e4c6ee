//! What happened in all cases together.

use std::fmt;

use super::case::Operation;

/// Where a kill struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Struck {
    BeforeTheFirst,
    Sending,
    FindingOut,
    Writing,
}

impl Struck {
    const ALL: [(Self, &'static str); 4] = [
        (Self::BeforeTheFirst, "before the first row"),
        (Self::Sending, "while sending"),
        (Self::FindingOut, "while finding out"),
        (Self::Writing, "while results were written"),
    ];
}

/// One case, or all of them.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) cases: usize,
    pub(super) kills: Vec<(Operation, Struck)>,
    /// Runs that were over before their kill.
    pub(super) over_before: usize,
    /// Kills that left no journal.
    pub(super) no_journal: usize,
    /// Journals that were put back or copied, and lists that were imported again.
    pub(super) put_back: usize,
    pub(super) imported_again: usize,
    pub(super) rows: usize,
    pub(super) applied: usize,
    /// Bookings that a proxy has sent a second time.
    pub(super) doubled: usize,
    /// Rows that were unknown after a kill, and what they were in the end.
    pub(super) in_doubt: usize,
    pub(super) in_doubt_ok: usize,
    pub(super) in_doubt_not_applied: usize,
    pub(super) in_doubt_failed: usize,
    pub(super) in_doubt_unknown: usize,
    /// Tagged bookings that are unknown in the end, of so many.
    pub(super) left_open: usize,
    pub(super) nearly_decidable: usize,
    pub(super) violations: Vec<String>,
}

impl Figures {
    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.kills.extend(other.kills);
        self.over_before += other.over_before;
        self.no_journal += other.no_journal;
        self.put_back += other.put_back;
        self.imported_again += other.imported_again;
        self.rows += other.rows;
        self.doubled += other.doubled;
        self.applied += other.applied;
        self.in_doubt += other.in_doubt;
        self.in_doubt_ok += other.in_doubt_ok;
        self.in_doubt_not_applied += other.in_doubt_not_applied;
        self.in_doubt_failed += other.in_doubt_failed;
        self.in_doubt_unknown += other.in_doubt_unknown;
        self.left_open += other.left_open;
        self.nearly_decidable += other.nearly_decidable;
        self.violations.extend(other.violations);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills =
            |wanted: &dyn Fn(&(Operation, Struck)) -> bool| self.kills.iter().filter(|k| wanted(k)).count();
        write!(f, "{} kills in {} cases:", self.kills.len(), self.cases)?;
        for operation in Operation::ALL {
            write!(f, " {} {},", kills(&|kill| kill.0 == operation), operation.name())?;
        }
        write!(f, " {} runs over before;", self.over_before)?;
        for (struck, name) in Struck::ALL {
            write!(f, " {} {name},", kills(&|kill| kill.1 == struck))?;
        }
        write!(
            f,
            " {} left no journal; {} journals put back, {} lists imported again; {} rows, {} writes carried out, \
             {} of them doubled by a proxy;",
            self.no_journal, self.put_back, self.imported_again, self.rows, self.applied, self.doubled
        )?;
        write!(
            f,
            " {} rows in doubt after a kill: {} ok, {} not applied, {} failed otherwise, {} left unknown; {} of {} tagged bookings unknown in the end; \
             {} cases with violations",
            self.in_doubt,
            self.in_doubt_ok,
            self.in_doubt_not_applied,
            self.in_doubt_failed,
            self.in_doubt_unknown,
            self.left_open,
            self.nearly_decidable,
            self.violations.len()
        )
    }
}
