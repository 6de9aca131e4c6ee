//! The promise, tested by killing the program: whatever `kill -9` strikes, every row is carried out once, or
//! listed as failed, skipped or unknown; none is carried out twice; none is missing from the results.
//!
//! The real binary runs against a sandbox that loses answers, applies late, cuts bodies short, replaces answers by
//! pages, or hides what it has. It is killed at moments drawn from a seed, resumed, killed again perhaps, and
//! reconciled. In some cases the journal is put back from a copy, or the list is imported again from another folder. Then the sandbox's own log and
//! ledger are held against the results, row by row.
//!
//! `USERSIDE_BULK_KILLS` says how many kills (50), `USERSIDE_BULK_SEED` which; `USERSIDE_BULK_CASE` runs one
//! case alone. `USERSIDE_BULK_WORLD` (`lossy`, `replacing`, `away`, `doubling`, `hiding`) and
//! `USERSIDE_BULK_MISHAP` (`nothing`, `restored`, `copied`, `again`) take the place of what is drawn.
//! `tests/kills.sh` makes a thousand.

mod case;
mod dice;
mod figures;
mod legacy;
mod lies;
mod migration;
mod mishap;
mod moment;
mod ordeal;
mod truth;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use case::Case;
use dice::Dice;
use figures::Figures;
use ordeal::Ordeal;

/// After so many cases with violations the rest would only make the report longer.
const TOO_MANY: usize = 8;

/// One in so many bookings may stay unknown although it could be found out.
const TOO_CAUTIOUS: usize = 8;

/// So many violations of one case show what is wrong with it.
const ENOUGH_TOLD: usize = 4;

/// Cases mostly wait for something to settle, so more of them than processors run at a time.
const AT_A_TIME: usize = 6;

fn told(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// One case; a panic in it is a violation like any other.
fn undergo(seed: u64, number: u64) -> Figures {
    let mut dice = Dice::new(seed, number);
    let case = Case::draw(&mut dice, number);
    let outcome = catch_unwind(AssertUnwindSafe(|| Ordeal::new(&case, dice).undergo()));
    let mut figures = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Figures { violations: vec![text.unwrap_or_default()], ..Figures::default() }
    });
    if !figures.violations.is_empty() {
        let Case { operation, options, sandbox, world, mishap, .. } = &case;
        let violations = std::mem::take(&mut figures.violations);
        let more = violations.len().saturating_sub(ENOUGH_TOLD);
        let mut told: Vec<String> = violations.into_iter().take(ENOUGH_TOLD).collect();
        told.extend((more > 0).then(|| format!("and {more} more")));
        figures.violations.push(format!(
            "case {number}, {world:?}, {mishap:?}, again with USERSIDE_BULK_SEED={seed} USERSIDE_BULK_CASE={number}\n  \
             import {} {options}\n  sandbox {sandbox}\n    {}",
            operation.name(),
            told.join("\n    ")
        ));
    }
    figures
}

#[test]
fn nothing_is_done_twice_and_nothing_is_lost_whenever_the_program_is_killed() {
    let kills = told("USERSIDE_BULK_KILLS").unwrap_or(50);
    let seed = told("USERSIDE_BULK_SEED").unwrap_or(1);
    let only = told("USERSIDE_BULK_CASE");
    let begun = Instant::now();
    let next = AtomicU64::new(only.unwrap_or(1));
    let all = Mutex::new(Figures::default());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            // Some cases are over before their kill; a program that is never killed does not go on for ever.
            let enough = only.map_or(number > kills * 3, |only| number > only);
            let so_far = all.lock().expect("no panic");
            if enough || so_far.kills.len() as u64 >= kills || so_far.violations.len() >= TOO_MANY {
                return;
            }
            drop(so_far);
            let figures = undergo(seed, number);
            all.lock().expect("no panic").add(figures);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let all = all.into_inner().expect("no panic");
    println!("seed {seed}, {:.0} s: {all}", begun.elapsed().as_secs_f64());
    assert!(all.violations.is_empty(), "{}\n\nseed {seed}: {all}", all.violations.join("\n\n"));
    assert!(
        only.is_some() || all.left_open * TOO_CAUTIOUS <= all.nearly_decidable,
        "the program knows too little: {all}"
    );
    assert!(only.is_some() || all.kills.len() as u64 >= kills, "too few runs were killed: {all}");
}
