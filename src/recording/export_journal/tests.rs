//! The journal of an export: what is put into it comes out in order, and it is one process's alone.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{AboutExport, ExportJournal, ExportProgress, JournalKind, journal_kind};
use crate::recording::{Journal, JournalError};

fn new() -> AboutExport {
    AboutExport { options: "{}".to_owned(), conditions: None, begun: Timestamp::UNIX_EPOCH }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv.journal");
    (folder, path)
}

fn create(path: &Path) -> Result<(ExportJournal, Option<Timestamp>), JournalError> {
    ExportJournal::create(path, &new(), |_| Ok(()))
}

fn all(journal: &ExportJournal) -> Vec<String> {
    let mut all = Vec::new();
    let gone: Result<(), JournalError> = journal.each(|id, kept| {
        all.push(format!("{id} {kept:?}"));
        Ok(true)
    });
    gone.expect("read");
    all
}

fn ids(journal: &mut ExportJournal, ids: &[u64]) {
    journal.list(ids).expect("listed");
}

#[test]
fn searches_make_a_union_in_the_order_of_the_ids() {
    let (_folder, path) = place();
    let (mut journal, _) = create(&path).expect("made");
    journal.found(&[9, 7], 1).expect("kept");
    journal.found(&[7, 8], 2).expect("kept");
    assert_eq!((journal.searches_done().expect("read"), journal.is_complete().expect("read")), (2, false));
    journal.complete(Some(2)).expect("kept");
    assert!(journal.is_complete().expect("read"));
    assert_eq!(journal.missing().expect("read"), [7, 8]);
}

#[test]
fn a_list_keeps_its_order_and_what_was_read_is_not_missing() {
    let (_folder, path) = place();
    let (mut journal, _) = create(&path).expect("made");
    ids(&mut journal, &[9, 7, 9, 8]);
    journal.complete(None).expect("kept");
    journal.put([(7, Ok("{\"id\":7}")), (8, Err("no"))]).expect("kept");
    assert_eq!(all(&journal), ["9 Nothing", "7 Customer(\"{\\\"id\\\":7}\")", "8 Unread(\"no\")"]);
    drop(journal);
    let mut again = ExportJournal::open(&path).expect("opened");
    // Who could not be read is tried again.
    assert_eq!(again.missing().expect("read"), [9, 8]);
    assert_eq!((again.wanted().expect("read"), again.unread().expect("read")), (3, 0));
}

#[test]
fn earlier_rows_are_found_by_id_and_those_who_are_gone_by_not_being_wanted() {
    let mut journal = ExportJournal::nameless(&new()).expect("made");
    ids(&mut journal, &[7]);
    let rows = [(7, "a"), (8, "b"), (7, "c")];
    let rows = rows.into_iter().map(|(id, cell)| Ok::<_, JournalError>((id, vec![cell.to_owned()])));
    journal.keep_earlier(&["id".to_owned()], rows).expect("kept");
    assert_eq!(journal.earlier_header().expect("read"), Some(vec!["id".to_owned()]));
    assert_eq!(journal.earlier(7).expect("read"), Some(vec!["a".to_owned()]));
    assert_eq!(journal.earlier(9).expect("read"), None);
    let mut gone = Vec::new();
    let read: Result<(), JournalError> = journal.each_gone(|id, cells| {
        gone.push((id, cells));
        Ok(true)
    });
    read.expect("read");
    assert_eq!(gone, [(8, vec!["b".to_owned()])]);
}

#[test]
fn a_process_holds_it_and_a_new_export_replaces_what_was_left() {
    let (_folder, path) = place();
    let (held, before) = create(&path).expect("made");
    assert_eq!(before, None);
    assert!(matches!(create(&path), Err(JournalError::Busy { .. })));
    assert!(matches!(ExportJournal::open(&path), Err(JournalError::Busy { .. })));
    drop(held);
    let (again, before) = create(&path).expect("made anew");
    assert_eq!(before, Some(Timestamp::UNIX_EPOCH));
    assert_eq!(again.about().options, "{}");
    again.discard();
    assert!(std::fs::read_dir(path.parent().expect("a folder")).expect("a folder").next().is_none());
}

#[test]
fn kinds_of_journals_are_told_apart() {
    let (_folder, path) = place();
    assert!(matches!(journal_kind(&path), Err(JournalError::Missing { .. })));
    drop(create(&path).expect("made"));
    assert_eq!(journal_kind(&path).expect("a journal"), JournalKind::Export);
    assert!(matches!(Journal::open(&path), Err(JournalError::OfExport { .. })));
    std::fs::write(&path, "something else, and long enough to be no empty database").expect("written");
    assert!(matches!(journal_kind(&path), Err(JournalError::Foreign { .. })));
    assert!(matches!(create(&path), Err(JournalError::Foreign { .. })));
}

#[cfg(unix)]
#[test]
fn it_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    drop(create(&path).expect("made"));
    assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
}

/// A journal that is not whole must not be found by anybody.
#[test]
fn it_has_its_name_only_when_everything_is_in_it() {
    let (folder, path) = place();
    let seen = ExportJournal::create(&path, &new(), |journal| {
        journal.list(&[7, 8])?;
        assert!(!path.exists());
        Err(JournalError::Busy { path: path.clone() })
    });
    assert!(seen.is_err());
    assert!(std::fs::read_dir(folder.path()).expect("a folder").next().is_none());
    // What was there before stays if the new one does not come into being.
    drop(create(&path).expect("made"));
    let refused = ExportJournal::create(&path, &new(), |_| Err(JournalError::Busy { path: path.clone() }));
    assert!(refused.is_err() && ExportJournal::open(&path).is_ok());
}

#[test]
fn of_many_who_begin_at_once_one_goes_on() {
    let (folder, path) = place();
    for _ in 0..20 {
        let barrier = std::sync::Barrier::new(4);
        let made = std::thread::scope(|scope| {
            let one = || {
                barrier.wait();
                let made = create(&path);
                // Nobody lets go before all have tried.
                barrier.wait();
                match made {
                    Ok((journal, _)) => {
                        assert!(ExportJournal::open(&path).is_err(), "it is held");
                        journal.discard();
                        true
                    }
                    Err(JournalError::Busy { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).filter(|made| *made).count()
        });
        assert_eq!(made, 1);
        assert!(std::fs::read_dir(folder.path()).expect("a folder").next().is_none());
    }
}

/// Whoever goes on with it and whoever lists it say the same.
#[test]
fn damage_is_refused_by_all_who_read_it() {
    let (_folder, path) = place();
    let (mut journal, _) = create(&path).expect("made");
    ids(&mut journal, &(1..3000).collect::<Vec<_>>());
    drop(journal);
    assert!(ExportProgress::read(&path).is_ok());
    let whole = std::fs::read(&path).expect("readable");
    let page = 4096 * 5;
    for damaged in [whole[..page].to_vec(), [&whole[..page], &[0; 4096], &whole[page + 4096..]].concat()] {
        std::fs::write(&path, damaged).expect("written");
        let read = ExportProgress::read(&path);
        assert!(matches!(read, Err(JournalError::DamagedExport { .. })), "{read:?}");
        let opened = ExportJournal::open(&path).map(drop);
        assert!(matches!(opened, Err(JournalError::DamagedExport { .. })), "{opened:?}");
    }
}
