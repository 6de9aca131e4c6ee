//! What identifies an input: its size and its hash.

use std::fmt;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Size and SHA-256 of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// In bytes.
    pub size: u64,
    /// In hexadecimal digits, as `sha256sum` prints it.
    pub sha256: String,
}

impl Fingerprint {
    pub(super) fn of(bytes: &mut dyn Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        let mut size = 0;
        loop {
            let count = bytes.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            size += count as u64;
        }
        let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { size, sha256 })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.sha256.get(..12).unwrap_or(&self.sha256);
        write!(f, "{} bytes, sha256 {start}…", self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn the_hash_is_the_one_that_sha256sum_prints() {
        let of = |text: &str| Fingerprint::of(&mut text.as_bytes()).expect("read");
        assert_eq!(of("abc").sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((of("abc").size, of("").size), (3, 0));
    }
}
