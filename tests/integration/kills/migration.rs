//! A legacy list that is migrated by one command, killed and resumed until it is done: after each kill what is said of every
//! step of every row is what the server holds, and in the end its customers equal the list, cell by cell.
//!
//! `USERSIDE_BULK_KILLS` says how many kills (4), `USERSIDE_BULK_ROWS` how many rows a list has (120),
//! `USERSIDE_BULK_SEED` and `USERSIDE_BULK_CASE` which; `tests/kills.sh 300 1 migrate` makes three hundred.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use serde_json::Value;

use super::dice::Dice;
use super::legacy::{Legacy, MAPPING, STEPS, Who};
use super::mishap::{Desk, JournalCopy};
use super::moment::{Ended, Moment, run};
use super::told;
use crate::support::{Entry, Program, Results, Row, Sandbox, until, userside};

const SETTLE: Duration = Duration::from_millis(1800);
/// So many commands must be enough.
const ENOUGH: usize = 20;
/// So many cases with violations show what is wrong.
const TOO_MANY: usize = 4;
const AT_A_TIME: usize = 4;

/// What the sandbox does to a few per cent of the requests.
const FAULTS: &str = "--fault drop-after=2% --fault drop-before=1% --fault 500-after=1% --fault 504=1% \
     --fault late=800ms=2% --fault truncate=1% --fault 503=1% --fault stall=1% --fault no-id=1% \
     --fault read:503=2% --fault read:drop-before=1% --fault read:truncate=1%";

/// What all cases came to.
#[derive(Debug, Default)]
struct Count {
    cases: usize,
    rows: usize,
    kills: usize,
    no_journal: usize,
    commands: usize,
    put_back: usize,
    writes: usize,
    /// Rows by what was said of them after kills.
    after_kills: BTreeMap<String, usize>,
    violations: Vec<String>,
}

struct Migration {
    legacy: Legacy,
    options: String,
    dice: Dice,
    desk: Desk,
    sandbox: Sandbox,
    /// What the log held before the first command.
    before: usize,
    balances: HashMap<u64, Decimal>,
    kills_left: usize,
    copy: Option<JournalCopy>,
    is_put_back: bool,
    count: Count,
}

/// What the server has seen of a step of a row.
#[derive(Debug, Clone, Default)]
struct Seen {
    applied: usize,
    first: Option<f64>,
    done: Option<f64>,
}

impl Migration {
    fn new(seed: u64, case: u64, rows: usize) -> Self {
        let mut dice = Dice::new(seed ^ 0x5eed, case);
        let legacy = Legacy::draw(&mut dice, case, rows);
        let outage = dice.between(rows / 2, rows * 3);
        let server = format!(
            "--customers {} --seed {case} --shape {} --latency {}ms {FAULTS} --fault refuse={}ms@{outage}",
            legacy.there.max(1),
            dice.pick(&["classic", "modern", "mixed"]),
            dice.between(0, 5),
            dice.between(100, 700),
        );
        let options = format!(
            "--mapping legacy.toml --set change_balance.comment=Остаток --existing update --booked skip --resend \
             --rate 3000/s --concurrency {} --timeout 700ms --retries 9 --retry-wait 1ms --settle {}ms \
             --max-failures 100% --patience 30s",
            dice.between(3, 12),
            SETTLE.as_millis()
        );
        let desk = Desk::new("legacy", legacy.bytes());
        desk.place.write("legacy.toml", MAPPING);
        let sandbox = Sandbox::with(&server);
        let (before, balances) = (sandbox.log().len(), sandbox.balances().into_iter().collect());
        let kills_left = dice.between(1, 4);
        let count = Count { cases: 1, rows, ..Count::default() };
        Self {
            legacy,
            options,
            dice,
            desk,
            sandbox,
            before,
            balances,
            kills_left,
            copy: None,
            is_put_back: false,
            count,
        }
    }

    fn undergo(mut self) -> Count {
        self.bring_to_its_end(self.import());
        if let Some(copy) = self.copy.take() {
            self.is_put_back = true;
            self.count.put_back += 1;
            self.desk.put_back(&copy, false);
            self.bring_to_its_end(self.resume());
        }
        self.compare_with_the_list("in the end");
        self.count.writes = self.own().iter().filter(|entry| entry.applied && !entry.is_read()).count();
        self.import_again();
        self.count
    }

