//! What lands on disk, and in which order.

use std::fs;
use std::io::Write;

use super::{AtomicFile, ErrorCode, RecordError, RowResult, Status, Tally};

#[test]
fn a_file_appears_whole_and_keeps_the_earlier_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("customers.results.csv");
    fs::write(&path, "first").expect("written");
    let mut target = AtomicFile::create(&path).expect("created");
    target.write_all(b"second").expect("written");
    assert_eq!(fs::read_to_string(&path).expect("there"), "first");
    let earlier = target.commit().expect("committed").expect("an earlier one");
    assert_eq!(earlier, folder.path().join("customers.results.1.csv"));
    assert_eq!(fs::read_to_string(&earlier).expect("there"), "first");
    assert_eq!(fs::read_to_string(&path).expect("there"), "second");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
}

#[test]
fn what_a_killed_run_left_is_begun_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    fs::write(folder.path().join("a.csv.partial"), "half").expect("written");
    AtomicFile::create(&path).expect("created").commit().expect("committed");
    assert_eq!(fs::read_to_string(&path).expect("there"), "");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn two_runs_never_write_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    let _first = AtomicFile::create(&path).expect("created");
    assert!(matches!(AtomicFile::create(&path), Err(RecordError::Busy { .. })));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_with_the_path() {
    let error = AtomicFile::create("/nowhere/at/all.csv".as_ref()).expect_err("no such folder").to_string();
    assert!(error.contains("/nowhere/at/all.csv"), "{error}");
}

#[test]
fn the_most_frequent_errors_are_counted_without_their_numbers() {
    let mut tally = Tally::default();
    let failed = |text: &str| RowResult {
        status: Status::Failed,
        id: None,
        error: Some((ErrorCode::ApiError, text.to_owned())),
        http_status: Some(200),
        attempts: 1,
    };
    for (line, text) in [(2, "no house 7"), (3, "customer 12 not found"), (4, "customer 9 not found")] {
        tally.count(line, &failed(text));
    }
    tally.count(5, &RowResult::skipped("the run stopped"));
    let frequent: Vec<_> =
        tally.most_frequent(5).into_iter().map(|f| (f.count, f.line, f.text.as_str())).collect();
    assert_eq!(frequent, [(2, 3, "customer 12 not found"), (1, 2, "no house 7")]);
    assert_eq!((tally.rows(), tally.failed, tally.skipped), (4, 3, 1));
}
