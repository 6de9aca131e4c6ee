//! By which parameter a server takes the customers who are read: newer ones have another name for it.

use std::str::FromStr;

use crate::catalogue::{Action, CUSTOMER, Meaning, READ_BY_ID, Subcategory};

/// By which parameter a server takes the customers who are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadBy {
    /// The specification's.
    #[default]
    Older,
    /// The one that some newer servers have in its place.
    Newer,
}

impl ReadBy {
    fn subcategory(self) -> Option<&'static Subcategory> {
        match self {
            Self::Older => CUSTOMER.subcategory(Action::Read),
            Self::Newer => Some(READ_BY_ID),
        }
    }

    /// The parameter's name.
    fn name(self) -> Option<&'static str> {
        self.subcategory()?.by_meaning(Meaning::Customer).map(|parameter| parameter.name)
    }

    /// The subcategory as this server has it.
    pub(super) fn known(self, subcategory: &'static Subcategory) -> &'static Subcategory {
        let own = self.subcategory().filter(|_| subcategory.action == Action::Read);
        own.unwrap_or(subcategory)
    }
}

/// The text does not name a parameter of reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a parameter by which customers are read: write {} or {}", ReadBy::Older.name().unwrap_or_default(), ReadBy::Newer.name().unwrap_or_default())]
pub struct ParseReadByError {
    text: String,
}

impl FromStr for ReadBy {
    type Err = ParseReadByError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        let found = [Self::Older, Self::Newer].into_iter().find(|by| by.name() == Some(&wanted));
        found.ok_or_else(|| ParseReadByError { text: text.to_owned() })
    }
}
