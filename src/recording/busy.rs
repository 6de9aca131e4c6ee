//! The wait for another program that has a journal's database locked, such as one with an open query or a backup.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::lock::STEP;

/// How long another program may keep a journal locked.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so long a person hears what it is that everything waits for.
const TOLD_AFTER: Duration = Duration::from_millis(500);

/// Who is told that a journal is locked.
static TELL: Mutex<Option<Box<dyn Fn() + Send>>> = Mutex::new(None);
/// Whether the wait was in vain. Then nothing waits as long again: a command that can't go on ends.
static IN_VAIN: AtomicBool = AtomicBool::new(false);

/// Says who is told, from now on, that a journal is locked and waited for.
pub fn tell_of_locked_journals(tell: impl Fn() + Send + 'static) {
    *TELL.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(tell));
    IN_VAIN.store(false, Ordering::Relaxed);
}

/// Makes a connection wait for other programs, and say so.
pub(super) fn wait_for_others(connection: &mut Connection) -> rusqlite::Result<()> {
    let mut wait = Wait { began: Instant::now(), is_told: false };
    connection.busy_handler(Some(move |tries| wait.goes_on(tries)))
}

struct Wait {
    began: Instant,
    is_told: bool,
}

impl Wait {
    /// Waits a little. False where it has been long enough.
    fn goes_on(&mut self, tries: i32) -> bool {
        if tries == 0 {
            *self = Self { began: Instant::now(), is_told: false };
        }
        let waited = self.began.elapsed();
        let patience = if IN_VAIN.load(Ordering::Relaxed) { TOLD_AFTER } else { PATIENCE };
        if waited >= patience {
            IN_VAIN.store(true, Ordering::Relaxed);
            return false;
        }
        if waited >= TOLD_AFTER && !self.is_told {
            self.is_told = true;
            if let Some(tell) = &*TELL.lock().unwrap_or_else(PoisonError::into_inner) {
                tell();
            }
        }
        std::thread::sleep(STEP);
        true
    }
}
