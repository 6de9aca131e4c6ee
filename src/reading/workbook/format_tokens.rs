//! The signs of which a number format consists.

use std::iter::Peekable;
use std::str::Chars;

/// A part of a number format, up to a semicolon.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FormatPart {
    pub(super) tokens: Vec<Token>,
    pub(super) condition: Option<(ConditionSign, f64)>,
    /// Whether a colour is named.
    pub(super) has_colour: bool,
}

/// A sign of a number format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Characters that are shown as they are.
    Literal(String),
    /// The place of a digit: `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Exponent,
    /// The line of a fraction.
    Slash,
    General,
    /// `@`.
    Text,
    /// A part of a date or a time, so many letters long.
    Moment(Unit, usize),
    /// Hours, minutes or seconds beyond a day.
    Elapsed(Unit, usize),
    /// `AM/PM`.
    Half,
    /// Digits of other scripts.
    Foreign,
}

/// What a part of a date or a time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConditionSign {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    NotEqual,
}

impl Token {
    /// Whether it shows nothing.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Literal(text) if text.trim().is_empty())
    }
}

impl FormatPart {
    /// Whether it shows dates or times.
    pub(super) fn is_moment(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Moment(..) | Token::Elapsed(..) | Token::Half))
    }

    fn literal(&mut self, c: char) {
        if let Some(Token::Literal(text)) = self.tokens.last_mut() {
            text.push(c);
        } else {
            self.tokens.push(Token::Literal(c.to_string()));
        }
    }

    fn bracket(&mut self, content: &str) {
        let lower = content.to_ascii_lowercase();
        if let Some(currency) = content.strip_prefix('$') {
            let text = currency.split_once('-').map_or(currency, |(text, _)| text);
            text.chars().for_each(|c| self.literal(c));
        } else if content.starts_with(['<', '>', '=']) {
            self.condition = condition(content);
        } else if let Some(unit) = elapsed(&lower) {
            self.tokens.push(Token::Elapsed(unit, lower.len()));
        } else if lower.contains("num") {
            self.tokens.push(Token::Foreign);
        } else {
            self.has_colour = true;
        }
    }

    /// An `m` is a minute after hours or before seconds, and a month elsewhere.
    fn settle_months(&mut self) {
        let moments: Vec<(usize, Unit)> = (self.tokens.iter().enumerate())
            .filter_map(|(place, token)| match token {
                Token::Moment(unit, _) | Token::Elapsed(unit, _) => Some((place, *unit)),
                _ => None,
            })
            .collect();
        for (order, (place, unit)) in moments.iter().enumerate() {
            let before = order.checked_sub(1).and_then(|order| moments.get(order));
            let after = moments.get(order + 1);
            if *unit == Unit::Month
                && (before.is_some_and(|(_, unit)| *unit == Unit::Hour)
                    || after.is_some_and(|(_, unit)| *unit == Unit::Second))
                && let Some(Token::Moment(unit, 1..=2)) = self.tokens.get_mut(*place)
            {
                *unit = Unit::Minute;
            }
        }
    }
}

fn condition(text: &str) -> Option<(ConditionSign, f64)> {
    let known = [
        ("<=", ConditionSign::AtMost),
        (">=", ConditionSign::AtLeast),
        ("<>", ConditionSign::NotEqual),
        ("<", ConditionSign::Less),
        (">", ConditionSign::More),
        ("=", ConditionSign::Equal),
    ];
    let (rest, comparison) =
        known.iter().find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?, *comparison)))?;
    Some((comparison, rest.trim().parse().ok()?))
}

fn elapsed(lower: &str) -> Option<Unit> {
    let unit = match lower.chars().next()? {
        'h' => Unit::Hour,
        'm' => Unit::Minute,
        's' => Unit::Second,
        _ => return None,
    };
    lower.chars().all(|c| lower.starts_with(c)).then_some(unit)
}

/// The parts of a format's code.
pub(super) fn sections(code: &str) -> Vec<FormatPart> {
    let mut sections = vec![FormatPart::default()];
    let mut signs = code.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign == ';' {
            sections.push(FormatPart::default());
        } else if let Some(section) = sections.last_mut() {
            take(sign, &mut signs, section);
        }
    }
    for section in &mut sections {
        section.settle_months();
    }
    sections
}

fn take(sign: char, signs: &mut Peekable<Chars<'_>>, section: &mut FormatPart) {
    match sign {
        '"' => signs.by_ref().take_while(|c| *c != '"').for_each(|c| section.literal(c)),
        '\\' => signs.next().into_iter().for_each(|c| section.literal(c)),
        // As much room as the next character takes, or that character as often as there is room.
        '_' | '*' => {
            signs.next();
        }
        '[' => {
            let content: String = signs.by_ref().take_while(|c| *c != ']').collect();
            section.bracket(&content);
        }
        '0' | '#' | '?' => section.tokens.push(Token::Digit(sign)),
        '.' => section.tokens.push(Token::Point),
        ',' => section.tokens.push(Token::Comma),
        '%' => section.tokens.push(Token::Percent),
        '@' => section.tokens.push(Token::Text),
        '/' if section.is_moment() => section.literal(sign),
        '/' => section.tokens.push(Token::Slash),
        'E' | 'e' if signs.next_if(|c| matches!(c, '+' | '-')).is_some() => {
            section.tokens.push(Token::Exponent);
        }
        'G' | 'g' if follows(signs, "eneral") => section.tokens.push(Token::General),
        'A' | 'a' if follows(signs, "m/pm") || follows(signs, "/p") => section.tokens.push(Token::Half),
        _ => match unit(sign) {
            Some(unit) => {
                let mut length = 1;
                while signs.next_if(|c| c.eq_ignore_ascii_case(&sign)).is_some() {
                    length += 1;
                }
                section.tokens.push(Token::Moment(unit, length));
            }
            None => section.literal(sign),
        },
    }
}

fn unit(sign: char) -> Option<Unit> {
    match sign.to_ascii_lowercase() {
        'y' | 'e' => Some(Unit::Year),
        'm' => Some(Unit::Month),
        'd' => Some(Unit::Day),
        'h' => Some(Unit::Hour),
        's' => Some(Unit::Second),
        _ => None,
    }
}

/// Takes these letters off, in upper or lower case, where they come next.
fn follows(signs: &mut Peekable<Chars<'_>>, letters: &str) -> bool {
    let mut ahead = signs.clone();
    let is_next = letters.chars().all(|letter| ahead.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter)));
    if is_next {
        *signs = ahead;
    }
    is_next
}
