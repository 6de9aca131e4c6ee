//! Damage that the database does not notice, and programs that lose their turn.

use std::fs;
use std::path::Path;

use super::super::seal::{Seal, sum_of};
use super::{Place, at, entries, intent, leave, result, run, settle};
use crate::catalogue::KeyKind;
use crate::reading::RowNumber;
use crate::recording::RowStep;
use crate::recording::journal::{Counts, Entry, Journal, JournalError, NewRun, look};
use crate::recording::lock::Lock;
use crate::recording::{ErrorCode, RowResult, Status};
use crate::validating::{KeyHolder, KeyMap};

/// A journal with something in every table, and more than one page for its rows.
fn filled(place: &Place) -> Journal {
    let mut keys = KeyMap::default();
    for (kind, value, ids) in
        [("login", "anna", vec![7]), ("login", "ivan", vec![]), ("phone", "1", vec![8, 9])]
    {
        keys.put(KeyKind::named(kind).expect("a kind"), value, KeyHolder::of(ids));
    }
    let run = NewRun { keys, ..run(300) };
    let mut journal =
        Journal::create(&place.path(), &run, Some(&mut b"of standard input".as_slice())).expect("made");
    journal.begin_session("import", at(1)).expect("begun");
    let group = journal.group(at(2)).expect("a group");
    for row in 0..200 {
        let mut leaving = intent(row, 0);
        leaving.key = Some(format!("{row:012}"));
        group.intents(&[leaving]).expect("recorded");
    }
    group.was_there("77").expect("written");
    group.balance_before("1", "2.50").expect("written");
    group.progress("existing", 300).expect("written");
    group.fact("lag", "2s").expect("written");
    group.commit().expect("committed");
    (0..150).for_each(|row| settle(&mut journal, row, &result(Status::Ok, None)));
    settle(&mut journal, 150, &result(Status::Failed, Some((ErrorCode::ApiError, "no such customer"))));
    settle(&mut journal, 151, &RowResult::skipped("turned away"));
    let group = journal.group(at(3)).expect("a group");
    group.found(RowStep::first(RowNumber(152)), Some("1002"), 2).expect("written");
    group.not_applied(RowStep::first(RowNumber(153)), ErrorCode::NotApplied, "not there").expect("written");
    group.undecided(RowStep::first(RowNumber(154)), "look there").expect("written");
    group.progress("existing", 301).expect("written");
    group.fact("lag", "3s").expect("written");
    group.commit().expect("committed");
    journal
}

/// Everything that commands learn from a journal.
#[derive(Debug, PartialEq)]
struct Known {
    run: String,
    counts: Counts,
    entries: Vec<Entry>,
    facts: (bool, bool, Option<String>, Option<String>, u64),
    keys: Vec<String>,
    input: Vec<u8>,
}

fn known(path: &Path) -> Result<Known, JournalError> {
    let (run, mut replay) = Journal::read_only(path)?;
    let counts = replay.counts(run.rows)?;
    let facts = (
        replay.is_taken("1002")?,
        replay.is_taken("77")?,
        replay.balance_before("1")?,
        replay.fact("lag")?,
        replay.progress("existing")?,
    );
    let map = replay.keys()?;
    let mut keys: Vec<String> =
        map.iter().map(|(kind, value, holder)| format!("{kind} {value} {:?}", holder.ids())).collect();
    keys.sort();
    let mut entries = Vec::new();
    while let Some(entry) = replay.next_entry()? {
        entries.push(entry);
    }
    let mut input = Vec::new();
    let read = std::io::Read::read_to_end(&mut replay.into_input(), &mut input);
    read.map_err(|source| JournalError::Open { path: path.to_owned(), source })?;
    let run = format!("{} {} {} {:?} {}", run.id, run.operation, run.options, run.fingerprint, run.begun);
    Ok(Known { run, counts, entries, facts, keys, input })
}

/// The kind of a refusal.
fn kind(error: &JournalError) -> std::mem::Discriminant<JournalError> {
    std::mem::discriminant(error)
}

