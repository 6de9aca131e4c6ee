//! What spreadsheets and databases leave in cells in place of a value, or around it: error words, shortened numbers,
//! words for no value, `="000123"`, an apostrophe before a number.

use super::scar_words::{ERROR_WORDS, NO_VALUE};

/// Why a cell does not hold what a person meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Scar {
    /// `#N/A`, `#Н/Д`, `Err:502`.
    #[error(
        "is the error of a spreadsheet's formula, not a value; correct the formula or enter the value, and save the file again"
    )]
    ErrorWord,
    /// `########`.
    #[error(
        "is what a spreadsheet shows where a column is too narrow for its value; widen the column, and save the file again"
    )]
    TooNarrow,
    /// `1,23457E+11`.
    #[error(
        "a spreadsheet has shortened the number, and its last digits are lost; format the column as text in the source, and save the file again"
    )]
    Shortened,
    /// `NULL`, `\N`.
    #[error(
        "is a word of a database or a program for no value; leave the cell empty, or write another word if it is meant as text"
    )]
    NoValue,
    /// `=SUM(A1:A3)`.
    #[error("is a formula, not its result; save the file with values")]
    Formula,
    /// `'000123'`.
    #[error("stands between apostrophes; write it without them")]
    BetweenApostrophes,
}

/// Whether nothing is around the value or in its place, as its beginning tells for most.
pub(super) fn is_bare(value: &str) -> bool {
    match value.as_bytes() {
        // `NULL`, `nan`, `None`, `undefined`, `Err:502`.
        [b'N' | b'n', b'U' | b'u' | b'A' | b'a' | b'o', ..] | [b'u', b'n', ..] | [b'E', b'r', ..] => false,
        [b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'+' | b'-' | b'(' | 0xD1 | 0xD2, ..] => true,
        // `Ошибка` and `Помилка` begin with these.
        [0xD0, second, ..] => !matches!(second, 0x9E | 0x9F),
        other => other.is_empty(),
    }
}

/// Takes off what only tells a spreadsheet to keep the digits. The value must be trimmed.
pub(super) fn unwrapped(value: &str) -> Result<&str, Scar> {
    match value.as_bytes() {
        [b'=', b'"', inner @ .., b'"'] => {
            if inner.contains(&b'"') {
                Err(Scar::Formula)
            } else {
                Ok(value[2..value.len() - 1].trim())
            }
        }
        [b'\'', b'0'..=b'9' | b'+', .., b'\''] => Err(Scar::BetweenApostrophes),
        [b'\'', b'0'..=b'9' | b'+', ..] => Ok(&value[1..]),
        // `'(067) 111-22-33`, `'-5`, `'A000123`; not `'Аделаїда`.
        [b'\'', b'(' | b'-' | b'=' | b'A'..=b'Z' | b'a'..=b'z', ..] if keeps_digits(&value[1..]) => {
            Ok(&value[1..])
        }
        _ => Ok(value),
    }
}

/// Whether all that follows an apostrophe is a number in some form.
fn keeps_digits(value: &str) -> bool {
    let is_part = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'(' | b')' | b'-' | b' ' | b'/' | b'.' | b',' | b'+')
    };
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    digits > letters && value.bytes().all(is_part)
}

/// Refuses a whole cell that is no value. For most cells the first byte decides.
pub(super) fn check(value: &str) -> Result<(), Scar> {
    match value.as_bytes() {
        [b'#', ..] => after_hash(value),
        [b'=', ..] if is_formula(value) => Err(Scar::Formula),
        [b'N' | b'n' | b'\\' | b'<' | b'[' | b'u', ..] if NO_VALUE.contains(&value) => Err(Scar::NoValue),
        [b'E', ..] if is_error_number(value, "Err:") => Err(Scar::ErrorWord),
        // The first letters of Ошибка and Помилка.
        [0xD0, 0x9E | 0x9F, ..]
            if is_error_number(value, "Ошибка:") || is_error_number(value, "Помилка:") =>
        {
            Err(Scar::ErrorWord)
        }
        _ => Ok(()),
    }
}

fn after_hash(value: &str) -> Result<(), Scar> {
    if value.len() >= 3 && value.bytes().all(|b| b == b'#') {
        return Err(Scar::TooNarrow);
    }
    if value == "#NULL" {
        return Err(Scar::NoValue);
    }
    let upper = value.to_uppercase();
    if ERROR_WORDS.contains(&upper.as_str()) { Err(Scar::ErrorWord) } else { Ok(()) }
}

/// `=SUM(A1:A3)`, `=Лист1!A1`, `=B7`, `=-B7`; not `=)`.
fn is_formula(value: &str) -> bool {
    let body = value[1..].trim_start_matches(['+', '-', '@', '$', '(']);
    // `='Лист 1'!A1`, `=[book.xls]Лист1!A1`, `=R[-1]C`. A mere sum, such as `=1+1`, may be text.
    let of_other_sheet = body.starts_with(['\'', '[']) && body.contains('!');
    let is_relative = body.starts_with(['R', 'C']) && body[1..].starts_with('[');
    if of_other_sheet || is_relative {
        return true;
    }
    let name = body.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '$'));
    let (name, rest) = body.split_at(name.unwrap_or(body.len()));
    let is_name = name.starts_with(char::is_alphabetic);
    let ends_in_number = name.ends_with(|c: char| c.is_ascii_digit()) && name.is_ascii();
    is_name && (rest.starts_with(['(', '!']) || (ends_in_number && name.len() <= 10))
}

