//! A terminal with a person before it: the program is asked to believe that somebody reads and types.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::pty::openpty;

use super::until;

/// The person's side of a terminal.
pub(crate) struct Terminal {
    keyboard: File,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// A terminal, and the program's ends of it: standard input and standard error.
    pub(crate) fn open() -> (Self, Stdio, Stdio) {
        let pair = openpty(None, None).expect("a terminal");
        let (keyboard, slave) = (File::from(pair.master), File::from(pair.slave));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, shown) = (keyboard.try_clone().expect("a screen"), Arc::clone(&seen));
        // Reading fails once the program has left.
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                shown.lock().expect("no panic").extend_from_slice(&bytes[..count]);
            }
        });
        let errors = slave.try_clone().expect("a screen");
        (Self { keyboard, seen }, slave.into(), errors.into())
    }

    /// What is on the screen so far.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().expect("no panic")).into_owned()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        until(text, || self.screen().contains(text).then_some(()));
    }

    /// Types.
    pub(crate) fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("a keyboard");
    }
}
