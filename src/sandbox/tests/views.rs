//! Servers that show less than there is, or later: histories, searches, clocks, quotas.

use serde_json::{Value, json};

use super::support::{Running, encode, envelope, form, parameter};
use crate::catalogue::{Action, ApiSelector, CUSTOMER, Meaning, NEWER_FIND, ValueKind};
use crate::sandbox::Settings;

const ONE: &[(Meaning, &str)] = &[(Meaning::Customer, "1")];

fn book(sandbox: &Running, note: &str) {
    let booking = [(Meaning::Customer, "1"), (Meaning::Amount, "1"), (Meaning::BookingNote, note)];
    sandbox.call(Action::ChangeBalance, &booking).ok();
}

fn history(sandbox: &Running) -> Vec<Value> {
    sandbox.call(Action::History, ONE).ok()["Data"].as_array().expect("a list").clone()
}

fn showing(view: &str) -> impl FnOnce(&mut Settings) {
    let view = view.parse().expect("a view");
    move |settings| settings.history = view
}

#[test]
fn a_history_can_end_with_its_oldest_entries_and_cut_their_comments() {
    let sandbox = Running::start(showing("limited=2,cut=4"));
    ["first", "second", "third"].into_iter().for_each(|note| book(&sandbox, note));
    let notes: Vec<_> = history(&sandbox).iter().map(|entry| entry["Comment"].clone()).collect();
    assert_eq!(notes, ["firs", "seco"]);
    // The ledger has what was really booked.
    assert_eq!(sandbox.ledger()["bookings"][2]["comment"], "third");
}

#[test]
fn a_history_can_lag_until_the_clock_is_turned() {
    let sandbox = Running::start(showing("lagging=1h"));
    book(&sandbox, "x");
    assert!(history(&sandbox).is_empty());
    assert_eq!(sandbox.post("/sandbox/clock?forward=1h", "").status, Some(200));
    assert_eq!(history(&sandbox).len(), 1);
    assert_eq!(sandbox.post("/sandbox/clock?forward=-1h", "").status, Some(400));
}

#[test]
fn an_entry_can_be_written_in_a_way_that_nobody_knows() {
    let sandbox = Running::start(showing("foreign=2"));
    ["first", "second", "third"].into_iter().for_each(|note| book(&sandbox, note));
    let known: Vec<bool> = history(&sandbox).iter().map(|entry| entry["Comment"].is_string()).collect();
    assert_eq!(known, [true, false, true]);
}

#[test]
fn the_clock_of_a_server_or_of_its_histories_can_be_off() {
    let dated = |change: &dyn Fn(&mut Settings)| {
        let sandbox = Running::start(change);
        book(&sandbox, "x");
        let entry = history(&sandbox)[0]["DateDo"].as_str().expect("a date").to_owned();
        let entry: jiff::civil::DateTime = entry.parse().expect("a date");
        let here = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system()).datetime();
        let answer = sandbox.call(Action::Read, ONE);
        // Heads are read in lower case.
        let date = answer.header("date").expect("a date").to_owned();
        let at = |minutes: u64| {
            let time = std::time::SystemTime::now() + std::time::Duration::from_secs(60 * minutes);
            httpdate::fmt_http_date(time).to_ascii_lowercase()[..22] == date[..22]
        };
        (entry.duration_since(here).as_secs() / 60, (0..=90).find(|minutes| at(*minutes)))
    };
    let minutes = jiff::SignedDuration::from_mins;
    assert_eq!(dated(&|_| {}).0, 0);
    assert_eq!(dated(&|settings| settings.history.skewed = minutes(-90)).0, -90);
    let (entry, header) = dated(&|settings| settings.skew = minutes(90));
    assert!((89..=90).contains(&entry), "{entry}");
    assert!(header.is_some_and(|header| header >= 89), "{header:?}");
}

#[test]
fn what_was_put_off_is_done_when_the_clock_is_turned() {
    let sandbox = Running::with_faults(&["late=45s@1"]);
    let booking = [(Meaning::Customer, "1"), (Meaning::Amount, "1"), (Meaning::BookingNote, "late")];
    assert_eq!(sandbox.call(Action::ChangeBalance, &booking).status, Some(504));
    let forward = |by: &str| sandbox.post(&format!("/sandbox/clock?forward={by}"), "").status;
    assert_eq!((forward("44s"), sandbox.bookings()), (Some(200), 0));
    assert_eq!((forward("1s"), sandbox.bookings()), (Some(200), 1));
    assert!(sandbox.ledger()["bookings"][0]["t_ms"].as_f64() >= Some(45_000.0));
}