    fn program(&self, line: &str) -> Program {
        userside(&self.desk.place).line(line).env("USERSIDE_URL", self.sandbox.url())
    }

    fn import(&self) -> Program {
        self.program(&format!("import migrate {} {}", self.desk.input(), self.options))
    }

    fn resume(&self) -> Program {
        self.program(&format!("resume {}", self.desk.journal))
    }

    fn bring_to_its_end(&mut self, first: Program) {
        let mut next = Some(first);
        for _ in 0..ENOUGH {
            let Some(program) = next.take() else { return };
            let left = (self.legacy.rows.len() * 5).saturating_sub(self.sandbox.requests()).max(20);
            let moment = (self.kills_left > 0).then(|| Moment::draw(&mut self.dice, left, SETTLE));
            let ended = run(program, &self.desk, &self.sandbox, moment);
            self.count.commands += 1;
            if ended.killed {
                self.kills_left -= 1;
                self.count.kills += 1;
            } else if moment.is_some() {
                self.kills_left = 0;
            }
            next = self.next(&ended);
        }
        if next.is_some() {
            self.violated(format!("{ENOUGH} commands did not bring the run to its end"));
        }
    }

    /// What a person would do next.
    fn next(&mut self, ended: &Ended) -> Option<Program> {
        if !self.desk.place.exists(&self.desk.journal) {
            self.count.no_journal += 1;
            if !ended.killed && ended.output.code != Some(3) {
                self.violated(format!("a run ended without a journal\n{}", ended.output.report()));
                return None;
            }
            return Some(self.import());
        }
        if ended.killed {
            let output = self.program(&format!("results {}", self.desk.journal)).run();
            let results = Results::read(&self.desk.place.bytes(&self.desk.results()), output.report());
            for row in &results.rows {
                *self.count.after_kills.entry(row.result("status").to_owned()).or_default() += 1;
            }
            self.check(&results, "after a kill");
            if self.copy.is_none() && !self.is_put_back && self.dice.one_in(4) {
                self.copy = Some(self.desk.copy());
            }
            return Some(self.resume());
        }
        if !matches!(ended.output.code, Some(0 | 1 | 3)) {
            self.violated(format!("a run ended badly\n{}", ended.output.report()));
            return None;
        }
        let results = Results::read(&self.desk.place.bytes(&self.desk.results()), ended.output.report());
        self.check(&results, "after a command");
        if results.count("ok") == results.rows.len() {
            return (ended.output.code != Some(0)).then(|| self.resume());
        }
        if results.count("invalid") > 0 {
            self.violated(format!("rows are invalid\n{}", ended.output.report()));
            return None;
        }
        Some(self.resume())
    }

    /// What the run has sent, in the order of the log.
    fn own(&self) -> Vec<Entry> {
        self.sandbox.log().split_off(self.before)
    }

    /// What the server has seen, by row and step; the row of each customer; and whether codes are there once.
    fn truth(&mut self) -> Vec<[Seen; 4]> {
        until("a server that is back", || std::net::TcpStream::connect(self.sandbox.address()).ok());
        let customers = self.sandbox.ledger()["customers"].clone();
        let rows = self.legacy.rows.iter().enumerate();
        let codes: HashMap<String, usize> = rows.map(|(n, row)| (row.code.clone(), n)).collect();
        let mut rows: HashMap<String, usize> = HashMap::new();
        let mut there = vec![0; self.legacy.rows.len()];
        for customer in customers.as_array().expect("customers") {
            let of_code = customer["codeti"].as_str().and_then(|code| codes.get(code));
            if let Some(row) = of_code {
                rows.insert(customer["id"].to_string(), *row);
                there[*row] += 1;
            }
        }
        for (n, row) in self.legacy.rows.iter().enumerate() {
            if let Who::Named(id) = row.who {
                rows.insert(id.to_string(), n);
            }
        }
        let mut seen: Vec<[Seen; 4]> = vec![Default::default(); self.legacy.rows.len()];
        for entry in self.own().iter().filter(|entry| !entry.is_read()) {
            let Some(step) = STEPS.iter().position(|step| entry.subcategory.as_deref() == Some(*step)) else {
                continue;
            };
            let of = |name: &str| entry.parameters.get(name);
            let row = match step {
                0 => of("codeti").and_then(|code| codes.get(code)).copied(),
                _ => of("id").or(of("customer_id")).and_then(|id| rows.get(id)).copied(),
            };
            let Some(row) = row else {
                self.violated(format!("a request about nobody in the list: {entry:?}"));
                continue;
            };
            let seen = &mut seen[row][step];
            seen.first = Some(seen.first.map_or(entry.t_ms, |first| first.min(entry.t_ms)));
            if entry.applied {
                seen.applied += 1;
                seen.done = Some(seen.done.map_or(entry.t_ms, |done| done.min(entry.t_ms)));
            }
        }
        for (n, count) in there.into_iter().enumerate().filter(|(_, count)| *count > 1) {
            self.violated(format!("row {} has {count} customers: {:?}", n + 1, self.legacy.rows[n]));
        }
        seen
    }

