//! When a request can no longer be at work on the server. Within a session the time is counted by a clock that goes
//! only forward. What an earlier session has left behind is older by the shorter of two times: by this machine's
//! clock, which a person can set, and by the server's; where the server's is not known it is as old as this session.

use std::time::Duration;

use jiff::Timestamp;

/// The times by which a request's end is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// `--settle`.
    pub settle: Duration,
    /// How long the server needs until it shows what it has done, as far as that was measured.
    pub lag: Duration,
    /// When the session began, by the clock that goes only forward.
    pub begun: Duration,
    /// The same moment by the clock that people read and set.
    pub begun_wall: Timestamp,
    /// So long before the session began, by the server's clock, the last request of an earlier session had ended.
    pub ended_before: Option<Duration>,
}

impl Settling {
    /// From this moment of the clock on, what is not there will not come any more. `ended` is the request's end as the
    /// journal has it.
    pub fn due(&self, now: Duration, ended: Option<Timestamp>) -> Duration {
        let wait = self.settle.saturating_add(self.lag);
        let after = ended.map(|ended| ended.duration_since(self.begun_wall));
        match after {
            Some(after) if !after.is_negative() => {
                // An end that lies ahead is one by a clock that was set back since.
                let so_far = now.saturating_sub(self.begun);
                self.begun.saturating_add(after.unsigned_abs().min(so_far)).saturating_add(wait)
            }
            Some(before) => {
                let passed = self.ended_before.unwrap_or_default().min(before.unsigned_abs());
                self.begun.saturating_add(wait.saturating_sub(passed))
            }
            None => self.begun.saturating_add(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Settling;

    /// Began at 18:30 after 100 s of its clock; waits 30 s and a lag of 2 s.
    fn due(ended: Option<&str>, ended_before: Option<u64>, now: u64) -> u64 {
        let settling = Settling {
            settle: Duration::from_secs(30),
            lag: Duration::from_secs(2),
            begun: Duration::from_secs(100),
            begun_wall: "2026-11-23T18:30:00Z".parse().expect("a moment"),
            ended_before: ended_before.map(Duration::from_secs),
        };
        let ended = ended.map(|text| text.parse().expect("a moment"));
        settling.due(Duration::from_secs(now), ended).as_secs()
    }

    #[test]
    fn a_request_of_this_session_is_timed_by_its_own_clock() {
        assert_eq!(due(Some("2026-11-23T18:30:10Z"), None, 150), 142);
        assert_eq!(due(Some("2026-11-23T18:30:10Z"), Some(3600), 150), 142);
        // By a clock that was set back since it cannot have ended later than now.
        assert_eq!(due(Some("2026-11-23T19:30:00Z"), None, 150), 182);
    }

    #[test]
    fn an_earlier_one_is_as_old_as_both_clocks_say() {
        assert_eq!(due(Some("2026-11-23T18:29:50Z"), Some(3600), 100), 122);
        assert_eq!(due(Some("2026-11-23T18:00:00Z"), Some(3600), 100), 100);
        // This machine's clock was set ahead by an hour; the server's was not.
        assert_eq!(due(Some("2026-11-23T17:29:50Z"), Some(10), 100), 122);
        assert_eq!(due(Some("2026-11-23T17:29:50Z"), Some(0), 100), 132);
    }

    #[test]
    fn without_the_servers_time_it_is_as_old_as_the_session() {
        assert_eq!(due(Some("2026-11-23T17:29:50Z"), None, 100), 132);
        assert_eq!(due(None, Some(3600), 100), 132);
    }
}
