//! What a server shows of histories, where that is not all of it: the oldest entries only, later than they were
//! made, with comments cut and another clock, or with an entry that nobody can read.

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

use super::numbers::{offset, span};

/// How histories are shown, written as a comma-separated list such as `limited=20,lagging=5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryView {
    /// How many entries are shown, the oldest first; by default all.
    pub limited: Option<NonZeroUsize>,
    /// How long it takes until an entry is shown.
    pub lagging: Duration,
    /// How many characters of a comment are shown; by default all.
    pub cut: Option<NonZeroUsize>,
    /// How far the times of entries are off.
    pub skewed: SignedDuration,
    /// Which entry, counted from the oldest, is written in a way that nobody knows.
    pub foreign: Option<NonZeroUsize>,
    /// Whether entries have the fields that they had until about 2017.
    pub old: bool,
    /// Whether a history without entries is answered with `ERROR`.
    pub none_is_error: bool,
}

/// The text is not a way of showing histories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{word}' says nothing of histories: write limited=20 for the oldest 20 entries, lagging=5s, cut=30 for comments, skewed=-7m for their times, foreign=1 for an entry in an unknown form, old for the fields of 2016, none-error for an ERROR where there are no entries, or several like limited=20,lagging=5s"
)]
pub struct ParseHistoryViewError {
    word: String,
}

impl FromStr for HistoryView {
    type Err = ParseHistoryViewError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut view = Self::default();
        for word in text.split(',') {
            let refused = || ParseHistoryViewError { word: word.trim().to_owned() };
            match word.trim().to_ascii_lowercase().as_str() {
                "old" => {
                    view.old = true;
                    continue;
                }
                "none-error" => {
                    view.none_is_error = true;
                    continue;
                }
                _ => {}
            }
            let (name, value) = word.split_once('=').ok_or_else(refused)?;
            let number = || value.trim().parse().map(Some).map_err(|_| refused());
            match name.trim().to_ascii_lowercase().as_str() {
                "limited" => view.limited = number()?,
                "cut" => view.cut = number()?,
                "foreign" => view.foreign = number()?,
                "lagging" => view.lagging = span(value).ok_or_else(refused)?,
                "skewed" => view.skewed = offset(value).ok_or_else(refused)?,
                _ => return Err(refused()),
            }
        }
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, HistoryView, NonZeroUsize, SignedDuration};

    #[test]
    fn a_list_of_words_in_any_order() {
        let view: HistoryView =
            "limited=20, lagging=5s,CUT=30,skewed=-7m,foreign=1,old,none-error".parse().expect("a view");
        let expected = HistoryView {
            limited: NonZeroUsize::new(20),
            lagging: Duration::from_secs(5),
            cut: NonZeroUsize::new(30),
            skewed: SignedDuration::from_mins(-7),
            foreign: NonZeroUsize::new(1),
            old: true,
            none_is_error: true,
        };
        assert_eq!(view, expected);
    }

    #[test]
    fn what_is_refused_says_how_to_write_it() {
        for text in ["", "limited", "limited=0", "lagging=5", "lagging=-5s", "skewed=x", "older=3", "cut=3,"]
        {
            let error = text.parse::<HistoryView>().expect_err(text).to_string();
            assert!(error.contains("several like limited=20,lagging=5s"), "{error}");
        }
    }
}
