//! Journals of earlier versions of the program, and how the database finds what is asked for.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::super::entry::page;
use super::super::replay::{BALANCE, FACT, IS_TAKEN};
use super::super::row_sums::ENTRY;
use super::super::schema::Schema;
use super::super::statements;
use super::{Place, at, entries, intent, leave, result, run, settle};
use crate::catalogue::Step;
use crate::reading::RowNumber;
use crate::recording::RowStep;
use crate::recording::journal::Journal;
use crate::recording::{ErrorCode, Status};

/// The tables as the first version had them.
const FIRST: &str = "
CREATE TABLE run (
  id TEXT NOT NULL,               -- stands in the tags of comments
  operation TEXT NOT NULL,
  options TEXT NOT NULL,          -- JSON: what was typed; never the key
  input TEXT,                     -- the file; NULL for standard input
  size INTEGER NOT NULL,          -- of the input, in bytes
  sha256 TEXT NOT NULL,           -- of the input
  rows INTEGER NOT NULL,          -- of the input
  program TEXT NOT NULL,          -- that made the journal
  begun TEXT NOT NULL,            -- all times are UTC
  journal TEXT NOT NULL           -- where this file was made
) STRICT;

CREATE TABLE session (
  number INTEGER PRIMARY KEY,
  command TEXT NOT NULL,          -- import, resume, reconcile
  program TEXT NOT NULL,
  begun TEXT NOT NULL,
  ended TEXT,                     -- NULL: at work, or killed
  exit INTEGER                    -- its exit code
) STRICT;

CREATE TABLE row (
  number INTEGER PRIMARY KEY,     -- its place among the rows of the input, from 1; no entry: not sent yet
  state TEXT NOT NULL,            -- sending, ok, failed, unknown, invalid, skipped
  content TEXT,                   -- fingerprint of what is sent
  attempts INTEGER NOT NULL,      -- requests sent for it
  id TEXT,                        -- result_id
  error_code TEXT,                -- result_error_code
  error TEXT,                     -- result_error
  http_status INTEGER,            -- result_http_status
  sent TEXT,                      -- when it was marked as being sent
  ended TEXT                      -- when its outcome came
) STRICT;

CREATE TABLE customer (
  id TEXT PRIMARY KEY             -- was there before the first row, with something that a row could be found by
) STRICT;

CREATE TABLE balance (
  customer TEXT PRIMARY KEY,
  before TEXT NOT NULL            -- the balance before the first booking of the run
) STRICT;

CREATE TABLE progress (
  what TEXT PRIMARY KEY,          -- existing: looked up before the first add; balances: read before the first booking
  rows INTEGER NOT NULL           -- so many rows of the input are done
) STRICT;

CREATE TABLE input (
  part INTEGER PRIMARY KEY,       -- only for standard input: its bytes, in parts
  bytes BLOB NOT NULL
) STRICT;
";

/// A journal of the first version: the program was killed while row 3 was being sent.
fn first_version(path: &Path) {
    let connection = Connection::open(path).expect("a database");
    connection.execute_batch(FIRST).expect("tables");
    connection
        .execute_batch(
            "INSERT INTO run VALUES ('k3x7qa', 'add', '{}', '/data/a.csv', 3, 'abc', 10, 'userside-bulk 0.1.0',
               '2026-01-02T03:04:05.678Z', '/data/a.journal');
             INSERT INTO session VALUES (1, 'import', 'userside-bulk 0.1.0', '2026-01-02T03:04:05.678Z', NULL, NULL);
             INSERT INTO row VALUES (1, 'ok', '0000000000000007', 1, '1001', NULL, NULL, 200,
               '2026-01-02T03:04:06.000Z', '2026-01-02T03:04:07.000Z');
             INSERT INTO row VALUES (2, 'failed', '0000000000000008', 2, NULL, 'not_applied', 'no', 500,
               '2026-01-02T03:04:06.000Z', '2026-01-02T03:04:07.000Z');
             INSERT INTO row VALUES (3, 'sending', '0000000000000009', 1, NULL, NULL, NULL, NULL,
               '2026-01-02T03:04:06.000Z', NULL);
             INSERT INTO customer VALUES ('8');
             INSERT INTO balance VALUES ('5', '1.50');
             INSERT INTO progress VALUES ('existing', 10);
             PRAGMA application_id = 0x5573424A;
             PRAGMA user_version = 1;",
        )
        .expect("content");
}

#[test]
fn a_journal_of_the_first_version_is_read_without_being_changed() {
    let place = Place::new();
    first_version(&place.path());
    let before = fs::read(place.path()).expect("readable");
    let (run, replay) = Journal::read_only(&place.path()).expect("a journal");
    assert_eq!((run.id.to_string().as_str(), run.rows), ("k3x7qa", 10));
    assert_eq!(
        replay.counts(10).expect("counts").in_words("unknown"),
        "1 ok, 1 failed, 1 unknown, 7 not sent"
    );
    assert_eq!(replay.counts(10).expect("counts").not_applied, 1);
    assert!(replay.is_taken("1001").expect("known") && replay.is_taken("8").expect("known"));
    assert_eq!(replay.balance_before("5").expect("known").as_deref(), Some("1.50"));
    assert_eq!(replay.fact("lag").expect("known"), None);
    let entries = entries(&place.path());
    let states: Vec<_> = entries.iter().map(|entry| (entry.of.row.0, entry.result.status)).collect();
    assert_eq!(states, [(0, Status::Ok), (1, Status::Failed), (2, Status::Unknown)]);
    assert!(entries.iter().all(|entry| entry.key.is_none() && entry.times.is_none()));
    assert_eq!(entries[0].result.id.as_deref(), Some("1001"));
    assert_eq!(fs::read(place.path()).expect("readable"), before);
}

