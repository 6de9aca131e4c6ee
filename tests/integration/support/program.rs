//! The real binary in a clean environment. Whatever a run prints or writes is searched for the key.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Place, Results, Sandbox, Terminal};

/// The key that the tests use: every character that some form of escaping changes, around a core that
/// none does.
pub(crate) const KEY: &str = "Ж/+ &=\"9f27c1Q8w'%\\";

/// What is left of the key in whichever form it appears.
pub(crate) const KEY_CORE: &str = "9f27c1Q8w";

/// The program, in a test's folder, with the key in the environment.
pub(crate) fn userside(place: &Place) -> Program {
    Program {
        place: place.clone(),
        arguments: Vec::new(),
        environment: vec![("USERSIDE_API_KEY".into(), KEY.into())],
        stdin: Vec::new(),
        largest_file: None,
    }
}

/// A run to be.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    place: Place,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    stdin: Vec<u8>,
    /// In units of 512 bytes.
    largest_file: Option<u32>,
}

impl Program {
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Arguments as one types them; no quoting.
    pub(crate) fn line(self, line: &str) -> Self {
        self.args(line.split_whitespace())
    }

    /// The sandbox's address, and no pause anywhere.
    pub(crate) fn to(self, sandbox: &Sandbox) -> Self {
        self.at_url(sandbox.url())
    }

    pub(crate) fn at_url(self, url: &str) -> Self {
        self.args(["--url", url, "--rate", "unlimited", "--retry-wait", "1ms"])
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without_key(mut self) -> Self {
        self.environment.retain(|(name, _)| name != "USERSIDE_API_KEY");
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// No file may become larger than so many times 512 bytes: for the program that is a disk that is full.
    pub(crate) fn with_full_disk_beyond(mut self, blocks: u32) -> Self {
        self.largest_file = Some(blocks);
        self
    }

    fn command(&self) -> Command {
        let binary = env!("CARGO_BIN_EXE_userside-bulk");
        let mut command = match self.largest_file {
            None => Command::new(binary),
            Some(blocks) => {
                let mut shell = Command::new("sh");
                // Writing beyond the limit is then an error and not the end of the process.
                shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), binary]);
                shell
            }
        };
        command.args(&self.arguments).current_dir(self.place.folder()).env_clear();
        for name in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it and returns at once.
    pub(crate) fn start(self) -> Running {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("standard input");
        let bytes = self.stdin.clone();
        // A program that does not read closes the pipe; that is its right.
        std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        Running { child: Some(child), program: self }
    }

    pub(crate) fn run(self) -> Output {
        self.start().wait()
    }

    /// Starts it before a terminal. What it says is on the terminal's screen, and not in its [`Output`].
    pub(crate) fn start_on_terminal(self) -> (Running, Terminal) {
        let (terminal, input, errors) = Terminal::open();
        let mut command = self.command();
        command.stdin(input).stdout(Stdio::piped()).stderr(errors);
        let child = command.spawn().expect("the program starts");
        (Running { child: Some(child), program: self }, terminal)
    }
}

/// A run under way; killed if the test gives up.
#[derive(Debug)]
pub(crate) struct Running {
    child: Option<Child>,
    program: Program,
}

impl Running {
    /// Sends a signal by its name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.as_ref().expect("under way").id();
        let status = Command::new("kill").args([format!("-{name}"), id.to_string()]).status();
        assert!(status.expect("kill").success(), "no process {id}");
    }

    /// What `kill -9` does. A run that has ended already is left as it is.
    pub(crate) fn kill(&mut self) {
        self.child.as_mut().expect("under way").kill().expect("a signal");
    }

    /// `kill -9`, and what it leaves: the key is in none of the files.
    pub(crate) fn killed(mut self) {
        self.kill();
        assert_eq!(self.wait().code, None, "it ended before it was killed");
    }

    /// Waits until it has written something to standard output, and takes one byte of that.
    pub(crate) fn writes(&mut self) {
        let output = self.child.as_mut().expect("under way").stdout.as_mut().expect("standard output");
        std::io::Read::read_exact(output, &mut [0]).expect("something");
    }

    /// Whether it has its own answer to Ctrl-C, as the kernel knows.
    #[cfg(target_os = "linux")]
    pub(crate) fn listens(&self) -> bool {
        let id = self.child.as_ref().expect("under way").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("signals");
        // SIGINT is the second signal.
        u64::from_str_radix(caught.trim(), 16).expect("a mask") & 0b10 != 0
    }

    /// Nobody reads its standard output any more.
    pub(crate) fn close_output(&mut self) {
        drop(self.child.as_mut().expect("under way").stdout.take());
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().expect("a child").is_some())
    }

    pub(crate) fn wait(mut self) -> Output {
        let child = self.child.take().expect("under way");
        let output = child.wait_with_output().expect("the program ends");
        let output = Output {
            program: self.program.clone(),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        };
        output.assert_key_is_nowhere();
        output
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Output {
    program: Program,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Everything that is known about the run, for a failed test.
    pub(crate) fn report(&self) -> String {
        let folder = self.program.place.folder();
        format!(
            "command: userside-bulk {:?}\nfolder:  {}\nstatus:  {:?}\nstdout:\n{}\nstderr:\n{}",
            self.program.arguments,
            folder.display(),
            self.code,
            self.stdout,
            self.stderr
        )
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "another exit code was expected\n{}", self.report());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "standard error lacks '{text}'\n{}", self.report());
        self
    }

    #[track_caller]
    pub(crate) fn says_not(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "standard error has '{text}'\n{}", self.report());
        self
    }

    /// The results beside `input.csv`.
    #[track_caller]
    pub(crate) fn results(&self) -> Results {
        self.results_in("input.results.csv")
    }

    #[track_caller]
    pub(crate) fn results_in(&self, name: &str) -> Results {
        let path = self.program.place.path(name);
        let bytes =
            std::fs::read(&path).unwrap_or_else(|error| panic!("no results: {error}\n{}", self.report()));
        Results::read(&bytes, self.report())
    }

    /// No run of any test may show the key, in whichever form, or leave it in a file.
    #[track_caller]
    fn assert_key_is_nowhere(&self) {
        for (what, text) in [("standard output", &self.stdout), ("standard error", &self.stderr)] {
            assert!(!text.contains(KEY_CORE), "{what} shows the key\n{}", self.report());
        }
        assert_key_is_not_in(self.program.place.folder(), &|| self.report());
    }
}

/// Files that a test itself put the key into begin with `key`.
fn assert_key_is_not_in(folder: &Path, report: &dyn Fn() -> String) {
    for entry in std::fs::read_dir(folder).expect("the test's folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        assert!(!name.contains(KEY_CORE), "a file is named after the key\n{}", report());
        if path.is_dir() {
            assert_key_is_not_in(&path, report);
        } else if !name.starts_with("key") {
            // A file that is being renamed by another run of the same test may be gone.
            let bytes = std::fs::read(&path).unwrap_or_default();
            // The standard library searches text much faster than a loop of ours without optimisation.
            let found = String::from_utf8_lossy(&bytes).contains(KEY_CORE);
            assert!(!found, "{} holds the key\n{}", path.display(), report());
        }
    }
}
