//! Balances that differ by something else than what was booked: whose doing is it? The histories of just those customers
//! say. What is the run's own is written down; what is somebody else's is told.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use futures_util::stream::iter;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::phases::Phases;
use super::recorder::{Applied, FoundOut, Report};
use super::rows::call_of;
use super::run_end::RunEnd;
use super::spec::Verify;
use crate::catalogue::{Action, ApiSelector};
use crate::count::Count;
use crate::customers::{HistoryEntry, NoHistory, ShownHistory};
use crate::events::Event;
use crate::reconciling::{Explanation, OwnBooking, difference, explain, times_shown};
use crate::recording::{Status, Tag};
use crate::sending::{Clock, StopReason, Transport};
use crate::validating::Money;

/// So many customers are told one by one.
const TOLD: usize = 20;

/// What a run booked for a customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booked {
    /// The sum of the rows that are ok; none where it has more digits than a sum of money can have.
    pub(super) sum: Option<Money>,
    /// Rows in doubt.
    pub(super) unknown: u64,
    /// Whether the run has made the customer.
    pub(super) is_new: bool,
}

/// A customer whose balance is not what it should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Differing {
    customer: u64,
    before: Money,
    after: Money,
    booked: Booked,
    /// What it has more than it should.
    by: Money,
}

/// Balances that were compared.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) differing: Vec<Differing>,
    /// Whether any balance has moved at all: those of some servers do not, or not at once.
    have_moved: bool,
}

impl Compared {
    pub(super) fn add(&mut self, customer: u64, before: Money, after: Money, booked: Booked) {
        self.have_moved |= before != after;
        let by = booked.sum.map_or(Some(after), |sum| difference(before, after, sum));
        self.differing.extend(by.map(|by| Differing { customer, before, after, booked, by }));
    }
}

impl Differing {
    /// What people are told before the reason.
    fn text(&self) -> String {
        let Self { customer, before, after, booked, by } = self;
        let sum = booked.sum.map_or_else(|| "more than can be added up".to_owned(), |sum| sum.to_string());
        let doubt = if booked.unknown > 0 { "; a row of this customer is unknown" } else { "" };
        format!(
            "balances: customer {customer}: the balance was {before} and is {after}, and the rows that are ok booked {sum}: {by} more than that{doubt}"
        )
    }
}

