//! The commands: wiring only. Each takes settings, joins the stages and turns what they return into events
//! and an exit.

mod catalogue;
mod check;
mod clock;
mod completions;
mod count;
mod demo;
mod export;
mod failure;
mod find;
mod history;
mod import;
mod journal;
mod log;
mod lookup;
mod mapping;
mod network;
mod notify;
mod panic_hook;
mod reads;
mod run;
mod runtime;
mod sandbox;
mod shell_command;
mod status;
mod stop;

pub use panic_hook::hush_caught_panics;
pub use run::run;