    /// Whether what is said of every step of every row is what the server has seen.
    fn check(&mut self, results: &Results, when: &str) {
        if results.rows.len() != self.legacy.rows.len() {
            return self.violated(format!("{when}: {} rows in the results", results.rows.len()));
        }
        let seen = self.truth();
        for (n, (row, seen)) in results.rows.iter().zip(&seen).enumerate() {
            for fault in faults(row, seen, self.is_put_back, self.legacy.rows[n].steps()) {
                self.violated(format!("{when}: row {}: {fault}: {seen:?} {row:?}", n + 1));
            }
        }
    }

    /// Cell by cell, each balance, nothing twice.
    fn compare_with_the_list(&mut self, when: &str) {
        until("work that was put off", || {
            (self.sandbox.ledger()["requests"].as_u64() == Some(self.sandbox.requests() as u64)).then_some(())
        });
        let (ledger, mut faults) = (self.sandbox.ledger(), Vec::new());
        let customers = ledger["customers"].as_array().expect("customers");
        for (n, row) in self.legacy.rows.iter().enumerate() {
            let is_it = |customer: &&Value| match row.who {
                Who::Named(id) => customer["id"].as_u64() == Some(id),
                _ => customer["codeti"].as_str() == Some(&row.code),
            };
            let found: Vec<&Value> = customers.iter().filter(is_it).collect();
            let [customer] = found.as_slice() else {
                faults.push(format!("{when}: row {}: {} customers: {row:?}", n + 1, found.len()));
                continue;
            };
            let id = customer["id"].as_u64().expect("an id");
            let before = self.balances.get(&id).copied().unwrap_or_default();
            let differences = row.differences(customer, before);
            faults.extend(differences.iter().map(|what| format!("{when}: row {}: {what}: {row:?}", n + 1)));
            let bookings = ledger["bookings"].as_array().expect("bookings").iter();
            let booked = bookings.filter(|booking| booking["customer"].as_u64() == Some(id)).count();
            if booked != usize::from(!row.amount.is_zero()) {
                faults.push(format!("{when}: row {}: booked {booked} times: {row:?}", n + 1));
            }
        }
        faults.into_iter().for_each(|fault| self.violated(fault));
    }

    /// The same command again changes nothing and books nothing.
    fn import_again(&mut self) {
        let made = |own: &[Entry]| {
            let once_only =
                |entry: &&Entry| matches!(entry.subcategory.as_deref(), Some("add" | "change_balance"));
            own.iter().filter(once_only).count()
        };
        let before = made(&self.own());
        let output = self.import().run();
        if output.code != Some(0) {
            self.violated(format!("the same command again\n{}", output.report()));
        }
        let more = made(&self.own()) - before;
        if more > 0 {
            self.violated(format!("the same command again has sent {more} customers and bookings"));
        }
        self.compare_with_the_list("after the same command again");
    }

    fn violated(&mut self, what: String) {
        self.count.violations.push(what);
    }
}

