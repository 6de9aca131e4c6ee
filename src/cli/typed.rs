//! What was typed, word for word: a run can only go on with the same options when they are kept as they were
//! typed. All of it comes from clap's own matches, so no option needs code of its own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::builder::{Resettable, StyledStr};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use serde::{Deserialize, Serialize};

use super::export_args::ExportArgs;
use super::import_args::ImportArgs;

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
    pub(super) fn as_os_str(&self) -> &OsStr {
        match self {
            Self::Text(text) => text.as_ref(),
            Self::Raw(raw) => raw,
        }
    }
}

/// What was typed behind an option's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Value {
    /// The option stands alone.
    Switch(bool),
    /// The option stands alone, so many times.
    Times(u8),
    /// Once or several times with a word.
    Words(Vec<Word>),
}

/// Options by their names, without what nobody typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(pub(super) BTreeMap<String, Value>);

impl Typed {
    /// What of these arguments was typed, or came from the environment. Paths are made absolute, so that
    /// they mean the same wherever the run goes on.
    pub(super) fn of<'a>(matches: &ArgMatches, arguments: impl Iterator<Item = &'a Arg>) -> Self {
        let options = arguments.filter_map(|argument| {
            let (id, name) = (argument.get_id().as_str(), argument.get_long()?);
            let source = matches.value_source(id)?;
            if !matches!(source, ValueSource::CommandLine | ValueSource::EnvVariable) {
                return None;
            }
            let value = match argument.get_action() {
                ArgAction::SetTrue => Value::Switch(matches.get_flag(id)),
                ArgAction::Count => Value::Times(matches.get_count(id)),
                _ => {
                    let is_path = argument.get_value_hint() == ValueHint::AnyPath;
                    let word = |raw: &OsStr| {
                        if is_path { absolute(Path::new(raw)).into_os_string() } else { raw.to_owned() }
                            .into()
                    };
                    Value::Words(matches.get_raw(id)?.map(word).collect())
                }
            };
            Some((name.to_owned(), value))
        });
        Self(options.collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn set(&mut self, name: &str, word: impl Into<OsString>) {
        self.0.insert(name.to_owned(), Value::Words(vec![word.into().into()]));
    }

    /// The arguments that say the same again.
    pub(super) fn arguments(&self) -> impl Iterator<Item = OsString> {
        self.0.iter().flat_map(|(name, value)| {
            let alone = |times: usize| vec![OsString::from(format!("--{name}")); times];
            match value {
                Value::Switch(on) => alone(usize::from(*on)),
                Value::Times(times) => alone(usize::from(*times)),
                Value::Words(words) => words
                    .iter()
                    .map(|word| {
                        let mut argument = OsString::from(format!("--{name}="));
                        argument.push(word.as_os_str());
                        argument
                    })
                    .collect(),
            }
        })
    }
}

/// `-` is no file. A path that cannot be made absolute is left to whoever opens it.
pub(super) fn absolute(path: &Path) -> PathBuf {
    if path == Path::new("-") {
        return path.to_owned();
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The definition of `import`, where all options are that a run can have. The environment is not asked: what
/// a journal says holds.
pub(super) fn definition() -> Command {
    ImportArgs::augment_args(Command::new("import")).mut_arg("url", |url| url.env(Resettable::Reset))
}

/// The definition of `export`, as [`definition`] is that of `import`.
pub(super) fn export_definition() -> Command {
    ExportArgs::augment_args(Command::new("export")).mut_arg("url", |url| url.env(Resettable::Reset))
}

/// A command whose options a journal keeps.
pub trait Kept: Args {
    /// What it can be told.
    fn definition() -> Command;
}

impl Kept for ImportArgs {
    fn definition() -> Command {
        definition()
    }
}

impl Kept for ExportArgs {
    fn definition() -> Command {
        export_definition()
    }
}

/// A command's arguments, with what was typed.
#[derive(Debug)]
pub struct WithTyped<A> {
    pub(super) args: A,
    pub(super) typed: Typed,
}

/// `import`, with what was typed.
pub type ImportCommand = WithTyped<ImportArgs>;
/// `export`, with what was typed.
pub type ExportCommand = WithTyped<ExportArgs>;

impl<A: Kept> FromArgMatches for WithTyped<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = Typed::of(matches, A::definition().get_arguments());
        Ok(Self { args: A::from_arg_matches(matches)?, typed })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<A: Kept> Args for WithTyped<A> {
    fn augment_args(command: Command) -> Command {
        A::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        A::augment_args_for_update(command)
    }
}

/// Options of `import` that another command takes too.
pub trait Chosen: std::fmt::Debug {
    /// Their names.
    const NAMES: &'static [&'static str];
}

/// Options of `import` that go over what a journal keeps. What is not typed stays as it is, so none of them
/// has a default or comes from the environment.
#[derive(Debug)]
pub struct Overrides<C: Chosen>(Typed, PhantomData<C>);

impl<C: Chosen> Overrides<C> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }

    pub(super) fn into_typed(self) -> Typed {
        self.0
    }

    fn arguments() -> impl Iterator<Item = Arg> {
        let is_chosen = |argument: &Arg| argument.get_long().is_some_and(|name| C::NAMES.contains(&name));
        definition().get_arguments().filter(|a| is_chosen(a)).cloned().collect::<Vec<_>>().into_iter().map(
            |argument| {
                let help =
                    argument.get_help().map(|help| StyledStr::from(without_default(&help.to_string())));
                let long =
                    argument.get_long_help().map(|help| StyledStr::from(without_default(&help.to_string())));
                argument
                    .default_value(Resettable::Reset)
                    .help(Resettable::from(help))
                    .long_help(Resettable::from(long))
            },
        )
    }
}

/// A help text without `[default: ...]`, which is not what holds here.
fn without_default(help: &str) -> String {
    let Some((before, rest)) = help.split_once(" [default: ") else { return help.to_owned() };
    let (_, after) = rest.split_once(']').unwrap_or_default();
    format!("{before}{after}")
}

impl<C: Chosen> FromArgMatches for Overrides<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let arguments: Vec<Arg> = Self::arguments().collect();
        Ok(Self(Typed::of(matches, arguments.iter()), PhantomData))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<C: Chosen> Args for Overrides<C> {
    fn augment_args(command: Command) -> Command {
        command.args(Self::arguments())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
