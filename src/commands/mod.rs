//! The commands: wiring only. Each takes settings, joins the stages and turns what they return into events
//! and an exit.

mod ahead;
mod ask;
mod beforehand;
mod catalogue;
mod check;
mod collecting;
mod count;
mod demo;
mod export;
mod failure;
mod finding;
mod history;
mod hush;
mod import;
mod journal;
mod log;
mod lookup;
mod pipeline;
mod reads;
mod recorder;
mod run;
mod sandbox;
mod session;
mod stop;
mod table;
mod undo;
mod validation;
mod verifying;
mod writing;

pub use hush::hush_caught_panics;
pub use run::run;
