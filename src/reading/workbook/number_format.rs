//! A number format of a workbook, such as `#,##0.00;[Red]-#,##0.00`: taken apart once, so that each cell can be asked
//! what a person saw.

use super::format_tokens::{ConditionSign, FormatPart, Token, sections};

/// What a format does to the cells that have it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct NumberFormat {
    /// Empty for the format General.
    sections: Vec<FormatPart>,
    /// Whether text is shown as it is.
    keeps_text: bool,
}

impl NumberFormat {
    /// The format that shows everything as it is.
    pub(super) const GENERAL: Self = Self { sections: Vec::new(), keeps_text: true };

    /// Takes a format's code apart.
    pub(super) fn parse(code: &str) -> Self {
        let mut sections = sections(code);
        let is_text = |section: &FormatPart| section.tokens.contains(&Token::Text);
        let is_general =
            |section: &FormatPart| matches!(section.tokens.as_slice(), [Token::General | Token::Text]);
        if sections.len() <= 1 && sections.first().is_none_or(is_general) {
            return Self::GENERAL;
        }
        // The fourth part is for text, and so is a last one with an @.
        let text = if sections.len() > 3 {
            sections.truncate(4);
            sections.pop()
        } else {
            sections.pop_if(|section| is_text(section))
        };
        let keeps_text = text
            .is_none_or(|section| section.tokens.iter().filter(|token| !token.is_blank()).eq([&Token::Text]));
        Self { sections, keeps_text }
    }

    /// The format of a number that every workbook has without saying so.
    pub(super) fn built_in(id: u32) -> Self {
        let code = match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            5 => "\"$\"#,##0_);(\"$\"#,##0)",
            6 => "\"$\"#,##0_);[Red](\"$\"#,##0)",
            7 => "\"$\"#,##0.00_);(\"$\"#,##0.00)",
            8 => "\"$\"#,##0.00_);[Red](\"$\"#,##0.00)",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14 | 27 | 30 | 31 | 36 | 50 | 57 => "dd.mm.yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 | 32 => "h:mm",
            21 | 33 => "h:mm:ss",
            22 => "dd.mm.yyyy h:mm",
            // Dates of which only some languages show all.
            28 | 29 | 34 | 35 | 51..=56 | 58 => "d.m",
            37 => "#,##0 ;(#,##0)",
            38 => "#,##0 ;[Red](#,##0)",
            39 => "#,##0.00;(#,##0.00)",
            40 => "#,##0.00;[Red](#,##0.00)",
            41 => "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
            42 => "_($* #,##0_);_($* (#,##0);_($* \"-\"_);_(@_)",
            43 => "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)",
            44 => "_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            _ => return Self::GENERAL,
        };
        Self::parse(code)
    }

    /// Whether text in a cell of this format is shown as it is.
    pub(super) fn keeps_text(&self) -> bool {
        self.keeps_text
    }

    /// Whether every number is shown as it is.
    pub(super) fn is_general(&self) -> bool {
        self.sections.is_empty()
    }

    /// The part that shows this number, and whether it shows the sign by itself; none where no part does.
    pub(super) fn section(&self, number: f64) -> Option<(&FormatPart, SignedBy)> {
        let sections = self.sections.as_slice();
        if sections.iter().any(|section| section.condition.is_some()) {
            let meets = |section: &&FormatPart| {
                section.condition.is_none_or(|(comparison, limit)| match comparison {
                    ConditionSign::Less => number < limit,
                    ConditionSign::AtMost => number <= limit,
                    ConditionSign::More => number > limit,
                    ConditionSign::AtLeast => number >= limit,
                    ConditionSign::Equal => number == limit,
                    ConditionSign::NotEqual => number != limit,
                })
            };
            return sections.iter().find(meets).map(|section| (section, SignedBy::Number));
        }
        let place = match sections.len() {
            2 if number < 0.0 => 1,
            3.. if number < 0.0 => 1,
            3.. if number == 0.0 => 2,
            _ => 0,
        };
        let signed = if place == 1 { SignedBy::Format } else { SignedBy::Number };
        sections.get(place).map(|section| (section, signed))
    }
}

/// Who shows that a number is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignedBy {
    /// A minus that the format need not name.
    Number,
    /// The format's own part for negative numbers.
    Format,
}
