//! An entry of a history as a line of a table.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::catalogue::HISTORY_COLUMNS;
use crate::customers::{EntryTime, HistoryEntry, plain};

/// The cells of an entry, in the order of [`HISTORY_COLUMNS`].
pub(super) type HistoryLine = [String; HISTORY_COLUMNS.len()];

/// An entry of this customer's history.
pub(super) fn line(customer: &str, entry: &HistoryEntry, zone: &TimeZone) -> HistoryLine {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        customer.to_owned(),
        date(entry, zone),
        text(&entry.kind),
        text(&entry.employee),
        entry.amount_text.as_deref().map(amount).unwrap_or_default(),
        text(&entry.note),
    ]
}

/// The day of an entry, where its date can be read. The server's own notation tells no zone; the day is the one that
/// it wrote.
pub(super) fn day_of(entry: &HistoryEntry, zone: &TimeZone) -> Option<Date> {
    match entry.at {
        EntryTime::Local(time) => Some(time.date()),
        EntryTime::At(moment) => Some(zone.to_datetime(moment).date()),
        EntryTime::Day(day) => Some(day),
        EntryTime::Unreadable => None,
    }
}

fn date(entry: &HistoryEntry, zone: &TimeZone) -> String {
    const ISO: &str = "%Y-%m-%d %H:%M:%S";
    match entry.at {
        EntryTime::Local(time) => time.strftime(ISO).to_string(),
        EntryTime::At(moment) => zone.to_datetime(moment).strftime(ISO).to_string(),
        EntryTime::Day(day) => day.to_string(),
        EntryTime::Unreadable => entry.date_text.clone().filter(|text| !is_no_date(text)).unwrap_or_default(),
    }
}

/// What servers write where there is no date.
fn is_no_date(text: &str) -> bool {
    ["0000-00-00", "1970-01-01", "00.00.0000", "01.01.1970"].iter().any(|none| text.trim().starts_with(none))
}

/// An amount with a decimal point; what is not an amount stays as it is.
fn amount(text: &str) -> String {
    plain(text).map_or_else(|| text.trim().to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::{amount, line};
    use crate::customers::entries;
    use jiff::tz::{TimeZone, offset};

    #[test]
    fn amounts_keep_their_digits() {
        for (written, expected) in [
            ("10.50", "10.50"),
            ("-15.4000", "-15.4000"),
            ("1.234", "1.234"),
            ("0.10000000000000000555", "0.10000000000000000555"),
            ("123456789012345678901234567890.01", "123456789012345678901234567890.01"),
            (" 7 ", "7"),
            ("-15,40", "-15.40"),
            ("1 234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1e3", "1e3"),
            ("ten", "ten"),
            ("", ""),
        ] {
            assert_eq!(amount(written), expected, "{written}");
        }
    }

    #[test]
    fn an_entry_becomes_a_line() {
        let zone = TimeZone::fixed(offset(2));
        let written = |json: &str| {
            let data = serde_json::from_str(json).expect("JSON");
            let entries = entries(Some(&data)).expect("a history");
            line("17", &entries[0], &zone).join("|")
        };
        for (json, expected) in [
            (
                r#"[{"Typer":"a &amp; b","DateDo":"09.03.2023 16:03:28","employee_id":12,"Amount":-10.50,"Comment":"&quot;x&quot;, y"}]"#,
                "17|2023-03-09 16:03:28|a & b|12|-10.50|\"x\", y",
            ),
            (
                r#"{"3":{"typer":"1","date_do":"2023-03-09","empoyee_id":"12","amount":"15,4","comment":null}}"#,
                "17|2023-03-09|1|12|15.40|",
            ),
            (r#"[{"DateDo":1678374208,"Comment":"&amp;lt;"}]"#, "17|2023-03-09 17:03:28||||&lt;"),
            (r#"[{"DateDo":"2023-03-09T16:03:28+01:00"}]"#, "17|2023-03-09 17:03:28||||"),
            (r#"[{"DateDo":"0000-00-00","Amount":null}]"#, "17|||||"),
        ] {
            assert_eq!(written(json), expected, "{json}");
        }
    }
}
