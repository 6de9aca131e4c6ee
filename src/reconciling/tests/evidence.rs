//! The tables of evidence in the book are the functions, cell by cell.

use std::collections::BTreeSet;

use crate::reconciling::evidence::{BookingEvidence, CustomerEvidence, FoundWho, Judgement, Movement, Trace};

const PAGE: &str = include_str!("../../../docs/src/subjects/evidence.md");
const FLAGS: [bool; 2] = [false, true];

/// The rows of the first table after this heading, without its own two lines.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).expect("a section");
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The verdict of the first row whose cells all fit.
fn printed(table: &[Vec<&'static str>], cells: &[&str], used: &mut BTreeSet<usize>) -> &'static str {
    let fits = |row: &Vec<&str>| row.iter().zip(cells).all(|(cell, own)| *cell == "any" || cell == own);
    let place = table.iter().position(fits).unwrap_or_else(|| panic!("no row for {cells:?}"));
    used.insert(place);
    table[place].last().expect("a verdict")
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// As the last column has it.
fn verdict(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Applied(1) => "`ok`",
        Judgement::Applied(_) => "`ok` with `booked_twice`",
        Judgement::NotApplied => "`failed` with `not_applied`",
        Judgement::NotYet => "looked for again later",
        Judgement::Open(_) => "`unknown`",
    }
}

#[test]
fn the_book_has_every_cell_of_a_booking() {
    let table = table("A booking");
    let mut used = BTreeSet::new();
    let seen = [
        (Trace::Nothing, "nothing"),
        (Trace::Tag(1), "its tag, once"),
        (Trace::Tag(2), "its tag, more than once"),
        (Trace::Likeness, "something like it"),
    ];
    let balances = [
        (Movement::AsKnown, "as known"),
        (Movement::AsIfBooked, "as if booked"),
        (Movement::Otherwise, "otherwise"),
        (Movement::NotKnown, "not known"),
    ];
    for (seen, seen_cell) in seen {
        for (balance, balance_cell) in balances {
            for bits in 0..16_usize {
                let flag = |place: usize| FLAGS[(bits >> place) & 1];
                let (is_settled, is_proven, is_whole, has_later) = (flag(0), flag(1), flag(2), flag(3));
                let evidence = BookingEvidence { seen, is_settled, is_proven, is_whole, balance, has_later };
                let [settled, proven, whole, later] = [is_settled, is_proven, is_whole, has_later].map(yes);
                let cells = [seen_cell, settled, proven, whole, balance_cell, later];
                let expected = printed(&table, &cells, &mut used);
                assert_eq!(verdict(evidence.judge()), expected, "{evidence:?}");
            }
        }
    }
    assert_eq!(used.len(), table.len(), "a row of the book never counts: only {used:?} do");
}

#[test]
fn the_book_has_every_cell_of_a_new_customer() {
    let table = table("A new customer");
    let mut used = BTreeSet::new();
    let found = [(FoundWho::Nobody, "nobody"), (FoundWho::One, "one"), (FoundWho::Others, "others")];
    for (found, found_cell) in found {
        for bits in 0..8_usize {
            let flag = |place: usize| FLAGS[(bits >> place) & 1];
            let (was_missing, is_settled, is_proven) = (flag(0), flag(1), flag(2));
            let evidence = CustomerEvidence { found, was_missing, is_settled, is_proven };
            let [missing, settled, proven] = [was_missing, is_settled, is_proven].map(yes);
            let expected = printed(&table, &[found_cell, missing, settled, proven], &mut used);
            assert_eq!(verdict(evidence.judge()), expected, "{evidence:?}");
        }
    }
    assert_eq!(used.len(), table.len(), "a row of the book never counts: only {used:?} do");
}

/// A booking counts as not made only where nothing is missing.
#[test]
fn one_missing_proof_is_enough_for_a_person_to_look() {
    let whole = BookingEvidence {
        seen: Trace::Nothing,
        is_settled: true,
        is_proven: true,
        is_whole: true,
        balance: Movement::AsKnown,
        has_later: false,
    };
    assert_eq!(whole.judge(), Judgement::NotApplied);
    for lacking in [
        BookingEvidence { seen: Trace::Likeness, ..whole },
        BookingEvidence { is_settled: false, ..whole },
        BookingEvidence { is_proven: false, ..whole },
        BookingEvidence { is_whole: false, ..whole },
        BookingEvidence { balance: Movement::NotKnown, ..whole },
        BookingEvidence { balance: Movement::Otherwise, ..whole },
        BookingEvidence { balance: Movement::AsIfBooked, has_later: true, ..whole },
    ] {
        assert_ne!(lacking.judge(), Judgement::NotApplied, "{lacking:?}");
    }
}
