//! Telephone numbers, without what people put between their digits.

use super::point_zero::without_point_zero;
use super::value_error::ValueError;

pub(super) fn phone(value: &str, out: &mut String) -> Result<(), ValueError> {
    let start = out.len();
    for (place, c) in without_point_zero(value).char_indices() {
        match c {
            '0'..='9' => out.push(c),
            '+' if place == 0 => out.push(c),
            // What follows is the fraction of a number, or another telephone.
            '.' if place >= 9 && out.len() - start == place => return Err(ValueError::NoPhone),
            '/' if out.len() - start > 7 => return Err(ValueError::Several),
            ' ' | '\u{A0}' | '\u{202F}' | '(' | ')' | '-' | '\u{2010}' | '\u{2011}' | '\u{2012}'
            | '\u{2013}' | '.' | '/' => {}
            ',' | ';' => return Err(ValueError::Several),
            _ => return Err(ValueError::NoPhone),
        }
    }
    // E.164 allows 15 digits; short numbers inside a town may have 5.
    let digits = out[start..].bytes().filter(u8::is_ascii_digit).count();
    let is_long =
        digits > 15 || digits > 13 && !["+", "00", "8"].iter().any(|abroad| out[start..].starts_with(abroad));
    if !is_long && (5..=15).contains(&digits) {
        Ok(())
    } else {
        Err(if is_long { ValueError::Several } else { ValueError::NoPhone })
    }
}

#[cfg(test)]
mod tests {
    use super::{ValueError, phone};

    fn read(value: &str) -> Result<String, ValueError> {
        let mut out = String::new();
        phone(value, &mut out).map(|()| out)
    }

    #[test]
    fn phones_lose_what_people_put_between_digits() {
        assert_eq!(read("+38 (067) 000-11-22"), Ok("+380670001122".to_owned()));
        assert_eq!(read("067.000.11.22"), Ok("0670001122".to_owned()));
        assert_eq!(read("0670001122, 0670001133"), Err(ValueError::Several));
        for whole in ["380670001122.0", "380670001122.00", "380670001122,0"] {
            assert_eq!(read(whole), Ok("380670001122".to_owned()), "{whole}");
        }
        for whole in ["+380.67.000.11.22", "00380670001122", "(067)000-11-22"] {
            assert!(read(whole).is_ok(), "{whole}");
        }
        assert_eq!(read("044/000-11-22"), Ok("0440001122".to_owned()));
        for two in ["0670001122/33", "234-56-78 345-67-89"] {
            assert_eq!(read(two), Err(ValueError::Several), "{two}");
        }
        for bad in ["нет", "067-abc", "12", "++380670001122", "067+1", "380670001122.5"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
