//! One rule for each kind of value: it is normalised to what the API takes, or refused with a reason.

use std::net::Ipv4Addr;

use email_address::{EmailAddress, Options};

use super::date;
use super::kept::Kept;
use super::phone::phone;
use super::point_zero::without_point_zero;
use super::rules::ValueRules;
use super::scars::Scar;
use super::value_error::ValueError;
use super::{amount, characters, money, scars};
use crate::catalogue::{Choice, Meaning, Parameter, ValueKind, nearest};

/// What a value is without what spreadsheets put around it, if nothing is wrong with its text.
pub(super) fn sound(value: &str) -> Result<&str, ValueError> {
    let value = scars::unwrapped(value)?;
    characters::check(value)?;
    scars::check(value)?;
    Ok(value)
}

/// Appends the normalised value to `out`. The value must be trimmed and not empty. After an error, `out` may
/// hold a part of it.
pub(super) fn normalise(
    parameter: &Parameter,
    value: &str,
    rules: ValueRules<'_>,
    out: &mut String,
) -> Result<Kept, ValueError> {
    match parameter.meaning {
        Meaning::Amount => amount::normalise(value, rules.allow_zero, out)
            .map(|()| Kept::Whole)
            .map_err(|refusal| refusal.or_shortened(value)),
        _ => normalise_as(parameter.kind, parameter.is_customer(), value, rules, out),
    }
}

/// The same where nothing may be left out.
pub(super) fn normalise_whole(
    parameter: &Parameter,
    value: &str,
    rules: ValueRules<'_>,
    out: &mut String,
) -> Result<(), ValueError> {
    match normalise(parameter, value, rules, out)? {
        Kept::Whole => Ok(()),
        Kept::Day => Err(ValueError::TimeOfDay),
    }
}

/// The same for a value without a parameter.
pub(super) fn normalise_as(
    kind: ValueKind,
    is_customer: bool,
    value: &str,
    rules: ValueRules<'_>,
    out: &mut String,
) -> Result<Kept, ValueError> {
    let whole = |read: Result<(), ValueError>| read.map(|()| Kept::Whole);
    match kind {
        ValueKind::Date => date::date(value, rules, out),
        ValueKind::DateTime => whole(date::date_time(value, rules, out)),
        ValueKind::Id => whole(id(value, is_customer, out)),
        ValueKind::Flag => whole(flag(value, out)),
        ValueKind::Money => whole(money::normalise(value, out).map_err(ValueError::Money)),
        ValueKind::Email => whole(email(value, out)),
        ValueKind::Phone => whole(phone(value, out)),
        ValueKind::Integer => whole(integer(value, out)),
        ValueKind::NumberOrText => whole(number_or_text(value, out)),
        ValueKind::Ip => whole(ip(value, out)),
        ValueKind::Mac => whole(mac(value, out)),
        ValueKind::Text => whole(text(value, out)),
        ValueKind::Choice(choices) => whole(choice(value, choices, out)),
    }
    .map_err(|refusal| refusal.or_shortened(value))
}

fn id(value: &str, is_customer: bool, out: &mut String) -> Result<(), ValueError> {
    /// What a 64-bit signed column holds.
    const DIGITS: usize = 18;
    let value = without_point_zero(value);
    if value.is_empty() || value.len() > DIGITS || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ValueError::NoId);
    }
    if value == "0" && is_customer {
        return Err(ValueError::ZeroId);
    }
    if value.len() > 1 && value.starts_with('0') {
        return Err(ValueError::LeadingZeros);
    }
    out.push_str(value);
    Ok(())
}

/// Words of the languages that lists are written in, including the names that spreadsheets give to true and
/// false.
const YES: [&str; 11] = ["1", "+", "да", "так", "yes", "y", "true", "истина", "істина", "д", "т"];
const NO: [&str; 13] =
    ["0", "-", "нет", "ні", "no", "n", "false", "ложь", "хибність", "хибно", "н", "\u{2212}", "\u{2013}"];

fn flag(value: &str, out: &mut String) -> Result<(), ValueError> {
    let value = without_point_zero(value);
    if matches!(value, "0" | "1") {
        out.push_str(value);
        return Ok(());
    }
    let meant = |word: &str| if YES.contains(&word) { Some('1') } else { NO.contains(&word).then_some('0') };
    out.push(meant(value).or_else(|| meant(&value.to_lowercase())).ok_or(ValueError::NoFlag)?);
    Ok(())
}

