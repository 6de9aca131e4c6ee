//! Paths as a person types them in a shell, so that the commands in messages can be pasted.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use os_display::Quotable;

/// A path as it is typed in a shell: with quotes where it needs them, and never taken for an option.
pub(crate) fn quoted(path: &Path) -> impl Display + '_ {
    Quoted(path)
}

/// A word of text in quotes.
pub(crate) fn quoted_word(word: &str) -> impl Display + '_ {
    word.quote()
}

struct Quoted<'p>(&'p Path);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.as_os_str().as_encoded_bytes();
        if name.starts_with(b"-") {
            f.write_str(if cfg!(windows) { ".\\" } else { "./" })?;
        }
        // An interactive shell takes what follows a `!` from its history.
        if name.contains(&b'!') { self.0.quote().fmt(f) } else { self.0.maybe_quote().fmt(f) }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use super::quoted;

    fn of(name: &[u8]) -> String {
        quoted(Path::new(OsStr::from_bytes(name))).to_string()
    }

    #[test]
    fn plain_names_stay_as_they_are() {
        assert_eq!(of(b"list.results.csv"), "list.results.csv");
        assert_eq!(of("lists/квітень-2.csv".as_bytes()), "lists/квітень-2.csv");
    }

    #[test]
    fn names_that_a_shell_would_change_are_quoted() {
        assert_eq!(of(b"april list.csv"), "'april list.csv'");
        assert_eq!(of(b"-list.csv"), "./-list.csv");
        assert_eq!(of(b"-april list.csv"), "./'-april list.csv'");
        assert_eq!(of(b"now!.csv"), "'now!.csv'");
        assert_eq!(of(b""), "''");
        assert_eq!(of(b"it's.csv"), "\"it's.csv\"");
        assert_eq!(of(b"$HOME"), "'$HOME'");
        assert_eq!(of(b"a\nb"), "$'a\\nb'");
        assert_eq!(of(b"\xFF.csv"), "$'\\xFF.csv'");
    }
}
