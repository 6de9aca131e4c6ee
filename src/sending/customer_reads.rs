//! Reads about customers whose answers have a shape of their own: customers under the name that a server has for them, and
//! lists of ids.

use serde_json::Value;

use super::asked_for::shows_what_was_asked_for;
use super::attempt_end::AttemptEnd;
use super::clock::Clock;
use super::link::{Link, ReadName};
use super::outcome::{FailureCode, Problem};
use super::payload::{id_of, ids as ids_in};
use super::read::{Haste, ReadEnd, Unread};
use super::reply::Wanted;
use super::request::Envelope;
use super::transport::Transport;
use crate::catalogue::ApiSelector;
use crate::validating::Call;

impl<T: Transport, C: Clock> Link<T, C> {
    /// Reads customers, under the name that the server takes: until that is known, an answer that shows nobody is not
    /// believed before the other name was tried.
    pub(super) async fn ask_for_customers(&self, envelope: &Envelope, call: &Call, haste: Haste) -> ReadEnd {
        let newer = call.newer_read();
        let (known, Some(newer)) = (self.reads_by.get(), newer) else {
            return self.ask_for(envelope, call, Wanted::Content, haste).await;
        };
        match known {
            Some(ReadName::Older) => return self.ask_for(envelope, call, Wanted::Content, haste).await,
            Some(ReadName::Newer) => return self.ask_for(envelope, &newer, Wanted::Content, haste).await,
            None => {}
        }
        let mut older = self.ask_for(envelope, call, Wanted::Content, haste).await;
        let may_be_the_name = match &older.answer {
            Ok(accepted) if accepted.has_data => {
                self.reads_by.set(Some(ReadName::Older));
                false
            }
            Ok(_) | Err((AttemptEnd::SaidNo, _)) => true,
            // PHP may break down over a name that it does not know. Once the other has not helped, it is something else.
            Err((end, problem)) => has_broken_down(*end, problem.code) && !self.breaks_down_anyway.get(),
        };
        if !may_be_the_name {
            return older;
        }
        let mut asked = self.ask_for(envelope, &newer, Wanted::Content, Haste::AnotherWay).await;
        let requests = older.requests + asked.requests;
        match &asked.answer {
            Ok(accepted) if shows_what_was_asked_for(&newer, accepted) => {
                self.reads_by.set(Some(ReadName::Newer));
                asked.requests = requests;
                asked
            }
            _ => {
                let has_broken_down = matches!(&older.answer, Err((end, _)) if *end != AttemptEnd::SaidNo);
                self.breaks_down_anyway.set(self.breaks_down_anyway.get() || has_broken_down);
                older.requests = requests;
                older
            }
        }
    }

    /// One read whose answer is a list of customers' ids, in the server's order; as many as there are. A list
    /// with anything else in it does not count as an answer.
    pub async fn read_ids(&self, selector: ApiSelector, call: &Call) -> Result<Vec<u64>, Unread> {
        let asked = self.ask_for(&self.envelope(selector), call, Wanted::Ids, Haste::None).await;
        let accepted = asked.read()?;
        if let Some(listed) = accepted.listed {
            return Ok(listed);
        }
        let no_list = |text: &str| Unread::Lost(Problem::new(FailureCode::BadAnswer, text));
        let (mut texts, mut is_odd) = (accepted.ids, accepted.has_odd_id);
        match &accepted.data {
            // Some servers leave the list out where nobody meets the conditions; without a verdict that is no answer.
            None if !accepted.has_id_field && !accepted.has_verdict => {
                return Err(no_list("the server's answer has no list of customers"));
            }
            None | Some(Value::Null) => {}
            data => {
                let (listed, odd) = ids_in(data.as_ref());
                texts.extend(listed);
                is_odd |= odd;
            }
        }
        if is_odd {
            return Err(no_list("the server's list of customers contains something that is not an id"));
        }
        let ids = texts.iter().map(|text| id_of(text)).collect::<Option<Vec<u64>>>();
        ids.ok_or_else(|| no_list("the server's list of customers contains a number that is not a valid id"))
    }
}

/// Whether something answered that is not the API: a page, a 500, nothing at all.
fn has_broken_down(end: AttemptEnd, code: FailureCode) -> bool {
    match end {
        AttemptEnd::MayHaveHappened => !matches!(code, FailureCode::Connect | FailureCode::Timeout),
        AttemptEnd::Replaced => true,
        _ => false,
    }
}
