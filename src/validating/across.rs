//! Rules across rows: repeated rows, and totals.

use hashbrown::HashTable;

use super::check::Checked;
use super::distinct::Distinct;
use super::money::Money;
use super::violation::{Violation, ViolationCode};
use crate::count::Count;

/// Counts and sums over the rows of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// All rows; empty ones do not count.
    pub rows: u64,
    /// Rows that break a rule.
    pub invalid: u64,
    /// The sum that the valid rows book; none if they book no money, or if it has too many digits.
    pub amount: Option<Money>,
    /// The sum of the amounts that the valid rows add; none as for `amount`.
    pub credit: Option<Money>,
    /// The sum of the amounts that the valid rows take off, without a sign; none as for `amount`.
    pub debit: Option<Money>,
    /// The number of different customers in the valid rows; none if they were not counted.
    pub customers: Option<u64>,
}

impl Totals {
    /// The number of valid rows.
    pub fn valid(&self) -> u64 {
        self.rows - self.invalid
    }

    fn add(&mut self, amount: Money) {
        let plus = |sum: Option<Money>, amount| sum.and_then(|sum: Money| sum.plus(amount));
        self.amount = plus(self.amount, amount);
        if amount.is_negative() {
            self.debit = plus(self.debit, amount.negated());
        } else {
            self.credit = plus(self.credit, amount);
        }
    }
}

/// What the user expects of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expectation {
    /// `--expect-rows`: all rows of the input, valid or not.
    pub rows: Option<u64>,
    /// `--expect-total`: the sum that the rows to be sent book.
    pub total: Option<Money>,
    /// `--expect-debit`: the sum that the rows to be sent take off, without a sign.
    pub debit: Option<Money>,
    /// `--expect-credit`: the sum that the rows to be sent add.
    pub credit: Option<Money>,
}

/// The input is not what the user expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unexpected {
    /// The number of rows.
    #[error("--expect-rows says {expected}, but the input has {}; nothing was sent", Count(*found, "row"))]
    Rows {
        /// What the user expects.
        expected: u64,
        /// What was found.
        found: u64,
    },
    /// The sum of money.
    #[error(
        "--expect-total says {expected}, but the valid rows add up to {found}{difference}; nothing was sent"
    )]
    Total {
        /// What the user expects.
        expected: Money,
        /// What was found.
        found: Money,
        /// By how much, such as ` (difference -0.10)`.
        difference: String,
    },
    /// What the rows take off.
    #[error(
        "--expect-debit says {expected}, but the valid rows take off {found}{difference}; nothing was sent"
    )]
    Debit {
        /// What the user expects.
        expected: Money,
        /// What was found.
        found: Money,
        /// By how much, such as ` (difference -0.10)`.
        difference: String,
    },
    /// What the rows add.
    #[error("--expect-credit says {expected}, but the valid rows add {found}{difference}; nothing was sent")]
    Credit {
        /// What the user expects.
        expected: Money,
        /// What was found.
        found: Money,
        /// By how much, such as ` (difference -0.10)`.
        difference: String,
    },
    /// A total for rows that book no money.
    #[error("--expect-total, --expect-debit and --expect-credit are for operations that book money")]
    NoMoney,
    /// The sum has too many digits.
    #[error("the sum of the amounts has too many digits; nothing was sent")]
    TooMuch,
}

impl Expectation {
    /// Compares with what was found.
    pub fn check(&self, totals: &Totals, books_money: bool) -> Result<(), Unexpected> {
        if let Some(expected) = self.rows.filter(|expected| *expected != totals.rows) {
            return Err(Unexpected::Rows { expected, found: totals.rows });
        }
        let wanted = [self.total, self.debit, self.credit];
        if !books_money && wanted.iter().any(Option::is_some) {
            return Err(Unexpected::NoMoney);
        }
        let found = [totals.amount, totals.debit, totals.credit];
        for ((expected, found), about) in
            wanted.into_iter().zip(found).zip([AmountTotal::Total, AmountTotal::Debit, AmountTotal::Credit])
        {
            let Some(expected) = expected else { continue };
            let found = found.ok_or(Unexpected::TooMuch)?;
            if found != expected {
                return Err(about.unexpected(expected, found));
            }
        }
        Ok(())
    }
}

