//! A journal that another program has locked: that is said while it is waited for, the run goes on when it is let go of,
//! and stops where it is not.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::support::{Answer, Journal, Place, Responder, userside};

/// A server that tells when it has a row, and answers it when it is told to.
fn server() -> (Responder, Receiver<()>, Sender<()>) {
    let (tell, has_row) = channel();
    let (answer, answers) = channel();
    let server = Responder::start(move |_, body| {
        if body.contains("comment") {
            let _ = tell.send(());
            let _ = answers.recv();
        }
        Some(Answer::ok())
    });
    (server, has_row, answer)
}

const LINE: &str = "import edit input.csv --concurrency 1 --selector subcat --no-reconcile";

#[test]
fn a_locked_journal_is_told_and_waited_for() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let (server, has_row, answer) = server();
    let (running, terminal) = userside(&place).line(LINE).at_url(server.url()).start_on_terminal();
    has_row.recv().expect("a row");
    let reader = Journal::read(&place, "input.journal");
    reader.execute("BEGIN; SELECT count(*) FROM row");
    answer.send(()).expect("a server");
    terminal.shows("the journal is locked by another program");
    reader.execute("COMMIT");
    running.wait().exits(0).results().all_are("ok");
}

#[test]
fn a_journal_that_stays_locked_ends_the_run() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n2,y\n");
    let (server, has_row, answer) = server();
    let running = userside(&place).line(LINE).at_url(server.url()).start();
    has_row.recv().expect("a row");
    let reader = Journal::read(&place, "input.journal");
    reader.execute("BEGIN; SELECT count(*) FROM row");
    answer.send(()).expect("a server");
    drop(answer);
    let output = running.wait().exits(3);
    reader.execute("COMMIT");
    output
        .says("the journal is locked by another program")
        .says("another program keeps the journal input.journal locked")
        .says("next: once it can be written again: `userside-bulk resume input.journal`");
    userside(&place).line("resume").at_url(server.url()).run().exits(0).results().all_are("ok");
}
