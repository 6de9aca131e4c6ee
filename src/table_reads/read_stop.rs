//! When many reads are made beside one another: why none has a chance any more.

use tokio::sync::watch;

use crate::sending::{Outage, Stop, StopReason, Unread};

/// Watches over reads: a refused key, a server that is gone, or a user who wants an end stops all of them. Nothing
/// is lost by a read that is given up.
#[derive(Debug)]
pub(super) struct ReadStop {
    user: Stop,
    state: watch::Sender<ReadState>,
}

#[derive(Debug, Default)]
struct ReadState {
    outage: Outage,
    stopped: Option<StopReason>,
}

impl ReadStop {
    /// Nothing is lost yet.
    pub(super) fn new(user: Stop) -> Self {
        Self { user, state: watch::Sender::new(ReadState::default()) }
    }

    /// Why no further read is made.
    pub(super) fn stopped(&self) -> Option<StopReason> {
        self.state.borrow().stopped.clone()
    }

    /// What the read comes to; none where it has no chance, or is given up because no read has one any more.
    pub(super) async fn read<R>(
        &self,
        read: impl Future<Output = R>,
        unread: impl FnOnce(&R) -> Option<&Unread>,
    ) -> Option<R> {
        let mut state = self.state.subscribe();
        let read = tokio::select! {
            biased;
            () = self.user.wanted() => {
                self.stop(StopReason::Interrupted);
                return None;
            }
            _ = state.wait_for(|state| state.stopped.is_some()) => return None,
            read = read => read,
        };
        match unread(&read) {
            Some(Unread::KeyRefused(problem)) => self.stop(StopReason::KeyRefused(problem.clone())),
            Some(Unread::Lost(problem)) => {
                let mut is_gone = false;
                self.state.send_modify(|state| is_gone = state.outage.lost());
                if is_gone {
                    self.stop(StopReason::ServerGone(problem.clone()));
                }
            }
            // A refusal is an answer.
            Some(Unread::Refused(_)) | None => self.state.send_modify(|state| state.outage.answered()),
        }
        Some(read)
    }

    /// The first reason is the one that counts.
    fn stop(&self, reason: StopReason) {
        self.state.send_modify(|state| {
            state.stopped.get_or_insert(reason);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::ReadStop;
    use crate::sending::{FailureCode, Problem, StopReason, StopSwitch, Unread};

    fn problem() -> Problem {
        Problem { code: FailureCode::Timeout, text: "x".to_owned() }
    }

    async fn read(end: &ReadStop, said: Result<(), Unread>) -> Option<Result<(), Unread>> {
        end.read(std::future::ready(said), |said| said.as_ref().err()).await
    }

    #[tokio::test]
    async fn only_losses_in_a_row_mean_that_the_server_is_gone() {
        let (_switch, user) = StopSwitch::new();
        let end = ReadStop::new(user);
        for answer in [Ok(()), Err(Unread::Refused(problem()))] {
            for _ in 1..25 {
                assert!(read(&end, Err(Unread::Lost(problem()))).await.is_some());
            }
            read(&end, answer).await;
        }
        for _ in 0..25 {
            assert_eq!(end.stopped(), None);
            read(&end, Err(Unread::Lost(problem()))).await;
        }
        assert_eq!(end.stopped(), Some(StopReason::ServerGone(problem())));
        assert_eq!(read(&end, Ok(())).await, None);
    }

    #[tokio::test]
    async fn a_refused_key_and_a_user_stop_what_is_under_way() {
        let (switch, user) = StopSwitch::new();
        for wants in [false, true] {
            let end = ReadStop::new(user.clone());
            let stop = async {
                if wants {
                    switch.finish();
                } else {
                    read(&end, Err(Unread::KeyRefused(problem()))).await;
                }
            };
            let hangs = end.read(std::future::pending::<()>(), |()| None);
            let (hung, ()) = tokio::join!(hangs, stop);
            assert_eq!(hung, None);
            let reason = if wants { StopReason::Interrupted } else { StopReason::KeyRefused(problem()) };
            assert_eq!(end.stopped(), Some(reason));
        }
    }
}