/// What is wrong with what is said of a row.
fn faults(row: &Row, seen: &[Seen; 4], is_put_back: bool, steps: [bool; 4]) -> Vec<String> {
    let mut faults = Vec::new();
    let said = STEPS.map(|step| row.result(step));
    for (place, (step, own)) in STEPS.iter().zip(seen).enumerate() {
        if matches!(*step, "add" | "change_balance") && own.applied > 1 {
            faults.push(format!("{step} was carried out {} times", own.applied));
        }
        match said[place] {
            "ok" if own.applied == 0 => faults.push(format!("{step} is ok and was not carried out")),
            // A journal that was put back does not know what was done since, until it is gone on with.
            "failed" | "skipped" | "" if own.applied > 0 && !is_put_back => {
                faults.push(format!("{step} is {:?} and was carried out", said[place]));
            }
            // Who was looked for before the copy was made, and is found after it, may be another's.
            "" if steps[place] && !is_put_back => faults.push(format!("nothing is said of {step}")),
            _ => {}
        }
        let before = (0..place).rev().find(|before| steps[*before]);
        if let (Some(first), Some(before)) = (own.first, before)
            && seen[before].done.is_none_or(|done| done > first)
        {
            faults.push(format!("{step} was sent before {} was done", STEPS[before]));
        }
    }
    let done = said.iter().filter(|said| **said == "ok").count();
    let open = said.iter().filter(|said| !matches!(**said, "ok" | "")).count();
    let is_true = match row.result("status") {
        "ok" => open == 0,
        "partial" => done > 0 && open > 0,
        "failed" | "unknown" | "skipped" | "invalid" => done == 0,
        _ => false,
    };
    if !is_true {
        faults.push("its status is not that of its steps".to_owned());
    }
    faults
}

fn undergo(seed: u64, case: u64, rows: usize) -> Count {
    let outcome = catch_unwind(AssertUnwindSafe(|| Migration::new(seed, case, rows).undergo()));
    let mut count = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Count { violations: vec![text.unwrap_or_default()], ..Count::default() }
    });
    if !count.violations.is_empty() {
        let told: Vec<String> = count.violations.drain(..).take(4).collect();
        let again = format!("USERSIDE_BULK_SEED={seed} USERSIDE_BULK_CASE={case} USERSIDE_BULK_ROWS={rows}");
        count.violations.push(format!("case {case}, again with {again}\n    {}", told.join("\n    ")));
    }
    count
}

impl Count {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.rows += other.rows;
        self.kills += other.kills;
        self.no_journal += other.no_journal;
        self.commands += other.commands;
        self.put_back += other.put_back;
        self.writes += other.writes;
        for (status, rows) in other.after_kills {
            *self.after_kills.entry(status).or_default() += rows;
        }
        self.violations.extend(other.violations);
    }
}

#[test]
fn a_legacy_list_is_on_the_server_cell_by_cell_whenever_its_migration_is_killed() {
    let kills = told("USERSIDE_BULK_KILLS").unwrap_or(4) as usize;
    let seed = told("USERSIDE_BULK_SEED").unwrap_or(1);
    let rows = told("USERSIDE_BULK_ROWS").unwrap_or(120) as usize;
    let only = told("USERSIDE_BULK_CASE");
    let begun = Instant::now();
    let next = AtomicU64::new(only.unwrap_or(1));
    let all = Mutex::new(Count::default());
    let work = || {
        loop {
            let case = next.fetch_add(1, Ordering::SeqCst);
            let so_far = all.lock().expect("no panic");
            let enough = only.map_or(so_far.kills >= kills, |only| case > only);
            if enough || case > kills as u64 * 3 || so_far.violations.len() >= TOO_MANY {
                return;
            }
            drop(so_far);
            let count = undergo(seed, case, rows);
            all.lock().expect("no panic").add(count);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(kills.div_ceil(2).max(1)) {
            scope.spawn(work);
        }
    });
    let all = all.into_inner().expect("no panic");
    println!("seed {seed}, {:.0} s: {all:?}", begun.elapsed().as_secs_f64());
    assert!(all.violations.is_empty(), "{}", all.violations.join("\n\n"));
    assert!(only.is_some() || all.kills >= kills, "too few runs were killed: {all:?}");
}