/// One damage: a byte, a page of nothing, an empty page of a table, two pages in each other's place, a shorter file.
fn damaged(whole: &[u8], chance: &mut fastrand::Rng) -> Vec<u8> {
    const PAGE: usize = 4096;
    let mut bytes = whole.to_vec();
    let pages = bytes.len() / PAGE;
    let at = PAGE * chance.usize(..pages);
    match chance.u32(..10) {
        0..=4 => bytes[chance.usize(..whole.len())] = chance.u8(..),
        5 => bytes[chance.usize(..100)] = chance.u8(..),
        6 => bytes[at..at + PAGE].fill(0),
        7 => {
            // An empty leaf, of a table or of an index.
            let header = if at == 0 { 100 } else { at };
            bytes[header..at + PAGE].fill(0);
            bytes[header] = if chance.bool() { 13 } else { 10 };
            bytes[header + 5] = 0x10;
        }
        8 => {
            let other = PAGE * chance.usize(..pages);
            let page = bytes[at..at + PAGE].to_vec();
            bytes.copy_within(other..other + PAGE, at);
            bytes[other..other + PAGE].copy_from_slice(&page);
        }
        _ => bytes.truncate(chance.usize(..whole.len())),
    }
    bytes
}

/// A damaged journal is refused by everything that opens it, and in the same way; or it says what it said before.
#[test]
fn damage_is_refused_or_changes_nothing() {
    let place = Place::new();
    let mut journal = filled(&place);
    journal.end_session(at(9), 0, false).expect("ended");
    journal.tidy().expect("tidied");
    drop(journal);
    let whole = fs::read(place.path()).expect("readable");
    let before = known(&place.path()).expect("sound");
    assert_eq!(before.keys, ["login anna [7]", "login ivan []", "phone 1 [8, 9]"]);
    let mut chance = fastrand::Rng::with_seed(19);
    let (mut refused, mut same) = (0, 0);
    for number in 0..500 {
        let bytes = damaged(&whole, &mut chance);
        let write = || fs::write(place.path(), &bytes).expect("written");
        write();
        let read = known(&place.path());
        write();
        let opened = Journal::open(&place.path()).map(drop);
        write();
        let looked = look(&place.path()).map(drop);
        match (read, opened, looked) {
            (Ok(now), Ok(()), Ok(())) => {
                assert_eq!(now, before, "damage {number}");
                same += 1;
            }
            (Err(read), Err(opened), Err(looked)) => {
                assert!(
                    kind(&read) == kind(&opened) && kind(&opened) == kind(&looked),
                    "damage {number}: {read:?}, {opened:?}, {looked:?}"
                );
                refused += 1;
            }
            other => panic!("damage {number}: {other:?}"),
        }
    }
    assert!(refused > 100 && same > 100, "{refused} refused, {same} without effect");
}

/// The sum that was kept up to date is the one over what is there.
#[test]
fn every_change_is_in_the_sum() {
    let place = Place::new();
    let mut journal = filled(&place);
    let is_right = |journal: &Journal| {
        let kept = Seal::read(&journal.connection).expect("a seal");
        kept.sum == sum_of(&journal.connection).expect("a sum")
    };
    assert!(is_right(&journal));
    journal.end_session(at(9), 1, false).expect("ended");
    journal.begin_session("resume", at(10)).expect("begun");
    assert!(is_right(&journal));
    let group = journal.group(at(11)).expect("a group");
    group.fact("lag", "9s").expect("written");
    drop(group);
    assert!(is_right(&journal), "what was not committed is not in it");
    leave(&mut journal, 299);
    assert!(is_right(&journal));
}

