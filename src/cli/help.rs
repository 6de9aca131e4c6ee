//! Examples and explanations behind the options.

use std::fmt::Write as _;

use crate::catalogue::{Action, choices, operations};
use crate::sandbox::FaultKind;

pub(super) const MAIN: &str = "\
Examples:
  userside-bulk demo                                   see everything work, without a server
  userside-bulk template change_balance > money.csv    a header to start from
  userside-bulk validate change_balance money.csv      check the file, send nothing
  userside-bulk import change_balance money.csv --expect-total 12345.67
  userside-bulk resume money.journal                   go on after a stop, a crash or a power cut
  userside-bulk export --is-ex 0 -o customers.xlsx     everybody, for a spreadsheet
  userside-bulk check                                  can we talk to this server with this key?

The server is named by --url or USERSIDE_URL, the API key by USERSIDE_API_KEY or --key-file.
`userside-bulk import --help` has all options.";

const IMPORT: &str = "\
Examples:
  userside-bulk import add customers.csv --url https://us.example.com --key-file key
  userside-bulk import add legacy.csv --map 'ФИО=fio' --set billing_id=1
  userside-bulk import add legacy.csv --mapping legacy.toml --rate 600/m
  userside-bulk import change_balance money.xlsx --sheet Март --expect-total 12345.67
  userside-bulk import change_balance money.csv --expect-debit 4000 --verify
  generate | userside-bulk import edit - --results edit.results.csv --journal edit.journal

Results:
  customers.csv gives customers.results.csv: the input's columns and, for every
  row, result_status (ok, invalid, failed, unknown or skipped), result_id,
  result_error_code, result_error, result_http_status and result_attempts.
  failed means not applied; unknown means that the server may have applied it.

Journal:
  customers.journal lies beside the results and remembers every row, without the
  key. `userside-bulk resume customers.journal` goes on after any stop.

Exit codes:
  0    every row ok
  1    finished, some rows are not ok
  2    wrong usage or invalid input, nothing was sent
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

const VALIDATE: &str = "\
Examples:
  userside-bulk validate add customers.csv
  userside-bulk validate change_balance money.csv --expect-total 12345.67

Results are written when something is wrong, or when --results names a file.
Valid rows are skipped there.

Exit codes:
  0 every row can be sent; 2 wrong usage or invalid input.";

pub(super) const RESUME: &str = "\
Examples:
  userside-bulk resume customers.journal
  userside-bulk resume customers.journal --rate 2/s --key-file key

  userside-bulk resume customers.xlsx.journal

Goes on with the options that the journal keeps; options given here go over
them. The input must be what it was. Rows that must not happen twice and may
have happened are not sent again; rows that are safe to repeat are.

The journal of an export lies beside its output. Nobody is read twice, and the
output is written at the end. Options that say something of rows, such as
--results, are for imports.

Exit codes:
  0    every row ok, or the run was finished already
  1    finished, some rows are not ok
  2    wrong usage, a changed input, or a journal that cannot be used
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

pub(super) const RECONCILE: &str = "\
Examples:
  userside-bulk reconcile money.journal
  userside-bulk reconcile money.journal --settle 2m --resend

Reads from the server what became of rows whose outcome is unknown: bookings by
the tag in their comment, new customers by their code. Found rows become ok,
rows that are proven not applied become failed, all others stay unknown.
Nothing is written to the server, except by --resend.

Exit codes:
  0    every row ok
  1    finished, some rows are not ok
  2    wrong usage, a changed input, or a journal that cannot be used
  3    stopped early, can be started again
  130  interrupted, can be started again";

pub(super) const RESULTS: &str = "\
Examples:
  userside-bulk results customers.journal
  userside-bulk results customers.journal --results - | less

Writes the results of a run anew, from its input and its journal. Sends nothing.

Exit codes:
  0 every row ok; 1 some rows are not ok; 2 wrong usage, a changed input, or a
  journal that cannot be used.";

pub(super) const UNDO: &str = "\
Examples:
  userside-bulk undo money.journal
  userside-bulk import change_balance money.undo.csv

For every booking that a run applied there is a row with the same customer and
the negated amount, and a comment that names the run. Look at the file before
you import it. Sends nothing.

Exit codes:
  0 written; 2 wrong usage, an operation that cannot be taken back, or a journal
  that cannot be used.";

pub(super) const EXPORT: &str = "\
Examples:
  userside-bulk export --is-ex 0 -o customers.xlsx
  userside-bulk export --state-id 2 --balance-to -0.01 --excel -o debtors.csv --total balance
  userside-bulk export --house-id 12,13 --columns id,full_name,agreement.0.number,phone
  userside-bulk export --ids ids.txt --columns all --format jsonl | jq .
  userside-bulk export --is-ex 0 --changes-since may.csv -o changes.csv --quiet

Conditions:
  All conditions must be met; of several values for one condition, one of them.
  Ids may be several, as in 12,13, or the lines of a file. A flag alone means 1.
  --is-ex 0 is everybody who is no former customer.

Columns:
  Without --columns those that suit accounting. Dates are ISO, no date is empty,
  HTML's escapes are taken off. JSON lines without --columns are the customers
  as the server sent them.

The output appears whole or not at all. After a stop `userside-bulk resume
OUTPUT.journal` goes on without reading anything twice.

Exit codes:
  0    every customer was read
  1    some could not be read; the others are in the output
  2    wrong usage; nothing was asked
  3    stopped early, can be resumed
  130  interrupted, can be resumed";

pub(super) const COUNT: &str = "\
Examples:
  userside-bulk count net
  userside-bulk count internet --json

The number alone goes to standard output; with --json an object with type and
count.

