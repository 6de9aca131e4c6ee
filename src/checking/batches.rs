//! Whether the server reads several customers at once. Old servers answer the first one, or an error, and some
//! answer something else, so only an answer that holds exactly those who were asked for is believed.

use serde_json::{Map, Value, json};

use super::point::Point;
use crate::catalogue::{Action, ApiSelector, CUSTOMER, CUSTOMER_ID, Meaning, Version, is_field};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::{Call, ConditionError, Conditions, DateOrder};

const POINT: &str = "batches";

/// Tries it with customers that the server itself names.
pub async fn batches<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
) -> Point {
    let ids = match some_customers(link, selector, server).await {
        Ok(ids) => ids,
        Err(point) => return point,
    };
    let (pairs, _) = ids.as_chunks::<2>();
    if pairs.is_empty() {
        return Point::ok(POINT, "not known: there are fewer than two customers to try it with");
    }
    // One of the first two may just have been removed.
    for pair in pairs {
        let Ok(call) = Call::read_customers(pair) else { continue };
        match link.read(selector, &call).await {
            Ok(answer) if holds_exactly(answer.data.as_ref(), pair) => {
                let text = "get_data reads several customers per request";
                return Point::ok(POINT, text).found(json!({ "several": true }));
            }
            Err(Unread::KeyRefused(problem)) => {
                let advice = "The key may not read customers: look at its rights in UserSide";
                return Point::problem(POINT, problem.to_string(), advice);
            }
            Ok(_) | Err(Unread::Refused(_) | Unread::Lost(_)) => {}
        }
    }
    let advice = "export works, slower; its --rate may be higher where the server bears it";
    Point::warning(POINT, "get_data reads one customer per request", advice)
        .found(json!({ "several": false }))
}

/// A few customers who are no former ones, or why there are none to be had.
async fn some_customers<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
) -> Result<Vec<u64>, Point> {
    const SOME: usize = 4;
    let mut refusal = String::new();
    // Older servers know no limit, and may refuse what they do not know.
    for limit in [Some(SOME), None] {
        let search = match search(limit, server) {
            Ok(search) => search,
            Err(error) => {
                refusal = error.to_string();
                continue;
            }
        };
        match link.read_ids(selector, &search.search(0)).await {
            Ok(mut ids) => {
                let mut seen = std::collections::HashSet::new();
                ids.retain(|id| seen.len() < SOME && seen.insert(*id));
                return Ok(ids);
            }
            Err(Unread::Refused(problem)) => refusal = problem.to_string(),
            Err(Unread::KeyRefused(problem)) => {
                let advice = "The key may not search for customers: look at its rights in UserSide";
                return Err(Point::problem(POINT, problem.to_string(), advice));
            }
            Err(Unread::Lost(problem)) => {
                let text = format!("the search for customers has no answer: {problem}");
                return Err(Point::problem(POINT, text, "Look into the web server's log; try again"));
            }
        }
    }
    let text = format!("not known: customers cannot be searched for ({refusal})");
    Err(Point::warning(POINT, text, "For an export name the customers with --ids"))
}

/// The search for a few customers, as far as the version knows it.
fn search(limit: Option<usize>, server: Option<Version>) -> Result<Conditions, ConditionError> {
    let search = CUSTOMER.subcategory(Action::Select).ok_or(ConditionError::NoSearch)?;
    let former = search.by_meaning(Meaning::Former).map(|former| (former, vec!["0".to_owned()]));
    let limit = limit.and_then(|limit| Some((search.by_meaning(Meaning::Limit)?, vec![limit.to_string()])));
    Conditions::new(former.into_iter().chain(limit), &DateOrder::Unsaid, server)
}

/// Whether the answer holds these two customers and nobody else: as a map by their ids, or as a list.
fn holds_exactly(data: Option<&Value>, [one, other]: &[u64; 2]) -> bool {
    let found: Option<Vec<u64>> = match data {
        Some(Value::Array(customers)) => {
            customers.iter().map(|customer| id_of(customer.as_object()?)).collect()
        }
        Some(Value::Object(customers)) => customers.iter().map(keyed).collect(),
        _ => None,
    };
    found.is_some_and(|mut found| {
        found.sort_unstable();
        found == [(*one).min(*other), (*one).max(*other)]
    })
}

/// The id of a customer under their key; what they say themselves must not speak against it.
fn keyed((key, customer): (&String, &Value)) -> Option<u64> {
    let id = key.parse().ok()?;
    let fields = customer.as_object().filter(|fields| !fields.is_empty())?;
    let has_id = fields.keys().any(|name| is_field(name, CUSTOMER_ID));
    (!has_id || id_of(fields) == Some(id)).then_some(id)
}

fn id_of(fields: &Map<String, Value>) -> Option<u64> {
    match fields.iter().find(|(name, _)| is_field(name, CUSTOMER_ID))?.1 {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{holds_exactly, search};
    use serde_json::{Value, json};

    #[test]
    fn only_exactly_those_two_are_believed() {
        let holds = |data: &Value| holds_exactly(Some(data), &[8, 7]);
        for data in [
            json!({"7": {"id": 7}, "8": {"id": "8"}}),
            json!({"8": {"login": "x"}, "7": {"ID": 7}}),
            json!([{"id": 7, "login": "x"}, {"id": "8"}]),
        ] {
            assert!(holds(&data), "{data}");
        }
        for data in [
            json!(null),
            json!([]),
            json!({}),
            json!({"id": 7, "login": "x"}),
            json!({"7": {"id": 7}}),
            json!({"7": {"id": 7}, "8": []}),
            json!({"7": {"id": 7}, "8": {}}),
            json!({"7": {"id": 7}, "8": {"id": 9}}),
            json!({"7": {"id": 7}, "8": {"id": 8}, "9": {"id": 9}}),
            json!({"7": {"id": 7}, "count": 1}),
            json!([{"id": 7}, {"id": 7}]),
            json!([{"id": 7}]),
            json!([{"id": 7}, {"login": "x"}]),
            json!([7, 8]),
        ] {
            assert!(!holds(&data), "{data}");
        }
        assert!(!holds_exactly(None, &[7, 8]));
    }

    #[test]
    fn the_search_is_what_the_version_knows() {
        let asks = |limit, server: Option<&str>| {
            let server = server.map(|version| version.parse().expect("a version"));
            search(limit, server).ok().map(|search| search.to_string())
        };
        assert_eq!(asks(Some(4), None).as_deref(), Some("is_ex 0, limit 4"));
        assert_eq!(asks(Some(4), Some("3.16")), asks(Some(4), None));
        assert_eq!(asks(Some(4), Some("3.15.26")), None);
        assert_eq!(asks(None, Some("3.15.26")).as_deref(), Some("is_ex 0"));
        assert_eq!(asks(None, Some("3.15.25")), None);
    }
}
