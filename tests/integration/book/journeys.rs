//! The commands of the book, typed in the order of the page by a shell in a fresh folder, against a sandbox
//! that the page itself starts on a free port.
//!
//! Every `sh` block of a page runs, unless the line above it says `<!-- not run: why -->`, or `<!-- needs curl -->` where
//! there is no such program. `<!-- exits 2 -->` says that a command of the block ends with 2; otherwise all end with
//! 0. The `text` block after it is what it prints: see `quoting.rs`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::page::{Block, Page, pages, top};
use super::quoting::{Numbers, Quote, agree, cut, rewrite};

/// Before the output of block N stands this character, and N.
const MARK: char = '\u{1}';
/// After a command that ended with something else than 0 stands this character, and what it was.
const STATUS: char = '\u{2}';

/// How long the commands of a page may take: an emergency brake, not a measure.
const PATIENCE: Duration = Duration::from_secs(300);

/// The tour, in whose folder the pages about subjects begin.
const TOUR: &str = "docs/src/start.md";

/// What a reader of the README has: files of their own, and a server and a key in the environment. What takes
/// a night at the usual pace is not worth the wait here.
const BEFORE_THE_README: &str = "\
cd samples
userside-bulk sandbox --listen 127.0.0.1:0 --key-file <(echo key-for-rehearsals) > address &
until [ -s address ]; do sleep 0.1; done
export USERSIDE_URL=$(cat address) USERSIDE_API_KEY=key-for-rehearsals
userside-bulk() {
    case $1 in
        import | export) command userside-bulk \"$@\" --rate unlimited ;;
        *) command userside-bulk \"$@\" ;;
    esac
}
";

/// A block that is run, and what the page says about its end.
struct Step {
    block: Block,
    exits: Vec<String>,
    /// What the page says it prints.
    quote: Option<Block>,
}

impl Step {
    fn unseen(text: &str) -> Self {
        let block = Block { line: 0, info: "sh".to_owned(), remark: None, text: text.to_owned() };
        Self { block, exits: Vec::new(), quote: None }
    }
}

fn reason_not_to_run(block: &Block) -> Option<&str> {
    let remark = block.remark.as_deref().unwrap_or_default();
    let marked = remark.strip_prefix("not run: ");
    let missing = remark.strip_prefix("needs ").filter(|program| !is_here(program));
    let first = block.text.lines().next().unwrap_or_default();
    let cargo = first.starts_with("cargo ").then_some("it would build the program");
    marked.or(missing).or(cargo)
}

/// Whether this machine has a program.
fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn steps(page: &Page) -> Vec<Step> {
    let blocks = page.blocks();
    let mut steps = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        if block.info != "sh" || reason_not_to_run(block).is_some() {
            continue;
        }
        let exits = block.remark.as_deref().and_then(|remark| remark.strip_prefix("exits ")).unwrap_or("");
        let exits = exits.split_whitespace().map(str::to_owned).collect();
        let quote =
            blocks.get(at + 1).filter(|next| next.info == "text" && page.follows(block, next)).cloned();
        steps.push(Step { block: block.clone(), exits, quote });
    }
    steps
}

/// What a block printed, and with what its commands ended, 0 left out.
struct Said {
    text: String,
    exits: Vec<String>,
}

/// Runs blocks one after the other in one shell, beginning in what looks like a clone.
fn run(blocks: &[&Block]) -> Vec<Said> {
    let home = tempfile::tempdir().expect("a folder");
    let clone = home.path().join("userside-bulk");
    fs::create_dir_all(clone.join("samples")).expect("a folder");
    for entry in fs::read_dir(top().join("samples")).expect("samples") {
        let path = entry.expect("a sample").path();
        fs::copy(&path, clone.join("samples").join(path.file_name().expect("a name"))).expect("a copy");
    }
    let mut script = format!(
        "trap 'printf \"{STATUS}%s\\n\" \"$?\"' ERR\ntrap 'trap - ERR; kill -9 $(jobs -p) 2>/dev/null' EXIT\n"
    );
    for (number, block) in blocks.iter().enumerate() {
        script.push_str(&format!("printf '{MARK}%s\\n' {number}\n{}", block.text));
    }
    let output = home.path().join("output");
    let file = fs::File::create(&output).expect("a file");
    let program = Path::new(env!("CARGO_BIN_EXE_userside-bulk")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&clone)
        .env_clear()
        .env("PATH", format!("{}:{path}", program.display()))
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("the same file"))
        .stderr(file)
        .spawn()
        .expect("bash, which the book is written for");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > PATIENCE {
            // The shell takes its own children with it.
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
            panic!("the commands of a page did not end: {}", fs::read_to_string(&output).unwrap_or_default());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let text = String::from_utf8(fs::read(&output).expect("the output")).expect("UTF-8");
    let real = fs::canonicalize(home.path()).expect("the folder");
    let text = text.replace(&*real.to_string_lossy(), "/home/you");
    let text = text.replace(&*home.path().to_string_lossy(), "/home/you");
    let mut said = Vec::new();
    for part in text.split(MARK).skip(1) {
        let (_, text) = part.split_once('\n').unwrap_or((part, ""));
        let (exits, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with(STATUS));
        said.push(Said {
            // What the shell itself says of jobs that were killed.
            text: lines
                .into_iter()
                .filter(|line| !line.starts_with("bash: line "))
                .map(|line| format!("{line}\n"))
                .collect(),
            exits: exits.iter().map(|line| line.trim_start_matches(STATUS).to_owned()).collect(),
        });
    }
    said
}

