//! `demo`: the whole journey against a sandbox, each step a command as one would type it.

mod folder;
mod journey;
mod run;
mod server;
mod step;

pub(super) use run::run;
