//! How many requests a run will make, from what the first pass has counted: the writes of every step, and what is read
//! before the first of them, beside them and after the last. No server is asked; what depends on it is said as a bound.

use super::first_pass::Validated;
use super::spec::{OnBooked, OnExisting, Policy, RunPace, Verify};
use crate::catalogue::{Action, BILLING_ID, Identity, Meaning, Parameter, choices};
use crate::customers::group_count;
use crate::events::Estimate;

/// What a run reads besides sending its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Readings {
    /// Who is there already.
    existing: bool,
    /// What is booked already.
    booked: bool,
    balances: bool,
    /// The first row, once it is sent.
    back: bool,
}

impl Readings {
    /// Those of an import with its usual options.
    pub(super) const USUAL: Self = Self { existing: true, booked: true, balances: true, back: true };

    pub(super) fn new(policy: &Policy, on_booked: OnBooked) -> Self {
        Self {
            existing: policy.existing != OnExisting::Ignore,
            booked: matches!(on_booked, OnBooked::Fail | OnBooked::Skip),
            balances: policy.verify != Verify::Not,
            back: policy.reconcile,
        }
    }
}

/// What there is to do.
#[derive(Debug, Clone)]
pub(super) struct Workload {
    /// Whom the rows are about.
    pub(super) customers: u64,
    /// How many calls there are of each kind.
    pub(super) calls: Vec<(Action, u64)>,
    /// Customers who are booked on, and whom the rows know by their ids.
    pub(super) booked_on: u64,
    pub(super) new: NewCustomers,
    /// Customers who are named by something else than the id, and still to be looked up.
    pub(super) unknown: u64,
}

/// What is known of the customers whom rows add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewCustomers {
    /// They have nothing that they could be searched for by.
    Unsearched,
    /// Each is searched for.
    Searched,
    /// Each is searched for unless nobody is in their billing.
    InBilling,
}

impl NewCustomers {
    /// By which parameters rows have.
    pub(super) fn of(parameters: impl Iterator<Item = &'static Parameter>) -> Self {
        let kinds = choices(Action::Find);
        let (mut is_searched, mut has_billing) = (false, false);
        for parameter in parameters {
            is_searched |= parameter.identity == Identity::Needed
                || matches!(parameter.meaning, Meaning::Sets(path) if kinds.iter().any(|kind| kind.field == path));
            has_billing |= parameter.meaning == Meaning::Sets(BILLING_ID);
        }
        match (is_searched, has_billing) {
            (false, _) => Self::Unsearched,
            (true, false) => Self::Searched,
            (true, true) => Self::InBilling,
        }
    }
}

impl Workload {
    /// What the first pass has counted.
    pub(super) fn of(validated: &Validated) -> Self {
        let (totals, checker) = (&validated.totals, &validated.checker);
        let operation = checker.operation();
        let calls: Vec<_> =
            operation.steps().map(|(step, call)| (call.action, totals.calls.of(step))).collect();
        let known = totals.customers.unwrap_or(totals.valid());
        Self {
            // A row that adds a customer is about nobody else's.
            customers: if operation.does(Action::Add) { totals.valid() } else { known },
            calls,
            booked_on: totals.calls.booked_known.min(known),
            new: NewCustomers::of(checker.columns().parameters()),
            unknown: validated.keys.open_count(),
        }
    }

    /// The calls of all kinds.
    pub(super) fn writes(&self) -> u64 {
        self.calls.iter().map(|(_, calls)| calls).sum()
    }

    fn count(&self, action: Action) -> u64 {
        self.calls.iter().filter(|(of, _)| *of == action).map(|(_, calls)| calls).sum()
    }

    /// What is left of it where so many of the rows are.
    pub(super) fn part(mut self, left: u64, rows: u64) -> Self {
        let part = |count: u64| {
            let share = u128::from(count) * u128::from(left) / u128::from(rows.max(1));
            u64::try_from(share).unwrap_or(count).min(count)
        };
        self.calls.iter_mut().for_each(|(_, calls)| *calls = part(*calls));
        Self { customers: part(self.customers), booked_on: part(self.booked_on), ..self }
    }

