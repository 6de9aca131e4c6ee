//! What holds for an option that nobody typed. clap is not told: it would take a default for something that was typed,
//! and a run that is resumed would lose what its journal keeps. Its help says it all the same.

use std::fmt::Display;

use clap::Arg;
use clap::builder::{Resettable, StyledStr};

const BEFORE: &str = " [default: ";
const AFTER: char = ']';

/// Says in an option's help what holds where it is not typed.
pub(in crate::cli) trait FallsBack {
    /// The option, with its default in its help.
    fn falls_back_to(self, default: impl Display) -> Self;
}

impl FallsBack for Arg {
    fn falls_back_to(self, default: impl Display) -> Self {
        let note = format!("{BEFORE}{default}{AFTER}");
        with_helps(self, |help| {
            let (first, rest) =
                help.split_once("\n\n").map_or((help, None), |(first, rest)| (first, Some(rest)));
            match (first.strip_suffix('.'), rest) {
                (Some(sentence), Some(rest)) => format!("{sentence}{note}.\n\n{rest}"),
                (None, Some(rest)) => format!("{first}{note}\n\n{rest}"),
                (_, None) => format!("{first}{note}"),
            }
        })
    }
}

/// The option without a default in its help.
pub(in crate::cli) fn without_default(argument: Arg) -> Arg {
    with_helps(argument, |help| {
        let Some((before, rest)) = help.split_once(BEFORE) else { return help.to_owned() };
        let (_, after) = rest.split_once(AFTER).unwrap_or_default();
        format!("{before}{after}")
    })
}

fn with_helps(argument: Arg, change: impl Fn(&str) -> String) -> Arg {
    let changed = |help: Option<&StyledStr>| {
        Resettable::from(help.map(|help| StyledStr::from(change(&help.to_string()))))
    };
    let (short, long) = (changed(argument.get_help()), changed(argument.get_long_help()));
    argument.help(short).long_help(long)
}
