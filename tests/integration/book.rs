//! What the README and the book say is what the program does: names, links, and every command that a page
//! tells its reader to type.

mod journeys;
mod links;
mod names;
mod page;
mod quoting;
