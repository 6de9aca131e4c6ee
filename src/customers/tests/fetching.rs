//! Ids to customers: whatever a server does with a list of ids, everybody comes back once, as who they are.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::catalogue::ApiSelector;
use crate::customers::{FetchStop, FetchedCustomer, Fetcher, KeptFields};
use crate::reconciling::tests::support::{Fields, Said, Server, TestClock, answer, lost, no};

/// What a server does with several ids.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Map,
    List,
    /// Only the first one is seen.
    First,
    Refuse,
    /// Only the first so many are looked at.
    Limit(usize),
    /// It breaks down over more.
    Most(usize),
    /// An error if one of them is not there.
    AllOrNothing,
}

/// Who is there, who is not, and over whom the server breaks down.
#[derive(Debug, Clone)]
struct World {
    manner: Manner,
    gone: BTreeSet<u64>,
    broken: BTreeSet<u64>,
}

impl World {
    fn of(manner: Manner) -> Self {
        Self { manner, gone: BTreeSet::new(), broken: BTreeSet::new() }
    }

    fn server(&self) -> Server {
        let world = self.clone();
        Server::new(move |fields| world.says(fields))
    }

    fn says(&self, fields: &Fields) -> Said {
        // Not a read of customers: the question whether anybody is there.
        let Some(asked) = fields.get("customer_id") else {
            return answer(200, r#"{"result":"OK","data":1}"#);
        };
        let ids: Vec<u64> = asked.split(',').map(|id| id.parse().expect("an id")).collect();
        if ids.iter().any(|id| self.broken.contains(id)) {
            return answer(500, "<html>Internal Server Error</html>");
        }
        let customer = |id: &u64| json!({"id": id, "login": format!("user{id}")});
        let ok = |data: Value| answer(200, &json!({"result": "OK", "data": data}).to_string());
        let seen: Vec<u64> = match self.manner {
            Manner::First => ids[..1].to_vec(),
            Manner::Refuse if ids.len() > 1 => return no(),
            Manner::Most(most) if ids.len() > most => {
                return answer(500, "<html>Internal Server Error</html>");
            }
            Manner::Limit(limit) => ids.iter().copied().take(limit).collect(),
            Manner::AllOrNothing if ids.iter().any(|id| self.gone.contains(id)) => return no(),
            _ => ids.clone(),
        };
        let there: Vec<u64> = seen.into_iter().filter(|id| !self.gone.contains(id)).collect();
        match (self.manner, ids.len()) {
            (Manner::First, _) | (_, 1) => match there.first() {
                Some(id) => ok(customer(id)),
                None => answer(404, r#"{"error":"customer not found"}"#),
            },
            (Manner::List, _) => ok(there.iter().map(customer).collect()),
            _ => ok(Value::Object(
                there.iter().map(|id| (id.to_string(), customer(id))).collect::<Map<_, _>>(),
            )),
        }
    }
}

fn fetch(world: &World, ids: &[u64]) -> (Result<Vec<FetchedCustomer>, FetchStop>, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let server = world.server();
        let link = server.link(TestClock::start());
        let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
        let fetched = fetcher.read(ids.to_vec()).await;
        (fetched, server.requests().len())
    })
}

