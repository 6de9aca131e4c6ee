//! Options as they were typed. A run goes on with the options that it began with, so its journal keeps them word for
//! word, and what is typed later takes precedence over them. All of it follows from clap's definition of a group of
//! options and from clap's matches: no option needs code of its own, and nothing that a journal holds is trusted.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::marker::PhantomData;
use std::path::Path;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use serde::{Deserialize, Serialize};

use super::options::without_default;
use super::values::absolute;

/// One word. A path need not be text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Word {
    Text(String),
    Raw(OsString),
}

impl From<OsString> for Word {
    fn from(word: OsString) -> Self {
        word.into_string().map_or_else(Self::Raw, Self::Text)
    }
}

impl Word {
    pub(super) fn as_path(&self) -> &Path {
        match self {
            Self::Text(text) => text.as_ref(),
            Self::Raw(raw) => raw.as_ref(),
        }
    }
}

/// What was typed after an option's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    /// The option stands alone.
    Switch(bool),
    /// Once or several times with a word.
    Words(Vec<Word>),
}

/// Options by their names, without what nobody typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawOptions(BTreeMap<String, Value>);

/// What a journal says of options cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// It is not JSON, or not of the expected form.
    #[error(
        "the journal's options cannot be read: {0}. The journal is damaged, or a newer userside-bulk wrote it"
    )]
    Form(String),
    /// An option that journals do not hold.
    #[error(
        "the journal has the option {0:?}, which this version of userside-bulk does not keep in journals; somebody has changed it, or another version wrote it: then resume with that version"
    )]
    UnknownOption(String),
    /// The command would not take it.
    #[error("the journal's options cannot be used: {0}")]
    Unusable(String),
}

impl RawOptions {
    /// What of a group's options was typed, or came from the environment. Paths are made absolute, so that they mean
    /// the same wherever the run goes on.
    fn of<G: Args>(matches: &ArgMatches) -> Self {
        let options = arguments::<G>().into_iter().filter_map(|argument| {
            let (id, name) = (argument.get_id().as_str(), argument.get_long()?);
            let source = matches.value_source(id)?;
            if !matches!(source, ValueSource::CommandLine | ValueSource::EnvVariable) {
                return None;
            }
            let value = if argument.get_action().takes_values() {
                let is_path = argument.get_value_hint() == ValueHint::AnyPath;
                let word = |raw: &OsStr| {
                    Word::from(if is_path { absolute(Path::new(raw)).into() } else { raw.to_owned() })
                };
                Value::Words(matches.get_raw(id)?.map(word).collect())
            } else {
                Value::Switch(matches.get_flag(id))
            };
            Some((name.to_owned(), value))
        });
        Self(options.collect())
    }

    /// These options, and for those that were not typed what is stored.
    pub(super) fn or(mut self, stored: Self) -> Self {
        for (name, value) in stored.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// Whether an option was typed.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Leaves an option out where it has this one value.
    pub(super) fn forget(&mut self, name: &str, value: &str) {
        let is_meant = |found: &Value| *found == Value::Words(vec![Word::Text(value.to_owned())]);
        if self.0.get(name).is_some_and(is_meant) {
            self.0.remove(name);
        }
    }

    /// The first of these that a group does not have.
    pub(super) fn first_foreign<G: Args>(&self) -> Option<&str> {
        let known = arguments::<G>();
        self.0.keys().map(String::as_str).find(|name| !known.iter().any(|a| a.get_long() == Some(name)))
    }

    /// Reads them as if they had been typed.
    pub(super) fn parse<G: Args>(&self) -> Result<G, StoredError> {
        if let Some(name) = self.first_foreign::<G>() {
            return Err(StoredError::UnknownOption(name.to_owned()));
        }
        for argument in arguments::<G>() {
            let Some(name) = argument.get_long() else { continue };
            let is_switch = self.0.get(name).map(|value| matches!(value, Value::Switch(_)));
            if is_switch == Some(argument.get_action().takes_values()) {
                return Err(StoredError::Form(format!("--{name} is not written as this option is")));
            }
        }
        definition::<G>()
            .no_binary_name(true)
            .try_get_matches_from(self.words())
            .and_then(|matches| G::from_arg_matches(&matches))
            .map_err(|error| StoredError::Unusable(first_paragraph(&error)))
    }

    /// The words that say the same again.
    fn words(&self) -> impl Iterator<Item = OsString> {
        self.0.iter().flat_map(|(name, value)| match value {
            Value::Switch(on) => vec![OsString::from(format!("--{name}")); usize::from(*on)],
            Value::Words(words) => words
                .iter()
                .map(|word| {
                    let mut typed = OsString::from(format!("--{name}="));
                    typed.push(word.as_path());
                    typed
                })
                .collect(),
        })
    }
}

/// A group's options alone. The environment is not asked: what a journal says holds.
fn definition<G: Args>() -> Command {
    G::augment_args(Command::new("options").disable_help_flag(true))
        .mut_args(|argument| argument.env(Resettable::Reset))
}

fn arguments<G: Args>() -> Vec<Arg> {
    definition::<G>().get_arguments().cloned().collect()
}

/// The first paragraph of what clap says; the others advise on a command line that nobody typed.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    printable(paragraph.strip_prefix("error: ").unwrap_or(paragraph).trim())
}

/// A journal's text must not steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Options that a journal keeps: a group, and what was typed of it.
#[derive(Debug)]
pub struct StoredArgs<G> {
    pub(super) options: G,
    pub(super) raw: RawOptions,
}

impl<G: Args> FromArgMatches for StoredArgs<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { options: G::from_arg_matches(matches)?, raw: RawOptions::of::<G>(matches) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<G: Args> Args for StoredArgs<G> {
    fn augment_args(command: Command) -> Command {
        G::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        G::augment_args_for_update(command)
    }
}

/// Options that take precedence over what a journal keeps. What is not typed stays as it is: their help names no
/// default, and none comes from the environment.
#[derive(Debug)]
pub struct ChangedArgs<G> {
    pub(super) raw: RawOptions,
    group: PhantomData<G>,
}

impl<G: Args> FromArgMatches for ChangedArgs<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { raw: RawOptions::of::<G>(matches), group: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<G: Args> Args for ChangedArgs<G> {
    fn augment_args(command: Command) -> Command {
        command.args(arguments::<G>().into_iter().map(without_default))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
