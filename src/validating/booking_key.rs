//! The identity of a booking: anyone who imports the same list again, from anywhere, comes to the same key.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::ops::RangeInclusive;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::money::Money;

/// Characters of keys and of runs' names, as in base 32: none can be taken for another, and no server escapes one.
pub const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 12;
const BITS: u32 = 5;

/// Which booking a row is: 60 bits, written as twelve characters.
///
/// **The recipe must never change**: bookings on servers carry keys of earlier versions. It is the first 60 bits of a
/// SHA-256 over these texts, each in UTF-8 and after its length in bytes (eight bytes, the highest first):
///
/// 1. `userside-bulk booking`
/// 2. the list's name (`--list`), empty by default
/// 3. the customer's id
/// 4. the amount as [`Money`] is written: a point, at least two decimals and no needless zero after them
/// 5. the comment without the tag
/// 6. the occurrence in decimal digits: `1`, and `2` for the second of two rows that are otherwise the same
///
/// In the list's name and the comment white space of any kind and length is one space, and none at the ends: programs
/// that save a table again change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookingKey(u64);

impl BookingKey {
    /// The key of the same booking where only the bookings of one run count (`--booked ignore`): the same recipe over
    /// `userside-bulk booking of a run`, the run's name and the key.
    #[must_use]
    pub fn within(self, run: &str) -> Self {
        let mut hasher = Sha256::new();
        absorb(&mut hasher, "userside-bulk booking of a run".as_bytes());
        absorb(&mut hasher, run.as_bytes());
        absorb(&mut hasher, &self.letters());
        Self::of(hasher)
    }

    /// The key as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// All keys that a text may hold, in whatever form: the tag stands there without its brackets, in capitals or
    /// escaped. Some of what is found is none; that it is the key of a given row by chance is out of the question.
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> {
        let bare = bare(text);
        let starts = 0..(bare.len() + 1).saturating_sub(PREFIX.len() + LENGTH);
        starts.filter_map(move |start| {
            let rest = bare.get(start..)?.strip_prefix(PREFIX)?;
            Self::read(rest.get(..LENGTH)?)
        })
    }

    fn letters(self) -> [u8; LENGTH] {
        std::array::from_fn(|place| {
            let digit = (self.0 >> ((LENGTH - 1 - place) as u32 * BITS)) as usize;
            ALPHABET[digit % ALPHABET.len()]
        })
    }

    /// The first and the last key that begin as a text does that is nothing but the beginning of a tag: a server has cut
    /// the rest off. Four characters of the key must be left, so that it is no other by chance.
    pub fn all_beginning_like(text: &str) -> Option<RangeInclusive<Self>> {
        const LEAST: usize = 4;
        let bare = bare(text);
        let start = bare.strip_prefix(PREFIX).filter(|start| (LEAST..LENGTH).contains(&start.len()))?;
        let filled = |digit: u8| {
            let mut key = start.to_vec();
            key.resize(LENGTH, digit);
            Self::read(&key)
        };
        let [first, .., last] = ALPHABET;
        Some(filled(*first)?..=filled(*last)?)
    }

    fn of(hasher: Sha256) -> Self {
        let first = hasher.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self(first >> (u64::BITS - BITS * LENGTH as u32))
    }

    fn read(text: &[u8]) -> Option<Self> {
        if text.len() != LENGTH {
            return None;
        }
        text.iter()
            .try_fold(0, |number, byte| {
                let digit = ALPHABET.iter().position(|character| character == byte)?;
                Some(number << BITS | digit as u64)
            })
            .map(Self)
    }
}

/// Letters and digits alone, in lower case.
fn bare(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
}

/// What stands before a key in its tag, without the bracket and the hyphen.
const PREFIX: &[u8] = b"ub";

impl fmt::Display for BookingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.letters()).map_err(|_| fmt::Error)?)
    }
}

/// The text is not a booking's key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a booking's key: that has twelve characters, each a to z or 2 to 7")]
pub struct ParseBookingKeyError;

impl FromStr for BookingKey {
    type Err = ParseBookingKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text.as_bytes()).ok_or(ParseBookingKeyError)
    }
}

/// Makes the keys of one list.
#[derive(Debug, Clone)]
pub(super) struct KeyMaker(Sha256);

/// What makes a row a booking.
#[derive(Debug, Clone, Copy)]
pub(super) struct BookingParts<'b> {
    pub(super) customer: &'b str,
    /// As a server would write it.
    pub(super) amount: &'b str,
    pub(super) comment: &'b str,
}

impl KeyMaker {
    pub(super) fn new(list: &str) -> Self {
        let mut hasher = Sha256::new();
        absorb(&mut hasher, b"userside-bulk booking");
        absorb(&mut hasher, one_spaced(list).as_bytes());
        Self(hasher)
    }

    /// The key of the booking that stands in the list for the `occurrence`th time, counted from 1; none where the amount
    /// is not one.
    pub(super) fn key(&self, parts: BookingParts<'_>, occurrence: u64) -> Option<BookingKey> {
        let BookingParts { customer, amount, comment } = parts;
        let mut hasher = self.0.clone();
        absorb(&mut hasher, customer.as_bytes());
        absorb(&mut hasher, Money::plain(amount)?.as_bytes());
        absorb(&mut hasher, one_spaced(comment).as_bytes());
        match occurrence {
            1 => absorb(&mut hasher, b"1"),
            _ => absorb(&mut hasher, occurrence.to_string().as_bytes()),
        }
        Some(BookingKey::of(hasher))
    }
}

