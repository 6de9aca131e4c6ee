//! Why a parameter does not take a value.

use super::characters::BadText;
use super::money::ParseMoneyError;
use super::scars::{Scar, is_shortened};

/// Why a value was refused. The text follows the value after a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Something in place of the value, or in its way.
    #[error(transparent)]
    Scar(#[from] Scar),
    /// Characters that nobody typed.
    #[error(transparent)]
    Text(#[from] BadText),
    /// A spreadsheet program took what was typed for a date.
    #[error(
        "the workbook's cell is a date, but this column takes none; format the column as text and enter the value again"
    )]
    DateCell,
    /// A number that a workbook shows with a currency.
    #[error(
        "the workbook shows this number with a currency, but the column is not an amount; format the column as text and enter the value again"
    )]
    AmountCell,
    /// Not an id.
    #[error("not a valid id; an id is a whole number such as 1001")]
    NoId,
    /// 0, which is no customer's id.
    #[error("not a valid customer id; ids start at 1")]
    ZeroId,
    /// `0012` is more often an account number in the wrong column than an id.
    #[error("an id has no leading zeros; is this column the account number?")]
    LeadingZeros,
    /// Not a flag.
    #[error("not a valid flag; write 1 or 0, да or нет, так or ні, yes or no, true or false, + or -")]
    NoFlag,
    /// Not a whole number.
    #[error("not a whole number")]
    NoInteger,
    /// Not a date.
    #[error(
        "not a valid date; write it like 2023-03-09 or 09.03.2023, or give its format with --date-format"
    )]
    NoDate,
    /// Such as 31.02.
    #[error("this day does not exist")]
    NoSuchDay,
    /// Two digits for the year.
    #[error("the year has two digits; write four")]
    ShortYear,
    /// A year outside living memory.
    #[error("the year {0} cannot be right; years from 1900 to 2100 are accepted")]
    Year(i16),
    /// A date that can be read in two ways.
    #[error(
        "ambiguous: it could be {day_first} or {month_first}; add --date-format dmy or --date-format mdy"
    )]
    TwoDates {
        /// Read day first.
        day_first: String,
        /// Read month first.
        month_first: String,
    },
    /// Not in the order that `--date-format ymd` asks for.
    #[error("does not start with the year, as --date-format ymd requires")]
    NotYearFirst,
    /// Not as the pattern says.
    #[error("does not match --date-format {0}")]
    NotByPattern(String),
    /// Not a time of day.
    #[error("not a valid time of day; write it like 16:03:28")]
    NoTime,
    /// An offset after a time.
    #[error(
        "has a time zone, but the server takes times of its own clock; with --time-zone ZONE, such as Europe/Kyiv, they are converted to the server's zone"
    )]
    Zone,
    /// A zone that stands for more than one offset.
    #[error(
        "has the time zone '{0}', whose name does not say the offset; write an offset such as +02:00 there, and name the server's zone with --time-zone"
    )]
    NamedZone(String),
    /// A time where only a date is taken.
    #[error("has a time of day, but only a date is accepted")]
    TimeOfDay,
    /// More decimals than the smallest unit has.
    #[error("has more than two decimals; round it to the smallest unit, as it is to be booked")]
    TooFine,
    /// A booking of nothing.
    #[error("books nothing; leave the row out, or add --allow-zero if such bookings are meant")]
    ZeroAmount,
    /// Not an amount, or an ambiguous one.
    #[error(transparent)]
    Money(#[from] ParseMoneyError),
    /// Not an e-mail address.
    #[error("not a valid e-mail address")]
    NoEmail,
    /// Several addresses or numbers in a cell.
    #[error(
        "contains more than one value; give each a column of its own, or the column several parameters in a mapping file"
    )]
    Several,
    /// Not a telephone number.
    #[error("not a valid telephone number; write 5 to 15 digits, with or without a leading +")]
    NoPhone,
    /// Not an IPv4 address.
    #[error("not a valid IPv4 address; write it like 10.160.244.163")]
    NoIp,
    /// Not a hardware address.
    #[error("not a valid MAC address; write its twelve hex digits, like aa:bb:cc:dd:ee:ff")]
    NoMac,
    /// Not in the closed list.
    #[error("not one of {known}{nearest}")]
    NoChoice {
        /// The list, joined by commas.
        known: String,
        /// The value that was probably meant, such as ` (did you mean 'x'?)`.
        nearest: String,
    },
}

impl ValueError {
    /// The reason that explains more where a spreadsheet has shortened a number.
    pub(super) fn or_shortened(self, value: &str) -> Self {
        if is_shortened(value) { Scar::Shortened.into() } else { self }
    }
}
