//! A latency that is the same for every request and exact to a fraction of a millisecond. The runtime's
//! timers wake at whole milliseconds; at 50 ms that would be half of what the program is allowed to lose.

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Releases waiting tasks in the order in which they came, each after the same time.
pub struct DelayLine {
    latency: Duration,
    waiting: Sender<(Instant, oneshot::Sender<()>)>,
}

impl DelayLine {
    /// Starts the thread that keeps the time. It ends when the line is dropped.
    pub fn start(latency: Duration) -> Self {
        let (waiting, queue) = mpsc::channel::<(Instant, oneshot::Sender<()>)>();
        thread::spawn(move || {
            for (due, waker) in queue {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                // Whoever waited may be gone with its connection.
                let _ = waker.send(());
            }
        });
        Self { latency, waiting }
    }

    /// Waits for the latency to pass.
    pub async fn pass(&self) {
        let (waker, woken) = oneshot::channel();
        if self.waiting.send((Instant::now() + self.latency, waker)).is_ok() {
            // An error means that the thread is gone, and then there is nothing to wait for.
            let _ = woken.await;
        }
    }
}
