//! The sandbox's clock. It runs by itself, and can be turned forward, so that a rehearsal of what happens 45 s
//! later need not take 45 s.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::store::Moment;

/// A clock; copies of it are the same clock.
#[derive(Debug, Clone)]
pub struct ServerClock {
    started: Instant,
    /// How far it was turned, in microseconds.
    turned: Arc<AtomicU64>,
}

impl Default for ServerClock {
    fn default() -> Self {
        Self { started: Instant::now(), turned: Arc::default() }
    }
}

impl ServerClock {
    /// Turns it forward. What the sandbox has put off is done before the next request that is due after it.
    pub fn turn(&self, by: Duration) {
        let by = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        let _ = self.turned.fetch_update(Ordering::AcqRel, Ordering::Acquire, |so_far| {
            // A century is further than anybody turns it, and within what a date can hold.
            Some(so_far.saturating_add(by).min(CENTURY))
        });
    }

    pub(super) fn is_turned(&self) -> bool {
        self.turned.load(Ordering::Acquire) > 0
    }

    pub(super) fn now(&self) -> Moment {
        let turned = Duration::from_micros(self.turned.load(Ordering::Acquire));
        let wall = jiff::Timestamp::now();
        Moment { elapsed: self.started.elapsed() + turned, wall: wall.checked_add(turned).unwrap_or(wall) }
    }
}

/// In microseconds.
const CENTURY: u64 = 100 * 366 * 86_400 * 1_000_000;

#[cfg(test)]
mod tests {
    use super::{Duration, ServerClock};

    #[test]
    fn it_is_turned_forward_and_every_copy_with_it() {
        let clock = ServerClock::default();
        let (copy, before) = (clock.clone(), clock.now());
        copy.turn(Duration::from_secs(3600));
        let after = clock.now();
        assert!(after.elapsed - before.elapsed >= Duration::from_secs(3600));
        assert!(after.wall.duration_since(before.wall).as_secs() >= 3600);
        clock.turn(Duration::MAX);
        assert!(clock.now().wall > after.wall);
    }
}
