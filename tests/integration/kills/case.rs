//! One case, drawn from the seed: an operation, a file, a server with faults, the options of the run. Every
//! row carries a word that no other row has (but for pairs that are the same on purpose), so that each of its
//! requests can be told from those of other rows.

use std::collections::HashMap;
use std::time::Duration;

use super::dice::Dice;
use super::mishap::Mishap;
use super::world::World;
use crate::support::Entry;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    ChangeBalance,
    Edit,
}

impl Operation {
    pub(super) const ALL: [Self; 3] = [Self::Add, Self::ChangeBalance, Self::Edit];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::ChangeBalance => "change_balance",
            Self::Edit => "edit",
        }
    }

    /// Whether a second request would do a second thing.
    pub(super) fn is_once_only(self) -> bool {
        self != Self::Edit
    }
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    /// The row's own word.
    pub(super) word: String,
}

#[derive(Debug)]
pub(super) struct Case {
    pub(super) operation: Operation,
    pub(super) header: &'static [&'static str],
    pub(super) rows: Vec<Row>,
    /// What the sandbox is told.
    pub(super) sandbox: String,
    /// What the import is told.
    pub(super) options: String,
    pub(super) settle: Duration,
    /// About how many requests an undisturbed run makes.
    pub(super) requests: usize,
    /// How often a run is killed at most.
    pub(super) kills: usize,
    /// Whether every row that is in doubt is found out.
    pub(super) decidable: bool,
    /// Whether nearly every one is: two bookings for the same customer may hide each other.
    pub(super) mostly_decidable: bool,
    /// Whether two rows that are the same can be told apart on the server.
    pub(super) tagged: bool,
    pub(super) world: World,
    pub(super) mishap: Mishap,
}

/// Such a case lets rows settle for longer than the sandbox puts its late work off: a second.
const LATE: (&str, Duration) = ("late=1s=3%", Duration::from_millis(2500));
const PROMPT: Duration = Duration::from_millis(500);

impl Case {
    pub(super) fn draw(dice: &mut Dice, number: u64) -> Self {
        let operation = dice.pick(&Operation::ALL);
        let count = dice.between(40, 120);
        let world = World::draw(dice, operation);
        let late = dice.one_in(3);
        let settle = if late { LATE.1 } else { PROMPT };
        let untagged = operation == Operation::ChangeBalance && world == World::Lossy && dice.one_in(4);
        // Room for the tag and the row's word, and not for the rest of the comment.
        let cut =
            operation == Operation::ChangeBalance && world == World::Lossy && !untagged && dice.one_in(8);
        let mut options = format!(
            "--rate 3000/s --concurrency {} --timeout 700ms --retries 9 --retry-wait 1ms --settle {}ms \
             --max-failures 100%",
            dice.between(4, 16),
            settle.as_millis()
        );
        let mut more = |option: &str| options.extend([" ", option]);
        if untagged {
            more("--no-comment-tag");
        }
        if world == World::Away {
            more("--patience 30s");
        }
        if world != World::Doubling && dice.one_in(5) {
            more("--no-reconcile");
        }
        if operation.is_once_only() && dice.one_in(4) {
            more("--resend");
        }
        let looks_first = operation == Operation::Add && !dice.one_in(2);
        if operation == Operation::Add && !looks_first {
            more("--existing ignore");
        }
        let pairs = operation == Operation::ChangeBalance && !untagged && dice.one_in(2);
        if pairs {
            more("--allow-duplicates");
        }
        let (header, rows) = match operation {
            Operation::Add => added(dice, number, count),
            Operation::ChangeBalance => booked(dice, number, count, pairs),
            Operation::Edit => edited(number, count),
        };
        // Nothing is promised of what cannot be looked for.
        let looked_for = match operation {
            Operation::Add => looks_first && header.contains(&"codeti"),
            _ => !untagged,
        };
        let mishap =
            if looked_for && world.is_open() { Mishap::draw(dice, operation) } else { Mishap::Nothing };
        // Nor of what the server does after somebody else has looked.
        let late = late && !mishap.is_meanwhile();
        let sandbox = sandbox(dice, number, world, operation, count, late, cut.then_some(36));
        let requests = if looks_first { rows.len() * 2 } else { rows.len() };
        Self {
            operation,
            header,
            rows,
            sandbox,
            options,
            settle,
            requests: requests + requests / 8,
            kills: dice.pick(&[1, 1, 2, 3]),
            decidable: world.is_open()
                && match operation {
                    Operation::Edit => true,
                    Operation::Add => looks_first,
                    Operation::ChangeBalance => false,
                },
            // A server that turns many requests away leaves many doubts of the same customer.
            mostly_decidable: world.is_open()
                && world != World::Away
                && operation == Operation::ChangeBalance
                && !untagged,
            tagged: !untagged,
            world,
            mishap,
        }
    }

