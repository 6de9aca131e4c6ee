//! Whether what the results say of every row is what the server holds.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::case::{Case, Operation, is_word, word_of};
use super::mishap::Turns;
use super::world::World;
use crate::support::{Entry, Results, Row, Sandbox, until};

/// When the results were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// After a kill, of a run that is not over.
    Between,
    /// After everything was done that can be done.
    End,
}

/// What the server knows of a row's word.
#[derive(Debug, Default)]
struct Held {
    /// Writes that were carried out, with all that they said.
    applied: Vec<String>,
    /// How many of them this import has sent; the others are those of another one.
    own: usize,
    /// How many of them a proxy has sent a second time.
    doubled: usize,
    /// Everything that the writes said, each once.
    sent: HashSet<String>,
    /// What the ledger has: customers' ids for `add` and `edit`, bookings by customer otherwise.
    ledger: Vec<u64>,
}

/// Everything that is wrong; nothing, if all is well.
pub(super) fn faults(
    case: &Case,
    sandbox: &Sandbox,
    (turns, desk): (&Turns, usize),
    results: &Results,
    stage: Stage,
) -> Vec<String> {
    // It may be away for a while.
    until("a server that is back", || std::net::TcpStream::connect(sandbox.address()).ok());
    if stage == Stage::End {
        settled(sandbox);
    }
    // The log last: whatever the ledger has is in it.
    let ledger = sandbox.ledger();
    compare(case, (turns, desk), results, &ledger, &sandbox.log(), stage)
}

/// The same of an account that lies before us.
pub(super) fn compare(
    case: &Case,
    (turns, desk): (&Turns, usize),
    results: &Results,
    ledger: &Value,
    log: &[Entry],
    stage: Stage,
) -> Vec<String> {
    let mut faults = in_order(case, results);
    if !faults.is_empty() {
        return faults;
    }
    let mut held = held(case, (turns, desk), log, ledger);
    // Each of those is two entries: the request, and what the proxy made of it.
    held.values_mut().for_each(|held| held.doubled /= 2);
    let nothing = Held::default();
    for (word, places) in case.words() {
        let rows: Vec<&Row> = places.iter().map(|place| &results.rows[*place]).collect();
        let held = held.get(word).unwrap_or(&nothing);
        let found = match case.operation {
            Operation::Edit => edited(&rows, held, stage),
            _ => once(case, &rows, held, stage),
        };
        let tell = |fault| format!("{word} {fault}: {held:?}, {:?}", fates(&rows));
        faults.extend(found.into_iter().map(tell));
    }
    if stage == Stage::End {
        faults.extend(case_is_over(case, results));
    }
    faults
}

/// Requests whose work was put off get their line in the log when it is done.
fn settled(sandbox: &Sandbox) {
    until("work that was put off", || {
        (sandbox.ledger()["requests"].as_u64() == Some(sandbox.requests() as u64)).then_some(())
    });
}

fn fates(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| format!("{} id {} {}", row.fate(), row.result("id"), row.result("error"))).collect()
}

/// Every row is there, once, in the input's order, as it was.
fn in_order(case: &Case, results: &Results) -> Vec<String> {
    let cells = |row: &Row| case.header.iter().map(|name| row.get(name).to_owned()).collect::<Vec<_>>();
    let same = results.rows.len() == case.rows.len()
        && results.rows.iter().zip(&case.rows).all(|(result, row)| cells(result) == row.cells);
    if same {
        return Vec::new();
    }
    vec![format!("{} rows in the results are not the {} of the input", results.rows.len(), case.rows.len())]
}

fn held<'e>(
    case: &Case,
    (turns, desk): (&Turns, usize),
    log: &'e [Entry],
    ledger: &Value,
) -> HashMap<&'e str, Held> {
    let mut all: HashMap<&str, Held> = HashMap::new();
    for entry in log.iter().filter(|entry| !entry.is_read()) {
        let Some(word) = word_of(entry) else { continue };
        let held = all.entry(word).or_default();
        let said = format!("{:?}", entry.parameters);
        if entry.applied {
            held.applied.push(said.clone());
            held.own += usize::from(turns.are_of(desk, entry));
            held.doubled += usize::from(entry.fault.as_deref() == Some("double"));
        }
        held.sent.insert(said);
    }
    let list = |name: &str| ledger[name].as_array().cloned().unwrap_or_default();
    let texts = match case.operation {
        Operation::ChangeBalance => {
            list("bookings").into_iter().map(|b| (b["customer"].clone(), b)).collect()
        }
        _ => list("customers").into_iter().map(|c| (c["id"].clone(), c)).collect::<Vec<_>>(),
    };
    for (id, thing) in texts {
        let fields = match case.operation {
            Operation::Add => [&thing["codeti"], &thing["billing"]["uuid"]],
            _ => [&thing["comment"], &Value::Null],
        };
        let mut words = fields.into_iter().filter_map(Value::as_str).flat_map(str::split_whitespace);
        if let Some(word) = words.find(|word| is_word(word))
            && let Some(held) = all.get_mut(word)
        {
            held.ledger.push(id.as_u64().expect("an id"));
        }
    }
    all
}

