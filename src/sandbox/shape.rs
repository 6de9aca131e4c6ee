//! The shape of answers: the variants that were seen on real servers.

use std::str::FromStr;

/// The shape of answers, written as a comma-separated list such as `modern,bom,warning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// The names of an answer's parts and the form of its values.
    pub style: Style,
    /// Whether a byte order mark comes before the JSON.
    pub bom: bool,
    /// Whether a PHP warning comes before the JSON.
    pub warning: bool,
    /// Whether PHP's warnings come before the JSON as plain text.
    pub notice: bool,
    /// Whether answers are compressed, without having been asked to and without a header that says so.
    pub gzip: bool,
    /// Whether text is in windows-1251.
    pub windows_1251: bool,
    /// Whether balances are numbers with the residue of a binary float.
    pub residue: bool,
}

/// The names of an answer's parts and the form of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `Result`, `ErrorText`, `Id`, `Data`; a history of entries with `Typer`, `DateDo`, `Amount`, `Comment`.
    #[default]
    Classic,
    /// `result`, `id`, `data`; answers with a status other than 200 have only `error`. In a history, names
    /// are in lower case and amounts are numbers.
    Modern,
    /// A mixture, drawn for every request: either spelling, numbers as text, one id in a list, `[]`
    /// for empty objects, the verdict in any case, text escaped for HTML, a history as list or map with
    /// either spelling and either form of dates, several customers as map or list, ids as one text,
    /// "not found" in each of its forms.
    Mixed,
}

impl Style {
    const ALL: [(&'static str, Self); 3] =
        [("classic", Self::Classic), ("modern", Self::Modern), ("mixed", Self::Mixed)];
}

/// The text is not a shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseShapeError {
    /// A word of the list is unknown.
    #[error(
        "'{word}' is not a shape: write classic, modern or mixed, and after commas bom, warning, notice, gzip, windows-1251 or residue, like modern,bom,warning"
    )]
    Unknown {
        /// The word.
        word: String,
    },
    /// Two styles were named.
    #[error("'{text}' names two styles: write one of classic, modern and mixed")]
    Contradiction {
        /// The whole text.
        text: String,
    },
}

impl FromStr for Shape {
    type Err = ParseShapeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut shape = Self::default();
        let mut style = None;
        for word in text.split(',').map(str::trim) {
            match word.to_ascii_lowercase().as_str() {
                "bom" => shape.bom = true,
                "warning" => shape.warning = true,
                "notice" => shape.notice = true,
                "gzip" => shape.gzip = true,
                "windows-1251" => shape.windows_1251 = true,
                "residue" => shape.residue = true,
                name => {
                    let found = Style::ALL.into_iter().find(|(known, _)| *known == name);
                    let (_, named) =
                        found.ok_or_else(|| ParseShapeError::Unknown { word: word.to_owned() })?;
                    if style.replace(named).is_some() {
                        return Err(ParseShapeError::Contradiction { text: text.to_owned() });
                    }
                }
            }
        }
        shape.style = style.unwrap_or_default();
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseShapeError, Shape, Style};

    #[test]
    fn a_list_of_words_in_any_order() {
        assert_eq!("classic".parse(), Ok(Shape::default()));
        assert_eq!("bom, Modern".parse(), Ok(Shape { style: Style::Modern, bom: true, ..Shape::default() }));
        assert_eq!("warning".parse(), Ok(Shape { warning: true, ..Shape::default() }));
        assert_eq!("residue".parse(), Ok(Shape { residue: true, ..Shape::default() }));
    }

    #[test]
    fn what_is_refused_says_how_to_write_it() {
        let unknown = "fancy".parse::<Shape>().expect_err("no shape").to_string();
        assert!(unknown.contains("like modern,bom,warning"), "{unknown}");
        assert!("".parse::<Shape>().is_err());
        assert!(matches!("modern,mixed".parse::<Shape>(), Err(ParseShapeError::Contradiction { .. })));
    }
}