/// A booking of the run, and the tag that it was sent with.
#[derive(Debug, Clone)]
struct TaggedBooking {
    booking: OwnBooking,
    tag: Tag,
}

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds out whose doing the differences are.
    pub(super) async fn explain_all(
        &self,
        selector: ApiSelector,
        compared: Compared,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let Compared { differing, have_moved } = compared;
        if !have_moved {
            let text = "balances: none has moved, so this server's balances do not show bookings, or not at once; nothing is verified by them";
            self.tell_unsettled(text, end);
            return Ok(());
        }
        if !self.tagging().is_tagged() {
            for one in &differing {
                end.differing += 1;
                let text = format!(
                    "{}; without a tag in the comments nobody can say whose doing that is",
                    one.text()
                );
                self.host.tell(Event::Warning(&text));
            }
            return Ok(());
        }
        let mut own = self.own_bookings(&differing).await?;
        let (mut others, mut lost) = (0, Vec::new());
        let asked =
            differing.iter().map(|one| async move { (one, self.history(selector, one.customer).await) });
        self.ask_each(iter(asked), end, async |(one, history), end| {
            let own = own.remove(&one.customer).unwrap_or_default();
            match history {
                Ok(ShownHistory { entries, is_whole, .. }) => {
                    let explanation = explain(one.by, &seen(&own, &entries));
                    let explained = self.settle(one, &explanation, is_whole, end).await;
                    others += usize::from(explained == Doing::Others);
                    if explained == Doing::Others && others <= TOLD {
                        let text = format!(
                            "{}. The bookings of this run are all there, each once: somebody else changed the balance meanwhile",
                            one.text()
                        );
                        self.host.tell(Event::Note(&text));
                    }
                    if explained == Doing::Lost {
                        lost.push((*one, own));
                    }
                }
                Err(error) => {
                    end.differing += 1;
                    let text =
                        format!("{}; its history, which would say why, cannot be read: {error}", one.text());
                    self.host.tell(Event::Warning(&text));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if let Some(more) = others.checked_sub(TOLD).filter(|more| *more > 0) {
            let customers = Count(more as u64, "other customer");
            self.host.tell(Event::Note(&format!("balances: {customers} likewise")));
        }
        self.look_once_more(selector, lost, end).await
    }

    /// Writes down what is the run's own.
    async fn settle(&self, one: &Differing, found: &Explanation, is_whole: bool, end: &mut RunEnd) -> Doing {
        for (row, times) in &found.doubled {
            end.doubled += 1;
            self.tell_doubled(*row, *times);
            let applied = Applied { id: None, times: *times };
            self.notes
                .report(Report::Found(vec![FoundOut { of: self.booking_of(*row), found: Ok(applied) }]))
                .await;
        }
        if !found.lost.is_empty() && is_whole {
            let rows = found.lost.iter().map(|row| (self.booking_of(*row), lost_text(one))).collect();
            self.notes.report(Report::Doubted(rows)).await;
            // Rows that were not in doubt when the server was asked.
            end.asked = false;
            return Doing::Lost;
        }
        if !found.lost.is_empty() || !found.unseen.is_empty() {
            end.differing += 1;
            let rows: Vec<String> = found.lost.iter().chain(&found.unseen).map(ToString::to_string).collect();
            let text = format!(
                "{}; the history does not show row {}, or not all of it can be read",
                one.text(),
                rows.join(", ")
            );
            self.host.tell(Event::Warning(&text));
            return Doing::Unclear;
        }
        match found.others {
            Some(_) if one.booked.unknown > 0 => {
                let text = format!("{}, so this may be its booking, or somebody else's", one.text());
                self.host.tell(Event::Warning(&text));
                Doing::Unclear
            }
            Some(_) => Doing::Others,
            None => Doing::Own,
        }
    }

    /// What is not seen may still be on its way: it counts only when `--settle` is over.
    async fn look_once_more(
        &self,
        selector: ApiSelector,
        lost: Vec<(Differing, Vec<TaggedBooking>)>,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        if lost.is_empty() || end.stopped.is_some() {
            return Ok(());
        }
        let span = self.policy.settle;
        self.host.tell(Event::Settling { rows: lost.len() as u64, span });
        let clock = &self.host.clock;
        if self.host.stop.stop().race(clock.sleep_until(clock.now() + span)).await.is_none() {
            end.stop(StopReason::Interrupted);
            return Ok(());
        }
        let asked = lost
            .iter()
            .map(|(one, own)| async move { (one, own, self.history(selector, one.customer).await) });
        self.ask_each(iter(asked), end, async |(one, own, history), end| {
            let entries = match history {
                Ok(shown) => shown.entries,
                Err(error) => {
                    end.differing += 1;
                    let text = format!("{}; its history cannot be read a second time: {error}", one.text());
                    self.host.tell(Event::Warning(&text));
                    return Ok(ControlFlow::Continue(()));
                }
            };
            for OwnBooking { row, seen, .. } in
                seen(own, &entries).into_iter().filter(|booking| booking.is_ok)
            {
                if seen == 0 {
                    end.differing += 1;
                    let text = format!("row {row} was answered with OK and is not there: {}", lost_text(one));
                    self.host.tell(Event::Warning(&text));
                } else {
                    let applied = Applied { id: None, times: seen };
                    self.notes
                        .report(Report::Found(vec![FoundOut {
                            of: self.booking_of(row),
                            found: Ok(applied),
                        }]))
                        .await;
                }
            }
            Ok(ControlFlow::Continue(()))
        })
        .await
    }

    async fn history(&self, selector: ApiSelector, customer: u64) -> Result<ShownHistory, NoHistory> {
        self.histories.read(&self.server.link, selector, &customer.to_string()).await
    }

    /// The bookings of the run for these customers.
    async fn own_bookings(
        &self,
        differing: &[Differing],
    ) -> Result<BTreeMap<u64, Vec<TaggedBooking>>, RunError> {
        let Some(step) = self.input.spec.operation.step_of(Action::ChangeBalance) else {
            return Ok(BTreeMap::new());
        };
        let (rows, mut replay, tagging) = (self.rows()?, self.replay()?, self.tagging());
        let server = self.input.spec.rules.server;
        let mut own: BTreeMap<u64, Vec<TaggedBooking>> =
            differing.iter().map(|one| (one.customer, Vec::new())).collect();
        let gathered = spawn_blocking(move || -> Result<_, RunError> {
            rows.each(
                |checked| checked.calls(),
                |row, checked| {
                    let number = row.number();
                    let entries = replay.entries(number)?;
                    let call = checked.ok().and_then(|calls| call_of(calls, step, &entries, server));
                    let (Some(entry), Some(call)) = (entries.of(step), call) else { return Ok(true) };
                    let is_ok = entry.result.status == Status::Ok;
                    if let Some(own) = call.customer_number().and_then(|customer| own.get_mut(&customer))
                        && let Some(amount) = call.amount()
                        && let Some(tag) = tagging.tag(number, call.key(), Some(entry))
                        && (is_ok || entry.result.status == Status::Unknown)
                    {
                        let booking = OwnBooking { row: number, amount, is_ok, seen: 0 };
                        own.push(TaggedBooking { booking, tag });
                    }
                    Ok(true)
                },
            )?;
            Ok(own)
        });
        gathered.await?
    }

    /// What balances leave open is an error only where they were asked for.
    fn tell_unsettled(&self, text: &str, end: &mut RunEnd) {
        if self.policy.verify == Verify::Each {
            end.differing += 1;
            self.host.tell(Event::Warning(text));
        } else {
            self.host.tell(Event::Note(text));
        }
    }
}

/// Whose doing a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// The run's: a double, or a row in doubt that was applied.
    Own,
    /// A booking of the run was lost.
    Lost,
    Others,
    /// Nobody knows.
    Unclear,
}

fn lost_text(one: &Differing) -> String {
    format!(
        "the server answered OK, but neither the balance of customer {} nor its history shows the booking; look in UserSide whether it is there",
        one.customer
    )
}

/// The bookings, with how often each of them is in a history.
fn seen(own: &[TaggedBooking], entries: &[HistoryEntry]) -> Vec<OwnBooking> {
    let seen = |TaggedBooking { booking, tag }: &TaggedBooking| OwnBooking {
        seen: times_shown(entries, *tag, Some(booking.amount)),
        ..*booking
    };
    own.iter().map(seen).collect()
}