fn integer(value: &str, out: &mut String) -> Result<(), ValueError> {
    let value = without_point_zero(value).replace('\u{2212}', "-");
    let number: i64 = value.parse().map_err(|_| ValueError::NoInteger)?;
    out.push_str(&number.to_string());
    Ok(())
}

/// `цоколь`, `2а` and `1-2` are names; what is only a number must be whole, because older servers keep it as one.
fn number_or_text(value: &str, out: &mut String) -> Result<(), ValueError> {
    let unsigned = value.trim_start_matches(['+', '-', '\u{2212}']);
    let is_number = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if is_number { integer(value, out) } else { text(value, out) }
}

fn email(value: &str, out: &mut String) -> Result<(), ValueError> {
    if value.bytes().any(|b| matches!(b, b',' | b';' | b' ')) {
        return Err(if value.matches('@').count() > 1 { ValueError::Several } else { ValueError::NoEmail });
    }
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(value, options).map_err(|_| ValueError::NoEmail)?;
    out.push_str(value);
    Ok(())
}

/// Dotted, or one decimal number, as the API stores it.
fn ip(value: &str, out: &mut String) -> Result<(), ValueError> {
    let address = value.parse::<Ipv4Addr>().ok().or_else(|| value.parse().map(Ipv4Addr::from_bits).ok());
    out.push_str(&address.ok_or(ValueError::NoIp)?.to_string());
    Ok(())
}

/// Twelve hex digits, as the API stores it, from any usual notation: `aa:bb:cc:dd:ee:ff`,
/// `AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff`, `aabbcc-ddeeff`.
fn mac(value: &str, out: &mut String) -> Result<(), ValueError> {
    let start = out.len();
    for c in value.chars() {
        match c {
            '0'..='9' | 'a'..='f' | 'A'..='F' => out.push(c.to_ascii_lowercase()),
            ':' | '-' | '.' | ' ' => {}
            _ => return Err(ValueError::NoMac),
        }
    }
    if out.len() - start == 12 { Ok(()) } else { Err(ValueError::NoMac) }
}

fn text(value: &str, out: &mut String) -> Result<(), ValueError> {
    // Shortened numbers end in a digit, as account numbers do.
    if matches!(value.as_bytes(), [b'0'..=b'9' | b'-' | b'+', .., b'0'..=b'9']) && scars::is_shortened(value)
    {
        return Err(Scar::Shortened.into());
    }
    out.push_str(value);
    Ok(())
}