/// Whatever is written in whatever order, also in groups that come to nothing.
#[test]
fn the_sum_is_right_after_anything() {
    let place = Place::new();
    let mut journal = filled(&place);
    let mut chance = fastrand::Rng::with_seed(11);
    for number in 0..200 {
        let group = journal.group(at(20)).expect("a group");
        for _ in 0..chance.u32(1..5) {
            let row = chance.u64(..12) + 195;
            match chance.u32(..9) {
                0 | 1 => group.intents(&[intent(row, chance.u32(..3))]),
                2 => group.result(RowStep::first(RowNumber(row)), &result(Status::Ok, None)),
                3 => group.result(
                    RowStep::first(RowNumber(row)),
                    &result(Status::Failed, Some((ErrorCode::ApiError, "no"))),
                ),
                4 => group.result(RowStep::first(RowNumber(row)), &RowResult::skipped("turned away")),
                5 => group.found(RowStep::first(RowNumber(row)), Some("5"), 2),
                6 => group.not_applied(RowStep::first(RowNumber(row)), ErrorCode::NotApplied, "not there"),
                7 => group.undecided(RowStep::first(RowNumber(row)), "look there"),
                _ => group.was_there(&row.to_string()),
            }
            .expect("written");
        }
        if chance.bool() {
            group.commit().expect("committed");
        } else {
            drop(group);
        }
        if chance.u32(..20) == 0 {
            journal.begin_session("resume", at(30)).expect("begun");
        }
        let kept = Seal::read(&journal.connection).expect("a seal");
        assert_eq!(kept.sum, sum_of(&journal.connection).expect("a sum"), "after change {number}");
    }
}

/// Journals hold sums: another version of the program must come to the same ones.
#[test]
fn a_sum_is_what_it_always_was() {
    let connection = rusqlite::Connection::open_in_memory().expect("a database");
    for table in ["run", "session", "customer", "balance", "progress", "input", "fact"] {
        connection.execute_batch(&format!("CREATE TABLE {table} (a, b)")).expect("made");
    }
    connection
        .execute_batch(
            "CREATE TABLE row (number, step, state, content, key, attempts, id, times, error_code, error,
               http_status, sent, ended);
             INSERT INTO row (number, step, state, error) VALUES (1, 0, 'ok', 'more than eight bytes');
             INSERT INTO run VALUES (1, 'ok'), (NULL, x'00'), (-1.5, '')",
        )
        .expect("written");
    assert_eq!(format!("{:016x}", sum_of(&connection).expect("a sum")), "b14907f70e26110a");
}

/// What the database has no objection to.
#[test]
fn what_somebody_has_changed_is_refused() {
    for change in [
        "DELETE FROM row WHERE number = 3",
        "UPDATE row SET state = 'skipped' WHERE number = 3",
        "UPDATE run SET rows = 20",
        "DELETE FROM session",
        "UPDATE seal SET session = 0",
        "DELETE FROM seal",
        "INSERT INTO seal VALUES (1, 1)",
        "DROP TABLE customer",
        "UPDATE key SET ids = '8' WHERE value = 'anna'",
        "DELETE FROM key WHERE value = 'ivan'",
        "DROP TABLE key",
        "CREATE INDEX another ON row (sent)",
        "PRAGMA user_version = 1",
    ] {
        let place = Place::new();
        drop(filled(&place));
        let connection = rusqlite::Connection::open(place.path()).expect("a database");
        connection.execute_batch(change).expect("changed");
        drop(connection);
        let refused = Journal::open(&place.path());
        assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{change}: {refused:?}");
        let refused = Journal::read_only(&place.path());
        assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{change}");
    }
}

/// Opened as on a file system without locks, where nobody is kept away.
fn unlocked(place: &Place) -> Journal {
    let file = fs::File::open(place.path()).expect("there");
    Journal::of(&place.path(), Lock::without_locks(file)).expect("a journal")
}

#[test]
fn of_two_programs_with_one_journal_the_later_one_goes_on() {
    let place = Place::new();
    drop(filled(&place));
    let (mut one, mut other) = (unlocked(&place), unlocked(&place));
    assert!(matches!(one.require_locks(), Err(JournalError::Unlocked { .. })));
    one.begin_session("resume", at(20)).expect("begun");
    // It was opened before the other began.
    let late = other.begin_session("resume", at(21));
    assert!(matches!(late, Err(JournalError::Overtaken { .. })), "{late:?}");
    leave(&mut one, 299);
    let mut other = unlocked(&place);
    other.begin_session("resume", at(22)).expect("begun");
    assert!(matches!(one.group(at(23)), Err(JournalError::Overtaken { .. })));
    assert!(matches!(one.end_session(at(23), 0, false), Err(JournalError::Overtaken { .. })));
    leave(&mut other, 298);
    let last = entries(&place.path());
    let stopped = last.iter().find(|entry| entry.of.row.0 == 299).expect("an entry");
    assert_eq!(stopped.ended, Some(at(22)), "what the first had on its way is in doubt");
}
