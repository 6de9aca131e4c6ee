//! The commands of the journey, in order.

use super::step::{JourneyStep, StepCommand};
use crate::exit::Exit;

/// What is shown.
pub(super) const STEPS: [JourneyStep; 10] = [
    JourneyStep {
        about: "A file with mistakes is checked; nothing is sent, and every mistake is named.",
        command: StepCommand::Validate { operation: "add", sample: "customers-broken.csv" },
        name: "validated",
        options: &[],
        expected: Exit::Refused,
    },
    JourneyStep {
        about: "Customers are added. The results say which id each one got.",
        command: StepCommand::Import { operation: "add", sample: "customers.csv" },
        name: "customers",
        options: &[],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "The valid rows of the file with mistakes are added; the others go to a file of their own, to be corrected.",
        command: StepCommand::Import { operation: "add", sample: "customers-broken.csv" },
        name: "customers-broken",
        options: &["--skip-invalid", "--failed", "FOLDER/customers-to-fix.csv"],
        expected: Exit::SomeNotOk,
    },
    JourneyStep {
        about: "Customers are edited: dates, phones and flags as people write them.",
        command: StepCommand::Import { operation: "edit", sample: "edit.csv" },
        name: "edit",
        options: &[],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "Balances are corrected, but the sum is not the one that accounting expects: nothing is sent.",
        command: StepCommand::Import { operation: "change_balance", sample: "balances.csv" },
        name: "balances-refused",
        options: &["--expect-total", "12345.76"],
        expected: Exit::Refused,
    },
    JourneyStep {
        about: "With the right control total they are booked. In the middle the sandbox books a row and closes \
                the connection without an answer. The run stops, because of --max-failures 1, and asks the \
                server what became of that row.",
        command: StepCommand::Import { operation: "change_balance", sample: "balances.csv" },
        name: "balances",
        options: &["--expect-rows", "150", "--expect-total", "12345.67", "--max-failures", "1", "--yes"],
        expected: Exit::StoppedEarly,
    },
    JourneyStep {
        about: "The journal knows every row: the run goes on with those that were not sent, and books none twice.",
        command: StepCommand::FromJournal("resume"),
        name: "balances",
        options: &["--yes"],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "If the whole list was wrong: rows that would take back what was booked, to be looked at first.",
        command: StepCommand::FromJournal("undo"),
        name: "balances",
        options: &["--output", "FOLDER/balances.undo.csv"],
        expected: Exit::Done,
    },
    JourneyStep {
        about: "Connection dates are set from a file as Excel saves it.",
        command: StepCommand::Import { operation: "change_date_connect", sample: "connection-dates.csv" },
        name: "connection-dates",
        options: &[],
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
