//! The program from outside: the real binary, in a fresh folder, against the sandbox as a process of its
//! own. One module per topic; `support` has what all of them use.

mod columns;
mod deletes;
mod dialects;
mod disturbed;
mod duplicates;
mod fates;
mod invalid;
mod kills;
mod messages;
mod operations;
mod pace;
mod patience;
mod random;
mod readme;
mod results;
mod secrecy;
mod selectors;
mod signals;
mod stopping;
mod summary;
mod support;
mod terminal;
mod values;
mod worst;
