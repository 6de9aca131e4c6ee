//! What an empty cell means.

use std::str::FromStr;

/// What an empty cell means: `--empty`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyCells {
    /// The parameter is not sent; its value on the server stays.
    #[default]
    Skip,
    /// The parameter is sent empty, which clears it on the server.
    Clear,
}

impl EmptyCells {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Skip, Self::Clear];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Clear => "clear",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Skip => "Leave the parameter out: it stays what it is on the server",
            Self::Clear => "Send the parameter empty: it is cleared on the server",
        }
    }
}

impl FromStr for EmptyCells {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|cells| cells.name() == text);
        named.ok_or_else(|| format!("'{text}' is neither skip nor clear"))
    }
}