Exit codes:
  0    counted
  2    wrong usage
  3    the server does not answer, refuses the key, or does not count
  130  interrupted";

pub(super) const CHECK: &str = "\
Examples:
  userside-bulk check --url https://us.example.com --key-file key
  userside-bulk check --server-version 3.17 --json

One line for each point goes to standard output: ok, warning or problem, the
point, what was found, and what to do. Points are the address, TLS, the key, the
selector (subcat and action), batches (several customers per request), writes
(by POST), latency and the clock. What cannot be tried because of an earlier
problem is left out. With --json an object with ok and the list of points.

Exit codes:
  0    no problem; there may be warnings
  1    a problem that leaves some commands working
  2    wrong usage
  3    a problem with the address, TLS, the key or the selector: nothing works
  130  interrupted";

pub(super) const HISTORY: &str = "\
Examples:
  userside-bulk history customers.csv -o history.csv
  userside-bulk history customers.results.csv --column result_id --from 2025-01-01 --to 2025-01-31
  userside-bulk history list.xlsx --errors unread.csv --server-version 3.16 -o history.csv

The customers' ids are in the column --column, or else in the one named id or
customer_id, or else in the only one. A customer that stands there twice is read
once.

Output:
  customer_id,date,type,employee_id,amount,comment: one line for every entry,
  customers in the order of the file, entries in the server's. Amounts have the
  digits that the server wrote. When the command stops early nothing is written:
  a history with a hole in it is worse than none.

Exit codes:
  0    all histories are written
  1    written, but some customers could not be read
  2    wrong usage, or an input that cannot be read; nothing was asked
  3    stopped early: the server refused the key or is gone; nothing is written
  130  interrupted; nothing is written";

const LOOKUP: &str = "\
Examples:
  userside-bulk lookup phone callers.csv -o callers.found.csv
  userside-bulk lookup dognumber payments.xlsx --sheet Март --column 'Договор' -o found.csv
  cut -f1 log.tsv | userside-bulk lookup login - --column login | less

Output:
  The input's columns as they were and, for every row, result_status (ok,
  ambiguous, failed, invalid or skipped), result_id, result_error_code and
  result_error. Nobody found is failed with not_found; no answer from the server
  is failed with another code. Several customers are ambiguous: their ids stand
  in result_id, joined by semicolons.

Exit codes:
  0    exactly one customer for every row
  1    finished, some rows have none or several
  2    wrong usage, or an input that cannot be read; nothing was asked
  3    stopped early: the server refused the key or is gone; rows that were not
       answered are skipped
  130  interrupted; rows that were not answered are skipped";

pub(super) fn lookup() -> String {
    let mut text = String::from("Kinds:\n");
    for kind in choices(Action::Find) {
        let since = kind.since.map_or_else(String::new, |since| format!(", from UserSide {since} on"));
        let _ = writeln!(text, "  {:<12} {}{since}", kind.name, kind.kind.name());
    }
    format!("{text}\n{LOOKUP}")
}

pub(super) fn import() -> String {
    format!("{}\n{IMPORT}", operation_list())
}

pub(super) fn validate() -> String {
    format!("{}\n{VALIDATE}", operation_list())
}

/// The operations, from the catalogue.
fn operation_list() -> String {
    let mut text = String::from("Operations:\n");
    for operation in operations() {
        let _ = writeln!(text, "  {:<20} {}", operation.name(), operation.subcategory().summary);
    }
    text
}

pub(super) const TEMPLATE: &str = "\
Examples:
  userside-bulk template add > customers.csv
  userside-bulk template change_balance --obligatory --delimiter ';'";

pub(super) const OPERATIONS: &str = "\
Examples:
  userside-bulk operations
  userside-bulk operations edit";

pub(super) const COMPLETIONS: &str = "\
Examples:
  userside-bulk completions bash > ~/.local/share/bash-completion/completions/userside-bulk
  userside-bulk completions zsh > ~/.zfunc/_userside-bulk
  userside-bulk completions fish > ~/.config/fish/completions/userside-bulk.fish
  userside-bulk completions powershell >> $PROFILE

The script goes to standard output. Open a new shell to use it; zsh needs the
folder in its fpath.";

pub(super) const STATUS: &str = "\
Examples:
  userside-bulk status
  userside-bulk status /data/march
  userside-bulk status customers.csv --json

One line for each run whose journal lies in the folder: the journal, what is
done with which file, how it stands, and the command to type next, if there is
one. Nothing is changed, and runs that are at work are not disturbed. An export
that is complete has no journal any more.

Exit codes:
  0 listed; 2 wrong usage, or the folder cannot be read.";

pub(super) const DEMO: &str = "\
Starts a sandbox, imports samples/customers.csv, shows what happens to a file
with mistakes, edits customers and corrects balances against a control total.
In the middle an answer gets lost: the run stops, finds out what became of the
row, and goes on from its journal. Then rows are written that would take the
bookings back, connection dates are set, and everybody is exported to a
workbook. Every command is printed as one would type it; results, journals and
the workbook are in the folder afterwards.";

/// The kinds of faults come from where they are made.
pub(super) fn sandbox() -> String {
    let mut text = String::from(
        "\
Examples:
  userside-bulk sandbox --key-file key.txt
  userside-bulk sandbox --key-file key.txt --latency 50ms --fault 504-late=1%

Kinds of faults:
",
    );
    for kind in FaultKind::ALL {
        let _ = writeln!(text, "  {:<13} {}", kind.name(), kind.summary());
    }
    text.push_str(
        "\nGET /sandbox/ledger answers what the server holds: customers, bookings, number\nof requests, and how many writes each customer has seen.",
    );
    text
}