/// What amounts are added up to.
#[derive(Debug, Clone, Copy)]
enum AmountTotal {
    Total,
    Debit,
    Credit,
}

impl AmountTotal {
    fn unexpected(self, expected: Money, found: Money) -> Unexpected {
        let difference = found.minus(expected).map_or_else(String::new, |by| format!(" (difference {by})"));
        match self {
            Self::Total => Unexpected::Total { expected, found, difference },
            Self::Debit => Unexpected::Debit { expected, found, difference },
            Self::Credit => Unexpected::Credit { expected, found, difference },
        }
    }
}

/// Checks the rows of one pass against each other.
#[derive(Debug)]
pub struct Across {
    seen: Option<Seen>,
    totals: Totals,
    duplicates: u64,
    customers: Option<Distinct>,
}

impl Across {
    /// Starts a pass; with `allow_duplicates`, repeated rows are valid.
    pub fn new(allow_duplicates: bool) -> Self {
        let zero = Some(Money::ZERO);
        let totals = Totals { amount: zero, credit: zero, debit: zero, ..Totals::default() };
        let seen = (!allow_duplicates).then(Seen::default);
        Self { seen, totals, duplicates: 0, customers: None }
    }

    /// Also counts different customers, if that is `wanted`: about ten bytes for each.
    #[must_use]
    pub fn counting_customers(mut self, wanted: bool) -> Self {
        self.customers = wanted.then(Distinct::default);
        self
    }

    /// Adds a row that is valid by itself; a violation if it repeats an earlier one.
    pub fn observe(&mut self, checked: &Checked<'_>, line: u64) -> Result<(), Violation> {
        self.totals.rows += 1;
        let earlier = match (&mut self.seen, checked.identity()) {
            (Some(seen), Some(identity)) => seen.insert(identity, line),
            _ => None,
        };
        if let Some(earlier) = earlier {
            self.totals.invalid += 1;
            self.duplicates += 1;
            let reason = format!(
                "its {} as on line {earlier}; remove one of the rows, or add --allow-duplicates if both are intended",
                checked.identity_names()
            );
            return Err(Violation::new(ViolationCode::DuplicateRow, None, None, reason));
        }
        if let Some(amount) = checked.amount() {
            self.totals.add(amount);
        }
        if let (Some(customers), Some(customer)) = (&mut self.customers, checked.customer()) {
            customers.insert(customer);
        }
        Ok(())
    }

    /// Adds a row that is invalid by itself.
    pub fn observe_invalid(&mut self) {
        self.totals.rows += 1;
        self.totals.invalid += 1;
    }

    /// The totals so far.
    pub fn totals(&mut self) -> Totals {
        Totals { customers: self.customers.as_mut().map(Distinct::count), ..self.totals }
    }

    /// Whether a row was refused because it repeats another. If none was, a second pass over the same rows
    /// need not compare them again.
    pub fn has_duplicates(&self) -> bool {
        self.duplicates > 0
    }
}

/// Fingerprints of rows with the lines they are on: about 20 bytes a row.
#[derive(Debug, Default)]
struct Seen {
    /// In pieces of equal size: a vector that doubles needs three times its size while it grows.
    pieces: Vec<Vec<(u64, u32)>>,
    index: HashTable<u32>,
}

const PIECE: usize = 1 << 14;

impl Seen {
    /// The line of an earlier row with this fingerprint, or none, and the row is remembered.
    fn insert(&mut self, identity: u64, line: u64) -> Option<u64> {
        let at = |pieces: &Vec<Vec<(u64, u32)>>, place: u32| {
            pieces[place as usize / PIECE][place as usize % PIECE]
        };
        let pieces = &self.pieces;
        if let Some(place) = self.index.find(identity, |place| at(pieces, *place).0 == identity) {
            return Some(at(pieces, *place).1.into());
        }
        // After four thousand million rows nothing is compared any more.
        let place = u32::try_from(self.len()).ok()?;
        if self.pieces.last().is_none_or(|piece| piece.len() == PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.push((identity, u32::try_from(line).unwrap_or(u32::MAX)));
        }
        let pieces = &self.pieces;
        self.index.insert_unique(identity, place, |place| at(pieces, *place).0);
        None
    }

    fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * PIECE + last.len())
    }
}