impl BookingParts<'_> {
    /// The same for parts that have the same key, and cheaper. It is never kept.
    pub(super) fn fingerprint(&self) -> Option<u64> {
        let Self { customer, amount, comment } = self;
        let mut hasher = DefaultHasher::new();
        for text in [customer, &*Money::plain(amount)?, &*one_spaced(comment)] {
            hasher.write_usize(text.len());
            hasher.write(text.as_bytes());
        }
        Some(hasher.finish())
    }
}

/// With its length before it, no text can pass for the end of one and the start of the next.
fn absorb(hasher: &mut Sha256, text: &[u8]) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text);
}

/// Most texts are that already.
fn one_spaced(text: &str) -> Cow<'_, str> {
    // Without characters beyond ASCII a look at the bytes does.
    let plain = text.as_bytes();
    if plain.is_ascii()
        && plain.iter().all(|byte| *byte >= b' ')
        && plain.first() != Some(&b' ')
        && plain.last() != Some(&b' ')
        && !plain.windows(2).any(|pair| pair == b"  ")
    {
        return Cow::Borrowed(text);
    }
    let mut was_space = true;
    let is_one_spaced = text.chars().all(|character| {
        let is_space = character == ' ';
        let is_fine = if is_space { !was_space } else { !character.is_whitespace() };
        was_space = is_space;
        is_fine
    });
    if is_one_spaced && (!was_space || text.is_empty()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{BookingKey, BookingParts, KeyMaker};

    fn key(list: &str, customer: &str, amount: &str, comment: &str, occurrence: u64) -> String {
        let parts = BookingParts { customer, amount, comment };
        KeyMaker::new(list).key(parts, occurrence).expect("an amount").to_string()
    }

    /// Bookings on servers carry these for ever. Anyone who has to change a line here breaks the promise.
    #[test]
    fn keys_are_what_they_always_were() {
        for (list, customer, amount, comment, occurrence, expected) in [
            ("", "1002", "10.50", "fee", 1, "5yhw6bhqeokk"),
            ("", "1002", "10.50", "fee", 2, "3diwoneeuouz"),
            ("", "1", "-337.11", "Абонплата за квітень 2025", 1, "bfyqreufrlua"),
            ("june", "1002", "10.50", "fee", 1, "5hmbuyafh2ky"),
            ("", "1002", "0.125", "fee", 1, "jyka2ac4fvgb"),
        ] {
            assert_eq!(key(list, customer, amount, comment, occurrence), expected, "{comment} {amount}");
        }
        let run = "aaaaaaaaaaaa".parse::<BookingKey>().expect("a key").within("k3x7qa");
        assert_eq!(run.to_string(), "bpq2y5xap7m6");
    }

    #[test]
    fn what_a_person_writes_in_another_way_is_the_same_booking() {
        let same = key("", "1002", "10.50", "April fee", 1);
        for (amount, comment) in [
            ("10,5", "April fee"),
            ("+10.5000", "April  fee"),
            ("10.5", " April\r\nfee "),
            ("10.50", "April\u{a0}fee"),
        ] {
            assert_eq!(key("", "1002", amount, comment, 1), same, "{amount} {comment:?}");
            let print = |amount, comment| BookingParts { customer: "1002", amount, comment }.fingerprint();
            assert_eq!(print(amount, comment), print("10.50", "April fee"), "{amount} {comment:?}");
            assert_ne!(print(amount, comment), print("10.50", "Aprilfee"));
        }
        for other in [
            key("", "1002", "10.51", "April fee", 1),
            key("", "1002", "-10.50", "April fee", 1),
            key("", "1003", "10.50", "April fee", 1),
            key("", "1002", "10.50", "april fee", 1),
            key("", "1002", "10.50", "April fee", 2),
            key("a", "1002", "10.50", "April fee", 1),
            key("", "100", "210.50", "April fee", 1),
        ] {
            assert_ne!(other, same);
        }
    }

    #[test]
    fn a_key_is_read_back_as_it_was_written() {
        for number in [0, 1, (1 << 60) - 1, 0x0123_4567_89ab_cdef] {
            let key = BookingKey(number);
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        for wrong in ["", "abcdefghijk", "abcdefghijklm", "abcdefghijk1", "ABCDEFGHIJKL", "абвгде"] {
            assert!(wrong.parse::<BookingKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_found_in_whatever_form_a_server_shows_it() {
        let key: BookingKey = "k3x7qambcdef".parse().expect("a key");
        for text in [
            "[ub-k3x7qambcdef] fee",
            "fee [UB-K3X7QAMBCDEF]",
            "ub k3x7qambcdef",
            "[ub-k3x7qambcdef",
            "xub-[ub-aaaaaaaaaaaa][ub-k3x7qambcdef]",
        ] {
            assert!(BookingKey::all_in(text).any(|found| found == key), "{text}");
        }
        for text in ["", "ub", "[ub-k3x7qambcde", "[ub-k3x7qa-12]", "Абонплата"] {
            assert_eq!(BookingKey::all_in(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn a_key_whose_tag_is_cut_begins_like_what_is_left() {
        let key: BookingKey = "k3x7qambcdef".parse().expect("a key");
        for (text, is_like) in [
            ("[ub-k3x7", true),
            ("[ub-k3x7qambcde…", true),
            ("[UB-K3X7QA", true),
            ("[ub-k3x", false),
            ("[ub-k3x5", false),
            ("[ub-k3x7 fee", false),
            ("[ub-k3x7qambcdef", false),
            ("fee", false),
        ] {
            let found = BookingKey::all_beginning_like(text).is_some_and(|keys| keys.contains(&key));
            assert_eq!(found, is_like, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_searched(text in ".*") {
            BookingKey::all_in(&text).for_each(drop);
            let _ = BookingKey::all_beginning_like(&text);
        }
    }
}
