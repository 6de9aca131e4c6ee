//! What a server that turns requests away is found to take. The rate comes down to that, and grows again slowly, so
//! that the run stays below a quota that nobody told it.

use std::time::Duration;

/// How much of what was taken is used.
const SHARE: f64 = 0.9;
/// How much faster it goes after every request that is taken: a tenth in 200 requests, and after every further lesson
/// less.
const GROWTH: f64 = 0.0005;
/// Requests within a second: fewer say little about a quota.
const ENOUGH: u32 = 4;
/// After the first time that a quota was used up it goes at a little less than half of what was taken in the last
/// second: that may have been all of two of the quota's seconds.
const FIRST_SHARE: f64 = 0.47;
/// From there it speeds up with every request that is taken, and with each a little more: by a twentieth in the first
/// 60, and up to double in 200.
const CATCHING_UP: f64 = 0.000_03;
/// The longest that may lie between two requests.
const LONGEST: Duration = Duration::from_secs(60);
/// A request in so short a time is as good as no limit.
const SHORTEST: Duration = Duration::from_micros(50);
/// After so many seconds what was taken counts for a third.
const FADES: f64 = 30.0;

/// Tenths of a second that are remembered.
const TENTHS: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Learned {
    /// The time between two requests.
    interval: Option<Duration>,
    /// When the next one may leave.
    next: Duration,
    /// How many were taken in each tenth of the last second.
    tenths: [u32; TENTHS],
    tenth: u64,
    /// How many were taken, and in how many seconds; both fade.
    taken: f64,
    seconds: f64,
    last: Duration,
    /// Refusals that passed by themselves, less what was taken between them.
    whims: u32,
    lessons: u32,
    /// So many were taken since the first refusal for a quota that was used up; none before, and after the next.
    caught_up: Option<u32>,
    /// Since when requests are sent without a pause, and how many of them were taken.
    since: Duration,
    taken_since: u32,
    /// The interval that the last one led to.
    lesson: Option<Duration>,
}

impl Learned {
    /// Whether a request may leave now, or when.
    pub(super) fn permit(&self, now: Duration) -> Result<(), Duration> {
        if self.interval.is_none() || now >= self.next { Ok(()) } else { Err(self.next) }
    }

    /// A request leaves.
    pub(super) fn left(&mut self, now: Duration) {
        if let Some(interval) = self.interval {
            self.next = now + interval;
        }
    }

    /// The server took a request; `fastest` is the time between two by the user's rate.
    pub(super) fn took(&mut self, now: Duration, fastest: Duration) {
        self.pass(now);
        self.tenths[(self.tenth % TENTHS as u64) as usize] += 1;
        self.taken += 1.0;
        self.taken_since = self.taken_since.saturating_add(1);
        self.whims = self.whims.saturating_sub(1);
        if let Some(interval) = self.interval {
            let growth = match &mut self.caught_up {
                Some(taken) => {
                    *taken = taken.saturating_add(1);
                    CATCHING_UP * f64::from(*taken)
                }
                None => GROWTH / f64::from(self.lessons.max(1)),
            };
            let shorter = interval.div_f64(1.0 + growth);
            self.interval = (shorter > fastest.max(SHORTEST)).then_some(shorter);
        }
    }

    /// The server turned requests away, and has taken one again. `waited`: it went on turning them away for a while.
    pub(super) fn turned_away(&mut self, at: Refusal, waited: bool) {
        /// So many refusals in a row, each of which passed at once, are no whims.
        const WHIMS: u32 = 30;
        const WHIM: u32 = 10;
        if !waited {
            self.whims += WHIM;
            // One that keeps a quota may take the next request because a new second has begun: it was too fast again.
            if let (Some(interval), Some(lesson)) = (self.interval, self.lesson)
                && interval < lesson
            {
                self.whims += WHIM;
                self.lessons += 1;
                self.interval = Some(lesson);
            }
            if self.whims <= WHIMS {
                return;
            }
        } else if at.last_second < ENOUGH && self.whims == 0 {
            // Of a server that was just reached nothing is known yet; the next time something is.
            self.whims = WHIMS;
            return;
        }
        self.slow_down(SHARE * f64::from(at.last_second).max(at.rate));
        self.caught_up = None;
    }

