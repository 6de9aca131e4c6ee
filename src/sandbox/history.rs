//! The history of a customer as servers write it: names, amounts and dates differ, and PHP turns a list into
//! a map as soon as its numbers have a gap.

use std::num::NonZeroUsize;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::chance::Draw;
use super::store::{Moment, StoredBooking};
use super::view::HistoryView;
use crate::catalogue::{
    Action, CUSTOMER, HISTORY_AMOUNT, HISTORY_DATE, HISTORY_EMPLOYEE, HISTORY_KIND, HISTORY_NOTE, Meaning,
};

/// One booking in a history.
#[derive(Debug)]
pub(super) struct BookingEntry {
    at: Moment,
    employee: u64,
    amount: Decimal,
    note: String,
    /// Whether it is written in a way that nobody knows.
    foreign: bool,
    /// Whether it has the fields that entries had until about 2017.
    old: bool,
}

impl BookingEntry {
    /// What a server shows of these bookings, oldest first, at this moment.
    pub(super) fn shown<'b>(
        bookings: impl Iterator<Item = &'b StoredBooking>,
        view: &HistoryView,
        now: Moment,
    ) -> Vec<Self> {
        let limit = view.limited.map_or(usize::MAX, NonZeroUsize::get);
        let visible = bookings
            .filter(|booking| {
                // What was booked before the server was started has been there for long.
                booking.at.elapsed.is_zero() || booking.at.elapsed + view.lagging <= now.elapsed
            })
            .take(limit);
        (1..).zip(visible).map(|(place, booking)| Self::of(booking, view, place)).collect()
    }

    fn of(booking: &StoredBooking, view: &HistoryView, place: usize) -> Self {
        let StoredBooking { at, employee, amount, ref note, .. } = *booking;
        let cut = view.cut.map_or(usize::MAX, NonZeroUsize::get);
        let foreign = view.foreign.is_some_and(|foreign| foreign.get() == place);
        let note = note.chars().take(cut).collect();
        Self { at: at.skewed(view.skewed), employee, amount, note, foreign, old: view.old }
    }
}

/// One way of writing a history.
#[derive(Debug, Clone, Copy)]
pub(super) struct HistoryFormat {
    entries: Entries,
    /// Whether names are in lower case.
    lower_case: bool,
    /// Whether the name of the employee's field lacks an `l`.
    misspelt: bool,
    /// Whether amounts are numbers, not text.
    numbers: bool,
    date: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Entries {
    List,
    /// A map whose keys are numbers.
    Map,
}

/// As MySQL writes a moment.
const ISO: &str = "%Y-%m-%d %H:%M:%S";
/// As people write it.
const DOTTED: &str = "%d.%m.%Y %H:%M:%S";

impl HistoryFormat {
    pub(super) const CLASSIC: Self =
        Self { entries: Entries::List, lower_case: false, misspelt: false, numbers: false, date: ISO };

    pub(super) const MODERN: Self = Self { lower_case: true, numbers: true, ..Self::CLASSIC };

    /// Drawn for every request.
    pub(super) fn mixed(draw: Draw) -> Self {
        Self {
            entries: draw.choose(14, &[Entries::List, Entries::Map], Entries::List),
            lower_case: draw.one_in(15, 2),
            misspelt: draw.one_in(16, 2),
            numbers: draw.one_in(17, 2),
            date: draw.choose(18, &[ISO, DOTTED], ISO),
        }
    }

    pub(super) fn write(self, entries: &[BookingEntry]) -> Value {
        let entries = entries.iter().map(|entry| self.entry(entry));
        match self.entries {
            Entries::List => entries.collect(),
            Entries::Map => (1..).zip(entries).map(|(n, entry): (u32, _)| (n.to_string(), entry)).collect(),
        }
    }

