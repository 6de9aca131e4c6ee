//! The draft of a mapping file for one table.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::column_sample::{ColumnSample, is_word_for_nothing};
use super::guess::{ColumnGuess, MOST, OnlyNamed, guess};
use super::toml_text::{comment, quoted};
use crate::catalogue::{Meaning, Operation, ValueKind, flag_of_word, speaks_of_debt, spoken_of};
use crate::reading::{Input, MappingKeys, ReadError, Row, Source, TableChoice};
use crate::shell;
use crate::validating::{Trial, date_format_of, tried};

/// Which table a mapping is drafted for.
#[derive(Debug)]
pub struct DraftSpec {
    /// What will be done with its rows.
    pub operation: Operation,
    /// The table.
    pub input: Input,
    /// What was said about how it is written, and where in the file it lies.
    pub table: TableChoice,
}

impl DraftSpec {
    /// The command that tries the mapping file on the same table.
    pub fn next(&self, mapping: &Path) -> String {
        let file = match &self.input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => shell::quoted(path).to_string(),
        };
        let mut command = format!("userside-bulk validate {} {file}", self.operation.name());
        let TableChoice { sheet, header_row, last_row, hidden_rows, .. } = &self.table;
        let options = [
            sheet.as_ref().map(|sheet| format!("--sheet {}", shell::quoted_word(sheet))),
            header_row.map(|row| format!("--header-row {row}")),
            last_row.map(|row| format!("--last-row {row}")),
            hidden_rows.map(|what| format!("--hidden-rows {}", what.name())),
        ];
        for option in options.into_iter().flatten() {
            let _ = write!(command, " {option}");
        }
        let _ = write!(command, " --mapping {}", shell::quoted(mapping));
        command
    }
}

/// The draft, as the text of a mapping file.
pub fn draft(spec: &DraftSpec) -> Result<String, ReadError> {
    let DraftSpec { operation, input, table } = spec;
    let operation = *operation;
    let mut source = Source::open(input, table, std::io::stdin())?;
    source.find_header(&|name| {
        operation.parameter(name).is_some()
            || operation.sets_field(name).is_some()
            || !spoken_of(operation, name).is_empty()
    })?;
    let (header, mut records) = source.records()?;
    let keys = MappingKeys::of(&header);
    let mut samples = vec![ColumnSample::default(); header.len()];
    let mut row = Row::default();
    while records.read(&mut row)? {
        for (column, (cell, sample)) in row.cells().zip(&mut samples).enumerate() {
            if !keys.is_own(column) {
                sample.see(cell);
            }
        }
    }
    let guesses = guess(operation, &keys, &samples);
    let mut text = head(spec, &source);
    text.push_str(&nothing(&guesses, &samples));
    let _ = writeln!(text, "\n[{}.columns]", operation.name());
    for (column, key) in keys.written.iter().enumerate().filter(|(column, _)| !keys.is_own(*column)) {
        text.push_str(&line(&keys.names[column], key, &guesses[column], &samples[column]));
    }
    missing(operation, &keys, &guesses, &mut text);
    text.push_str(&constants(operation, &keys, &guesses));
    for (column, key) in keys.written.iter().enumerate().filter(|(column, _)| !keys.is_own(*column)) {
        text.push_str(&values(operation, key, &guesses[column], &samples[column]));
    }
    text.push_str(&dates(operation, &keys, &guesses, &samples));
    Ok(text)
}

fn head(spec: &DraftSpec, source: &Source) -> String {
    let mut text = format!(
        "# What the columns of {} probably are, for `userside-bulk import {}`: guessed from their names and\n# from what they hold. Check every line, then: {}\n",
        comment(source.name()),
        spec.operation.name(),
        spec.next(Path::new("THIS-FILE"))
    );
    for note in source.notes() {
        let _ = writeln!(text, "# {note}");
    }
    text
}