    /// The server says that a quota is used up, and maybe for how long: it takes nothing before that is over.
    pub(super) fn over_quota(&mut self, at: Refusal, now: Duration, ordered: Option<Duration>) {
        /// As [`ENOUGH`], where the server says why it refuses.
        const ENOUGH_FOR_A_QUOTA: u32 = 3;
        /// A quota of more than a second.
        const LONG: Duration = Duration::from_secs(2);
        let pause = ordered.unwrap_or_default();
        let passed = (now + pause).saturating_sub(self.since).as_secs_f64();
        let in_all = f64::from(std::mem::take(&mut self.taken_since)) / passed.max(1.0);
        self.since = now + pause;
        if at.last_second < ENOUGH_FOR_A_QUOTA && self.whims == 0 {
            // Others may have used it up.
            self.whims = 1;
            return;
        }
        let last_second = f64::from(at.last_second);
        let (rate, caught_up) = match self.lessons {
            0 => (FIRST_SHARE * last_second, Some(0)),
            // What was taken in a second says little where the quota is for a longer time.
            _ if pause >= LONG => (SHARE * in_all, None),
            _ => (SHARE * last_second.max(at.rate), None),
        };
        self.slow_down(rate);
        self.caught_up = caught_up;
    }

    /// To so many requests a second, unless it is slower already.
    fn slow_down(&mut self, rate: f64) {
        self.whims = 0;
        self.lessons += 1;
        let interval = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(LONGEST).min(LONGEST);
        self.interval = Some(self.interval.map_or(interval, |known| known.max(interval)));
        self.lesson = self.interval;
    }

    /// What was taken up to now.
    pub(super) fn at(&mut self, now: Duration) -> Refusal {
        self.pass(now);
        Refusal {
            last_second: self.tenths.iter().sum(),
            rate: if self.seconds > 1.0 { self.taken / self.seconds } else { 0.0 },
        }
    }

    fn pass(&mut self, now: Duration) {
        let tenth = (now.as_millis() / 100) as u64;
        let passed = tenth.saturating_sub(self.tenth).min(TENTHS as u64);
        for place in 1..=passed {
            self.tenths[((self.tenth + place) % TENTHS as u64) as usize] = 0;
        }
        if passed == TENTHS as u64 {
            self.tenths = [0; TENTHS];
        }
        self.tenth = self.tenth.max(tenth);
        if passed > 0 {
            let span = now.saturating_sub(self.last).as_secs_f64();
            let kept = (-span / FADES).exp();
            self.taken *= kept;
            self.seconds = self.seconds * kept + span;
            self.last = now;
        }
    }
}

/// What a server had taken when it turned a request away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Refusal {
    last_second: u32,
    /// A second, over the last half minute.
    rate: f64,
}

#[cfg(test)]
mod tests {
    use super::Learned;
    use std::time::Duration;

    const FASTEST: Duration = Duration::from_millis(50);

    /// Sends as fast as it may against a server that takes so many in every second, and waits a second after each
    /// refusal; the requests and refusals that so many rows need.
    fn quota(limit: u32, rows: u32) -> (u32, u32) {
        let (mut learned, mut now) = (Learned::default(), Duration::ZERO);
        let (mut second, mut used, mut done, mut refused) = (0, 0, 0, 0);
        while done < rows {
            now += FASTEST;
            if let Err(until) = learned.permit(now) {
                now = until;
            }
            learned.left(now);
            if now.as_secs() != second {
                (second, used) = (now.as_secs(), 0);
            }
            if used < limit {
                (used, done) = (used + 1, done + 1);
                learned.took(now, FASTEST);
            } else {
                let at = learned.at(now);
                refused += 1;
                now += Duration::from_secs(1);
                learned.turned_away(at, true);
            }
        }
        (done, refused)
    }

    #[test]
    fn a_quota_is_found_and_kept() {
        for limit in [1, 2, 5, 12] {
            let (_, refused) = quota(limit, 1000);
            assert!(refused <= 14, "{limit} a second: {refused} refusals");
        }
    }

    #[test]
    fn a_server_that_is_well_again_is_soon_at_full_speed() {
        let mut learned = Learned::default();
        (1..=100).for_each(|n| learned.took(n * FASTEST, FASTEST));
        let at = learned.at(100 * FASTEST);
        learned.turned_away(at, true);
        assert!(learned.interval.is_some_and(|interval| interval < 2 * FASTEST), "{learned:?}");
        (1..=1000).for_each(|n| learned.took(n * FASTEST, FASTEST));
        assert_eq!(learned.interval, None);
    }

    #[test]
    fn a_whim_teaches_nothing_and_many_do() {
        let mut learned = Learned::default();
        for _ in 0..50 {
            (1..=20).for_each(|_| learned.took(FASTEST, FASTEST));
            let at = learned.at(FASTEST);
            learned.turned_away(at, false);
            assert_eq!(learned.interval, None);
        }
        for _ in 0..4 {
            let at = learned.at(FASTEST);
            learned.turned_away(at, false);
        }
        assert!(learned.interval.is_some());
    }
}
