//! What a journal keeps, and what is refused as one.

mod schemas;
mod seals;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Durability, Entry, Found, Journal, JournalError, NewRun, PutAside, look, put_aside};
use crate::catalogue::{Effect, Step};
use crate::reading::{Fingerprint, RowNumber};
use crate::recording::{ErrorCode, RowResult, RowStep, Status};
use crate::sending::Intent;
use crate::validating::{Digest, KeyMap};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("a.journal")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn create(&self) -> Journal {
        Journal::create(&self.path(), &run(10), None).expect("a journal")
    }
}

fn run(rows: u64) -> NewRun {
    NewRun {
        operation: "add",
        options: "{}".to_owned(),
        input: Some("a.csv".into()),
        fingerprint: Fingerprint { size: 3, sha256: "abc".to_owned() },
        rows,
        begun: at(0),
        steps: None,
        keys: KeyMap::default(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("a time")
}

fn intent(row: u64, attempts: u32) -> Intent {
    let ticket = RowStep::first(RowNumber(row)).ticket();
    Intent { ticket, attempts, content: Digest::of_number(7), key: None, effect: Effect::OnceOnly }
}

fn result(status: Status, error: Option<(ErrorCode, &str)>) -> RowResult {
    RowResult {
        status,
        id: (status == Status::Ok).then(|| "1001".to_owned()),
        error: error.map(|(code, text)| (code, text.to_owned())),
        http_status: Some(200),
        attempts: 1,
    }
}

/// Whatever lies there is moved away.
fn aside(path: &Path) -> PathBuf {
    match put_aside(path, true) {
        Ok(PutAside::As(aside)) => aside,
        other => panic!("{other:?}"),
    }
}

fn leave(journal: &mut Journal, row: u64) {
    let group = journal.group(at(1)).expect("a group");
    group.intents(&[intent(row, 0)]).expect("recorded");
    group.commit().expect("committed");
}

fn settle(journal: &mut Journal, row: u64, result: &RowResult) {
    let group = journal.group(at(2)).expect("a group");
    group.result(RowStep::first(RowNumber(row)), result).expect("written");
    group.commit().expect("committed");
}

fn entries(path: &Path) -> Vec<Entry> {
    let (_, mut replay) = Journal::read_only(path).expect("readable");
    std::iter::from_fn(|| replay.next_entry().expect("an entry")).collect()
}

#[test]
fn a_journal_keeps_what_is_known_of_each_row() {
    let place = Place::new();
    let mut journal = place.create();
    journal.begin_session("import", at(1)).expect("begun");
    (0..4).for_each(|row| leave(&mut journal, row));
    settle(&mut journal, 1, &result(Status::Ok, None));
    settle(&mut journal, 0, &result(Status::Failed, Some((ErrorCode::NotApplied, "no"))));
    settle(&mut journal, 2, &RowResult::skipped("turned away"));
    drop(journal);
    let entries = entries(&place.path());
    let known: Vec<_> = entries.iter().map(|entry| (entry.of.row.0, entry.result.status)).collect();
    assert_eq!(known, [(0, Status::Failed), (1, Status::Ok), (3, Status::Unknown)]);
    assert!(entries[0].was_not_applied());
    assert_eq!(entries[1].result, result(Status::Ok, None));
    assert_eq!((entries[1].sent, entries[1].ended), (Some(at(1)), Some(at(2))));
    assert_eq!(entries[1].content.as_deref(), Some("0000000000000007"));
    assert_eq!(entries[2].result.status, Status::Unknown);
}

#[test]
fn rows_are_counted_by_how_they_stand() {
    let place = Place::new();
    let mut journal = place.create();
    (0..7).for_each(|row| leave(&mut journal, row));
    (0..3).for_each(|row| settle(&mut journal, row, &result(Status::Ok, None)));
    settle(&mut journal, 3, &result(Status::Failed, Some((ErrorCode::ApiError, "no"))));
    settle(&mut journal, 4, &result(Status::Unknown, Some((ErrorCode::Timeout, "no answer"))));
    let group = journal.group(at(3)).expect("a group");
    group.found(RowStep::first(RowNumber(1)), None, 3).expect("written");
    group.found(RowStep::first(RowNumber(4)), None, 1).expect("written");
    group.commit().expect("committed");
    let counts = journal.counts().expect("counts");
    assert_eq!((counts.ok, counts.failed, counts.unknown), (4, 1, 2));
    assert_eq!((counts.doubled, counts.surplus, counts.to_be_fixed), (1, 2, 1));
}

#[test]
fn rows_that_a_dead_program_left_in_the_middle_are_unknown() {
    let place = Place::new();
    let mut journal = place.create();
    leave(&mut journal, 3);
    drop(journal);
    let mut journal = Journal::open(&place.path()).expect("a journal");
    journal.begin_session("resume", at(9)).expect("begun");
    let entry = &entries(&place.path())[0];
    assert_eq!((entry.result.status, entry.ended), (Status::Unknown, Some(at(9))));
    assert_eq!(entry.result.error.as_ref().map(|(code, _)| *code), Some(ErrorCode::Stopped));
    assert_eq!(journal.counts().expect("counts").unknown, 1);
}

#[test]
fn a_row_in_doubt_that_is_sent_again_keeps_its_doubt_until_it_is_settled() {
    let place = Place::new();
    let mut journal = place.create();
    leave(&mut journal, 0);
    settle(&mut journal, 0, &result(Status::Unknown, Some((ErrorCode::Timeout, "no answer"))));
    let group = journal.group(at(5)).expect("a group");
    group.intents(&[intent(0, 1)]).expect("recorded");
    group.commit().expect("committed");
    let entry = &entries(&place.path())[0];
    assert_eq!((entry.result.status, entry.result.attempts, entry.ended), (Status::Unknown, 2, None));
    assert_eq!(entry.doubt().text, "no answer");
}

#[test]
fn what_was_not_committed_has_never_been() {
    let place = Place::new();
    let mut journal = place.create();
    let group = journal.group(at(1)).expect("a group");
    group.intents(&[intent(0, 0)]).expect("recorded");
    drop(group);
    assert_eq!(entries(&place.path()), []);
}

#[test]
fn entries_are_found_in_the_order_of_the_rows_over_many_pages() {
    let place = Place::new();
    let mut journal = Journal::create(&place.path(), &run(5000), None).expect("a journal");
    journal.set_durability(Durability::Written).expect("set");
    let group = journal.group(at(1)).expect("a group");
    for row in (0..5000).filter(|row| row % 3 != 0) {
        group.intents(&[intent(row, 0)]).expect("recorded");
    }
    group.commit().expect("committed");
    let mut replay = journal.replay().expect("a reader");
    for row in 0..5000 {
        let found = replay.entries(RowNumber(row)).expect("readable").into_entry(Step::FIRST);
        assert_eq!(found.map(|entry| entry.of.row), (row % 3 != 0).then_some(RowNumber(row)));
    }
    assert_eq!(replay.next_entry().expect("readable"), None);
}

#[test]
fn a_run_is_finished_when_nothing_is_left_to_send_or_to_find_out() {
    let place = Place::new();
    let mut journal = Journal::create(&place.path(), &run(4), None).expect("a journal");
    assert_eq!(journal.counts().expect("counts").unsent(), 4);
    settle(&mut journal, 0, &result(Status::Ok, None));
    settle(&mut journal, 1, &result(Status::Failed, Some((ErrorCode::ApiError, "no"))));
    let mut turned_away = RowResult::skipped("turned away");
    turned_away.attempts = 2;
    settle(&mut journal, 2, &turned_away);
    let mut exists = result(Status::Skipped, Some((ErrorCode::AlreadyExists, "there")));
    exists.id = Some("7".to_owned());
    settle(&mut journal, 3, &exists);
    let counts = journal.counts().expect("counts");
    assert_eq!((counts.unsent(), counts.existing, counts.is_finished()), (1, 1, false));
    settle(&mut journal, 2, &result(Status::Unknown, Some((ErrorCode::Timeout, "no answer"))));
    assert!(!journal.counts().expect("counts").is_finished());
    let group = journal.group(at(3)).expect("a group");
    group.found(RowStep::first(RowNumber(2)), Some("9"), 1).expect("written");
    group.commit().expect("committed");
    assert!(journal.counts().expect("counts").is_finished());
    let replay = journal.replay().expect("a reader");
    assert!(replay.is_taken("9").expect("readable"));
    assert!(!replay.is_taken("8").expect("readable"));
    let group = journal.group(at(4)).expect("a group");
    group.was_there("8").expect("written");
    group.commit().expect("committed");
    assert!(replay.is_taken("8").expect("readable"));
}

#[test]
fn standard_input_is_kept_whole() {
    let place = Place::new();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let journal =
        Journal::create(&place.path(), &NewRun { input: None, ..run(1) }, Some(&mut bytes.as_slice()));
    let mut kept = Vec::new();
    journal.expect("a journal").input().expect("readable").read_to_end(&mut kept).expect("read");
    assert_eq!(kept, bytes);
}

#[test]
fn one_process_holds_a_journal() {
    let place = Place::new();
    let journal = place.create();
    assert!(matches!(Journal::open(&place.path()), Err(JournalError::Busy { .. })));
    assert!(matches!(look(&place.path()), Err(JournalError::Busy { .. })));
    assert!(matches!(put_aside(&place.path(), true), Err(JournalError::Busy { .. })));
    // Others may look at it.
    assert_eq!(Journal::read_only(&place.path()).expect("readable").0.id, journal.run().id);
    drop(journal);
    assert!(matches!(look(&place.path()), Ok(Found::Journal { .. })));
}

#[test]
fn a_journal_is_never_made_over_another() {
    let place = Place::new();
    drop(place.create());
    let again = Journal::create(&place.path(), &run(1), None);
    assert!(matches!(again, Err(JournalError::Exists { .. })));
    assert_eq!(Journal::open(&place.path()).expect("still there").run().rows, 10);
}

/// People move and copy one file, and know nothing of others beside it.
#[test]
fn everything_that_is_committed_is_in_the_one_file() {
    let place = Place::new();
    let mut journal = place.create();
    (0..300).for_each(|row| leave(&mut journal, row));
    settle(&mut journal, 7, &result(Status::Ok, None));
    let elsewhere = place.0.path().join("taken.journal");
    fs::copy(place.path(), &elsewhere).expect("copied");
    let entries = entries(&elsewhere);
    assert_eq!(entries.len(), 300);
    assert_eq!((entries[7].result.status, entries[8].result.status), (Status::Ok, Status::Unknown));
}

#[test]
fn what_lies_beside_a_name_is_not_taken_for_a_new_journals() {
    let place = Place::new();
    for suffix in ["-journal", "-wal", "-shm"] {
        fs::write(place.0.path().join(format!("a.journal{suffix}")), "of another").expect("written");
    }
    let mut journal = place.create();
    leave(&mut journal, 0);
    drop(journal);
    assert_eq!(entries(&place.path()).len(), 1);
    Journal::open(&place.path()).expect("sound").tidy().expect("tidied");
    assert_eq!(place.names(), ["a.journal"]);
}

#[test]
fn a_copy_is_refused_as_long_as_its_original_is_there() {
    let place = Place::new();
    drop(place.create());
    let copy = place.0.path().join("copy.journal");
    fs::copy(place.path(), &copy).expect("copied");
    assert!(matches!(Journal::open(&copy), Err(JournalError::Copy { .. })));
    assert!(Journal::read_only(&copy).is_ok(), "to look at it does no harm");
    fs::remove_file(place.path()).expect("removed");
    assert!(Journal::open(&copy).is_ok(), "a journal may be moved");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_journal_and_is_not_waited_for() {
    let place = Place::new();
    let made = std::process::Command::new("mkfifo").arg(place.path()).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    assert!(matches!(Journal::open(&place.path()), Err(JournalError::Foreign { .. })));
    assert!(matches!(Journal::read_only(&place.path()), Err(JournalError::Foreign { .. })));
}

#[test]
fn a_journal_that_is_set_aside_takes_everything_with_it() {
    let place = Place::new();
    let mut journal = place.create();
    leave(&mut journal, 0);
    drop(journal);
    let aside = aside(&place.path());
    assert_eq!(place.names(), ["a.1.journal"]);
    assert_eq!(entries(&aside).len(), 1);
}

#[test]
fn nothing_is_left_of_a_journal_whose_making_was_interrupted() {
    let place = Place::new();
    fs::write(place.0.path().join("a.journal.new"), "half").expect("written");
    fs::write(place.0.path().join("a.journal.new-wal"), "half").expect("written");
    drop(place.create());
    assert_eq!(place.names(), ["a.journal"]);
}

#[test]
fn a_name_left_by_a_killed_program_may_be_that_of_a_journal() {
    let place = Place::new();
    let mut journal = place.create();
    leave(&mut journal, 0);
    drop(journal);
    // Killed between giving the journal its name and taking the old one away.
    fs::hard_link(place.path(), place.0.path().join("a.journal.new")).expect("linked");
    let aside = aside(&place.path());
    drop(place.create());
    assert_eq!(entries(&aside).len(), 1);
    assert_eq!(place.names(), ["a.1.journal", "a.journal"]);
}

#[test]
fn what_is_no_journal_of_ours_is_refused() {
    let place = Place::new();
    let open = || Journal::open(&place.path()).expect_err("refused");
    assert!(matches!(open(), JournalError::Missing { .. }));
    for foreign in ["", "id,name\n1,x\n", "SQLite format 3\0"] {
        fs::write(place.path(), foreign).expect("written");
        assert!(
            matches!(open(), JournalError::Foreign { .. } | JournalError::Damaged { .. }),
            "{foreign:?}: {:?}",
            open()
        );
    }
    fs::remove_file(place.path()).expect("removed");
    let other = rusqlite::Connection::open(place.path()).expect("a database");
    other.execute_batch("CREATE TABLE x (y)").expect("made");
    drop(other);
    assert!(matches!(open(), JournalError::Foreign { .. }));
}

#[test]
fn another_version_is_told_apart_from_damage() {
    let place = Place::new();
    drop(place.create());
    let connection = rusqlite::Connection::open(place.path()).expect("a database");
    connection.pragma_update(None, "user_version", 99).expect("set");
    drop(connection);
    assert!(matches!(Journal::open(&place.path()), Err(JournalError::Version { found: 99, .. })));
}

#[test]
fn a_truncated_journal_is_damaged() {
    let place = Place::new();
    let mut journal = Journal::create(&place.path(), &run(2000), None).expect("a journal");
    let group = journal.group(at(1)).expect("a group");
    (0..2000).for_each(|row| group.intents(&[intent(row, 0)]).expect("recorded"));
    group.commit().expect("committed");
    journal.tidy().expect("tidied");
    drop(journal);
    let length = fs::metadata(place.path()).expect("there").len();
    for part in [length / 2, length - 4096] {
        let file = fs::OpenOptions::new().write(true).open(place.path()).expect("opened");
        file.set_len(part).expect("cut");
        assert!(matches!(Journal::open(&place.path()), Err(JournalError::Damaged { .. })), "{part}");
    }
}

#[cfg(unix)]
#[test]
fn a_journal_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    fs::write(place.0.path().join("a.journal.new"), "half").expect("written");
    let mut journal = place.create();
    leave(&mut journal, 0);
    for name in place.names() {
        let mode = fs::metadata(place.0.path().join(&name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
