//! One value as text: dates as ISO writes them, addresses as people do, numbers to the digit.

use std::net::Ipv4Addr;

use serde_json::Value;

use crate::catalogue::ValueKind;
use crate::customers::without_exponent;

/// Whether the value is one, and no list and no map.
pub(super) fn is_simple(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// The sign for a NUL.
const NUL_SHOWN: &str = "\u{2400}";

/// A simple value as its type is written. Whatever is not as its type should be stays as it came.
pub(super) fn text(value: &Value, kind: ValueKind) -> String {
    let text = match value {
        Value::Null | Value::Array(_) | Value::Object(_) => return String::new(),
        Value::Bool(flag) => return if *flag { "1" } else { "0" }.to_owned(),
        // Digits as the server wrote them; no number goes through a binary one.
        Value::Number(number) => without_exponent(&number.to_string()).into_owned(),
        // A file with a NUL is not a text file to anybody, this program included.
        Value::String(text) if text.contains('\0') => text.replace('\0', NUL_SHOWN),
        Value::String(text) => text.clone(),
    };
    match kind {
        ValueKind::Date => day(date(text)),
        ValueKind::DateTime => date(text),
        ValueKind::Ip => ip(text),
        ValueKind::Mac => mac(text),
        _ => text,
    }
}

/// `2023-03-09` or `2023-03-09 16:03:28`; nothing for what means no date: 0000-00-00, and 1970-01-01, which is
/// second 0 in whatever time zone.
fn date(text: String) -> String {
    let trimmed = text.trim();
    let (day, time) = match trimmed.find([' ', 'T']) {
        Some(place) => (&trimmed[..place], trimmed[place + 1..].trim()),
        None => (trimmed, ""),
    };
    let day = match day.as_bytes() {
        [d1, d2, b'.', m1, m2, b'.', y1, y2, y3, y4] => [*y1, *y2, *y3, *y4, b'-', *m1, *m2, b'-', *d1, *d2],
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => [*y1, *y2, *y3, *y4, b'-', *m1, *m2, b'-', *d1, *d2],
        b"0" if time.is_empty() => return String::new(),
        _ if trimmed.is_empty() => return String::new(),
        _ => return text,
    };
    let Ok(day) = std::str::from_utf8(&day) else { return text };
    let are_digits = day.bytes().enumerate().all(|(at, b)| matches!(at, 4 | 7) || b.is_ascii_digit());
    if !are_digits {
        return text;
    }
    if matches!(day, "0000-00-00" | "1970-01-01") {
        return String::new();
    }
    if day.parse::<jiff::civil::Date>().is_err() {
        return text;
    }
    if time.is_empty() { day.to_owned() } else { format!("{day} {time}") }
}

/// A date without the time that some servers write after it; other text stays as it came.
fn day(text: String) -> String {
    let is_date = |day: &str| day.parse::<jiff::civil::Date>().is_ok();
    match text.split_once(' ') {
        Some((day, time))
            if is_date(day) && time.bytes().all(|b| b.is_ascii_digit() || b":.+Z-".contains(&b)) =>
        {
            day.to_owned()
        }
        _ => text,
    }
}

/// Dotted, also where the API has one decimal number.
fn ip(text: String) -> String {
    match text.trim().parse::<u32>() {
        Ok(0) => String::new(),
        Ok(number) => Ipv4Addr::from_bits(number).to_string(),
        Err(_) => text,
    }
}

/// `aa:bb:cc:dd:ee:ff`, out of twelve hex digits in any notation.
fn mac(text: String) -> String {
    let digits: Vec<char> = text
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if digits.len() != 12 || !digits.iter().all(char::is_ascii_hexdigit) {
        return text;
    }
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::text;
    use crate::catalogue::ValueKind;

    #[test]
    fn dates_are_iso_and_no_date_is_nothing() {
        for (from, to) in [
            ("2023-03-09", "2023-03-09"),
            ("2023-03-09 16:03:28", "2023-03-09 16:03:28"),
            ("2023-03-09T16:03:28", "2023-03-09 16:03:28"),
            ("09.03.2023", "2023-03-09"),
            ("09.03.2023 16:03", "2023-03-09 16:03"),
            ("1970-01-01", ""),
            ("1970-01-01 03:00:00", ""),
            ("01.01.1970", ""),
            ("0000-00-00", ""),
            ("0000-00-00 00:00:00", ""),
            ("00.00.0000", ""),
            ("0", ""),
            ("", ""),
            (" ", ""),
            ("soon", "soon"),
            ("Tuesday", "Tuesday"),
            ("0 o'clock", "0 o'clock"),
            ("9.3.2023", "9.3.2023"),
            ("31.02.2023", "31.02.2023"),
            ("ab.cd.efgh", "ab.cd.efgh"),
            ("Я.03.2023", "Я.03.2023"),
        ] {
            assert_eq!(text(&json!(from), ValueKind::DateTime), to, "{from}");
        }
    }

    #[test]
    fn a_day_has_no_time() {
        for (from, to) in [
            ("2023-03-09 00:00:00", "2023-03-09"),
            ("2023-03-09T16:03:28", "2023-03-09"),
            ("09.03.2023 16:03", "2023-03-09"),
            ("09.03.2023", "2023-03-09"),
            ("1970-01-01 03:00:00", ""),
            ("2023-03-09 or so", "2023-03-09 or so"),
            ("31.02.2023 00:00:00", "31.02.2023 00:00:00"),
            ("to be agreed", "to be agreed"),
        ] {
            assert_eq!(text(&json!(from), ValueKind::Date), to, "{from}");
        }
    }

    #[test]
    fn addresses_are_written_as_people_write_them() {
        let ip = |value: Value| text(&value, ValueKind::Ip);
        assert_eq!(ip(json!("178320547")), "10.160.244.163");
        assert_eq!(ip(json!(178_320_547)), "10.160.244.163");
        assert_eq!(ip(json!("10.0.0.1")), "10.0.0.1");
        assert_eq!(ip(json!("0")), "");
        assert_eq!(ip(json!("99999999999")), "99999999999");
        let mac = |value: &str| text(&json!(value), ValueKind::Mac);
        assert_eq!(mac("001A2B3C4D5E"), "00:1a:2b:3c:4d:5e");
        assert_eq!(mac("00-1a-2b-3c-4d-5e"), "00:1a:2b:3c:4d:5e");
        assert_eq!(mac("unknown"), "unknown");
    }

    #[test]
    fn numbers_keep_every_digit() {
        let number: Value = serde_json::from_str("-15.40").expect("JSON");
        assert_eq!(text(&number, ValueKind::Money), "-15.40");
        let long: Value = serde_json::from_str("12345678901234567890.123456789").expect("JSON");
        assert_eq!(text(&long, ValueKind::Money), "12345678901234567890.123456789");
        assert_eq!(text(&json!("000123"), ValueKind::Text), "000123");
        assert_eq!(text(&json!("a\0b"), ValueKind::Text), "a\u{2400}b");
        assert_eq!(text(&json!(true), ValueKind::Flag), "1");
        assert_eq!(text(&Value::Null, ValueKind::Money), "");
    }
}
