//! Rules across rows: repeated rows, and totals.

use std::collections::HashMap;

use hashbrown::HashTable;

use super::check::{Booking, Checked};
use super::distinct::Distinct;
use super::money::Money;
use super::row_calls::CallCounts;
use super::violation::{Violation, ViolationCode};
use crate::count::Count;
use crate::reading::LineUnit;

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
    /// What the valid rows become.
    pub calls: CallCounts,
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

/// What a pass makes of rows that repeat earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// They are invalid.
    Refused,
    /// They are valid; of bookings each is one of its own.
    Allowed,
    /// There are none: an earlier pass over the same rows has looked.
    None,
}

/// Checks the rows of one pass against each other.
#[derive(Debug)]
pub struct Across {
    repeats: Repeats,
    seen: Seen,
    /// How often bookings were there again; only those that were.
    again: HashMap<u64, u64>,
    totals: Totals,
    are_repeated: bool,
    long_comments: u64,
    customers: Option<Distinct>,
    made: u64,
}

impl Across {
    /// Starts a pass.
    pub fn new(repeats: Repeats) -> Self {
        let zero = Some(Money::ZERO);
        let totals = Totals { amount: zero, credit: zero, debit: zero, ..Totals::default() };
        let (seen, again) = (Seen::default(), HashMap::new());
        Self { repeats, seen, again, totals, are_repeated: false, long_comments: 0, customers: None, made: 0 }
    }

    /// Also counts different customers, if that is `wanted`: about ten bytes for each.
    #[must_use]
    pub fn counting_customers(mut self, wanted: bool) -> Self {
        self.customers = wanted.then(Distinct::default);
        self
    }

    /// Adds a row that is valid by itself; a violation if it repeats an earlier one. Of equal bookings, where they are
    /// allowed, it says which one the row is.
    pub fn observe(&mut self, checked: &mut Checked<'_>, line: u64) -> Result<(), Violation> {
        self.totals.rows += 1;
        if let Err(reason) = self.compare(checked, line) {
            self.totals.invalid += 1;
            self.are_repeated = true;
            return Err(Violation::new(ViolationCode::DuplicateRow, None, None, reason));
        }
        if checked.note().is_some_and(is_long) {
            self.long_comments += 1;
        }
        self.totals.calls.add(checked.steps());
        if let Some(amount) = checked.amount() {
            self.totals.add(amount);
            self.totals.calls.booked_known += u64::from(!checked.creates());
        }
        if let Some(customers) = &mut self.customers {
            match checked.customer() {
                Some(customer) => customers.insert(customer),
                // A row that makes its customer.
                None => self.made += 1,
            }
        }
        Ok(())
    }

    fn compare(&mut self, checked: &mut Checked<'_>, line: u64) -> Result<(), String> {
        let earlier = match (self.repeats, checked.booking) {
            (Repeats::None, _) => None,
            (_, Some(Booking { given: Some(given), .. })) => {
                self.once(given.number(), line, checked.unit())?;
                let is_refused = self.repeats == Repeats::Refused && checked.is_more_than_booking();
                if is_refused {
                    checked.identity().and_then(|identity| self.seen.insert(identity, line))
                } else {
                    None
                }
            }
            (Repeats::Refused, _) => checked.identity().and_then(|identity| self.seen.insert(identity, line)),
            (Repeats::Allowed, Some(booking)) => {
                let Some(identity) = checked.booking_identity() else { return Ok(()) };
                if self.seen.insert(identity, line).is_none() {
                    return Ok(());
                }
                self.are_repeated = true;
                let again = self.again.entry(identity).or_insert(1);
                *again += 1;
                checked.booking = Some(Booking { occurrence: *again, ..booking });
                let key = checked.may_be_given().then(|| checked.key()).flatten();
                return key.map_or(Ok(()), |key| self.once(key.number(), line, checked.unit()));
            }
            (Repeats::Allowed, None) => None,
        };
        earlier.map_or(Ok(()), |earlier| {
            Err(format!(
                "its {} as on {} {earlier}; remove one of the rows, or add --allow-duplicates if both are intended",
                checked.identity_names(),
                checked.unit()
            ))
        })
    }

    /// A booking is in a file once.
    fn once(&mut self, key: u64, line: u64, unit: LineUnit) -> Result<(), String> {
        self.seen.insert(key, line).map_or(Ok(()), |earlier| {
            Err(format!(
                "it is the booking that is on {unit} {earlier} already, as its result_key says; remove one of the rows, or empty the cell of result_key in the row that is meant to be another booking"
            ))
        })
    }

    /// Adds a row that is invalid by itself.
    pub fn observe_invalid(&mut self) {
        self.totals.rows += 1;
        self.totals.invalid += 1;
    }

    /// The totals so far.
    pub fn totals(&mut self) -> Totals {
        Totals { customers: self.customers.as_mut().map(|known| known.count() + self.made), ..self.totals }
    }

    /// What another pass over the same rows has to compare: nothing where no row repeats another.
    pub fn repeats_again(&self) -> Repeats {
        if self.are_repeated { self.repeats } else { Repeats::None }
    }

    /// Whether what a row is depends on those before it.
    pub fn compares(&self) -> bool {
        self.repeats != Repeats::None
    }

    /// How many valid rows have a comment that, with its tag, is longer than old servers keep.
    pub fn long_comments(&self) -> u64 {
        self.long_comments
    }
}

/// Whether a comment with its tag is longer than the 255 characters that servers of the MySQL age keep.
fn is_long(comment: &str) -> bool {
    const KEPT: usize = 255;
    /// `[ub-`, twelve characters, `]` and a space.
    const TAG: usize = 18;
    // No text has more characters than bytes.
    comment.len() + TAG > KEPT && comment.chars().count() + TAG > KEPT
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
