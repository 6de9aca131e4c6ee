//! Nobody is in a billing only where the server says so, and is seen to select customers by their billing.

use serde_json::json;

use crate::catalogue::ApiSelector;
use crate::customers::{EmptyBillings, Whereabouts};
use crate::reconciling::tests::support::{Fields, Said, Server, TestClock, answer, call, lost, no};

/// What the server says of the customer with this id.
type Teller = fn(u64) -> serde_json::Value;

/// Customers 1 and 2 are in billing 1, as the server says under these names.
struct World {
    told: Teller,
    /// What the server says to a search in billing 9.
    nobody: Box<dyn Fn(&Fields) -> Said>,
}

impl World {
    fn usual() -> Self {
        Self {
            told: |id| json!({"id": id, "billing": {"id": "1"}, "billing_id": id}),
            nobody: Box::new(|_| ids(&[])),
        }
    }

    fn server(self) -> Server {
        Server::new(move |fields| {
            if let Some(asked) = fields.get("customer_id") {
                let asked = asked.split(',').map(|id| id.parse().expect("an id"));
                let data: serde_json::Map<_, _> =
                    asked.map(|id: u64| (id.to_string(), (self.told)(id))).collect();
                return answer(200, &json!({"result": "OK", "data": data}).to_string());
            }
            match fields.get("billing_id").map(String::as_str) {
                Some("9") => (self.nobody)(fields),
                Some("1") => ids(&[1, 2]),
                None if fields.contains_key("is_ex") => ids(&[1, 2]),
                // The counter, and what nobody is in.
                None => answer(200, r#"{"result":"OK","data":2}"#),
                Some(_) => ids(&[]),
            }
        })
    }
}

fn ids(ids: &[u64]) -> Said {
    answer(200, &json!({"result": "OK", "data": ids}).to_string())
}

/// Whether a server is believed that nobody is in billing 9; asked twice, and what that took.
fn is_empty(server: &Server, row: &[(&str, &str)]) -> (bool, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let link = server.link(TestClock::start());
        let (billings, row) = (EmptyBillings::default(), call("add", row));
        let first = billings.is_empty(&link, ApiSelector::Subcat, &row).await;
        let requests = server.requests().len();
        assert_eq!(billings.is_empty(&link, ApiSelector::Subcat, &row).await, first);
        assert_eq!(server.requests().len(), requests, "each billing is asked about once");
        assert_eq!(billings.began_empty(&row), first);
        (first, requests)
    })
}

const ROW: [(&str, &str); 3] = [("fio", "x"), ("codeti", "7"), ("billing_id", "9")];

#[test]
fn an_explicit_nobody_counts_in_every_way_of_saying_it() {
    for nobody in [
        r#"{"result":"OK","data":[]}"#,
        r#"{"result":"OK"}"#,
        r#"{"Result":"OK","list":""}"#,
        r#"{"Result":"ERROR","ErrorText":"customers not found"}"#,
        r#"{"Result":"ERROR","ErrorText":"Абоненты не найдены"}"#,
        // Without a reason: others are found.
        r#"{"Result":"ERROR"}"#,
    ] {
        let server = World { nobody: Box::new(|_| answer(200, nobody)), ..World::usual() }.server();
        // In the billing, former ones there, anybody, two of them, and others in their billing.
        assert_eq!(is_empty(&server, &ROW), (true, 5), "{nobody}");
        let asked = &server.requests()[0];
        assert_eq!((asked["billing_id"].as_str(), asked["limit"].as_str()), ("9", "1"));
    }
}