/// To look at it, to ask how far it is or to put it aside changes nothing; to go on with it does.
#[test]
fn a_journal_of_the_first_version_is_gone_on_with() {
    let place = Place::new();
    first_version(&place.path());
    let mut journal = Journal::open(&place.path()).expect("a journal");
    assert_eq!(journal.counts().expect("counts").unsent(), 7);
    let mut early = journal.replay().expect("a reader");
    journal.begin_session("resume", at(9)).expect("begun");
    leave(&mut journal, 3);
    settle(&mut journal, 3, &result(Status::Ok, None));
    let group = journal.group(at(10)).expect("a group");
    group.found(RowStep::first(RowNumber(2)), None, 2).expect("written");
    group.fact("lag", "3s").expect("written");
    group.commit().expect("committed");
    assert_eq!(
        early
            .entries(RowNumber(0))
            .expect("readable")
            .into_entry(Step::FIRST)
            .map(|entry| entry.result.status),
        Some(Status::Ok)
    );
    assert_eq!(journal.replay().expect("a reader").fact("lag").expect("known").as_deref(), Some("3s"));
    let version: i64 =
        journal.connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("one");
    assert_eq!(version, Schema::LATEST.number());
    drop(journal);
    let entries = entries(&place.path());
    let known: Vec<_> =
        entries.iter().map(|entry| (entry.of.row.0, entry.result.status, entry.times)).collect();
    let ok = |row, times| (row, Status::Ok, times);
    assert_eq!(known, [ok(0, None), (1, Status::Failed, None), ok(2, Some(2)), ok(3, None)]);
    assert_eq!(entries[1].result.error, Some((ErrorCode::NotApplied, "no".to_owned())));
}

#[test]
fn what_is_renewed_is_as_if_it_had_been_made() {
    let tables = |path: &Path| -> Vec<String> {
        let connection = Connection::open(path).expect("a database");
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        let mut statement = connection.prepare(sql).expect("a statement");
        let found = statement.query_map([], |row| row.get(0)).expect("tables");
        found.map(|sql| sql.expect("text")).collect()
    };
    let (old, new) = (Place::new(), Place::new());
    first_version(&old.path());
    let mut journal = Journal::open(&old.path()).expect("a journal");
    journal.begin_session("resume", at(9)).expect("begun");
    drop(journal);
    drop(new.create());
    assert_eq!(tables(&old.path()), tables(&new.path()));
}

/// Nothing that is done for each row may take longer the more rows there are.
#[test]
fn what_is_done_for_each_row_is_found_without_going_through_the_others() {
    use statements::{CUSTOMER, DOUBTED, FOUND, INTENT, NOT_APPLIED, PROGRESS, RESULT, UNDECIDED, UNSENT};
    let place = Place::new();
    let journal = place.create();
    let read = [IS_TAKEN, BALANCE, FACT, ENTRY, page(Schema::Two)];
    let written = [INTENT, RESULT, UNSENT, FOUND, DOUBTED, NOT_APPLIED, UNDECIDED, CUSTOMER, PROGRESS];
    let others = [statements::BALANCE, statements::FACT, statements::FIRST_INTENT, statements::ANSWER];
    for sql in read.into_iter().chain(written).chain(others) {
        let mut statement = journal.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
        (1..=statement.parameter_count())
            .for_each(|index| statement.raw_bind_parameter(index, 1).expect("bound"));
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().expect(sql) {
            let step: String = row.get(3).expect("text");
            let scans = step.contains("SCAN") && step != "SCAN CONSTANT ROW";
            assert!(!scans && !step.contains("TEMP B-TREE"), "{sql}: {step}");
        }
    }
}

#[test]
fn how_often_a_booking_was_found_is_kept_until_it_is_sent_again() {
    let place = Place::new();
    let mut journal = place.create();
    leave(&mut journal, 0);
    let group = journal.group(at(3)).expect("a group");
    group.found(RowStep::first(RowNumber(0)), None, 2).expect("written");
    group.commit().expect("committed");
    settle(&mut journal, 1, &result(Status::Ok, None));
    let times = || entries(&place.path()).iter().map(|entry| entry.times).collect::<Vec<_>>();
    assert_eq!(times(), [Some(2), None]);
    leave(&mut journal, 0);
    assert_eq!(times(), [None, None]);
}

#[test]
fn a_key_is_written_with_the_intent() {
    let place = Place::new();
    let mut journal = Journal::create(&place.path(), &run(2), None).expect("a journal");
    let group = journal.group(at(1)).expect("a group");
    let mut keyed = intent(0, 0);
    keyed.key = Some("k3x7qak3x7qa".to_owned());
    group.intents(&[keyed, intent(1, 0)]).expect("recorded");
    group.commit().expect("committed");
    settle(&mut journal, 0, &result(Status::Ok, None));
    let keys: Vec<_> = entries(&place.path()).into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys, [Some("k3x7qak3x7qa".to_owned()), None]);
}

#[test]
fn a_fact_is_the_last_that_was_measured() {
    let place = Place::new();
    let mut journal = place.create();
    for value in ["1s", "2s"] {
        let group = journal.group(at(1)).expect("a group");
        group.fact("lag", value).expect("written");
        group.commit().expect("committed");
    }
    let replay = journal.replay().expect("a reader");
    assert_eq!(replay.fact("lag").expect("known").as_deref(), Some("2s"));
    assert_eq!(replay.fact("offset").expect("known"), None);
}