fn manner() -> impl Strategy<Value = Manner> {
    prop_oneof![
        Just(Manner::Map),
        Just(Manner::List),
        Just(Manner::First),
        Just(Manner::Refuse),
        (1..9_usize).prop_map(Manner::Limit),
        Just(Manner::AllOrNothing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn everybody_comes_back_once_and_is_who_they_are(
        manner in manner(),
        ids in prop::collection::btree_set(1..60_u64, 1..24),
        gone in prop::collection::btree_set(1..60_u64, 0..6),
        broken in prop::collection::btree_set(1..60_u64, 0..4),
    ) {
        let world = World { manner, gone, broken };
        let ids: Vec<u64> = ids.into_iter().collect();
        let mut fetched = fetch(&world, &ids).0.expect("the server is there");
        fetched.sort_by_key(|one| one.id);
        prop_assert_eq!(fetched.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
        for FetchedCustomer { id, customer } in fetched {
            let is_there = !world.gone.contains(&id) && !world.broken.contains(&id);
            prop_assert_eq!(customer.is_ok(), is_there, "{}: {:?}", id, customer);
            if let Ok(text) = customer {
                prop_assert_eq!(text, format!(r#"{{"id":{id},"login":"user{id}"}}"#));
            }
        }
    }
}

#[test]
fn a_batch_that_works_is_one_request() {
    for manner in [Manner::Map, Manner::List] {
        let ids: Vec<u64> = (1..=100).collect();
        let (fetched, requests) = fetch(&World::of(manner), &ids);
        assert_eq!((fetched.expect("customers").len(), requests), (100, 1), "{manner:?}");
    }
}

/// Halves of halves, and at the end the customer alone, who is tried again: retries are for those who could not
/// be read in any other way.
#[test]
fn a_customer_at_fault_is_found_by_halving() {
    let world = World { broken: [37].into(), ..World::of(Manner::Map) };
    let ids: Vec<u64> = (1..=64).collect();
    let (fetched, requests) = fetch(&world, &ids);
    let failed: Vec<FetchedCustomer> =
        fetched.expect("customers").into_iter().filter(|one| one.customer.is_err()).collect();
    assert_eq!(failed.iter().map(|one| one.id).collect::<Vec<_>>(), [37]);
    assert!(failed[0].customer.as_ref().is_err_and(|reason| reason.contains("500")), "{failed:?}");
    // The group under both names, six times two halves, and one attempt more at the one.
    assert_eq!(requests, 2 + 2 * 6 + 1);
}

#[test]
fn a_server_that_answers_the_first_of_many_is_asked_for_the_rest() {
    let ids: Vec<u64> = (1..=100).collect();
    let (fetched, requests) = fetch(&World::of(Manner::Limit(40)), &ids);
    assert_eq!((fetched.expect("customers").len(), requests), (100, 3));
}

/// How many customers each request names, where these are read group by group.
fn sizes(manner: Manner, customers: u64) -> Vec<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let server = World::of(manner).server();
        let link = server.link(TestClock::start());
        let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
        let (mut ids, mut fetched) = (1..=customers, Vec::new());
        while let Some(group) = fetcher.next_group(&mut ids) {
            fetched.extend(fetcher.read(group).await.expect("the server is there"));
        }
        let known = fetched.iter().filter(|one| one.customer.is_ok()).count();
        assert_eq!(known, fetched.len(), "{manner:?}");
        assert_eq!(fetched.len() as u64, customers, "{manner:?}");
        let named = |fields: &Fields| fields.get("customer_id").map(|ids| ids.split(',').count());
        server.requests().iter().filter_map(named).collect()
    })
}

#[test]
fn a_server_that_answers_everybody_is_asked_for_more() {
    for manner in [Manner::Map, Manner::List, Manner::AllOrNothing] {
        assert_eq!(sizes(manner, 3_000), [100, 200, 400, 800, 1_000, 500], "{manner:?}");
    }
}

#[test]
fn a_server_that_breaks_down_over_many_is_asked_for_fewer() {
    // Over 400: those come in halves, and from then on it is asked for as many as it has answered.
    assert_eq!(sizes(Manner::Most(300), 1_300), [100, 200, 400, 200, 200, 200, 200, 200]);
    // Over a hundred as well: what fails is halved.
    assert_eq!(sizes(Manner::Most(60), 200), [100, 50, 50, 100, 50, 50]);
    // It answers the first of a list and leaves out the others.
    assert_eq!(sizes(Manner::Limit(90), 200), [100, 10, 100, 10]);
}

fn tried(world: &World, ids: &[u64]) -> (bool, usize, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let server = world.server();
        let link = server.link(TestClock::start());
        let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
        let batches = fetcher.try_batches(ids).await.expect("the server is there");
        (batches.taken, batches.fetched.len(), server.requests().len())
    })
}

