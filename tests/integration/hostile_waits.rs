//! A server that asks for absurd pauses is obeyed within bounds, and a person hears of it.

use crate::support::{Answer, Place, Responder, userside};

fn turned_away(retry_after: &'static str) -> Responder {
    let mut has_refused = false;
    Responder::start(move |_, body| {
        if body.contains("comment") && !has_refused {
            has_refused = true;
            let headers = vec![format!("Retry-After: {retry_after}")];
            return Some(Answer { headers, ..Answer::new(429, "") });
        }
        Some(Answer::ok())
    })
}

const LINE: &str = "import edit input.csv --selector subcat --no-reconcile";

#[test]
fn a_pause_beyond_all_bounds_is_told_and_cut() {
    for (retry_after, says) in [
        ("1000000000000", "the server asks for a pause of 1000000000000 s; waiting "),
        ("99999999999999999999999999", "s; waiting "),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "s; waiting "),
    ] {
        let place = Place::new().with("input.csv", "id,comment\n1,x\n");
        let server = turned_away(retry_after);
        let program = userside(&place).line(LINE).args(["--patience", "1200ms"]).at_url(server.url());
        let output = program.run().exits(0);
        output.says("the server asks for a pause of").says(says);
    }
}

/// What is neither seconds nor a date is told where the refusal is.
#[test]
fn a_pause_that_cannot_be_read_is_told() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let server = Responder::start(|_, _| {
        Some(Answer { headers: vec!["Retry-After: -5".to_owned()], ..Answer::new(429, "") })
    });
    let program = userside(&place).line(LINE).args(["--patience", "1ms"]);
    program.at_url(server.url()).run().exits(3).says("its Retry-After '-5' is neither seconds nor a date");
}

#[test]
fn a_pause_that_is_none_is_not_waited_for() {
    for retry_after in
        ["-5", "0", "soon", "", "1e3", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 GMT"]
    {
        let place = Place::new().with("input.csv", "id,comment\n1,x\n");
        let server = turned_away(retry_after);
        userside(&place).line(LINE).at_url(server.url()).run().exits(0).results().all_are("ok");
    }
}
