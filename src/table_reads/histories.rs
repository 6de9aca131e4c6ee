//! The histories of the customers of a table: each customer once, in the order of the rows, several read at a time.

use std::collections::HashSet;

use futures_util::stream::{FuturesOrdered, StreamExt};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, mpsc};

use super::history_lines::{Line, day_of, line};
use super::losses::Way;
use crate::catalogue::Version;
use crate::customers::{HistoryEntry, NoHistory, read_whole_history};
use crate::reading::{ReadError, Records, Row};
use crate::sending::{Clock, Transport};
use crate::validating::customer_id;

/// Whose history is read, and what of it.
#[derive(Debug, Clone)]
pub struct Histories {
    /// The place of the ids' column.
    pub column: usize,
    /// The server's version, where it is known.
    pub server: Option<Version>,
    /// The days that are wanted.
    pub period: Period,
    /// The zone in which a moment is a day.
    pub zone: TimeZone,
}

/// Days, the first and the last among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first; none where there is none.
    pub from: Option<Date>,
    /// The last; none where there is none.
    pub to: Option<Date>,
}

impl Period {
    /// Whether not all days are wanted.
    pub fn is_limited(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    fn has(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A customer, or what stands where one should.
#[derive(Debug, PartialEq, Eq)]
pub struct Story {
    /// The customer's id; what the cell holds where that is none.
    pub customer: String,
    /// Where it stands.
    pub line: u64,
    /// What was read.
    pub told: Told,
}

/// What was read of a customer.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// All of it, as lines of the table.
    Lines {
        /// One for each entry that is wanted, in the server's order.
        lines: Vec<Line>,
        /// Of these, entries with a date that cannot be read, where only a period is wanted.
        undated: u64,
    },
    /// It cannot be read, and why.
    Unread(String),
    /// This is no customer's id, and why.
    NoId(String),
    /// No read has a chance any more.
    Stopped,
}

impl Histories {
    async fn of<T: Transport, C: Clock>(&self, cell: Cell, way: &Way<'_, T, C>, places: &Semaphore) -> Story {
        let Cell { customer, line, id } = cell;
        let told = match id {
            Err(reason) => Told::NoId(reason),
            Ok(()) => {
                // Nobody closes it.
                let _place = places.acquire().await;
                let read = read_whole_history(way.link, way.selector, self.server, &customer);
                let read = way.losses.read(read, |read| match read {
                    Err(NoHistory::Unread(unread)) => Some(unread),
                    _ => None,
                });
                self.told(&customer, read.await)
            }
        };
        Story { customer, line, told }
    }

    fn told(&self, customer: &str, read: Option<Result<Vec<HistoryEntry>, NoHistory>>) -> Told {
        match read {
            None => Told::Stopped,
            Some(Ok(entries)) => self.lines(customer, &entries),
            Some(Err(NoHistory::Unread(unread))) => Told::Unread(unread.to_string()),
            Some(Err(NoHistory::Unknown)) => {
                Told::Unread("the server's answer is no history, or holds something beside one".to_owned())
            }
        }
    }

    /// What is wanted of a history.
    fn lines(&self, customer: &str, entries: &[HistoryEntry]) -> Told {
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
        Told::Lines { lines, undated }
    }
}

/// A cell of the column, and whether it holds an id.
struct Cell {
    customer: String,
    line: u64,
    id: Result<(), String>,
}

/// The customers of a table, each once.
struct Customers {
    records: Records,
    column: usize,
    seen: HashSet<u64>,
    repeated: u64,
}

impl Customers {
    fn next(&mut self) -> Result<Option<Cell>, ReadError> {
        let mut row = Row::default();
        while self.records.read(&mut row)? {
            let line = row.line();
            let text = row.cell(self.column).unwrap_or_default().trim();
            match customer_id(text) {
                Ok(id) if self.seen.insert(id) => {
                    return Ok(Some(Cell { customer: id.to_string(), line, id: Ok(()) }));
                }
                Ok(_) => self.repeated += 1,
                Err(_) if text.is_empty() => {
                    let reason = format!("line {line}: the cell is empty");
                    return Ok(Some(Cell { customer: String::new(), line, id: Err(reason) }));
                }
                Err(refusal) => {
                    let reason = format!("line {line}: {refusal}");
                    return Ok(Some(Cell { customer: text.to_owned(), line, id: Err(reason) }));
                }
            }
        }
        Ok(None)
    }
}

/// Reads the histories of all customers, and hands them out in the order of the rows, until no read has a chance any
/// more. Ends early where nobody takes them. Says how many rows repeat a customer.
pub async fn read_histories<T: Transport, C: Clock>(
    histories: &Histories,
    way: &Way<'_, T, C>,
    records: Records,
    stories: &mpsc::Sender<Story>,
    mut told: impl FnMut(&Story),
) -> Result<u64, ReadError> {
    /// Customers that wait for the answer to an earlier one.
    const WINDOW: usize = 32;
    let places = Semaphore::new(way.concurrency);
    let mut customers = Customers { records, column: histories.column, seen: HashSet::new(), repeated: 0 };
    let mut under_way = FuturesOrdered::new();
    let mut is_over = false;
    loop {
        while !is_over && under_way.len() < WINDOW.max(way.concurrency) {
            match customers.next()? {
                Some(cell) => under_way.push_back(histories.of(cell, way, &places)),
                None => is_over = true,
            }
        }
        let Some(story) = under_way.next().await else { return Ok(customers.repeated) };
        told(&story);
        // What follows would have a hole before it; it is only counted.
        if way.losses.stopped().is_none() && stories.send(story).await.is_err() {
            return Ok(customers.repeated);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Histories, Period, Told};
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
            // 23:30 of the last day in UTC is the day behind it two hours ahead.
            {"DateDo": 1_680_305_400, "Comment": "behind"},
            {"DateDo": "2023-04-01", "Comment": "after"},
        ]);
        let entries = entries(Some(&history)).expect("a history");
        let kept = |from, to| {
            let period = Period { from, to };
            let zone = TimeZone::fixed(offset(2));
            let histories = Histories { column: 0, server: None, period, zone };
            let Told::Lines { lines, undated } = histories.lines("7", &entries) else { panic!("lines") };
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
