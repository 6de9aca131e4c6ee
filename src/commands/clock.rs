//! The clock of the machine: where it says what no date can be written for, nothing is begun.

use std::time::{Duration, SystemTime};

use super::failure::Failure;

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

#[cfg(test)]
mod tests {
    use super::{Duration, SystemTime, checked};

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
