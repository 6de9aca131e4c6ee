//! `userside-bulk`: parse, run, exit.

fn main() {}
