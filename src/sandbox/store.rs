//! The sandbox's database: customers, their balances and bookings.
//!
//! A customer is the JSON of the answer to a read. Money is decimal; the JSON holds it as text. Nothing here
//! knows a parameter: callers say which path gets which value.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::Value;

use super::conditions;
use super::index::Index;
use super::paths;

/// The field that holds the balance.
const BALANCE: &str = "balance";
/// The field that holds the time of creation.
const CREATED: &str = "date_create";
/// How times in a customer are written.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S";
/// The field that holds the id.
const ID: &str = "id";

/// What an old booking is for.
const OLD_NOTE: &str = "абонплата";

/// New ids start after this one, or after the last invented customer.
const FIRST_GIVEN: u64 = 1_000;

/// The data.
#[derive(Debug)]
pub(super) struct Store {
    customers: BTreeMap<u64, Customer>,
    bookings: Vec<StoredBooking>,
    index: Index,
    last_id: u64,
    blank: Value,
    /// The number of writes to each customer, including removed ones.
    writes: BTreeMap<u64, u64>,
}

#[derive(Debug)]
struct Customer {
    data: Value,
    balance: Decimal,
    /// Indexes into the list of all bookings.
    history: Vec<usize>,
}

/// Money that was booked.
#[derive(Debug, Clone)]
pub(super) struct StoredBooking {
    pub(super) customer: u64,
    pub(super) amount: Decimal,
    pub(super) note: String,
    pub(super) employee: u64,
    pub(super) at: Moment,
}

/// When something happened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Since the sandbox was made.
    pub(super) elapsed: std::time::Duration,
    /// By the wall clock.
    pub(super) wall: jiff::Timestamp,
}

impl Moment {
    /// The moment in this strftime format, in the machine's time zone: PHP writes local time.
    pub(super) fn written(self, form: &str) -> String {
        self.written_in(form, TimeZone::system())
    }

    /// The moment that much later.
    pub(super) fn later(self, by: std::time::Duration) -> Self {
        Self {
            elapsed: self.elapsed.saturating_add(by),
            wall: self.wall.checked_add(by).unwrap_or(self.wall),
        }
    }

    /// The same moment by a wall clock that is this much ahead.
    pub(super) fn skewed(self, by: SignedDuration) -> Self {
        Self { wall: self.wall.checked_add(by).unwrap_or(self.wall), ..self }
    }

    fn written_in(self, form: &str, zone: TimeZone) -> String {
        self.wall.to_zoned_datetime(zone).strftime(form).to_string()
    }
}

/// Why money could not be booked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotBooked {
    NobodyThere,
    OutOfRange,
}

impl Store {
    /// A store with these customers, whose ids start at 1. `blank` is a new customer.
    pub(super) fn new(invented: Vec<Value>, blank: Value) -> Self {
        let mut store = Self {
            customers: BTreeMap::new(),
            bookings: Vec::new(),
            index: Index::new(),
            last_id: FIRST_GIVEN.max(invented.len() as u64),
            blank,
            writes: BTreeMap::new(),
        };
        for (id, data) in (1..).zip(invented) {
            store.put(id, data);
        }
        store
    }

    fn put(&mut self, id: u64, mut data: Value) {
        paths::set(&mut data, ID, id.into());
        let balance = paths::first(&data, BALANCE).and_then(|text| paths::text(text).parse().ok());
        self.index.insert(id, &data);
        self.customers
            .insert(id, Customer { data, balance: balance.unwrap_or_default(), history: Vec::new() });
    }

