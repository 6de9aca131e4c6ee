//! `demo`: the whole journey against a sandbox, each step a command as one would type it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use secrecy::SecretString;
use tokio::sync::oneshot;

use super::failure::Failure;
use super::run::run as run_command;
use crate::cli::DemoArgs;
use crate::exit::Exit;
use crate::reporting::{print_command, print_text};
use crate::sandbox::{Sandbox, SandboxError, Settings};

/// Of no use anywhere but in the demo's own sandbox.
const KEY: &str = "key-of-the-demo-sandbox";

/// As many as it takes for the first new customer to get the id 1001, which the samples count on.
const CUSTOMERS: u32 = 1000;

/// The samples that the demo uses, for those who have the program without its source.
const SAMPLES: [(&str, &[u8]); 5] = [
    ("customers.csv", include_bytes!("../../samples/customers.csv")),
    ("customers-broken.csv", include_bytes!("../../samples/customers-broken.csv")),
    ("edit.csv", include_bytes!("../../samples/edit.csv")),
    ("balances.csv", include_bytes!("../../samples/balances.csv")),
    ("connection-dates.csv", include_bytes!("../../samples/connection-dates.csv")),
];

/// The answer to this write gets lost: it is in the middle of the bookings, after the 240 and 30 customers
/// that are added and the 120 that are edited.
const LOST: &str = "drop-after@450";

/// One command of the journey.
struct Step {
    /// What it shows.
    about: &'static str,
    command: Command,
    /// The name of results and journal, without their endings.
    name: &'static str,
    options: &'static [&'static str],
    expected: Exit,
}

/// What is typed after the program's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    /// Rows of a sample are checked.
    Validate { operation: &'static str, sample: &'static str },
    /// Rows of a sample are sent.
    Import { operation: &'static str, sample: &'static str },
    /// What goes on from the journal of an earlier step.
    FromJournal(&'static str),
    /// Customers are written to a file.
    Export(&'static str),
}

const STEPS: [Step; 10] = [
    Step {
        about: "A file with mistakes is checked; nothing is sent, and every mistake is named.",
        command: Command::Validate { operation: "add", sample: "customers-broken.csv" },
        name: "validated",
        options: &[],
        expected: Exit::Refused,
    },
    Step {
        about: "Customers are added. The results say which id each one got.",
        command: Command::Import { operation: "add", sample: "customers.csv" },
        name: "customers",
        options: &[],
        expected: Exit::Done,
    },
    Step {
        about: "The valid rows of the file with mistakes are added; the others go to a file of their own, to be corrected.",
        command: Command::Import { operation: "add", sample: "customers-broken.csv" },
        name: "customers-broken",
        options: &["--skip-invalid", "--failed", "FOLDER/customers-to-fix.csv"],
        expected: Exit::SomeNotOk,
    },
    Step {
        about: "Customers are edited: dates, phones and flags as people write them.",
        command: Command::Import { operation: "edit", sample: "edit.csv" },
        name: "edit",
        options: &[],
        expected: Exit::Done,
    },
    Step {
        about: "Balances are corrected, but the sum is not the one that accounting expects: nothing is sent.",
        command: Command::Import { operation: "change_balance", sample: "balances.csv" },
        name: "balances-refused",
        options: &["--expect-total", "12345.76"],
        expected: Exit::Refused,
    },
    Step {
        about: "With the right control total they are booked. In the middle the sandbox books a row and closes \
                the connection without an answer. The run stops, because of --max-failures 1, and asks the \
                server what became of that row.",
        command: Command::Import { operation: "change_balance", sample: "balances.csv" },
        name: "balances",
        options: &["--expect-rows", "150", "--expect-total", "12345.67", "--max-failures", "1", "--yes"],
        expected: Exit::StoppedEarly,
    },
    Step {
        about: "The journal knows every row: the run goes on with those that were not sent, and books none twice.",
        command: Command::FromJournal("resume"),
        name: "balances",
        options: &["--yes"],
        expected: Exit::Done,
    },
    Step {
        about: "If the whole list was wrong: rows that would take back what was booked, to be looked at first.",
        command: Command::FromJournal("undo"),
        name: "balances",
        options: &["--output", "FOLDER/balances.undo.csv"],
        expected: Exit::Done,
    },
    Step {
        about: "Connection dates are set from a file as Excel saves it.",
        command: Command::Import { operation: "change_date_connect", sample: "connection-dates.csv" },
        name: "connection-dates",
        options: &[],
        expected: Exit::Done,
    },
    Step {
        about: "Accounting gets everybody who is not a former customer, in a workbook that opens by a double click, \
                with the sum of all balances to check it by.",
        command: Command::Export("customers.xlsx"),
        name: "customers",
        options: &["--is-ex", "0", "--total", "balance"],
        expected: Exit::Done,
    },
];

/// Runs the demo. It ends well when every step ends as it should.
pub(super) fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let prepared = prepare(folder).map_err(|error| {
        Failure::Demo(format!("cannot write to the folder {}: {error}", folder.display()))
    })?;
    let server = DemoServer::start()?;
    print_text(&format_args!(
        "A sandbox listens on {}; it is a server for rehearsals, in this process.\n",
        server.url
    ));
    for step in &STEPS {
        let mut command = step.words(folder, &prepared.samples);
        if matches!(step.command, Command::Import { .. } | Command::Export(_)) {
            let key = prepared.key_file.clone().into_os_string();
            command.extend(["--url".into(), server.url.clone().into(), "--key-file".into(), key]);
            command.extend(["--rate".into(), "200/s".into()]);
        }
        print_text(&step.about);
        print_command(&command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "));
        let exit = run_command(command);
        print_text(&format_args!("exit code {}\n", exit as u8));
        match exit {
            Exit::Interrupted => return Ok(exit),
            _ if exit == step.expected => {}
            _ => {
                return Err(Failure::Demo(format!(
                    "the last command was to end with exit code {}; see its messages above",
                    step.expected as u8
                )));
            }
        }
    }
    server.stop()?;
    print_text(&format_args!(
        "That was everything. Results, journals, the workbook and the key file are in {}.",
        folder.display()
    ));
    Ok(Exit::Done)
}

impl Step {
    fn words(&self, folder: &Path, samples: &Path) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec!["userside-bulk".into()];
        match self.command {
            Command::Validate { operation, sample } => {
                words.extend(["validate", operation].map(OsString::from));
                words.push(samples.join(sample).into_os_string());
            }
            Command::Import { operation, sample } => {
                words.extend(["import", operation].map(OsString::from));
                words.push(samples.join(sample).into_os_string());
            }
            Command::FromJournal(command) => {
                words.extend([command.into(), journal(folder, self.name).into_os_string()]);
            }
            Command::Export(file) => {
                words.extend(["export".into(), "--output".into(), folder.join(file).into_os_string()]);
            }
        }
        words.extend(self.options.iter().map(|option| match option.strip_prefix("FOLDER/") {
            Some(name) => folder.join(name).into_os_string(),
            None => OsString::from(option),
        }));
        if !matches!(self.command, Command::FromJournal(_) | Command::Export(_)) {
            words.extend(["--results".into(), results(folder, self.name).into_os_string()]);
        }
        words
    }
}

