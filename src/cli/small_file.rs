//! Files of a few lines that an option names: read up to a bound, so that a name that is wrong does not fill the memory.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::error::SettingsError;

/// What such a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmallFile {
    /// The API key.
    Key,
    /// The ids of a condition.
    Ids,
}

impl SmallFile {
    /// Far more than such a file needs: a key is one line, and there are a million ids in 8 MiB.
    const fn limit(self) -> u64 {
        match self {
            Self::Key => 64 << 10,
            Self::Ids => 16 << 20,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Key => "the key file",
            Self::Ids => "the file of ids",
        }
    }

    /// Reads one.
    pub(super) fn read(self, path: &Path) -> Result<String, SettingsError> {
        let limit = self.limit();
        let mut bytes = Vec::new();
        let unread = |source| match self {
            Self::Key => SettingsError::KeyFile { path: path.to_owned(), source },
            Self::Ids => SettingsError::IdsFile { path: path.to_owned(), source },
        };
        File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(unread)?;
        if bytes.len() as u64 > limit {
            let limit =
                if limit >> 20 > 0 { format!("{} MiB", limit >> 20) } else { format!("{} KiB", limit >> 10) };
            return Err(SettingsError::LargeFile { what: self.name(), path: path.to_owned(), limit });
        }
        String::from_utf8(bytes)
            .map_err(|error| unread(io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
    }
}
