//! The commands: wiring only. Each takes settings, joins the stages and turns what they return into events
//! and an exit.

mod ask;
mod beforehand;
mod catalogue;
mod check;
mod collecting;
mod completions;
mod count;
mod demo;
mod export;
mod failure;
mod history;
mod import;
mod journal;
mod log;
mod lookup;
mod panic_hook;
mod pipeline;
mod prefetch;
mod reads;
mod reconcile;
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

pub use panic_hook::hush_caught_panics;
pub use run::run;