/// Words for nothing that the columns hold.
fn nothing(guesses: &[ColumnGuess], samples: &[ColumnSample]) -> String {
    let mut words = BTreeSet::new();
    for (guess, sample) in guesses.iter().zip(samples) {
        let Some(parameter) = guess.parameters.first().map(|named| named.of.parameter) else { continue };
        words.extend(
            sample.values().filter(|value| is_word_for_nothing(value)).filter(|value| {
                parameter.kind == ValueKind::Text || tried(parameter, value) == Trial::Refused
            }),
        );
    }
    // What means no in a column of flags is not nothing.
    let flags = guesses.iter().zip(samples).filter(|(guess, _)| guess.is_of(ValueKind::Flag));
    for (_, sample) in flags {
        sample.values().for_each(|value| {
            words.remove(value);
        });
    }
    if words.is_empty() {
        return String::new();
    }
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    format!("\n# Words for an empty cell:\nempty = [{}]\n", words.join(", "))
}

/// A list from another program may call its own numbers so, and no check can tell them from UserSide's.
const FOREIGN_IDS: &str = "# These must be UserSide's own ids: a number from another program is somebody else, or something else, there.\n";

/// What customers owe is a balance below zero.
const DEBTS: &str = "# A debt has to be a negative amount. These have no minus: they would be booked in the customers' favour.\n";

/// Whether a column holds debts that are written without a minus.
fn owed(name: &str, sample: &ColumnSample) -> bool {
    speaks_of_debt(name) && sample.share(|value| value.starts_with(['-', '\u{2212}'])) < MOST
}

/// A column, with examples.
fn line(name: &str, key: &str, guess: &ColumnGuess, sample: &ColumnSample) -> String {
    let examples: Vec<String> = sample.examples().map(comment).collect();
    let examples = if examples.is_empty() { "no values".to_owned() } else { examples.join(" | ") };
    let key = quoted(key);
    match guess.parameters.as_slice() {
        [] => {
            let all = sample
                .few()
                .map(|few| few.iter().map(|value| comment(value)).collect::<Vec<_>>().join(" | "));
            let seen = all.map_or(examples, |all| format!("all values: {all}"));
            let why = match &guess.only_named {
                None => "Not guessed, so it is left out: write a parameter's name between the last quotation marks.".to_owned(),
                Some(OnlyNamed::Unfit(named)) => format!("Left out: its name speaks of {}, but most of its values would be refused as that.", named.name),
                Some(OnlyNamed::SomeId(named)) => format!("Left out: if these are UserSide's own ids, of customers who are there, write {}.", quoted(&named.name)),
            };
            format!("# {seen}\n# {why}\n{key} = \"\"\n")
        }
        [one] => {
            let warning = match guess.key {
                None if one.of.parameter.kind == ValueKind::Id && key != quoted(&one.name) => FOREIGN_IDS,
                None if owed(name, sample) => DEBTS,
                _ => "",
            };
            let target = match guess.key {
                Some(kind) => format!("{}:{kind}", one.name),
                None => one.name.clone(),
            };
            format!("# {examples}\n{warning}{key} = {}\n", quoted(&target))
        }
        several => {
            let names: Vec<String> = several.iter().map(|named| quoted(&named.name)).collect();
            format!("# {examples}\n{key} = [{}]\n", names.join(", "))
        }
    }
}

/// Parameters that every row needs and no column gives.
fn missing(operation: Operation, keys: &MappingKeys, guesses: &[ColumnGuess], text: &mut String) {
    let missing = operation.needed(None).into_iter().map(|needed| needed.of.parameter);
    let missing = missing.filter(|parameter| !gives(guesses, parameter.meaning));
    for parameter in missing {
        if let Some(ids) = keys.ids_of_results().filter(|_| parameter.is_customer()) {
            let _ = writeln!(
                text,
                "# The ids that an earlier import has written beside its rows:\n{} = {}",
                quoted(ids),
                quoted(parameter.name)
            );
            continue;
        }
        let _ = writeln!(
            text,
            "# No column was found for {0} ({1}), which every row needs: give it a column above, or all rows one value:\n# [{2}.set]\n# {0} = \"\"",
            parameter.name,
            parameter.summary,
            operation.name()
        );
    }
}

