//! Why a value is not what its parameter takes.

use super::money::ParseMoneyError;

/// Why a value was refused. The text is a sentence's second half, behind the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The cell's bytes are no text in the file's encoding.
    #[error("it has bytes that are no text in the file's encoding; say which it is with --encoding")]
    Undecodable,
    /// A character that no form field should carry.
    #[error("it has a control character in it")]
    ControlCharacter,
    /// No id.
    #[error("it is no id; an id is a whole number such as 1001")]
    NoId,
    /// An id of nobody.
    #[error("it is no customer's id; ids begin at 1")]
    ZeroId,
    /// `0012` is more often an account number in the wrong column than an id.
    #[error("an id has no leading zeros; is this column an account number?")]
    LeadingZeros,
    /// No flag.
    #[error("it is no flag; write 1 or 0, да or нет, так or ні, yes or no, true or false, + or -")]
    NoFlag,
    /// No whole number.
    #[error("it is no whole number")]
    NoInteger,
    /// No date.
    #[error("it is no date; write it like 2023-03-09 or 09.03.2023, or name its form with --date-format")]
    NoDate,
    /// Such as 31.02.
    #[error("there is no such day")]
    NoSuchDay,
    /// Two digits for the year.
    #[error("the year has two digits; write four, or add --date-format %d.%m.%y")]
    ShortYear,
    /// A year outside living memory.
    #[error("the year {0} cannot be meant")]
    Year(i16),
    /// A date that reads two ways.
    #[error("it can be read as {day_first} or as {month_first}; add --date-format dmy or --date-format mdy")]
    TwoDates {
        /// Read day first.
        day_first: String,
        /// Read month first.
        month_first: String,
    },
    /// Not in the order that `--date-format ymd` asks for.
    #[error("it does not begin with the year, as --date-format ymd says")]
    NotYearFirst,
    /// Not as the pattern says.
    #[error("it is not written as --date-format {0} says")]
    NotByPattern(String),
    /// A time that is none.
    #[error("the time of day cannot be read; write it like 16:03:28")]
    NoTime,
    /// A time where only a date is taken.
    #[error("it has a time of day where only a date is taken")]
    TimeOfDay,
    /// No amount, or one that reads two ways.
    #[error(transparent)]
    Money(#[from] ParseMoneyError),
    /// No e-mail address.
    #[error("it is no e-mail address")]
    NoEmail,
    /// Several addresses or numbers in a cell.
    #[error("it holds more than one value; give each a column of its own")]
    Several,
    /// No telephone number.
    #[error("it is no telephone number; write 5 to 15 digits, with a leading + or without")]
    NoPhone,
    /// No IPv4 address.
    #[error("it is no IPv4 address; write it like 10.160.244.163")]
    NoIp,
    /// No hardware address.
    #[error("it is no MAC address; write its twelve hex digits, like aa:bb:cc:dd:ee:ff")]
    NoMac,
    /// Not in the closed list.
    #[error("it is not one of {known}{nearest}")]
    NoChoice {
        /// The list, joined by commas.
        known: String,
        /// The value that was probably meant, as a fragment.
        nearest: String,
    },
}
