//! The commands of the journey, in order.

use super::step::{JourneyStep, StepCommand};
use crate::exit::Exit;

/// What an old billing exports.
const LIST: &str = "legacy-cp1251.csv";
/// Which column of it is which parameter.
const MAPPING: &str = "SAMPLES/legacy.toml";
/// What the program takes each column for by itself.
pub(super) const DRAFT: &str = "draft.toml";

/// What is shown.
pub(super) const STEPS: [JourneyStep; 6] = [
    JourneyStep {
        about: "An old billing has exported its customers. The program guesses which column is which, and writes that \
                into a file to be checked.",
        command: StepCommand::Mapping { operation: "migrate", sample: LIST },
        name: "draft",
        options: &["--output", "FOLDER/draft.toml"],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "Nothing is sent yet: every value of every row is checked, and what is wrong is named.",
        command: StepCommand::Validate { operation: "migrate", sample: LIST },
        name: "checked",
        options: &["--mapping", "FOLDER/draft.toml"],
        expected: Exit::Refused,
    },
    JourneyStep {
        about: "The mapping of the samples says what those words mean. One command makes the customers, fills in their \
                fields, sets their dates and books their opening balances, which must add up to what the old billing \
                says. In the middle the sandbox books a balance and closes the connection without an answer. The run \
                stops, because of --max-failures 1, and asks the server what became of that row.",
        command: StepCommand::Import { operation: "migrate", sample: LIST },
        name: "migrated",
        options: &[
            "--mapping",
            MAPPING,
            "--existing",
            "update",
            "--expect-rows",
            "126",
            "--expect-total",
            "199909.26",
            "--max-failures",
            "1",
            "--yes",
        ],
        expected: Exit::StoppedEarly,
    },
    JourneyStep {
        about: "The journal knows how each step of each row stands. The run goes on there, and makes nobody and books \
                nothing twice.",
        command: StepCommand::FromJournal("resume"),
        name: "migrated",
        options: &["--yes"],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "Somebody imports the same list again, and the program finds who and what is there.",
        command: StepCommand::Import { operation: "migrate", sample: LIST },
        name: "again",
        options: &["--mapping", MAPPING, "--existing", "update", "--booked", "skip", "--yes"],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "Accounting gets everybody who is not a former customer, in a workbook that opens by a double click, \
                with the sum of all balances to check it by.",
        command: StepCommand::Export("customers.xlsx"),
        name: "customers",
        options: &["--is-ex", "0", "--total", "balance"],
        expected: Exit::Done,
    },
];