#[test]
fn whatever_else_is_said_lets_customers_be_looked_for() {
    let others: [fn(&Fields) -> Said; 8] = [
        |_| ids(&[1]),
        // Only former ones.
        |fields| if fields.contains_key("is_ex") { ids(&[3]) } else { ids(&[]) },
        |_| no(),
        |_| lost(),
        |_| answer(200, "<html>login</html>"),
        |_| answer(500, "<html>error</html>"),
        |_| answer(200, r#"{"result":"ERROR","error":"unknown parameter: billing_id"}"#),
        |_| answer(200, r#"{"result":"OK","data":["x"]}"#),
    ];
    for nobody in others {
        let server = World { nobody: Box::new(nobody), ..World::usual() }.server();
        let (is_empty, requests) = is_empty(&server, &ROW);
        assert!(!is_empty && requests <= 2, "{:?}", server.requests());
    }
}

/// Which customers are where is what the server must have shown.
#[test]
fn a_server_that_does_not_select_by_billing_proves_nothing() {
    let tellers: [(Teller, bool); 6] = [
        (|id| json!({"id": id, "billing_id": "1"}), true),
        // The customer's own number in the billing: nobody is found by it.
        (|id| json!({"id": id, "billing_id": (13615 + id).to_string()}), false),
        (|id| json!({"id": id, "billing": {"id": 4}}), false),
        // In the billing that it says nobody is in.
        (|id| json!({"id": id, "billing": {"id": 9}}), false),
        (|id| json!({"id": id, "billing": {"id": if id == 1 { 1 } else { 9 }}}), false),
        (|id| json!({"id": id, "login": "x"}), false),
    ];
    for (told, expected) in tellers {
        let server = World { told, ..World::usual() }.server();
        assert_eq!(is_empty(&server, &ROW).0, expected, "{}", told(1));
    }
}

#[test]
fn a_server_without_customers_has_an_empty_billing_unless_it_counts_some() {
    for (count, expected) in [
        (r#"{"result":"OK","data":0}"#, true),
        (r#"{"Result":"ERROR","ErrorText":"unknown"}"#, true),
        (r#"{"result":"OK","data":12}"#, false),
    ] {
        let server = Server::new(move |fields| {
            let is_list = fields.contains_key("is_ex") || fields.contains_key("billing_id");
            if is_list { ids(&[]) } else { answer(200, count) }
        });
        assert_eq!(is_empty(&server, &ROW), (expected, 4), "{count}");
    }
}

/// A potential customer may be in no billing, and a billing that is not named says nothing.
#[test]
fn only_the_billing_of_a_customer_is_asked_about() {
    let server = World::usual().server();
    for row in [
        &[("fio", "x"), ("codeti", "7")][..],
        &[("fio", "x"), ("codeti", "7"), ("billing_id", "9"), ("is_potential", "1")],
    ] {
        assert_eq!(is_empty(&server, row), (false, 0));
    }
}

#[test]
fn where_somebody_is_the_server_tells_by_a_field_or_by_its_list() {
    let tellers: [(Teller, Whereabouts); 4] = [
        (|id| json!({"id": id, "billing": {"id": 9}}), Whereabouts::There),
        (|id| json!({"id": id, "billing": {"id": 1}}), Whereabouts::Elsewhere),
        (|id| json!({"id": id, "billing_id": 9}), Whereabouts::There),
        (|id| json!({"id": id, "billing_id": 9}), Whereabouts::NotKnown),
    ];
    for (told, expected) in tellers {
        let nobody: fn(&Fields) -> Said = match expected {
            Whereabouts::NotKnown => |_| ids(&[8]),
            _ => |_| ids(&[7, 8]),
        };
        let server = World { told, nobody: Box::new(nobody) }.server();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let place = runtime.expect("a runtime").block_on(async {
            let link = server.link(TestClock::start());
            let billings = EmptyBillings::new(None, Some("4,9"));
            assert_eq!(billings.begun(), "4,9");
            assert!(billings.began_empty(&call("add", &ROW)));
            billings.whereabouts(&link, ApiSelector::Subcat, &call("add", &ROW), "7").await
        });
        assert_eq!(place, expected, "{}", told(7));
    }
}

/// Who is in billing 9, as a later session lists it: whether the customer of the row is known not to be there.
fn is_known_missing(told: Teller, listed: Vec<u64>, own: &[u64]) -> bool {
    let nobody = move |fields: &Fields| if fields.contains_key("is_ex") { ids(&[]) } else { ids(&listed) };
    let server = World { told, nobody: Box::new(nobody) }.server();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let link = server.link(TestClock::start());
        let billings = EmptyBillings::new(None, Some("9"));
        billings.list_others(&link, ApiSelector::Subcat, "9", own).await;
        assert!(!server.requests()[0].contains_key("limit"), "all of them");
        billings.is_known_missing(&call("add", &ROW))
    })
}

#[test]
fn a_list_of_the_runs_own_customers_and_few_others_says_who_is_missing() {
    let told: Teller = |id| json!({"id": id, "codeti": format!("Code-{id}")});
    assert!(is_known_missing(told, vec![11, 12, 13], &[11, 12, 13]));
    assert!(is_known_missing(told, vec![13, 11, 40, 41], &[11, 13]));
    // Another has the code, in whichever letters and under whichever of its names.
    let same: Teller = |id| json!({"id": id, "billing": {"uuid": if id == 41 { "7" } else { "8" }}});
    assert!(!is_known_missing(same, vec![11, 40, 41], &[11]));
    // Not all of the run's own, or as many as a list may be cut off at.
    assert!(!is_known_missing(told, vec![11, 12], &[11, 12, 13]));
    assert!(!is_known_missing(told, (1..=50).collect(), &(1..=50).collect::<Vec<_>>()));
    assert!(!is_known_missing(told, (1..=300).collect(), &[11]));
    // Of one of the others nothing is known to compare with.
    assert!(!is_known_missing(|id| json!({"id": id, "login": "x"}), vec![11, 40], &[11]));
}
