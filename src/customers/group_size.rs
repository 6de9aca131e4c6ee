//! How many customers are asked for in one request. It grows while the server answers them all, and where it does not,
//! goes back to what it has answered.

use std::cell::Cell;

/// So many customers in a request are few enough for any server's memory.
const FIRST: usize = 100;
/// No request names more unless that was asked for: their answer must be read at once.
const MOST: usize = 1_000;

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
    use super::{FIRST, GroupSize, MOST};

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
