//! `template` and `operations`: the catalogue for people.

use std::fmt::Write as _;

use crate::catalogue::{
    Effect, Operation, Parameter, Presence, Provenance, Step, ValueKind, operations as all_operations,
};
use crate::cli::{OperationsArgs, TemplateArgs};
use crate::exit::Exit;
use crate::reporting::print_document;

/// Prints a header line.
pub(super) fn template(args: &TemplateArgs) -> Exit {
    let named = match args.obligatory {
        true => args.operation.needed(args.server_version),
        false => args.operation.fields_in(args.server_version),
    };
    let names = named.into_iter().map(|named| named.name);
    let delimiter = char::from(args.delimiter).to_string();
    print(&format!("{}\n", names.collect::<Vec<_>>().join(&delimiter)))
}

/// Prints the operations, or the parameters of one.
pub(super) fn operations(args: &OperationsArgs) -> Exit {
    print(&match args.operation {
        None => overview(),
        Some(operation) => details(operation),
    })
}

/// A reader that has seen enough closes the pipe; that is a normal end.
fn print(text: &str) -> Exit {
    let _ = print_document(text.as_bytes());
    Exit::Done
}

fn overview() -> String {
    let mut text = String::new();
    for operation in all_operations() {
        let needed: Vec<_> = operation.needed(None).into_iter().map(|needed| needed.name).collect();
        let _ = writeln!(text, "{:<20} {}", operation.name(), operation.summary());
        let _ = writeln!(text, "{:<20}   needs {}; {}", "", needed.join(", "), effect(operation.effect()));
    }
    text.push_str("\nuserside-bulk operations OPERATION lists the parameters of one.\n");
    text
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Reads => "changes nothing",
        Effect::Repeatable => "may be sent twice",
        Effect::OnceOnly => "must not be sent twice",
    }
}

fn details(operation: Operation) -> String {
    if operation.has_several_steps() {
        return steps(operation);
    }
    let subcategory = operation.step(Step::FIRST);
    let added = subcategory.added.map_or_else(String::new, |added| format!("; since {added}"));
    let mut text =
        format!("{}: {} ({}{added})\n\n", subcategory.name, subcategory.summary, effect(subcategory.effect));
    let fields: Vec<_> = subcategory
        .parameters
        .iter()
        .map(|p| (p.name.to_owned(), presence(p.presence).to_owned(), p))
        .collect();
    text.push_str(&listed(&fields));
    text
}

/// An operation of several steps: the steps, then each value once, under the name of the first step that takes it.
fn steps(operation: Operation) -> String {
    let mut text =
        format!("{}: {} ({})\n\n", operation.name(), operation.summary(), effect(operation.effect()));
    for (step, subcategory) in operation.steps() {
        let _ = writeln!(text, "step {}: {:<20} {}", step.0 + 1, subcategory.name, subcategory.summary);
    }
    text.push_str(
        "\nA value goes with the first step of the row that takes it; a column named with a step (edit.comment) with that\nstep. Rows with an id have no step that makes a customer. Values that are marked with a step are obligatory in\nrows that have that step.\n\n",
    );
    let needed = operation.needed(None);
    let fields = operation.fields_in(None).into_iter().map(|named| {
        let parameter = named.of.parameter;
        let presence = if needed.iter().any(|needed| needed.name == named.name) {
            presence(parameter.presence).to_owned()
        } else if parameter.presence.is_required() && !parameter.is_customer() {
            step_with(operation, parameter)
        } else {
            String::new()
        };
        (named.name, presence, parameter)
    });
    let fields: Vec<_> = fields.collect();
    text.push_str(&listed(&fields));
    text
}

/// The step that takes a value.
fn step_with(operation: Operation, parameter: &Parameter) -> String {
    let mut steps = operation.steps().filter(|(_, step)| step.by_meaning(parameter.meaning).is_some());
    steps.next().map_or_else(String::new, |(step, _)| format!("in step {}", step.0 + 1))
}

fn listed(fields: &[(String, String, &Parameter)]) -> String {
    let mut text = String::new();
    let width = fields.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    for (name, presence, parameter) in fields {
        let line = format!(
            "{:<width$}  {:<13}  {:<10}  {}{}",
            name,
            parameter.kind.name(),
            presence,
            parameter.summary,
            notes(parameter)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Obligatory | Presence::InPractice => "obligatory",
        Presence::Optional => "",
    }
}

fn notes(parameter: &Parameter) -> String {
    let mut notes = Vec::new();
    if let ValueKind::Choice(choices) = parameter.kind {
        notes.push(choices.iter().map(|c| c.name).collect::<Vec<_>>().join(", "));
    }
    notes.extend(parameter.since.map(|since| format!("since {since}")));
    notes.extend(parameter.until.map(|until| format!("before {until}")));
    if parameter.provenance == Provenance::NewerWiki {
        notes.push("newer servers".to_owned());
    }
    if parameter.presence == Presence::InPractice {
        notes.push("the specification calls it optional".to_owned());
    }
    if notes.is_empty() { String::new() } else { format!(" [{}]", notes.join("; ")) }
}