fn results(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.results.csv"))
}

fn journal(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.journal"))
}

struct Prepared {
    samples: PathBuf,
    key_file: PathBuf,
}

/// Makes the folder, takes away what an earlier demo left there, and finds the samples.
fn prepare(folder: &Path) -> io::Result<Prepared> {
    fs::create_dir_all(folder)?;
    for step in &STEPS {
        let (results, journal) = (results(folder, step.name), journal(folder, step.name));
        // What was left in the middle may lie in two files.
        let beside = ["-journal"].map(|suffix| journal.with_extension(format!("journal{suffix}")));
        for left in [results, journal].into_iter().chain(beside) {
            match fs::remove_file(left) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    for left in ["customers-to-fix.csv", "balances.undo.csv", "balances.results.1.csv"] {
        let _ = fs::remove_file(folder.join(left));
    }
    let key_file = folder.join("sandbox.key");
    write_private(&key_file, KEY)?;
    let samples = PathBuf::from("samples");
    if SAMPLES.iter().all(|(name, content)| fs::read(samples.join(name)).is_ok_and(|there| there == *content))
    {
        return Ok(Prepared { samples, key_file });
    }
    let samples = folder.join("samples");
    fs::create_dir_all(&samples)?;
    for (name, content) in SAMPLES {
        fs::write(samples.join(name), content)?;
    }
    Ok(Prepared { samples, key_file })
}

/// Key files are for their owner only; this one too, so that it is a good example.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// A sandbox in a thread of its own.
struct DemoServer {
    url: String,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), SandboxError>>,
}

impl DemoServer {
    fn start() -> Result<Self, Failure> {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let faults = vec![LOST.parse().map_err(|error| Failure::Demo(format!("{LOST}: {error}")))?];
        let settings =
            Settings { customers: CUSTOMERS, faults, ..Settings::new(listen, SecretString::from(KEY)) };
        let runtime = super::runtime::new()?;
        let sandbox = runtime.block_on(Sandbox::bind(settings))?;
        let url = format!("http://{}", sandbox.address());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            runtime.block_on(sandbox.serve(async {
                let _ = stopped.await;
            }))
        })?;
        Ok(Self { url, stop, thread })
    }

    fn stop(self) -> Result<(), Failure> {
        let _ = self.stop.send(());
        self.thread
            .join()
            .map_err(|_| Failure::Demo("the sandbox has stopped unexpectedly".to_owned()))?
            .map_err(Failure::Sandbox)
    }
}