/// A search for a login by the older or the newer name.
fn search(sandbox: &Running, newer: bool, sought: &str) -> super::support::Answer {
    let ValueKind::Choice(choices) = parameter(Action::Find, Meaning::Typer).kind else {
        panic!("a closed list");
    };
    let login = choices.iter().find(|choice| choice.field == "login").expect("a login");
    let parameters = [(Meaning::Typer, login.name), (Meaning::Sought, sought)];
    if !newer {
        return sandbox.post("/", &form(Action::Find, &parameters));
    }
    let mut fields = envelope(Action::Find, ApiSelector::Subcat);
    fields.retain(|(name, _)| *name != ApiSelector::Subcat.field());
    fields.push((ApiSelector::Subcat.field(), NEWER_FIND.name));
    fields.extend(parameters.map(|(meaning, value)| (parameter(Action::Find, meaning).name, value)));
    sandbox.post("/", &encode(&fields))
}

fn login(sandbox: &Running) -> String {
    sandbox.ledger()["customers"][0]["login"].as_str().expect("a login").to_owned()
}

#[test]
fn the_search_can_be_gone_or_blind() {
    let known = Running::start(|_| {});
    assert_eq!(search(&known, false, &login(&known)).ok()["Id"], 1);
    search(&known, true, &login(&known)).error(400);
    let gone = Running::start(|settings| settings.search = "gone".parse().expect("a search"));
    assert_eq!(search(&gone, true, &login(&gone)).ok()["Id"], 1);
    search(&gone, false, &login(&gone)).error(400);
    let blind = Running::start(|settings| settings.search = "blind".parse().expect("a search"));
    assert_eq!(search(&blind, false, &login(&blind)).ok()["Id"], "");
}

#[test]
fn the_newer_search_knows_the_same_kinds_by_the_same_fields() {
    let fields = |parameter: &crate::catalogue::Parameter| match parameter.kind {
        ValueKind::Choice(choices) => {
            choices.iter().map(|choice| choice.field).collect::<std::collections::BTreeSet<_>>()
        }
        other => panic!("{other:?}"),
    };
    let newer = NEWER_FIND.by_meaning(Meaning::Typer).expect("a typer");
    assert_eq!(fields(newer), fields(parameter(Action::Find, Meaning::Typer)));
    assert!(CUSTOMER.subcategories.iter().all(|known| known.name != NEWER_FIND.name));
}

#[test]
fn nobody_is_said_in_the_way_that_is_asked_for() {
    for (how, status) in [("400", 400), ("404", 404), ("422", 422), ("500", 500), ("error", 200)] {
        let sandbox = Running::start(|settings| settings.nobody = how.parse().ok());
        assert_eq!(search(&sandbox, false, "nobody at all").error(status), "customer not found");
        search(&sandbox, false, &login(&sandbox)).ok();
    }
    let sandbox = Running::start(|settings| settings.nobody = "foreign".parse().ok());
    let answer = search(&sandbox, false, "nobody at all").ok();
    assert_eq!(answer["Data"], json!({"found": 0, "rows": []}));
}

#[test]
fn a_quota_turns_away_what_is_beyond_it_and_carries_none_of_it_out() {
    let sandbox = Running::start(|settings| {
        settings.quota = "2/h".parse().ok();
        settings.retry_after = "7".parse().ok();
    });
    book(&sandbox, "one");
    book(&sandbox, "two");
    let turned_away = sandbox.call(Action::Read, ONE);
    assert_eq!((turned_away.status, turned_away.header("retry-after")), (Some(429), Some("7")));
    assert_eq!(sandbox.bookings(), 2);
    sandbox.post("/sandbox/clock?forward=1h", "");
    book(&sandbox, "three");
}

#[test]
fn balances_can_have_the_residue_of_a_float() {
    let sandbox = Running::start(|settings| settings.shape = "residue".parse().expect("a shape"));
    let held: f64 = sandbox.balance(1).parse().expect("money");
    let shown = sandbox.call(Action::Read, ONE).ok()["Data"]["balance"].as_f64().expect("a number");
    assert!(shown != held && (shown - held).abs() < 1e-6, "{shown} {held}");
}