/// Types what a page says, and compares what is printed with what the page says is printed. With
/// `UPDATE_BOOK` in the environment the page is corrected instead.
fn journey(name: &str) {
    let page = Page::read(name);
    let before = match name {
        "README.md" => vec![Step::unseen(BEFORE_THE_README)],
        _ if name.contains("/subjects/") => steps(&Page::read(TOUR)),
        _ => Vec::new(),
    };
    let steps = steps(&page);
    assert!(!steps.is_empty(), "{name} has no block to run");
    let blocks: Vec<&Block> = before.iter().chain(&steps).map(|step| &step.block).collect();
    let said = run(&blocks);
    let mut wrong = Vec::new();
    let mut quotes = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let place = format!("{name}, line {}", step.block.line);
        let Some(said) = said.get(before.len() + at) else {
            wrong.push(format!("{place}: the shell has ended before it"));
            break;
        };
        if said.exits != step.exits {
            wrong.push(format!(
                "{place}: ends with {:?}, the page says {:?}\n{}",
                said.exits, step.exits, said.text
            ));
        }
        let Some(block) = &step.quote else { continue };
        let varies = block.remark.as_deref().is_some_and(|remark| remark.starts_with("such as: "));
        let numbers = if varies { Numbers::Vary } else { Numbers::Count };
        if !agree(&block.text, &said.text, numbers) {
            quotes.push(Quote { line: block.line, said: cut(&block.text, &said.text, numbers) });
        }
    }
    if std::env::var_os("UPDATE_BOOK").is_some() {
        fs::write(top().join(name), rewrite(&page.text, &quotes)).expect("the page is written");
        quotes.clear();
    }
    let misquoted = quotes
        .iter()
        .map(|quote| format!("{name}, line {}: this is what is printed:\n{}", quote.line, quote.said));
    wrong.extend(misquoted);
    assert!(wrong.is_empty(), "{}\n\nUPDATE_BOOK=1 puts what is printed into the page", wrong.join("\n\n"));
}

macro_rules! journeys {
    ($($test:ident: $page:literal,)*) => {
        const JOURNEYS: &[&str] = &[$($page),*];

        $(
            #[test]
            fn $test() {
                journey($page);
            }
        )*
    };
}

journeys! {
    the_readme: "README.md",
    first_steps: "docs/src/start.md",
    a_migration: "docs/src/guides/migration.md",
    corrections: "docs/src/guides/corrections.md",
    a_monthly_export: "docs/src/guides/monthly-export.md",
    a_broken_run: "docs/src/guides/broken-run.md",
    operations: "docs/src/reference/operations.md",
    check: "docs/src/subjects/check.md",
    columns_and_values: "docs/src/subjects/columns-and-values.md",
    export: "docs/src/subjects/export.md",
    finding_out: "docs/src/subjects/finding-out.md",
    journal: "docs/src/subjects/journal.md",
    lookup_and_history: "docs/src/subjects/lookup-and-history.md",
    results: "docs/src/subjects/results.md",
    sandbox: "docs/src/subjects/sandbox.md",
    verify_and_undo: "docs/src/subjects/verify-and-undo.md",
}

#[test]
fn every_page_with_commands_is_run() {
    // The page for developers builds the program and runs these tests.
    for page in pages().into_iter().filter(|page| page.name != "CONTRIBUTING.md") {
        let listed = JOURNEYS.contains(&page.name.as_str());
        assert!(listed || steps(&page).is_empty(), "{} has commands that no test runs", page.name);
    }
}
