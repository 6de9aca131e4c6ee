//! What the world does in a case: the server, what stands in front of it, and what it shows of itself.

use super::case::Operation;
use super::dice::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum World {
    /// Requests and answers get lost.
    Lossy,
    /// Proxies and firewalls put pages of their own in place of answers.
    Replacing,
    /// The server is away for a while, or turns requests away.
    Away,
    /// A proxy sends requests twice.
    Doubling,
    /// The server shows less of its bookings than there is, or later, or finds customers in another way.
    Hiding,
}

/// What may happen to a write. Each strikes a few per cent.
const LOSSY: &[&str] = &[
    "drop-after=4%",
    "drop-before=3%",
    "500=2%",
    "500-after=2%",
    "502-after=2%",
    "504=1%",
    "truncate=2%",
    "html=2%",
    "empty=2%",
    "503=4%",
    "429=2%",
    "error=2%",
    "400=1%",
    "stall=1%",
    "stall-before=1%",
    "read:503=3%",
    "read:500=2%",
    "read:drop-before=2%",
    "read:truncate=2%",
    "read:html=1%",
    "read:stall=1%",
];

const REPLACING: &[&str] = &[
    "503-after=4%",
    "429-after=2%",
    "waf-404-after=2%",
    "waf-404=1%",
    "verdictless-after=2%",
    "verdictless=1%",
    "contradicts-after=2%",
    "contradicts=1%",
    "result-twice-after=1%",
    "result-twice=1%",
    "empty-ok=1%",
    "no-id=1%",
    "id-0=1%",
    "id-in-data=1%",
    "302=1%",
    "drop-after=2%",
    "503=2%",
    "read:waf-404=1%",
    "read:verdictless=2%",
    "read:empty-ok=1%",
    "read:503-after=2%",
    "read:contradicts=1%",
];

const DOUBLING: &[&str] = &["double=4%", "drop-after=2%", "drop-before=2%", "503=1%", "read:503=2%"];

const HIDING: &[&str] = &["drop-after=4%", "drop-before=3%", "503-after=2%", "504=1%", "read:503=2%"];

impl World {
    const ALL: [(&'static str, Self); 5] = [
        ("lossy", Self::Lossy),
        ("replacing", Self::Replacing),
        ("away", Self::Away),
        ("doubling", Self::Doubling),
        ("hiding", Self::Hiding),
    ];

    /// One of those that are drawn for an operation, or the one that was asked for.
    pub(super) fn draw(dice: &mut Dice, operation: Operation) -> Self {
        use World::{Away, Doubling, Hiding, Lossy, Replacing};
        let drawn: &[Self] = match operation {
            Operation::Edit => &[Lossy, Replacing, Away],
            Operation::Add => &[Lossy, Lossy, Replacing, Replacing, Away, Hiding],
            Operation::ChangeBalance => &[Lossy, Lossy, Replacing, Replacing, Away, Doubling, Hiding],
        };
        let drawn = dice.pick(drawn);
        let asked_for = std::env::var("USERSIDE_BULK_WORLD").ok();
        asked_for.map_or(drawn, |name| {
            let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
            match found.unwrap_or_else(|| panic!("there is no world {name}")).1 {
                // Only money is looked through for doubles.
                Self::Doubling if operation != Operation::ChangeBalance => Self::Lossy,
                world => world,
            }
        })
    }

    /// What the sandbox is told of it.
    pub(super) fn options(self, dice: &mut Dice, operation: Operation, requests: usize) -> String {
        let mut text = String::new();
        let mut say = |option: &str, value: &str| text.extend([" ", option, " ", value]);
        let faults = match self {
            Self::Lossy => LOSSY,
            Self::Replacing => REPLACING,
            Self::Away => &["drop-after=2%", "error=1%"],
            Self::Doubling => DOUBLING,
            Self::Hiding => HIDING,
        };
        faults.iter().for_each(|fault| say("--fault", fault));
        match (self, operation) {
            // A page under 401 or 403 stops the run, so there are few.
            (Self::Replacing, _) => {
                let kind = dice.pick(&["waf-403", "waf-403-after", "401-page", "403-page-after"]);
                say("--fault", &format!("{kind}@{}", dice.between(2, requests)));
            }
            (Self::Away, _) => {
                let first = dice.between(1, requests);
                match dice.between(1, 3) {
                    1 => say("--fault", &format!("503@{first}-{}", first + dice.between(5, 40))),
                    2 => say("--fault", &format!("refuse={}ms@{first}", dice.between(50, 900))),
                    _ => say("--quota", &format!("{}/s", dice.between(40, 90))),
                }
            }
            (Self::Hiding, Operation::ChangeBalance) => {
                let lag = format!("lagging={}ms", dice.between(100, 900));
                let cut = format!("cut={}", dice.between(5, 30));
                say(
                    "--history",
                    dice.pick(&[
                        "limited=1",
                        "limited=3",
                        &lag,
                        &cut,
                        "skewed=-7m",
                        "skewed=9m",
                        "foreign=1",
                        "foreign=2",
                    ]),
                );
                if dice.one_in(3) {
                    say("--clock", dice.pick(&["11m", "-11m"]));
                }
            }
            (Self::Hiding, _) => {
                say("--search", dice.pick(&["known", "known", "gone", "blind"]));
                say("--nobody", dice.pick(&["400", "404", "422", "500", "error", "foreign"]));
            }
            _ => {}
        }
        text
    }

    /// Whether every row that is in doubt can be found out.
    pub(super) fn is_open(self) -> bool {
        self != Self::Hiding
    }
}
