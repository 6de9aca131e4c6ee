//! The commands: wiring only. Each takes settings, joins the stages and turns what they return into events
//! and an exit.

mod ahead;
mod catalogue;
mod demo;
mod failure;
mod import;
mod pipeline;
mod run;
mod sandbox;
mod stop;
mod validation;

pub use run::run;