    /// The input file.
    pub(super) fn content(&self) -> String {
        let lines = self.rows.iter().map(|row| row.cells.join(",") + "\n");
        [self.header.join(",") + "\n"].into_iter().chain(lines).collect()
    }

    /// The rows of each word.
    pub(super) fn words(&self) -> HashMap<&str, Vec<usize>> {
        let mut words: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            words.entry(&row.word).or_default().push(place);
        }
        words
    }
}

/// The word of the row that a write belongs to.
pub(super) fn word_of(entry: &Entry) -> Option<&str> {
    entry.parameters.values().flat_map(|value| value.split_whitespace()).find(|word| is_word(word))
}

/// The word of a row stands in a comment or alone.
pub(super) fn is_word(word: &str) -> bool {
    word.starts_with("case") && word.ends_with('#')
}

fn word(case: u64, row: usize) -> String {
    format!("case{case}-{row}#")
}

fn sandbox(
    dice: &mut Dice,
    number: u64,
    world: World,
    operation: Operation,
    count: usize,
    late: bool,
    cut: Option<u32>,
) -> String {
    let shape = dice.pick(&["classic", "modern", "mixed", "mixed", "mixed,bom", "classic,warning"]);
    let mut text =
        format!("--customers 130 --seed {number} --shape {shape} --latency {}ms", dice.between(0, 12));
    text.push_str(&world.options(dice, operation, count));
    text.extend(late.then(|| format!(" --fault {}", LATE.0)));
    text.extend(cut.map(|limit| format!(" --comment-limit {limit}")));
    text
}

type Table = (&'static [&'static str], Vec<Row>);

fn added(dice: &mut Dice, case: u64, count: usize) -> Table {
    let header = dice.pick(&[&["fio", "codeti"], &["fio", "codeti"], &["fio", "billing_customer_id"]]);
    let row = |n| {
        let word = word(case, n);
        Row { cells: vec![format!("Customer {n}"), word.clone()], word }
    };
    (header, (1..=count).map(row).collect())
}

/// Several bookings for each customer; some twice, where that is meant.
fn booked(dice: &mut Dice, case: u64, count: usize, pairs: bool) -> Table {
    let customers = dice.between(5, 40);
    let mut rows: Vec<Row> = Vec::new();
    for n in 1..=count {
        let earlier = pairs.then(|| rows.get(n.wrapping_sub(dice.between(1, 9)))).flatten();
        let row = match earlier {
            Some(earlier) if dice.one_in(4) => {
                Row { cells: earlier.cells.clone(), word: earlier.word.clone() }
            }
            _ => {
                let word = word(case, n);
                let amount = format!("{}.{:02}", dice.between(0, 20) as i64 - 10, dice.between(1, 99));
                let comment = format!("fix {word} march");
                Row { cells: vec![dice.between(1, customers).to_string(), amount, comment], word }
            }
        };
        rows.push(row);
    }
    (&["customer_id", "amount", "comment"], rows)
}

fn edited(case: u64, count: usize) -> Table {
    let row = |n: usize| {
        let word = word(case, n);
        Row { cells: vec![n.to_string(), word.clone()], word }
    };
    (&["id", "comment"], (1..=count).map(row).collect())
}
