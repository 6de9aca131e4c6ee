//! Text that a spreadsheet would run as a formula when it opens a CSV file: an export for spreadsheets puts an
//! apostrophe before it, and an import takes that off.

use std::borrow::Cow;

/// The text with an apostrophe before it where a spreadsheet would run it. Telephone numbers and negative numbers
/// stay what they are, and so does a sign that stands alone. What has such an apostrophe already gets another one, so that
/// [`restored`] gives back the text in any case.
pub fn defused(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the apostrophe that [`defused`] put before it.
pub fn restored(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| is_formula(text.trim_start_matches('\''))).unwrap_or(text)
}

/// A formula begins with one of these, also in the full width of East Asian keyboards, and after space or line
/// breaks that some programs take off.
fn is_formula(text: &str) -> bool {
    let begun = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut rest = begun.chars();
    let Some(first) = rest.next() else { return false };
    let rest = rest.as_str();
    match first {
        '=' | '＝' | '@' | '＠' => !rest.trim().is_empty(),
        '+' | '＋' | '-' | '－' => {
            !rest.trim().is_empty()
                && !(begun.len() == text.len() && (is_number(rest) || first == '+' && is_phone(rest)))
        }
        _ => false,
    }
}

/// Digits, with what may stand between them in a number.
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{A0}' | '\u{202F}'))
}

/// As many digits as a telephone number has, with what people put between them.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (5..=15).contains(&digits)
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{A0}' | '(' | ')' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{defused, is_formula, restored};

    #[test]
    fn what_would_run_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "=HYPERLINK(\"http://x\")",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "- позвонить",
            "+1-1",
            "＝1+1",
            "\t=1+1",
            "\r\n=1+1",
            " =1+1",
            "\u{A0}@x",
            "-1-1",
            "--5",
            "+(380)67",
            "'=1",
        ] {
            assert_eq!(defused(text), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn what_would_not_stays_what_it_is() {
        for text in [
            "",
            "Иванов",
            "+380670001122",
            "+38 (067) 000-11-22",
            "-15.40",
            "-15,40",
            "-1 234,56",
            "+5",
            "-",
            "=",
            "@",
            " - ",
            "a=b",
            "2023-03-09",
            "user@example.net",
        ] {
            assert_eq!(defused(text), text, "{text:?}");
        }
    }

    proptest! {
        /// Nothing that was defused would run, and defusing never loses anything.
        #[test]
        fn nothing_runs_afterwards(text in "[ \\t=+@0-9a-z.,()ж'-]{0,12}") {
            let done = defused(&text);
            // By another rule than the program's: what begins with a sign is a number, a phone, or the sign alone.
            let bare = done.trim_start();
            if let Some(rest) = bare.strip_prefix(['=', '+', '-', '@']) {
                let digits = rest.chars().filter(char::is_ascii_digit).count();
                let is_plain = rest.chars().all(|c| c.is_ascii_digit() || ".,() -".contains(c));
                let is_number = is_plain && digits > 0 && !bare.starts_with(['=', '@']) && bare.len() == done.len();
                prop_assert!(rest.trim().is_empty() || is_number, "{:?}", done);
            }
            prop_assert_eq!(restored(&done), text.as_str());
            prop_assert!(!is_formula(&text) || *done != *text);
        }
    }
}
