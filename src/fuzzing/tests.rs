//! What the fuzzers begin with, and everything that they have found, once more.

use std::fs;
use std::path::Path;

use super::{journal, mapping, reply, table, validation};

type Target = fn(&[u8]);

#[test]
fn seeds_and_finds_end_well() {
    let targets: [(&str, Target); 5] = [
        ("table", table),
        ("validation", validation),
        ("mapping", mapping),
        ("reply", reply),
        ("journal", journal),
    ];
    for (name, target) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let mut count = 0;
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            target(&fs::read(entry.expect("an entry").path()).expect("a seed"));
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
    }
}