/// Whether a column gives a parameter with this meaning its values.
fn gives(guesses: &[ColumnGuess], meaning: Meaning) -> bool {
    guesses.iter().flat_map(|guess| &guess.parameters).any(|named| named.of.parameter.meaning == meaning)
}

/// Values that no column gives, and that are the same for every row of several calls: the words of its booking, and
/// where its customer is made.
fn constants(operation: Operation, keys: &MappingKeys, guesses: &[ColumnGuess]) -> String {
    if !operation.has_several_steps() {
        return String::new();
    }
    let free = |meaning| operation.by_meaning(meaning).filter(|_| !gives(guesses, meaning));
    let mut lines = String::new();
    if let Some(billing) = operation.where_customers_are_made().filter(|p| !gives(guesses, p.meaning)) {
        let _ = writeln!(
            lines,
            "# Newer servers want to know in which billing customers are made; take off the # and write its id:\n# {} = 1",
            operation.column_name(billing)
        );
    }
    let amount = guesses.iter().position(|guess| guess.one().is_some_and(|p| p.meaning == Meaning::Amount));
    if let (Some(amount), Some(note)) = (amount, free(Meaning::BookingNote)) {
        let _ = writeln!(
            lines,
            "# What the history of each customer will say of the booking:\n{} = {}",
            quoted(&operation.column_name(note)),
            quoted(&keys.names[amount])
        );
    }
    if lines.is_empty() {
        return lines;
    }
    format!("\n# The same for every row:\n[{}.set]\n{lines}", operation.name())
}

/// All values of a column, where they are few: filled in where a column of flags has words that are not read as flags.
fn values(operation: Operation, key: &str, guess: &ColumnGuess, sample: &ColumnSample) -> String {
    let (Some(parameter), Some(few)) = (guess.one(), sample.few()) else { return String::new() };
    if parameter.names_customer() {
        return String::new();
    }
    let few: Vec<&String> = few.iter().filter(|value| !is_word_for_nothing(value)).collect();
    let head = format!("[{}.values.{}]", operation.name(), quoted(key));
    let refused: Vec<_> = few.iter().filter(|value| tried(parameter, value) == Trial::Refused).collect();
    let known = |value: &str| flag_of_word(parameter, value).filter(|_| parameter.kind == ValueKind::Flag);
    if refused.iter().any(|value| known(value).is_some()) {
        let mut text = format!("\n# Words of {}, and what they stand for:\n{head}\n", comment(key));
        for value in refused {
            let _ = match known(value) {
                Some(flag) => writeln!(text, "{} = \"{}\"", quoted(value), u8::from(flag)),
                None => writeln!(text, "# {} = \"\"", quoted(value)),
            };
        }
        return text;
    }
    let why = if refused.is_empty() { "" } else { ", some of which are refused as they are" };
    let mut text = format!(
        "\n# All values of {}{why}. To read some of them otherwise, take off the # and fill in:\n# {head}\n",
        comment(key)
    );
    for value in few {
        let _ = writeln!(text, "# {} = {}", quoted(value), quoted(value));
    }
    text
}

/// How dates are written, where that has to be said.
fn dates(
    operation: Operation,
    keys: &MappingKeys,
    guesses: &[ColumnGuess],
    samples: &[ColumnSample],
) -> String {
    let mut lines = String::new();
    for ((key, guess), sample) in keys.written.iter().zip(guesses).zip(samples) {
        let Some(parameter) = guess.one() else { continue };
        if !parameter.kind.is_date() {
            continue;
        }
        let values = || sample.values().filter(|value| !is_word_for_nothing(value));
        if values().all(|value| tried(parameter, value) != Trial::NeedsDateFormat) {
            continue;
        }
        let _ = match date_format_of(&values().collect::<Vec<_>>()) {
            Some(format) => writeln!(lines, "{} = {}", quoted(key), quoted(format)),
            None => {
                writeln!(lines, "# Day first or month first? Write dmy or mdy:\n# {} = \"dmy\"", quoted(key))
            }
        };
    }
    if lines.is_empty() { lines } else { format!("\n[{}.date_format]\n{lines}", operation.name()) }
}
