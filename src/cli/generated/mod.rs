//! What is made from the definition of all commands: completion scripts, man pages and the command reference.

mod completion_script;
mod man_pages;
mod reference;

pub use man_pages::man_pages;
pub use reference::reference;
