//! The conditions of `export`: an option for every parameter of the search, made from the catalogue.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::error::SettingsError;
use super::small_file::SmallFile;
use crate::catalogue::{Action, CUSTOMER, Parameter, Provenance, ValueKind};
use crate::validating::option_of;

/// What was typed for each parameter that was named.
#[derive(Debug, Default)]
pub struct ConditionArgs(pub(super) Vec<(&'static Parameter, Vec<String>)>);

fn parameters() -> impl Iterator<Item = &'static Parameter> {
    CUSTOMER.subcategory(Action::Select).into_iter().flat_map(|search| search.parameters)
}

fn argument(parameter: &'static Parameter) -> Arg {
    let name = option_of(parameter).trim_start_matches('-').to_owned();
    let argument = Arg::new(parameter.name)
        .long(name)
        .value_name(value_name(parameter.kind))
        .help(help(parameter))
        .help_heading("Conditions")
        .hide_short_help(true)
        .action(ArgAction::Append);
    match parameter.kind {
        // Alone it means yes.
        ValueKind::Flag => argument.num_args(0..=1).default_missing_value("1"),
        // An amount that is owed needs no `=` before it.
        ValueKind::Money | ValueKind::Integer => argument.allow_hyphen_values(true),
        _ => argument,
    }
}

const fn value_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Id => "ID,…|FILE",
        ValueKind::Flag => "0|1",
        ValueKind::Money => "AMOUNT",
        ValueKind::Date | ValueKind::DateTime => "DATE",
        ValueKind::Integer => "N",
        _ => "TEXT",
    }
}

fn help(parameter: &Parameter) -> String {
    let mut summary = parameter.summary.to_owned();
    if let Some(first) = summary.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match (parameter.since, parameter.provenance) {
        (Some(since), _) => format!("{summary} [since {since}]"),
        (None, Provenance::NewerWiki) => format!("{summary} [newer servers]"),
        (None, Provenance::Specification) => summary,
    }
}

impl FromArgMatches for ConditionArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = parameters().filter_map(|parameter| {
            let values = matches.get_many::<String>(parameter.name)?;
            Some((parameter, values.cloned().collect()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for ConditionArgs {
    fn augment_args(command: Command) -> Command {
        command.args(parameters().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The values of every condition: ids split on commas, or the lines of a file.
pub(super) fn listed(
    conditions: ConditionArgs,
) -> Result<Vec<(&'static Parameter, Vec<String>)>, SettingsError> {
    let mut given = Vec::new();
    for (parameter, typed) in conditions.0 {
        let mut values = Vec::new();
        for text in typed {
            if parameter.kind != ValueKind::Id {
                values.push(text);
            } else if text.split(',').all(|id| id.trim().bytes().all(|b| b.is_ascii_digit())) {
                values.extend(text.split(',').map(str::to_owned));
            } else {
                values.extend(lines(&text)?);
            }
        }
        given.push((parameter, values));
    }
    Ok(given)
}

/// The files of ids that these conditions name.
pub(super) fn condition_files(conditions: &ConditionArgs) -> Vec<(PathBuf, &'static str)> {
    let ids = conditions.0.iter().filter(|(parameter, _)| parameter.kind == ValueKind::Id);
    let files =
        ids.flat_map(|(_, typed)| typed).map(|text| Path::new(text.strip_prefix('@').unwrap_or(text)));
    files.filter(|path| path.is_file()).map(|path| (path.to_owned(), "the file of a condition")).collect()
}

/// The lines of a file of ids: `@FILE`, or just its name. What is not a file is left to be refused as an id.
fn lines(text: &str) -> Result<Vec<String>, SettingsError> {
    let (path, is_meant) = match text.strip_prefix('@') {
        Some(path) => (Path::new(path), true),
        None => (Path::new(text), false),
    };
    if !is_meant && !path.is_file() {
        return Ok(text.split(',').map(str::to_owned).collect());
    }
    let content = SmallFile::Ids.read(path)?;
    Ok(content.trim_start_matches('\u{FEFF}').split(['\n', ',']).map(|id| id.trim().to_owned()).collect())
}