    fn entry(self, entry: &BookingEntry) -> Value {
        if entry.foreign {
            let sum = json!({"value": entry.amount.to_string(), "currency": "UAH"});
            return json!({"t": "pay", "when": entry.at.wall.as_second(), "sum": sum});
        }
        let amount = if self.numbers { number(entry.amount) } else { entry.amount.to_string().into() };
        if entry.old {
            let [_, kind] = HISTORY_KIND;
            let [.., employee] = HISTORY_EMPLOYEE;
            return json!({
                kind: "5", HISTORY_DATE: entry.at.written(self.date), employee: entry.employee.to_string(),
                "BalansBefore": "0.00", HISTORY_AMOUNT: amount, "PKO": "", HISTORY_NOTE: entry.note,
                "BillingDopData": "",
            });
        }
        let mut fields = Map::new();
        let mut put = |name: &str, value| {
            let name = if self.lower_case { name.to_lowercase() } else { name.to_owned() };
            fields.insert(name, value);
        };
        put("Typer", "money".into());
        put("DateDo", entry.at.written(self.date).into());
        put("Amount", amount);
        put("Comment", entry.note.as_str().into());
        if let Some(name) = employee_field() {
            // Some installations drop an `l`.
            let name = if self.misspelt { name.replacen('l', "", 1) } else { name.to_owned() };
            put(&name, entry.employee.into());
        }
        Value::Object(fields)
    }
}

/// The amount as PHP prints a number: without trailing zeros. It may be rounded, as PHP rounds.
fn number(amount: Decimal) -> Value {
    let text = amount.normalize().to_string();
    serde_json::from_str(&text).unwrap_or_else(|_| json!(text))
}

/// The field of an entry that names the employee.
fn employee_field() -> Option<&'static str> {
    let booking = CUSTOMER.subcategory(Action::ChangeBalance)?;
    booking.by_meaning(Meaning::Employee).map(|parameter| parameter.name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{BookingEntry, Draw, HistoryFormat, Moment, employee_field};

    fn entry(amount: &str) -> BookingEntry {
        let at = Moment { elapsed: Duration::ZERO, wall: "1970-06-15T12:00:00Z".parse().expect("a moment") };
        BookingEntry {
            at,
            employee: 12,
            amount: amount.parse().expect("money"),
            note: "n".to_owned(),
            foreign: false,
            old: false,
        }
    }

    /// The date of an entry belongs to the machine's time zone; the rest does not.
    fn without_date(mut history: Value, name: &str) -> Value {
        assert!(history[0][name].take().is_string());
        history
    }

    #[test]
    fn the_classic_and_the_modern_way() {
        let employee = employee_field().expect("a field");
        let history = without_date(HistoryFormat::CLASSIC.write(&[entry("-15.40")]), "DateDo");
        let expected = json!({
            "Typer": "money", "DateDo": null, "Amount": "-15.40", "Comment": "n", employee: 12,
        });
        assert_eq!(history, json!([expected]));
        let history = without_date(HistoryFormat::MODERN.write(&[entry("-15.40")]), "datedo");
        let expected = json!({
            "typer": "money", "datedo": null, "amount": -15.4, "comment": "n", employee: 12,
        });
        assert_eq!(history, json!([expected]));
    }

    #[test]
    fn numbers_have_no_idle_zeros() {
        let written = |amount| HistoryFormat::MODERN.write(&[entry(amount)])[0]["amount"].to_string();
        assert_eq!([written("5.00"), written("0.10"), written("-1200")], ["5", "0.1", "-1200"]);
    }

    #[test]
    fn the_mixture_shows_every_form_sooner_or_later() {
        let seen: HashSet<String> = (0..200)
            .map(|n| {
                HistoryFormat::mixed(Draw::new(1, n, 0)).write(&[entry("1.50"), entry("2.00")]).to_string()
            })
            .collect();
        for form in [
            r#"[{""#,
            r#"{"1":{"#,
            r#""2":{"#,
            r#""Amount":"1.50""#,
            r#""amount":1.5"#,
            r#""empoyee_id":12"#,
            r#""employee_id":12"#,
            r#""Comment":"n""#,
            // In the middle of a month and a day, the month is the same wherever the machine stands.
            r#"":"1970-06-"#,
            r#".06.1970 "#,
        ] {
            assert!(seen.iter().any(|body| body.contains(form)), "{form}");
        }
    }

    #[test]
    fn no_history_is_an_empty_list_or_map() {
        assert_eq!(HistoryFormat::CLASSIC.write(&[]), json!([]));
        assert!((0..50).any(|n| HistoryFormat::mixed(Draw::new(1, n, 0)).write(&[]) == json!({})));
    }
}
