//! The question before money is booked or customers are deleted: what is at stake, and whether to go on.

use std::io::{self, BufRead};
use std::time::Duration;

use super::lines::{self, WARNING};
use crate::catalogue::{Action, Operation};
use crate::count::Count;
use crate::events::Estimate;
use crate::validating::{Money, Totals};

/// What is about to happen, in one line. For money: the credit, the debit and the net total.
pub fn stake(operation: Operation, totals: &Totals) -> String {
    let mut text = format!("{}: {}", operation.name(), Count(totals.valid(), "row"));
    if let (true, Some(step)) = (operation.has_several_steps(), operation.step_of(Action::Add)) {
        let new = totals.calls.of(step);
        let known = totals.valid().saturating_sub(new);
        let known = if known > 0 { format!(" and {}", Count(known, "known one")) } else { String::new() };
        text.push_str(&format!(", {}{known}", Count(new, "new customer")));
    } else if let Some(customers) = totals.customers {
        text.push_str(&format!(" for {}", Count(customers, "customer")));
    }
    if let (true, Some(step)) = (operation.has_several_steps(), operation.step_of(Action::ChangeBalance)) {
        text.push_str(&format!(", {}", Count(totals.calls.of(step), "booking")));
    }
    if operation.books_money() {
        let sum = |sum: Option<Money>| sum.map_or_else(|| "too many digits to add up".to_owned(), grouped);
        text.push_str(&format!(
            ": credit {}, debit {}, net total {}",
            sum(totals.credit),
            sum(totals.debit),
            sum(totals.amount)
        ));
    }
    text
}

/// How many requests a run will make, and how long they take.
pub fn estimate(estimate: &Estimate) -> String {
    let Estimate { customers, searches, rate, .. } = *estimate;
    let time = |requests| estimate.time(requests).map(about);
    let mut text = format!("{}: {}", Count(customers, "customer"), Count(estimate.requests(), "request"));
    if let Some(time) = time(estimate.requests()) {
        text.push_str(&format!(", about {time} at {rate}"));
    }
    if searches > 0 {
        text.push_str(&format!("; up to {}", Count(searches, "more read")));
        if let Some(time) = time(searches) {
            text.push_str(&format!(" ({time})"));
        }
        text.push_str(" where somebody is in the billing already");
    }
    text
}

/// A time that nobody knows to the second.
fn about(time: Duration) -> String {
    let (seconds, minutes) = (time.as_secs(), (time.as_secs() + 30) / 60);
    match (minutes / 60, minutes % 60) {
        _ if seconds < 60 => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Asks on standard error whether to go on, and reads one line as the answer. The end of the input means
/// "no".
pub fn ask(answers: &mut dyn BufRead) -> io::Result<bool> {
    lines::question(WARNING, "Send them? [y/N]");
    let mut answer = String::new();
    if answers.read_line(&mut answer)? == 0 {
        // The cursor is still on the line of the question.
        lines::plain(&"");
    }
    Ok(is_yes(&answer))
}

/// Whether it is a clear yes.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "д" | "да" | "так")
}

fn grouped(amount: Money) -> String {
    let text = amount.to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "00"));
    format!("{sign}{}.{decimals}", thousands(whole))
}

/// `1234567` as `1,234,567`.
fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{about, ask, estimate, is_yes, stake};
    use crate::catalogue::operation;
    use crate::events::Estimate;
    use crate::validating::Totals;

    #[test]
    fn the_stake_names_rows_customers_and_money() {
        let money = |text: &str| text.parse().ok();
        let totals = Totals {
            rows: 3010,
            invalid: 10,
            amount: money("-1232776.99"),
            credit: money("1234.01"),
            debit: money("1234011"),
            customers: Some(2870),
            ..Totals::default()
        };
        let of = |name: &str, totals: &Totals| stake(operation(name).expect(name), totals);
        assert_eq!(
            of("change_balance", &totals),
            "change_balance: 3,000 rows for 2,870 customers: credit 1,234.01, debit 1,234,011.00, net total -1,232,776.99"
        );
        let text = of("migrate", &totals);
        let counted =
            "migrate: 3,000 rows, 0 new customers and 3,000 known ones, 0 bookings: credit 1,234.01";
        assert!(text.starts_with(counted), "{text}");
        assert_eq!(of("delete", &totals), "delete: 3,000 rows for 2,870 customers");
        let one = Totals { rows: 1, customers: Some(1), ..Totals::default() };
        assert_eq!(of("delete", &one), "delete: 1 row for 1 customer");
    }

    #[test]
    fn an_estimate_is_as_exact_as_it_can_be() {
        let of = |rate: &str, reads, searches| {
            let rate = rate.parse().expect("a rate");
            estimate(&Estimate { customers: 50_000, writes: 100_000, reads, searches, rate })
        };
        assert_eq!(of("10/s", 18_342, 0), "50,000 customers: 118,342 requests, about 3 h 17 min at 10/s");
        assert_eq!(
            of("600/m", 7, 50_000),
            "50,000 customers: 100,007 requests, about 2 h 47 min at 600/m; up to 50,000 more reads (1 h 23 min) where somebody is in the billing already"
        );
        assert_eq!(of("unlimited", 1, 0), "50,000 customers: 100,001 requests");
        let few =
            Estimate { customers: 1, writes: 1, reads: 0, searches: 0, rate: "5/s".parse().expect("a rate") };
        assert_eq!(estimate(&few), "1 customer: 1 request, about 1 s at 5/s");
        for (seconds, expected) in [(59, "59 s"), (89, "1 min"), (3570, "1 h"), (7260, "2 h 1 min")] {
            assert_eq!(about(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        for yes in ["y", "Y", "yes", "YES\n", " да ", "ДА", "так", "Так\r\n", "д", "Д"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "ye", "yess", "нет", "ні", "1", "y y", "t"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }

    #[test]
    fn the_end_of_the_input_is_no() {
        assert!(!ask(&mut &b""[..]).expect("an answer"));
        assert!(ask(&mut &b"yes\nno\n"[..]).expect("an answer"));
    }
}