/// `Err:502`.
fn is_error_number(value: &str, word: &str) -> bool {
    let number = value.strip_prefix(word).unwrap_or_default();
    number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit())
}

/// `1,23457E+11`, `3.80671E11`, `1E+11`: a number that a spreadsheet has shortened. `12E4` can be the number of a
/// contract or a flat.
pub(super) fn is_shortened(value: &str) -> bool {
    // Those of Cyrillic are letters of two bytes, and begin with this one.
    if !value.bytes().any(|b| matches!(b, b'E' | b'e' | 0xD0)) {
        return false;
    }
    let unsigned = value.strip_prefix(['-', '+']).unwrap_or(value);
    let Some(place) = unsigned.find(['E', 'e', 'Е', 'е']) else { return false };
    let (mantissa, rest) = unsigned.split_at(place);
    let exponent = rest.trim_start_matches(['E', 'e', 'Е', 'е']);
    let (is_signed, digits) = match exponent.strip_prefix(['+', '-']) {
        Some(digits) => (true, digits),
        None => (false, exponent),
    };
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_fraction = mantissa.split_once(['.', ',']).is_some_and(|(a, b)| are_digits(a) && are_digits(b));
    matches!(digits.len(), 1..=3)
        && are_digits(digits)
        && (is_fraction || (is_signed && mantissa.len() == 1 && are_digits(mantissa)))
}

#[cfg(test)]
mod tests {
    use super::{Scar, check, is_bare, is_shortened, unwrapped};
    use crate::validating::scar_words::{ERROR_WORDS, NO_VALUE};

    #[test]
    fn words_in_place_of_a_value_are_refused() {
        for word in [
            "#N/A",
            "#N/A N/A",
            "#¡REF!",
            "#NOM?",
            "#Н/Д",
            "#ССЫЛКА!",
            "#ЗНАЧ!",
            "#ДІЛ/0!",
            "#назва?",
            "#REF!",
            "Err:502",
            "Помилка:508",
        ] {
            assert_eq!(check(word), Err(Scar::ErrorWord), "{word}");
        }
        for word in ["###", "########"] {
            assert_eq!(check(word), Err(Scar::TooNarrow), "{word}");
        }
        for word in ["NULL", "null", "\\N", "NaN", "None", "<null>", "[NULL]", "undefined"] {
            assert_eq!(check(word), Err(Scar::NoValue), "{word}");
        }
        for formula in [
            "='Лист 1'!A1",
            "=[b.xls]Лист1!A1",
            "=R[-1]C",
            "=SUM(A1:A3)",
            "=B7",
            "=$B$7",
            "=Лист1!A1",
            "=-B7",
            "=ВПР(A1;B:C;2)",
        ] {
            assert_eq!(check(formula), Err(Scar::Formula), "{formula}");
        }
        for text in [
            "#5 під'їзд",
            "№ 5",
            "#",
            "##",
            "#VIP",
            "(null)",
            "?",
            "Nan",
            "none",
            "Null Іван",
            "Errors",
            "=)",
            "=",
            "= 5",
            "N/A",
            "-",
            "[x]",
            "<b>",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_keeps_digits_in_a_spreadsheet_is_taken_off() {
        for (written, meant) in [
            ("=\"000123\"", "000123"),
            ("=\"abc\"", "abc"),
            ("=\"\"", ""),
            ("'000123", "000123"),
            ("'+380671112233", "+380671112233"),
            ("'Ромашка'", "'Ромашка'"),
            ("'abc", "'abc"),
            ("'(067) 111-22-33", "(067) 111-22-33"),
            ("'-5", "-5"),
            ("'AB000123", "AB000123"),
            ("'x5 abc", "'x5 abc"),
            ("12'3", "12'3"),
            ("'", "'"),
        ] {
            assert_eq!(unwrapped(written), Ok(meant), "{written}");
        }
        assert_eq!(unwrapped("=\"a\"\"b\""), Err(Scar::Formula));
        assert_eq!(unwrapped("'000123'"), Err(Scar::BetweenApostrophes));
    }

    #[test]
    fn a_shortened_number_is_known_by_its_exponent() {
        for number in ["1,23457E+11", "3.80671E+11", "3.80671E11", "2,5E+03", "1E+11", "-1,5E-05", "1,2Е+11"]
        {
            assert!(is_shortened(number), "{number}");
        }
        for text in
            ["12E4", "1E5", "E+11", "12E+4", "1,2,3E+4", "2.5", "1E", "5e", "Е5", "1,23457E+1234", "12Е"]
        {
            assert!(!is_shortened(text), "{text}");
        }
    }

    #[test]
    fn what_is_called_bare_has_no_scar() {
        let others = ["Err:502", "Ошибка:502", "Помилка:508", "=\"5\"", "'5", "'(067)", "=B7", "###"];
        for scarred in ERROR_WORDS.iter().chain(&NO_VALUE).chain(&others) {
            assert!(!is_bare(scarred), "{scarred}");
        }
        for text in ["Гнатюк", "їжак", "100001", "user@example.net", "+380", "-5", "(067)", ""] {
            assert!(is_bare(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_bare_would_be_changed_or_refused(text in "[=\"'#NEuen0-9A(ОшПомї+:-]{0,2}[a-zA-Z0-9=\"'!(5]{0,8}") {
            if is_bare(&text) {
                proptest::prop_assert_eq!(unwrapped(&text), Ok(text.as_str()));
                proptest::prop_assert_eq!(check(&text), Ok(()));
            }
        }
    }
}
