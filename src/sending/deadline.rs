//! A time of day at which nothing more is to be sent. It is asked for again and again: the machine may sleep, and people
//! set clocks.

use std::time::{Duration, SystemTime};

use super::clock::Clock;

/// So often the time of day is looked at.
const LOOK: Duration = Duration::from_secs(20);

/// When a run stops, and how the user said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    pub at: SystemTime,
    /// As it was typed.
    pub said: String,
}

impl Deadline {
    /// Waits until the time has come.
    pub async fn reached(&self, clock: &impl Clock) {
        while let Ok(left) = self.at.duration_since(clock.wall())
            && !left.is_zero()
        {
            clock.sleep_until(clock.now().saturating_add(left.min(LOOK))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::{Duration, SystemTime};

    use super::Deadline;
    use crate::sending::Clock;

    /// A machine that sleeps for an hour while somebody waits for the third time.
    #[derive(Clone, Default)]
    struct Drowsy {
        now: Rc<Cell<Duration>>,
        asleep: Rc<Cell<Duration>>,
        waits: Rc<Cell<u32>>,
    }

    impl Clock for Drowsy {
        fn now(&self) -> Duration {
            self.now.get()
        }

        fn wall(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + self.now.get() + self.asleep.get()
        }

        async fn sleep_until(&self, moment: Duration) {
            self.now.set(moment);
            self.waits.set(self.waits.get() + 1);
            if self.waits.get() == 3 {
                self.asleep.set(Duration::from_secs(3600));
            }
        }
    }

    fn waited_for(seconds: u64) -> (Duration, SystemTime) {
        let clock = Drowsy::default();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let waits = Deadline { at, said: "06:00".to_owned() };
        futures_util::future::FutureExt::now_or_never(waits.reached(&clock)).expect("no other wait");
        (clock.now(), clock.wall())
    }

    #[test]
    fn a_time_is_waited_for_to_the_second() {
        assert_eq!(waited_for(0).0, Duration::ZERO);
        assert_eq!(waited_for(7).0, Duration::from_secs(7));
        assert_eq!(waited_for(59).0, Duration::from_secs(59));
    }

    /// A clock that only goes forward stands still meanwhile: by it an hour would be left.
    #[test]
    fn a_machine_that_slept_does_not_put_the_time_off() {
        let (awake, wall) = waited_for(3600);
        assert_eq!(awake, Duration::from_secs(60));
        assert_eq!(wall, SystemTime::UNIX_EPOCH + Duration::from_secs(3660));
    }
}
