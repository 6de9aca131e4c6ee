//! The demo's folder: samples, key file, and nothing of an earlier demo.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::journey::{DRAFT, STEPS};
use super::server::KEY;
use super::step::{journal, results};

/// The samples that the demo uses, for those who have the program without its source.
const SAMPLES: [(&str, &[u8]); 2] = [
    ("legacy-cp1251.csv", include_bytes!("../../../samples/legacy-cp1251.csv")),
    ("legacy.toml", include_bytes!("../../../samples/legacy.toml")),
];

pub(super) struct Prepared {
    pub(super) samples: PathBuf,
    pub(super) key_file: PathBuf,
}

/// Makes the folder, takes away what an earlier demo left there, and finds the samples.
pub(super) fn prepare(folder: &Path) -> io::Result<Prepared> {
    fs::create_dir_all(folder)?;
    for step in &STEPS {
        let (results, journal) = (results(folder, step.name), journal(folder, step.name));
        // What was left in the middle may lie in two files.
        let beside = ["-journal"].map(|suffix| journal.with_extension(format!("journal{suffix}")));
        for left in [results, journal].into_iter().chain(beside) {
            match fs::remove_file(left) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    // The results of a run that stopped are kept when it goes on.
    for left in [DRAFT, "migrated.results.1.csv"] {
        let _ = fs::remove_file(folder.join(left));
    }
    let key_file = folder.join("sandbox.key");
    write_private(&key_file, KEY)?;
    let samples = PathBuf::from("samples");
    if SAMPLES.iter().all(|(name, content)| fs::read(samples.join(name)).is_ok_and(|there| there == *content))
    {
        return Ok(Prepared { samples, key_file });
    }
    let samples = folder.join("samples");
    fs::create_dir_all(&samples)?;
    for (name, content) in SAMPLES {
        fs::write(samples.join(name), content)?;
    }
    Ok(Prepared { samples, key_file })
}

/// Key files are for their owner only; this one too, so that it is a good example.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