fn choice(value: &str, choices: &[Choice], out: &mut String) -> Result<(), ValueError> {
    let names = || choices.iter().map(|c| c.name);
    match names().find(|name| name.eq_ignore_ascii_case(value)) {
        Some(name) => {
            out.push_str(name);
            Ok(())
        }
        None => Err(ValueError::NoChoice {
            known: names().collect::<Vec<_>>().join(", "),
            nearest: nearest(value, names()).to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::normalise_whole;
    use crate::catalogue::{CUSTOMER, Meaning, Operation, Parameter, Step, ValueKind, operations};
    use crate::validating::ValueError;
    use crate::validating::rules::ValueRules;
    use proptest::prelude::*;

    fn parameter(kind: ValueKind) -> &'static Parameter {
        operations()
            .flat_map(Operation::steps)
            .flat_map(|(_, step)| step.parameters)
            .find(|p| p.kind == kind && !p.is_customer())
            .expect("a parameter of this kind")
    }

    fn read(parameter: &Parameter, value: &str) -> Result<String, ValueError> {
        let mut out = String::new();
        normalise_whole(parameter, value, ValueRules::NONE, &mut out).map(|()| out)
    }

    #[test]
    fn flags_are_understood_in_four_languages() {
        for yes in ["1", "да", "Так", "TRUE", "+", "yes", "ИСТИНА"] {
            assert_eq!(read(parameter(ValueKind::Flag), yes), Ok("1".to_owned()), "{yes}");
        }
        for no in ["0", "нет", "ні", "False", "-", "No"] {
            assert_eq!(read(parameter(ValueKind::Flag), no), Ok("0".to_owned()), "{no}");
        }
        assert_eq!(read(parameter(ValueKind::Flag), "мабуть"), Err(ValueError::NoFlag));
        assert_eq!(read(parameter(ValueKind::Flag), "2"), Err(ValueError::NoFlag));
    }

    #[test]
    fn ids_are_whole_numbers_without_leading_zeros() {
        let id = parameter(ValueKind::Id);
        assert_eq!(read(id, "1001"), Ok("1001".to_owned()));
        assert_eq!(read(id, "0"), Ok("0".to_owned()));
        assert_eq!(read(id, "0012"), Err(ValueError::LeadingZeros));
        for bad in ["-1", "1.5", "1001,", "первый", "1 001", "99999999999999999999"] {
            assert_eq!(read(id, bad), Err(ValueError::NoId), "{bad}");
        }
        let customer =
            operations().find_map(|o| o.step(Step::FIRST).customer_parameter(None)).expect("a customer");
        assert_eq!(read(customer, "0"), Err(ValueError::ZeroId));
    }

    #[test]
    fn addresses_are_checked() {
        let email = parameter(ValueKind::Email);
        assert_eq!(read(email, "a.b@example.com"), Ok("a.b@example.com".to_owned()));
        for bad in ["a.b", "a@b@c", "@example.com", "a@localhost", "A <a@example.com>", "a b@example.com"] {
            assert_eq!(read(email, bad), Err(ValueError::NoEmail), "{bad}");
        }
        assert_eq!(read(email, "a@example.com, b@example.com"), Err(ValueError::Several));
    }

    #[test]
    fn choices_come_from_the_closed_list() {
        let typer =
            CUSTOMER.subcategories.iter().find_map(|s| s.by_meaning(Meaning::Typer)).expect("a typer");
        assert_eq!(read(typer, "Phone"), Ok("phone".to_owned()));
        assert!(read(typer, "phonee").expect_err("no choice").to_string().contains("did you mean 'phone'"));
    }

    #[test]
    fn addresses_of_the_network_are_read_in_any_usual_notation() {
        let read = |kind, value: &str| read(&Parameter { kind, ..*parameter(ValueKind::Text) }, value);
        for mac in
            ["00:1A:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "001A2B-3C4D5E", "001a2b3c4d5e"]
        {
            assert_eq!(read(ValueKind::Mac, mac), Ok("001a2b3c4d5e".to_owned()), "{mac}");
        }
        for bad in ["00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5g", "no", "001a2b3c4d5e00"] {
            assert_eq!(read(ValueKind::Mac, bad), Err(ValueError::NoMac), "{bad}");
        }
        for ip in ["10.160.244.163", "178320547"] {
            assert_eq!(read(ValueKind::Ip, ip), Ok("10.160.244.163".to_owned()), "{ip}");
        }
        for bad in ["10.0.0", "10.0.0.256", "10.0.0.1/24", "4294967296", "fe80::1", "-1"] {
            assert_eq!(read(ValueKind::Ip, bad), Err(ValueError::NoIp), "{bad}");
        }
    }

    #[test]
    fn what_is_in_place_of_a_value_is_refused_whatever_the_kind() {
        use crate::validating::scars::Scar;
        for kind in [ValueKind::Text, ValueKind::Phone, ValueKind::Id, ValueKind::Date, ValueKind::Flag] {
            let shortened = read(parameter(kind), "3,80671E+11");
            assert_eq!(shortened, Err(ValueError::Scar(Scar::Shortened)), "{kind:?}");
        }
        assert_eq!(super::sound("NULL"), Err(ValueError::Scar(Scar::NoValue)));
        assert_eq!(super::sound("=\"000123\""), Ok("000123"));
        assert!(super::sound("a\u{0}b").is_err() && super::sound("a\u{FFFD}b").is_err());
    }

    #[test]
    fn a_whole_number_loses_the_fraction_that_it_does_not_have() {
        for (kind, written, meant) in [
            (ValueKind::Id, "1001.0", "1001"),
            (ValueKind::NumberOrText, "-2.0", "-2"),
            (ValueKind::Phone, "380670001122.0", "380670001122"),
            (ValueKind::Phone, "+380670001122.0", "+380670001122"),
            (ValueKind::Flag, "1.0", "1"),
            (ValueKind::Text, "123.0", "123.0"),
        ] {
            assert_eq!(read(parameter(kind), written), Ok(meant.to_owned()), "{written}");
        }
        assert_eq!(read(parameter(ValueKind::Id), "1.5"), Err(ValueError::NoId));
        assert_eq!(read(parameter(ValueKind::Id), "007.0"), Err(ValueError::LeadingZeros));
    }

    proptest! {
        /// Whatever is normalised stays what it is when it is normalised again.
        #[test]
        fn normalising_twice_changes_nothing(value in "[0-9+.,: /а-яa-z@-]{1,16}") {
            let value = value.trim();
            prop_assume!(!value.is_empty());
            for parameter in operations().flat_map(Operation::steps).flat_map(|(_, step)| step.parameters) {
                if let Ok(once) = read(parameter, value) {
                    prop_assert_eq!(read(parameter, &once), Ok(once.clone()));
                }
            }
        }
    }
}