    /// Creates a customer with these fields and returns the id.
    pub(super) fn add<'p>(&mut self, fields: impl Iterator<Item = (&'p str, Value)>, at: Moment) -> u64 {
        self.last_id += 1;
        let mut data = self.blank.clone();
        paths::set(&mut data, CREATED, at.written(MOMENT).into());
        fields.for_each(|(path, value)| paths::set(&mut data, path, value));
        self.put(self.last_id, data);
        self.count_write(self.last_id);
        self.last_id
    }

    /// Writes these fields. False if there is no customer with this id.
    pub(super) fn change<'p>(&mut self, id: u64, fields: impl Iterator<Item = (&'p str, Value)>) -> bool {
        let Some(customer) = self.customers.get_mut(&id) else { return false };
        self.index.remove(id, &customer.data);
        fields.for_each(|(path, value)| paths::set(&mut customer.data, path, value));
        self.index.insert(id, &customer.data);
        self.count_write(id);
        true
    }

    /// Books money.
    pub(super) fn book(&mut self, booking: StoredBooking) -> Result<(), NotBooked> {
        let customer = self.customers.get_mut(&booking.customer).ok_or(NotBooked::NobodyThere)?;
        let balance = customer.balance.checked_add(booking.amount).ok_or(NotBooked::OutOfRange)?;
        customer.balance = balance;
        paths::set(&mut customer.data, BALANCE, balance.to_string().into());
        customer.history.push(self.bookings.len());
        self.count_write(booking.customer);
        self.bookings.push(booking);
        Ok(())
    }

    /// Gives every customer this many old bookings, a month apart. Balances hold them already.
    pub(super) fn remember(&mut self, count: u32, now: Moment) {
        let month = SignedDuration::from_hours(30 * 24);
        for (id, customer) in &mut self.customers {
            for ago in (1..=count).rev() {
                let wall = month.checked_mul(i32::try_from(ago).unwrap_or(i32::MAX));
                let wall = wall.and_then(|ago| now.wall.checked_sub(ago).ok()).unwrap_or(now.wall);
                customer.history.push(self.bookings.len());
                self.bookings.push(StoredBooking {
                    customer: *id,
                    amount: Decimal::new(-15_000, 2),
                    note: OLD_NOTE.to_owned(),
                    employee: 0,
                    at: Moment { elapsed: std::time::Duration::ZERO, wall },
                });
            }
        }
    }

    fn count_write(&mut self, id: u64) {
        *self.writes.entry(id).or_default() += 1;
    }

    /// Removes a customer; their bookings are kept. False if there was no such customer.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        let Some(customer) = self.customers.remove(&id) else { return false };
        self.index.remove(id, &customer.data);
        self.count_write(id);
        true
    }

    /// The customer with this id.
    pub(super) fn get(&self, id: u64) -> Option<&Value> {
        self.customers.get(&id).map(|customer| &customer.data)
    }

    /// The customers with this value in this field.
    pub(super) fn find(&self, path: &str, value: &str, skip_former: bool) -> Vec<u64> {
        let wanted = |id: &u64| !skip_former || !self.get(*id).is_some_and(conditions::is_former);
        self.index.find(path, value).filter(wanted).collect()
    }

    /// The customers that meet the condition, in the order of their ids.
    pub(super) fn select(&self, mut meets: impl FnMut(&Value) -> bool) -> impl Iterator<Item = u64> {
        self.customers.iter().filter(move |(_, customer)| meets(&customer.data)).map(|(id, _)| *id)
    }

    /// The bookings of a customer, oldest first.
    pub(super) fn history(&self, id: u64) -> Option<impl Iterator<Item = &StoredBooking>> {
        let customer = self.customers.get(&id)?;
        Some(customer.history.iter().filter_map(|place| self.bookings.get(*place)))
    }

    /// Every customer, in the order of their ids.
    pub(super) fn customers(&self) -> impl Iterator<Item = &Value> {
        self.customers.values().map(|customer| &customer.data)
    }

    /// The number of writes to each customer that was written to.
    pub(super) fn writes(&self) -> &BTreeMap<u64, u64> {
        &self.writes
    }

    /// All bookings, oldest first.
    pub(super) fn bookings(&self) -> &[StoredBooking] {
        &self.bookings
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Moment, NotBooked, Store, StoredBooking};

    fn moment() -> Moment {
        Moment { elapsed: std::time::Duration::ZERO, wall: jiff::Timestamp::UNIX_EPOCH }
    }

    fn booking(customer: u64, amount: &str) -> StoredBooking {
        let amount = amount.parse().expect("money");
        StoredBooking { customer, amount, note: String::new(), employee: 0, at: moment() }
    }

    #[test]
    fn money_adds_up_to_the_cent() {
        let mut store = Store::new(vec![json!({"balance": "0.10"})], json!({}));
        store.book(booking(1, "0.20")).expect("booked");
        store.book(booking(1, "-0.30")).expect("booked");
        assert_eq!(store.get(1).expect("there")["balance"], "0.00");
        assert_eq!(store.history(1).expect("there").count(), 2);
    }

    #[test]
    fn old_bookings_are_in_histories_and_change_nothing_else() {
        let mut store = Store::new(vec![json!({"balance": "1.00"}); 2], json!({}));
        store.remember(3, moment());
        assert_eq!(store.get(2).expect("there")["balance"], "1.00");
        assert!(store.writes().is_empty());
        let walls: Vec<_> = store.history(2).expect("there").map(|booking| booking.at.wall).collect();
        assert!(walls.len() == 3 && walls.is_sorted() && walls[2] < moment().wall, "{walls:?}");
    }

    #[test]
    fn what_cannot_be_booked_leaves_no_trace() {
        let mut store = Store::new(vec![json!({"balance": "79228162514264337593543950335"})], json!({}));
        assert_eq!(store.book(booking(1, "1")), Err(NotBooked::OutOfRange));
        assert_eq!(store.book(booking(2, "1")), Err(NotBooked::NobodyThere));
        assert!(store.bookings().is_empty());
    }

    #[test]
    fn moments_are_written_in_local_time() {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(3));
        assert_eq!(moment().written_in("%d.%m.%Y %H:%M:%S", zone), "01.01.1970 03:00:00");
    }

    #[test]
    fn every_write_is_counted_and_refused_ones_are_not() {
        let mut store = Store::new(vec![json!({"balance": "0"}); 2], json!({}));
        store.book(booking(1, "1")).expect("booked");
        assert!(store.change(1, [("login", json!("x"))].into_iter()));
        assert_eq!(store.book(booking(9, "1")), Err(NotBooked::NobodyThere));
        let added = store.add([].into_iter(), moment());
        assert!(store.remove(2) && !store.remove(2));
        assert_eq!(*store.writes(), [(1, 2), (2, 1), (added, 1)].into());
    }

    #[test]
    fn ids_given_out_never_meet_the_invented_ones_nor_come_twice() {
        let mut store = Store::new(vec![json!({}); 3], json!({}));
        assert_eq!(store.add([].into_iter(), moment()), 1001);
        assert!(store.remove(1001));
        assert_eq!(store.add([].into_iter(), moment()), 1002);
        let mut crowded = Store::new(vec![json!({}); 1500], json!({}));
        assert_eq!(crowded.add([].into_iter(), moment()), 1501);
    }
}
