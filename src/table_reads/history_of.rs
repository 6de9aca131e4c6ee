//! The history of one customer, as far as it is wanted.

use jiff::tz::TimeZone;

use super::customer_history::{CustomerHistory, HistoryRead};
use super::history_lines::{day_of, line};
use super::period::Period;
use super::reader::TableReader;
use super::table_customers::IdCell;
use crate::customers::{HistoryEntry, HistoryReader, NoHistory, ShownHistory};
use crate::sending::{Clock, Transport};

/// What of a customer's history is read.
#[derive(Debug)]
pub(super) struct HistoryOf {
    pub(super) histories: HistoryReader,
    /// The days that are wanted.
    pub(super) period: Period,
    /// The zone in which a moment is a day.
    pub(super) zone: TimeZone,
}

impl HistoryOf {
    /// Reads the history of the customer in a cell.
    pub(super) async fn of<T: Transport, C: Clock>(
        &self,
        cell: IdCell,
        reader: &TableReader<'_, T, C>,
    ) -> CustomerHistory {
        let IdCell { customer, id } = cell;
        let read = match id {
            Err(reason) => HistoryRead::NoId(reason),
            Ok(()) => {
                let read = self.histories.read(reader.link, reader.selector, &customer);
                let read = reader.read(read, |read| match read {
                    Err(NoHistory::Unread(unread)) => Some(unread),
                    _ => None,
                });
                self.outcome(&customer, read.await)
            }
        };
        CustomerHistory { customer, read }
    }

    fn outcome(&self, customer: &str, read: Option<Result<ShownHistory, NoHistory>>) -> HistoryRead {
        match read {
            None => HistoryRead::Stopped,
            Some(Ok(shown)) if shown.is_whole => self.lines(customer, &shown.entries),
            Some(Err(NoHistory::Unread(unread))) => HistoryRead::Unread(unread.to_string()),
            Some(Ok(_) | Err(NoHistory::Unknown)) => {
                HistoryRead::Unread("the server's answer is not a history, or not only a history".to_owned())
            }
        }
    }

    /// What is wanted of a history.
    fn lines(&self, customer: &str, entries: &[HistoryEntry]) -> HistoryRead {
        let mut undated = 0;
        let mut is_wanted = |entry: &&HistoryEntry| {
            if !self.period.is_limited() {
                return true;
            }
            match day_of(entry, &self.zone) {
                Some(day) => self.period.has(day),
                None => {
                    undated += 1;
                    true
                }
            }
        };
        let wanted = entries.iter().filter(|entry| is_wanted(entry));
        let lines = wanted.map(|entry| line(customer, entry, &self.zone)).collect();
        HistoryRead::Lines { lines, undated }
    }
}

#[cfg(test)]
mod tests {
    use super::{HistoryOf, HistoryRead, HistoryReader, Period};
    use crate::customers::entries;
    use jiff::civil::Date;
    use jiff::tz::{TimeZone, offset};
    use serde_json::json;

    fn day(text: &str) -> Option<Date> {
        Some(text.parse().expect("a day"))
    }

    #[test]
    fn a_period_has_both_its_ends_and_whatever_has_no_date() {
        let history = json!([
            {"DateDo": "2023-02-28 23:59:59", "Comment": "before"},
            {"DateDo": "2023-03-01 00:00:00", "Comment": "first"},
            {"DateDo": "31.03.2023 23:59:59", "Comment": "last"},
            {"DateDo": "soon", "Comment": "undated"},
            // 23:30 of the last day in UTC is already the next day two hours further east.
            {"DateDo": 1_680_305_400, "Comment": "behind"},
            {"DateDo": "2023-04-01", "Comment": "after"},
        ]);
        let entries = entries(Some(&history)).expect("a history");
        let kept = |from, to| {
            let period = Period { from, to };
            let zone = TimeZone::fixed(offset(2));
            let history = HistoryOf { histories: HistoryReader::default(), period, zone };
            let HistoryRead::Lines { lines, undated } = history.lines("7", &entries) else { panic!("lines") };
            let notes: Vec<String> = lines.iter().map(|line| line[5].clone()).collect();
            (notes.join(" "), undated)
        };
        assert_eq!(kept(day("2023-03-01"), day("2023-03-31")), ("first last undated".to_owned(), 1));
        assert_eq!(kept(None, day("2023-03-01")), ("before first undated".to_owned(), 1));
        assert_eq!(kept(day("2023-04-01"), None), ("undated behind after".to_owned(), 1));
        let all = ("before first last undated behind after".to_owned(), 0);
        assert_eq!(kept(None, None), all, "without a period no date matters");
    }
}
