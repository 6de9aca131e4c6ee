//! The formats of a file, and whose conventions a spreadsheet follows.

use std::str::FromStr;

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// RFC 4180: lines end in CRLF, UTF-8.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
    /// One JSON object a line.
    JsonLines,
}

impl FileFormat {
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::JsonLines];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines => "jsonl",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Csv => "RFC 4180",
            Self::Xlsx => {
                "A workbook in which ids, money and dates are numbers and dates, and phones are text"
            }
            Self::JsonLines => {
                "One JSON object a line: the customer as the server sent it, with names in lower case"
            }
        }
    }
}

impl FromStr for FileFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|format| format.name() == text);
        named.ok_or_else(|| unknown(text, &Self::ALL.map(Self::name)))
    }
}

/// Whose conventions a spreadsheet follows: `--locale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SheetLocale {
    /// Decimal comma, `;` between cells.
    #[default]
    Uk,
    /// Decimal comma, `;` between cells.
    Ru,
    /// Decimal point, `,` between cells.
    En,
}

impl SheetLocale {
    pub const ALL: [Self; 3] = [Self::Uk, Self::Ru, Self::En];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// What it is, for help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Uk => "Ukrainian: decimal comma, ; between cells",
            Self::Ru => "Russian: decimal comma, ; between cells",
            Self::En => "English: decimal point, comma between cells",
        }
    }

    pub(super) const fn delimiter(self) -> u8 {
        match self {
            Self::Uk | Self::Ru => b';',
            // Where decimals have a point, a spreadsheet takes nothing else for a delimiter.
            Self::En => b',',
        }
    }

    pub(super) const fn has_comma(self) -> bool {
        matches!(self, Self::Uk | Self::Ru)
    }
}

impl FromStr for SheetLocale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|locale| locale.name() == text);
        named.ok_or_else(|| unknown(text, &Self::ALL.map(Self::name)))
    }
}

fn unknown(text: &str, names: &[&str]) -> String {
    format!("'{text}' is not one of {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{FileFormat, SheetLocale};

    #[test]
    fn names_lead_back() {
        for format in FileFormat::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        for locale in SheetLocale::ALL {
            assert_eq!(locale.name().parse(), Ok(locale));
        }
        assert_eq!("doc".parse::<FileFormat>(), Err("'doc' is not one of csv, xlsx, jsonl".to_owned()));
    }
}
