//! How a user ends a run, or the time that the user named, and why runs end early. What listens to the user has the [`StopSwitch`]; every stage is handed a
//! [`Stop`] and races what it waits for against it.

use std::sync::{Arc, OnceLock};

use tokio::sync::watch;

use super::outcome::Problem;

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StopSignal {
    /// Nothing: go on.
    #[default]
    None,
    /// Launch nothing more, finish what is in flight.
    Finish,
    /// Leave at once; what is in flight stays unknown.
    Abandon,
}

/// Whether the user wants an end. Once its switch is gone a stop that was not wanted never will be.
#[derive(Debug, Clone)]
pub struct Stop {
    signal: watch::Receiver<StopSignal>,
    time_up: TimeUp,
}

/// The time that the user named, once it has come first.
type TimeUp = Arc<OnceLock<String>>;

impl Stop {
    /// What the user wants at this moment.
    pub fn signal(&self) -> StopSignal {
        *self.signal.borrow()
    }

    /// Whether the user wants an end at this moment, be it gentle or at once.
    pub fn is_wanted(&self) -> bool {
        self.signal() > StopSignal::None
    }

    /// Why an end is wanted: the user does, unless the time that was named has come before.
    pub fn reason(&self) -> StopReason {
        self.time_up.get().cloned().map_or(StopReason::Interrupted, StopReason::TimeUp)
    }

    /// Waits until the user wants an end.
    pub async fn wanted(&self) {
        self.beyond(StopSignal::None).await;
    }

    /// Waits until the user wants to leave at once.
    pub async fn abandoned(&self) {
        self.beyond(StopSignal::Finish).await;
    }

    /// What the work comes to; none where the user wants an end first. Work that is not finished is dropped.
    pub async fn race<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        tokio::select! {
            biased;
            () = self.wanted() => None,
            result = work => Some(result),
        }
    }

    /// Waits until the user wants more than this.
    pub(super) async fn beyond(&self, known: StopSignal) {
        if self.signal.clone().wait_for(|signal| *signal > known).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Asks for an end, which cannot be taken back.
#[derive(Debug, Clone)]
pub struct StopSwitch {
    signal: watch::Sender<StopSignal>,
    time_up: TimeUp,
}

impl StopSwitch {
    /// A switch that has not been used, and a stop that listens to it.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(StopSignal::None);
        let time_up = TimeUp::default();
        (Self { signal: sender, time_up: Arc::clone(&time_up) }, Stop { signal: receiver, time_up })
    }

    /// Nothing more is launched; what is in flight is finished.
    pub fn finish(&self) {
        self.raise(StopSignal::Finish);
    }

    /// The same because the time has come that the user named, in these words. Where an end is wanted already, that
    /// stays the reason.
    pub fn finish_at(&self, said: String) {
        self.signal.send_if_modified(|signal| {
            let is_first = *signal == StopSignal::None;
            if is_first {
                *signal = StopSignal::Finish;
                self.time_up.get_or_init(|| said);
            }
            is_first
        });
    }

    /// Everything is left at once.
    pub fn abandon(&self) {
        self.raise(StopSignal::Abandon);
    }

    /// A stop that listens to this switch.
    pub fn stop(&self) -> Stop {
        Stop { signal: self.signal.subscribe(), time_up: Arc::clone(&self.time_up) }
    }

    fn raise(&self, wanted: StopSignal) {
        self.signal.send_if_modified(|signal| {
            let raises = *signal < wanted;
            *signal = (*signal).max(wanted);
            raises
        });
    }
}

/// Why a run stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The user wanted it.
    Interrupted,
    /// The time has come that the user named, in these words.
    TimeUp(String),
    KeyRefused(Problem),
    /// Too many calls failed; with the last problem.
    TooManyFailures(Problem),
    /// The server cannot be reached any more; with the last problem.
    ServerGone(Problem),
    /// What is sent cannot be written down any more.
    NotRecorded,
    /// The server does not find what it has made, so that a look for it proves nothing; the text says what was not found.
    Blind(String),
}

#[cfg(test)]
mod tests {
    use super::{StopReason, StopSignal, StopSwitch};
    use futures_util::future::FutureExt;

    #[tokio::test]
    async fn a_stop_comes_before_the_work_and_is_not_taken_back() {
        let (switch, stop) = StopSwitch::new();
        assert_eq!(stop.race(async { 1 }).await, Some(1));
        assert_eq!(stop.wanted().now_or_never(), None);
        switch.abandon();
        switch.finish();
        assert_eq!(switch.stop().signal(), StopSignal::Abandon);
        assert_eq!(stop.race(async { 1 }).await, None);
        drop(switch);
        stop.abandoned().await;
    }

    #[tokio::test]
    async fn a_gentle_stop_leaves_nothing() {
        let (switch, stop) = StopSwitch::new();
        switch.finish();
        assert!(stop.is_wanted());
        stop.wanted().await;
        assert_eq!(stop.abandoned().now_or_never(), None);
    }

    #[tokio::test]
    async fn what_came_first_is_the_reason() {
        let (switch, stop) = StopSwitch::new();
        switch.finish_at("06:00".to_owned());
        assert_eq!(
            (stop.signal(), stop.reason()),
            (StopSignal::Finish, StopReason::TimeUp("06:00".to_owned()))
        );
        switch.abandon();
        assert_eq!(
            (stop.signal(), stop.reason()),
            (StopSignal::Abandon, StopReason::TimeUp("06:00".to_owned()))
        );
        let (switch, stop) = StopSwitch::new();
        switch.finish();
        switch.finish_at("06:00".to_owned());
        assert_eq!((stop.signal(), stop.reason()), (StopSignal::Finish, StopReason::Interrupted));
    }

    #[tokio::test]
    async fn without_its_switch_a_stop_is_never_wanted() {
        let (switch, stop) = StopSwitch::new();
        drop(switch);
        assert_eq!(stop.wanted().now_or_never(), None);
        assert_eq!(stop.race(async { 1 }).await, Some(1));
        assert!(!stop.is_wanted());
    }
}
