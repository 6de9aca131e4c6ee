//! A mapping file to start from: what the columns of a table probably are, by their names and by what they hold.

mod column_sample;
mod draft;
mod guess;
mod toml_text;

pub use draft::{DraftSpec, draft};
