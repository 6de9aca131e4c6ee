//! The clock of the machine: where it says what no date can be written for, nothing is begun; and it is told while a
//! command is at work.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use super::failure::Failure;
use crate::events::{Event, Listener};
use crate::sending::Clock;

/// So often the time is told.
const MINUTE: Duration = Duration::from_secs(60);

/// Refuses a clock before 1970 or after the year 9999. Times are told, compared and kept as dates.
pub(super) fn check_clock() -> Result<(), Failure> {
    checked(SystemTime::now())
}

fn checked(now: SystemTime) -> Result<(), Failure> {
    /// Two days before the year 10000: a date has a zone.
    const LAST: Duration = Duration::from_secs(253_402_128_000);
    match now.duration_since(SystemTime::UNIX_EPOCH) {
        Err(_) => Err(Failure::Clock("before the year 1970")),
        Ok(since) if since > LAST => Err(Failure::Clock("after the year 9999")),
        Ok(_) => Ok(()),
    }
}

/// What a command comes to, while the time is told to whoever shows how it goes.
pub(super) async fn with_time<R>(
    listener: &dyn Listener,
    clock: &impl Clock,
    work: impl Future<Output = R>,
) -> R {
    tokio::select! {
        biased;
        result = work => result,
        never = tell_time(listener, clock) => match never {},
    }
}

async fn tell_time(listener: &dyn Listener, clock: &impl Clock) -> Infallible {
    loop {
        clock.sleep_until(clock.now().saturating_add(MINUTE)).await;
        listener.event(Event::Time { passed: clock.now(), wall: clock.wall() });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::{Duration, Event, Listener, SystemTime, checked, with_time};
    use crate::sending::{Clock, TokioClock};

    #[derive(Default)]
    struct Heard(Mutex<Vec<u64>>);

    impl Listener for Heard {
        fn event(&self, event: Event<'_>) {
            if let Event::Time { passed, .. } = event {
                self.0.lock().expect("nobody panicked").push(passed.as_secs());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_is_told_every_minute_until_the_work_is_done() {
        let (heard, clock) = (Heard::default(), TokioClock::start());
        with_time(&heard, &clock, clock.sleep_until(Duration::from_secs(200))).await;
        assert_eq!(*heard.0.lock().expect("nobody panicked"), [60, 120, 180]);
    }

    #[test]
    fn a_clock_that_no_date_can_tell_is_refused() {
        let second = Duration::from_secs(1);
        let year = second * 31_556_952;
        for (now, says) in [
            (SystemTime::UNIX_EPOCH - second, "before the year 1970"),
            (SystemTime::UNIX_EPOCH - year * 100_000, "before the year 1970"),
            (SystemTime::UNIX_EPOCH + year * 8030, "after the year 9999"),
            (SystemTime::UNIX_EPOCH + year * 200_000_000, "after the year 9999"),
        ] {
            let error = checked(now).expect_err(says).to_string();
            assert!(error.contains(says) && error.contains("set the clock"), "{error}");
        }
        for fine in [SystemTime::UNIX_EPOCH, SystemTime::now(), SystemTime::UNIX_EPOCH + year * 8029] {
            assert!(checked(fine).is_ok());
        }
    }
}