    /// How many requests it takes.
    pub(super) fn estimate(&self, readings: Readings, pace: RunPace) -> Estimate {
        /// Whether the server answers, and takes the key.
        const CONTACT: u64 = 1;
        /// Whether anyone is in a billing, also a former customer; and three as a control.
        const BILLING: u64 = 5;
        /// Somebody who is there is searched for, as a control.
        const CONTROL: u64 = 3;
        let (new, bookings) = (self.count(Action::Add), self.count(Action::ChangeBalance));
        let writes = self.writes();
        let (mut reads, mut searches) = (CONTACT + self.unknown, 0);
        if new > 0 && self.new != NewCustomers::Unsearched {
            reads += u64::from(readings.back);
            match self.new {
                _ if !readings.existing => {}
                NewCustomers::InBilling => {
                    reads += BILLING;
                    searches = new;
                }
                NewCustomers::Searched | NewCustomers::Unsearched => reads += new + CONTROL,
            }
        }
        if bookings > 0 {
            if readings.booked {
                reads += self.booked_on;
            }
            if readings.balances {
                let after = self.booked_on + new.min(bookings);
                reads +=
                    [self.booked_on, after].map(|of| group_count(of, pace.concurrency)).iter().sum::<u64>();
            }
            // The history and the balance.
            reads += 2 * u64::from(readings.back);
        }
        Estimate { customers: self.customers, writes, reads, searches, rate: pace.rate }
    }
}

#[cfg(test)]
mod tests {
    use super::{NewCustomers, Readings, RunPace, Workload};
    use crate::catalogue::Action;
    use crate::events::Estimate;

    fn estimate(work: &Workload) -> Estimate {
        let pace = RunPace {
            rate: "10/s".parse().expect("a rate"),
            concurrency: std::num::NonZeroUsize::new(8).expect("some"),
        };
        work.estimate(Readings::USUAL, pace)
    }

    fn adds(new: NewCustomers) -> Workload {
        Workload { customers: 50_000, calls: vec![(Action::Add, 50_000)], booked_on: 0, new, unknown: 0 }
    }

    #[test]
    fn new_customers_are_searched_for_unless_their_billing_is_empty() {
        let of = |new| {
            let Estimate { writes, reads, searches, .. } = estimate(&adds(new));
            (writes, reads, searches)
        };
        assert_eq!(of(NewCustomers::Unsearched), (50_000, 1, 0));
        assert_eq!(of(NewCustomers::Searched), (50_000, 50_005, 0));
        assert_eq!(of(NewCustomers::InBilling), (50_000, 7, 50_000));
    }

    #[test]
    fn every_step_counts_and_customers_to_come_have_no_history() {
        let calls = vec![
            (Action::Add, 40_000),
            (Action::Edit, 50_000),
            (Action::ChangeDateConnect, 20_000),
            (Action::ChangeBalance, 8_000),
        ];
        let work =
            Workload { customers: 50_000, calls, booked_on: 0, new: NewCustomers::InBilling, unknown: 0 };
        let Estimate { writes, reads, .. } = estimate(&work);
        assert_eq!(writes, 118_000);
        assert!((10..60).contains(&reads), "{reads}");
        let known = estimate(&Workload { booked_on: 5_000, ..work });
        assert!((5_010..5_100).contains(&known.reads), "{}", known.reads);
    }

    #[test]
    fn what_is_left_of_a_run_takes_its_part() {
        let left = estimate(&adds(NewCustomers::InBilling).part(12_500, 50_000));
        assert_eq!((left.customers, left.writes, left.searches), (12_500, 12_500, 12_500));
        let none = estimate(&adds(NewCustomers::InBilling).part(0, 0));
        assert_eq!((none.writes, none.searches), (0, 0));
    }
}
