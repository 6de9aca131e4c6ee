//! What the fuzzers begin with, and everything that they have found, once more; and the same spoilt by chance, which needs
//! no fuzzer. `FUZZ_SECONDS=60` goes on for so long with each target.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{journal, mapping, reply, table, validation};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 5] = [
    ("table", table),
    ("validation", validation),
    ("mapping", mapping),
    ("reply", reply),
    ("journal", journal),
];

/// How many spoilt inputs are tried where no time was named.
const TRIES: u32 = 300;

/// Bytes that mean something to somebody.
const WORDS: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xFF",
    b"\xC3",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"sep=;\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"1e999999",
    b"-0",
    b"18446744073709551615",
    b"9999-12-31",
    b"\\u0000",
    b"=",
    b"\xE2\x80\xAE",
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no seeds");
    paths.into_iter().map(|path| fs::read(path).expect("a seed")).collect()
}

#[test]
fn seeds_and_finds_end_well() {
    for (name, target) in TARGETS {
        seeds(name).iter().for_each(|seed| target(seed));
    }
}

#[test]
fn spoilt_seeds_end_well() {
    let span = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let only = std::env::var("FUZZ_TARGET").ok();
    for (name, target) in
        TARGETS.into_iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        let seeds = seeds(name);
        let mut random = fastrand::Rng::with_seed(if span.is_some() { fastrand::u64(..) } else { 7 });
        let (begun, mut tries) = (Instant::now(), 0);
        while span.map_or(tries < TRIES, |span| begun.elapsed() < span) {
            let input = spoilt(&seeds, &mut random);
            tries += 1;
            if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
                let find = std::env::temp_dir().join(format!("fuzz-{name}-{tries}"));
                fs::write(&find, &input).expect("a find is kept");
                panic!("{name} fails with {}", find.display());
            }
        }
    }
}

/// One of them with a few changes.
fn spoilt(seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut input = seeds[random.usize(..seeds.len())].clone();
    for _ in 0..random.usize(1..8) {
        let place = random.usize(..=input.len());
        let end = place + random.usize(..=(input.len() - place).min(64));
        match random.u8(..6) {
            0 if !input.is_empty() => {
                let place = place.min(input.len() - 1);
                input[place] ^= 1 << random.u8(..8);
            }
            1 => drop(input.splice(place..place, WORDS[random.usize(..WORDS.len())].iter().copied())),
            2 => drop(input.drain(place..end)),
            3 => {
                let copy = input[place..end].to_vec();
                drop(input.splice(place..place, copy));
            }
            4 => {
                let other = &seeds[random.usize(..seeds.len())];
                let from = random.usize(..=other.len());
                let to = from + random.usize(..=(other.len() - from).min(256));
                drop(input.splice(place..end, other[from..to].iter().copied()));
            }
            _ => input.insert(place, random.u8(..)),
        }
    }
    input
}
