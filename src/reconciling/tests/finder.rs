//! The search for one customer under its two names.

use super::support::{Fields, Said, Server, TestClock, answer, call, lost};
use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, SearchResult};
use crate::sending::Unread;

const FOUND: &str = r#"{"Result":"OK","Id":12}"#;

fn no(status: u16, text: &str) -> Said {
    answer(status, &format!(r#"{{"Result":"ERROR","ErrorText":"{text}"}}"#))
}

/// What a server finds that answers the older name and the newer one so, asked twice; and how often it was asked.
async fn find(script: fn(&str) -> Said) -> (Vec<Result<SearchResult, Unread>>, usize) {
    let server = Server::new(move |fields: &Fields| script(&fields["subcat"]));
    let (link, finder) = (server.link(TestClock::start()), CustomerFinder::default());
    let search = call("add", &[("fio", "x"), ("codeti", "7")]).find_same().expect("a search").call;
    let mut found = Vec::new();
    for _ in 0..2 {
        found.push(finder.find(&link, ApiSelector::Subcat, &search).await);
    }
    (found, server.requests().len())
}

#[tokio::test(start_paused = true)]
async fn the_name_that_the_server_has_is_asked_and_no_other() {
    let one = Ok(SearchResult::One("12".to_owned()));
    type Case = (fn(&str) -> Said, usize);
    let cases: [Case; 4] = [
        (|_| answer(200, FOUND), 2),
        (|name| if name == "get_customer_id" { answer(200, FOUND) } else { no(200, "unknown") }, 3),
        (|name| if name == "get_customer_id" { answer(200, FOUND) } else { no(404, "unknown") }, 3),
        (
            |name| {
                if name == "get_customer_id" { answer(200, FOUND) } else { answer(200, r#"{"Result":"OK"}"#) }
            },
            3,
        ),
    ];
    for (place, (script, requests)) in cases.into_iter().enumerate() {
        let (found, asked) = find(script).await;
        assert_eq!((found, asked), (vec![one.clone(), one.clone()], requests), "case {place}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_apart_from_a_name_that_the_server_does_not_have() {
    let nobody = vec![Ok(SearchResult::Nobody); 2];
    // An empty place for the id is the server's own "nobody".
    let (found, asked) = find(|_| answer(200, r#"{"Result":"OK","Id":""}"#)).await;
    assert_eq!((found, asked), (nobody.clone(), 2));
    for status in [200, 400, 404, 422, 500] {
        let script: fn(&str) -> Said = match status {
            200 => |name| no(200, if name == "get_abon_id" { "nobody" } else { "unknown" }),
            400 => |name| no(400, if name == "get_customer_id" { "nobody" } else { "unknown" }),
            404 => |name| no(404, if name == "get_abon_id" { "nobody" } else { "unknown" }),
            422 => |name| no(422, if name == "get_abon_id" { "nobody" } else { "unknown" }),
            _ => |name| no(500, if name == "get_abon_id" { "nobody" } else { "unknown" }),
        };
        // Both names, and one that no server has; then the one.
        assert_eq!(find(script).await, (nobody.clone(), 4), "{status}");
    }
    // They can't be told apart: both are asked every time.
    assert_eq!(find(|_| no(200, "no")).await, (nobody, 5));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_answer_or_an_odd_one_is_not_nobody() {
    let (found, _) = find(|_| answer(200, r#"{"Result":"OK","data":{"found":0}}"#)).await;
    assert!(found.iter().all(|found| matches!(found, Ok(SearchResult::Unclear(_)))), "{found:?}");
    let (found, _) = find(|_| answer(200, r#"{"Result":"OK"}"#)).await;
    assert!(found.iter().all(|found| *found == Ok(SearchResult::Unsaid)), "{found:?}");
    let scripts: [fn(&str) -> Said; 4] = [
        |_| lost(),
        |_| answer(502, ""),
        |_| answer(404, "<html>nginx</html>"),
        // The one may be the name that finds somebody.
        |name| if name == "get_abon_id" { no(200, "unknown") } else { lost() },
    ];
    for (place, script) in scripts.into_iter().enumerate() {
        let (found, _) = find(script).await;
        assert!(found.iter().all(|found| matches!(found, Err(Unread::Lost(_)))), "case {place}: {found:?}");
    }
}
