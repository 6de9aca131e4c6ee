//! Amounts in forms that are not taken: which form it is, and what to write instead.

/// Why a text that holds an amount is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyForm {
    /// `15,40-`, as some accounting systems print it.
    #[error("the minus stands after the amount; write it before: -{0}")]
    MinusAfter(String),
    /// `(15.40)`, as accountants write what is taken off.
    #[error(
        "the amount stands in brackets, which accountants read as a minus; write -{0} for money that is taken off, or {0} for money that is added"
    )]
    Brackets(String),
    /// A longer dash in place of the minus.
    #[error("begins with a dash, not with a minus; write -{0}")]
    Dash(String),
    /// `15 грн`, `₴15`.
    #[error("the amount has a currency or another word ('{0}'); write the number alone")]
    Word(String),
    /// `15%`.
    #[error("a percentage is not an amount of money; write the amount itself")]
    PerCent,
    /// `1'234,50`.
    #[error("apostrophes separate its thousands; write it without them, like 1234.50 or 1 234,50")]
    Apostrophes,
    /// `5,`.
    #[error("no digits follow the '{0}'; write the amount with its decimals, or without the '{0}'")]
    NoDecimals(char),
}

impl MoneyForm {
    /// The form of a text that is not an amount; none where it holds no amount that a person would see.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(amount) = text.strip_suffix(is_minus).map(|rest| rest.trim_end_matches(is_space)) {
            return is_number(amount).then(|| Self::MinusAfter(amount.to_owned()));
        }
        if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let amount = inner.trim().trim_start_matches(is_minus);
            return is_number(amount).then(|| Self::Brackets(amount.to_owned()));
        }
        let sign = text.chars().next().filter(|c| matches!(c, '\u{2013}' | '\u{2014}' | '\u{2012}'));
        if let Some(amount) = sign.map(|sign| text[sign.len_utf8()..].trim_start_matches(is_space)) {
            return is_number(amount).then(|| Self::Dash(amount.to_owned()));
        }
        let unsigned = text.strip_prefix(['-', '+', '\u{2212}']).unwrap_or(text).trim_start();
        if unsigned.strip_suffix('%').is_some_and(|rest| is_number(rest.trim_end())) {
            return Some(Self::PerCent);
        }
        if let Some(separator) = unsigned.chars().next_back().filter(|c| matches!(c, '.' | ','))
            && is_number(&unsigned[..unsigned.len() - 1])
        {
            return Some(Self::NoDecimals(separator));
        }
        if unsigned.contains(is_apostrophe) && is_number(&unsigned.replace(is_apostrophe, "")) {
            return Some(Self::Apostrophes);
        }
        word(text).map(|word| Self::Word(word.to_owned()))
    }
}

/// A space, a no-break space, and the thin ones that programs put between thousands.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2212}' | '\u{2012}' | '\u{2013}' | '\u{2014}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2BC}' | '`')
}

/// Digits with separators: what a person takes for a number.
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || is_space(c) || matches!(c, '.' | ','))
}

/// What stands before or after the digits.
fn word(text: &str) -> Option<&str> {
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    // With `-` between them, `- ₴ 5` has its sign before the word.
    let before = text[..first].trim_matches(|c: char| is_minus(c) || is_space(c) || c == '+');
    let after = text[end..].trim_matches(|c: char| is_minus(c) || is_space(c));
    let is_word = |part: &str| !part.is_empty() && !part.contains(['(', ')', '=', '"']);
    match (is_number(&text[first..end]), before, after) {
        (true, before, "") if is_word(before) => Some(before),
        (true, "", after) if is_word(after) => Some(after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::MoneyForm;

    #[test]
    fn each_form_is_named() {
        let of = |text| MoneyForm::of(text);
        let word = |word: &str| Some(MoneyForm::Word(word.to_owned()));
        assert_eq!(of("15,40-"), Some(MoneyForm::MinusAfter("15,40".to_owned())));
        assert_eq!(of("15,40 \u{2212}"), Some(MoneyForm::MinusAfter("15,40".to_owned())));
        assert_eq!(of("(15.40)"), Some(MoneyForm::Brackets("15.40".to_owned())));
        assert_eq!(of("(-1 234,50)"), Some(MoneyForm::Brackets("1 234,50".to_owned())));
        assert_eq!(of("\u{2013}15"), Some(MoneyForm::Dash("15".to_owned())));
        assert_eq!(of("1 234,50 грн"), word("грн"));
        assert_eq!(of("15 грн."), word("грн."));
        assert_eq!(of("₴ 15,00"), word("₴"));
        assert_eq!(of("-$15"), word("$"));
        assert_eq!(of("UAH 15"), word("UAH"));
        assert_eq!(of("15%"), Some(MoneyForm::PerCent));
        assert_eq!(of("1'234,50"), Some(MoneyForm::Apostrophes));
        assert_eq!(of("5,"), Some(MoneyForm::NoDecimals(',')));
        for other in ["--", "", "грн", "1e3", "0x1", "()", "-", "5-6", "=5"] {
            let form = of(other);
            assert!(form.is_none() || matches!(form, Some(MoneyForm::Word(_))), "{other}: {form:?}");
        }
    }
}