#[test]
fn two_who_both_come_back_are_believed_and_nothing_else() {
    for manner in [Manner::Map, Manner::List, Manner::AllOrNothing] {
        assert_eq!(tried(&World::of(manner), &[1, 2, 3, 4]), (true, 2, 1), "{manner:?}");
    }
    for manner in [Manner::First, Manner::Limit(1)] {
        assert_eq!(tried(&World::of(manner), &[1, 2, 3, 4]), (false, 0, 2), "{manner:?}");
    }
    // Each pair is asked for under both names of the parameter: it may be that.
    assert_eq!(tried(&World::of(Manner::Refuse), &[1, 2, 3, 4]), (false, 0, 4));
    // One of the first two is gone meanwhile: the next pair tells.
    let world = World { gone: [2].into(), ..World::of(Manner::Map) };
    assert_eq!(tried(&world, &[1, 2, 3, 4]), (true, 2, 2));
    assert_eq!(tried(&world, &[1, 2, 3]), (false, 0, 1));
    // The second pair comes from elsewhere: those who are side by side are often gone, or broken, together.
    let world = World { broken: (1..=6).collect(), ..World::of(Manner::Map) };
    let ids: Vec<u64> = (1..=20).collect();
    let (taken, fetched, _) = tried(&world, &ids);
    assert_eq!((taken, fetched), (true, 2));
}

/// Twenty-five in a row may be customers over whom the server breaks down: it is asked whether it is there.
#[test]
fn many_broken_customers_do_not_make_a_server_gone() {
    let world = World { broken: (1..=60).collect(), ..World::of(Manner::Map) };
    let ids: Vec<u64> = (1..=70).collect();
    let fetched = fetch(&world, &ids).0.expect("the server is there");
    assert_eq!(fetched.iter().filter(|one| one.customer.is_err()).count(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_stops_the_reading() {
    let server = Server::new(|_| lost());
    let link = server.link(TestClock::start());
    let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
    let stopped = fetcher.read((1..=200).collect()).await.expect_err("nobody answers");
    assert!(matches!(stopped, FetchStop::ServerGone(_)), "{stopped:?}");
}

/// The same where it says no to everybody from some moment on: what is written would lack them all.
#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_everybody_stops_the_reading() {
    let served = std::cell::Cell::new(0);
    let world = World::of(Manner::Map);
    let server = Server::new(move |fields| {
        served.set(served.get() + 1);
        if served.get() > 10 { no() } else { world.says(fields) }
    });
    let link = server.link(TestClock::start());
    let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
    let mut stopped = None;
    for id in 1..=200 {
        if let Err(reason) = fetcher.read(vec![id]).await {
            stopped = Some((id, reason));
            break;
        }
    }
    assert!(matches!(stopped, Some((35, FetchStop::ServerGone(_)))), "{stopped:?}");
}

/// Ids of a list that nobody has any more are no sign of that.
#[test]
fn many_who_are_gone_do_not_make_a_server_gone() {
    let world = World { gone: (1..=60).collect(), ..World::of(Manner::Map) };
    let ids: Vec<u64> = (1..=70).collect();
    let fetched = fetch(&world, &ids).0.expect("the server is there");
    assert_eq!(fetched.iter().filter(|one| one.customer.is_err()).count(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_stops_the_reading_at_once() {
    let server = Server::new(|_| answer(403, r#"{"error":"no"}"#));
    let link = server.link(TestClock::start());
    let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
    assert!(matches!(fetcher.read(vec![1, 2, 3]).await, Err(FetchStop::KeyRefused(_))));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_customer_is_the_one_who_was_asked_for() {
    let server = Server::says(r#"{"result":"OK","data":{"id":8,"login":"x"}}"#);
    let link = server.link(TestClock::start());
    let fetcher = Fetcher::new(&link, ApiSelector::Subcat, KeptFields::All);
    let fetched = fetcher.read(vec![7]).await.expect("an answer");
    assert_eq!(fetched[0].customer, Err("the server answered with customer 8".to_owned()));
}
