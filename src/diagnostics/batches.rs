//! Whether the server reads several customers at once: tried as an export tries it.

use std::collections::BTreeSet;

use serde_json::json;

use super::check_result::CheckResult;
use crate::catalogue::{Action, ApiSelector, CUSTOMER, Meaning, READ_BY_ID, Version};
use crate::customers::{BatchTrial, FetchStop, Fetcher, KeptFields};
use crate::sending::{Clock, Link, ReadName, Transport, Unread};
use crate::validating::{ConditionError, Conditions, DateOrder};

const POINT: &str = "batches";

/// Tries it with customers that the server itself names.
pub(super) async fn batches<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
) -> CheckResult {
    let ids = match some_customers(link, selector, server).await {
        Ok(ids) => ids,
        Err(point) => return point,
    };
    if ids.len() < 2 {
        return CheckResult::ok(POINT, "not known: there are fewer than two customers to try this with");
    }
    // Their fields are not needed here.
    let fetcher = Fetcher::new(link, selector, KeptFields::Only(BTreeSet::new()));
    match fetcher.try_batches(&ids).await {
        Ok(BatchTrial { taken: true, .. }) => {
            let (name, text) = named(link);
            CheckResult::ok(POINT, format!("get_data reads several customers per request{text}"))
                .found(json!({ "several": true, "by": name }))
        }
        Err(FetchStop::KeyRefused(problem)) => {
            let advice = "The key is not allowed to read customers: check its rights in UserSide";
            CheckResult::problem(POINT, problem.to_string(), advice)
        }
        Ok(_) | Err(FetchStop::ServerGone(_) | FetchStop::Call(_)) => {
            let advice = "export works, but more slowly; raise its --rate if the server can take it";
            let (name, text) = named(link);
            CheckResult::warning(POINT, format!("get_data reads one customer per request{text}"), advice)
                .found(json!({ "several": false, "by": name }))
        }
    }
}

/// The parameter by which the server takes the customers, and how that is said; none where no customer was read.
fn named<T: Transport, C: Clock>(link: &Link<T, C>) -> (Option<&'static str>, String) {
    let reading = match link.read_name() {
        Some(ReadName::Older) => CUSTOMER.subcategory(Action::Read),
        Some(ReadName::Newer) => Some(READ_BY_ID),
        None => None,
    };
    let name =
        reading.and_then(|reading| reading.by_meaning(Meaning::Customer)).map(|parameter| parameter.name);
    (name, name.map_or_else(String::new, |name| format!(", named by {name}")))
}

/// A few current customers, or why none can be found.
async fn some_customers<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    server: Option<Version>,
) -> Result<Vec<u64>, CheckResult> {
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
                let advice = "The key is not allowed to search for customers: check its rights in UserSide";
                return Err(CheckResult::problem(POINT, problem.to_string(), advice));
            }
            Err(Unread::Lost(problem)) => {
                let text = format!("the search for customers was not answered: {problem}");
                return Err(CheckResult::problem(POINT, text, "Look in the web server's log; try again"));
            }
        }
    }
    let text = format!("not known: customers cannot be searched for ({refusal})");
    Err(CheckResult::warning(POINT, text, "For an export, name the customers with --ids"))
}

/// The search for a few customers, as far as the version knows it.
fn search(limit: Option<usize>, server: Option<Version>) -> Result<Conditions, ConditionError> {
    let search = CUSTOMER.subcategory(Action::Select).ok_or(ConditionError::NoSearch)?;
    let former = search.by_meaning(Meaning::Former).map(|former| (former, vec!["0".to_owned()]));
    let limit = limit.and_then(|limit| Some((search.by_meaning(Meaning::Limit)?, vec![limit.to_string()])));
    Conditions::new(former.into_iter().chain(limit), &DateOrder::Unsaid, server)
}

#[cfg(test)]
mod tests {
    use super::search;

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