fn count(rows: &[&Row], status: &str) -> usize {
    rows.iter().filter(|row| row.result("status") == status).count()
}

/// Rows that must not be carried out twice. More than one row only where they are the same on purpose.
fn once(case: &Case, rows: &[&Row], held: &Held, stage: Stage) -> Vec<String> {
    let mut faults = Vec::new();
    let applied = held.applied.len() - held.doubled;
    let own = held.own.saturating_sub(held.doubled);
    let (ok, unknown) = (count(rows, "ok"), count(rows, "unknown"));
    let elsewhere = rows.iter().filter(|row| is_there_already(row)).count();
    if applied > rows.len() {
        faults.push("was carried out twice".to_owned());
    }
    let said: HashSet<&String> = held.applied.iter().collect();
    if case.tagged && said.len() + held.doubled < held.applied.len() {
        faults.push("was carried out twice under one tag".to_owned());
    }
    if held.sent.len() > rows.len() {
        faults.push("was sent in more ways than it has rows".to_owned());
    }
    if applied < ok {
        faults.push("is ok and was not carried out".to_owned());
    }
    if applied < elsewhere {
        faults.push("is said to be there and is not".to_owned());
    }
    if elsewhere > 0 && !case.mishap.repeats() {
        faults.push("is taken for what another run has done".to_owned());
    }
    if own > ok + unknown + elsewhere {
        faults.push("is neither ok nor unknown and was carried out".to_owned());
    }
    // The ledger says the same as the log.
    if stage == Stage::End && held.ledger.len() != held.applied.len() {
        faults.push("is not in the ledger as often as it was carried out".to_owned());
    }
    if case.operation == Operation::Add {
        let ids = rows.iter().filter(|row| row.result("status") == "ok").map(|row| row.result("id"));
        let wrong = ids.filter(|id| !held.ledger.iter().any(|held| held.to_string() == *id)).count();
        if wrong > 0 {
            faults.push("has another id on the server".to_owned());
        }
    }
    let twice = rows.iter().filter(|row| row.result("error_code") == "booked_twice").count();
    if twice > 0 && held.doubled == 0 {
        faults.push("is said to be there twice and is not".to_owned());
    }
    // Of what was there before it looked an import says that it is there, and of another one's rows nothing.
    if stage == Stage::End && held.doubled > 0 && held.own > 0 && twice + elsewhere == 0 {
        faults.push("is there twice, and nobody says so".to_owned());
    }
    faults
}

/// What another import has done, or this one before its journal was put back.
fn is_there_already(row: &Row) -> bool {
    row.result("status") != "ok" && matches!(row.result("error_code"), "already_booked" | "already_exists")
}

/// Rows that may be sent again. What a killed run had sent of them is not in its journal before `resume`.
fn edited(rows: &[&Row], held: &Held, stage: Stage) -> Vec<String> {
    let mut faults = Vec::new();
    let applied = !held.applied.is_empty();
    if count(rows, "ok") > 0 && (!applied || held.ledger.is_empty()) {
        faults.push("is ok and the server has another value".to_owned());
    }
    // A page under 4xx fails what may be sent again, though it may hide that it was done.
    let failed = rows
        .iter()
        .filter(|row| row.result("status") == "failed" && row.result("error_code") != "http_status");
    if failed.count() > 0 && applied {
        faults.push("is failed and was carried out".to_owned());
    }
    if count(rows, "skipped") > 0 && applied && stage == Stage::End {
        faults.push("is skipped and was carried out".to_owned());
    }
    faults
}

/// Nothing is left open that can be found out.
fn case_is_over(case: &Case, results: &Results) -> Vec<String> {
    let mut left = vec!["invalid"];
    left.extend((case.world != World::Hiding).then_some("skipped"));
    left.extend(case.decidable.then_some("unknown"));
    let burnt = results.rows.iter().filter(|row| {
        row.result("status") == "failed"
            && matches!(row.result("error_code"), "connect" | "timeout" | "http_status" | "bad_answer")
    });
    let burnt = burnt.count();
    // An outage is the run's trouble, not the row's.
    let burnt =
        (case.world == World::Away && burnt > 0).then(|| format!("{burnt} rows are failed by an outage"));
    let faults = left.into_iter().filter(|status| results.count(status) > 0);
    let faults = faults.map(|status| {
        format!("{} rows are left {status}: {:?}", results.count(status), {
            let rows = results.rows.iter().filter(|row| row.result("status") == status).take(3);
            fates(&rows.collect::<Vec<_>>())
        })
    });
    burnt.into_iter().chain(faults).collect()
}
