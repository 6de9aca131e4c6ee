//! How many customers are asked for in one request. It grows while the server answers them all, and where it does not,
//! goes back to what it has answered.

use std::cell::Cell;
use std::num::NonZeroUsize;

/// So many customers in a request are few enough for any server's memory.
const FIRST: usize = 100;
/// No request names more unless that was asked for: their answer must be read at once.
const MOST: usize = 1_000;

/// About how many requests it takes to read so many customers in groups, of which so many are asked for beside each other.
pub fn group_count(customers: u64, at_once: NonZeroUsize) -> u64 {
    /// The two by whom it is found out whether the server answers several.
    const TRIAL: u64 = 2;
    let Some(mut rest) = customers.checked_sub(TRIAL) else { return customers };
    let (mut groups, mut size) = (1, FIRST as u64);
    while rest > 0 {
        // The size grows once the first of those beside each other has come.
        let wave = rest.div_ceil(size).min(at_once.get() as u64);
        groups += wave;
        rest = rest.saturating_sub(wave * size);
        size = (2 * size).min(MOST as u64);
    }
    groups
}

/// The size of the groups that are asked for.
#[derive(Debug)]
pub(super) struct GroupSize {
    now: Cell<usize>,
    /// The largest group that came whole.
    proven: Cell<usize>,
    most: Cell<usize>,
}

impl GroupSize {
    pub(super) fn growing() -> Self {
        Self { now: Cell::new(FIRST), proven: Cell::new(FIRST), most: Cell::new(MOST) }
    }

    /// From now on so many are asked for, neither more nor fewer.
    pub(super) fn fix(&self, size: usize) {
        for limit in [&self.now, &self.proven, &self.most] {
            limit.set(size);
        }
    }

    pub(super) fn get(&self) -> usize {
        self.now.get()
    }

    /// Of so many who were asked for together, so many came.
    pub(super) fn came(&self, asked: usize, came: usize) {
        if came == asked {
            self.proven.set(self.proven.get().max(asked));
            // Answers to smaller groups, which were asked for before, are still under way.
            if asked >= self.now.get() {
                self.now.set((2 * asked).min(self.most.get()));
            }
        } else if came < asked / 2 && asked > self.proven.get() {
            self.most.set(self.proven.get());
            self.now.set(self.proven.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{FIRST, GroupSize, MOST, group_count};

    #[test]
    fn it_doubles_up_to_the_most() {
        let size = GroupSize::growing();
        let mut sizes = vec![size.get()];
        for _ in 0..5 {
            size.came(size.get(), size.get());
            sizes.push(size.get());
        }
        assert_eq!(sizes, [FIRST, 200, 400, 800, MOST, MOST]);
        // What was asked for before it grew says nothing new.
        let size = GroupSize::growing();
        size.came(100, 100);
        size.came(100, 100);
        assert_eq!(size.get(), 200);
    }

    #[test]
    fn few_requests_read_many_customers() {
        let count = |customers, at_once| group_count(customers, NonZeroUsize::new(at_once).expect("some"));
        assert_eq!([0, 1, 2, 3].map(|customers| count(customers, 8)), [0, 1, 1, 2]);
        assert_eq!([count(702, 2), count(3_000, 32), count(3_000, 8)], [6, 31, 19]);
        assert!(count(50_000, 8) < 80);
    }

    #[test]
    fn what_is_refused_is_not_asked_for_again() {
        let size = GroupSize::growing();
        size.came(100, 100);
        size.came(200, 0);
        size.came(100, 100);
        assert_eq!(size.get(), 100);
        // A customer at fault in a group of a size that was answered before is not the size's fault.
        size.came(100, 0);
        assert_eq!(size.get(), 100);
    }

    #[test]
    fn some_who_are_gone_do_not_make_it_smaller() {
        let size = GroupSize::growing();
        size.came(100, 100);
        size.came(200, 190);
        size.came(200, 200);
        assert_eq!(size.get(), 400);
    }

    #[test]
    fn a_size_that_was_asked_for_stays() {
        let size = GroupSize::growing();
        size.fix(7);
        size.came(7, 7);
        size.came(7, 0);
        assert_eq!(size.get(), 7);
    }
}
