//! Files that appear whole: written beside their place, synced, renamed. What was there before is moved
//! aside, never overwritten, and a second run that wants the same file is refused.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::lock::is_at;

/// A file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The place cannot be written to.
    #[error("cannot write {}: {source}{}", named(path), advice(source))]
    Write { path: PathBuf, source: io::Error },
    /// A sheet holds no more rows.
    #[error("{} can't hold all rows: a sheet has room for 1048575 below its header. Name a CSV file, or do it in parts", path.display())]
    SheetFull { path: PathBuf },
    /// Another run is writing the same file.
    #[error("another run is writing {}; let it finish, or choose another place for this run with --results or --output FILE", path.display())]
    Busy { path: PathBuf },
    /// The name of the unfinished file leads to another file.
    #[error(
        "cannot write {}: {} is {what}, and is not written over. Take it away, or choose another place with --results or --output FILE",
        path.display(), partial.display()
    )]
    Linked { path: PathBuf, partial: PathBuf, what: &'static str },
    /// The output itself is a link to nothing.
    #[error(
        "cannot write {}: it is a link to {}, and there is no such file. Take the link away, or choose another place with --results or --output FILE",
        path.display(), target.display()
    )]
    Dangling { path: PathBuf, target: PathBuf },
}

impl RecordError {
    /// Whether it is standard output that cannot be written to.
    pub fn is_of_stdout(&self) -> bool {
        matches!(self, Self::Write { path, .. } if path == Path::new("-"))
    }

    /// Whether a reader has seen enough and closed the pipe; that is a normal end.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn named(path: &Path) -> String {
    if path == Path::new("-") { "to standard output".to_owned() } else { path.display().to_string() }
}

/// What to do about it, where that is not plain from the reason.
fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => {
            ". Create the folder, or choose another place with --results or --output FILE"
        }
        io::ErrorKind::BrokenPipe => "",
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory | io::ErrorKind::ReadOnlyFilesystem => {
            ". Choose another place with --results or --output FILE"
        }
        _ => ". Free some space, or choose another place with --results or --output FILE",
    }
}

#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    /// Whether what was there before is given up.
    replaces: bool,
    /// None for a place that is not a file, such as a pipe: there is nothing to rename.
    partial: Option<PathBuf>,
    file: BufWriter<File>,
}

/// Large enough that a run at full speed writes in pieces that a disk likes.
const BUFFER: usize = 64 << 10;

impl AtomicFile {
    /// Begins a file that will be at `path`. Until [`commit`](Self::commit), what is written lies beside it
    /// under the name with `.partial` added.
    pub fn create(path: &Path) -> Result<Self, RecordError> {
        let failed = |source| RecordError::Write { path: path.to_owned(), source };
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
            let file = BufWriter::with_capacity(BUFFER, file);
            return Ok(Self { path: path.to_owned(), replaces: false, partial: None, file });
        }
        if let Some(target) = path.read_link().ok().filter(|_| !path.exists()) {
            return Err(RecordError::Dangling { path: path.to_owned(), target });
        }
        let partial = beside(path, ".partial");
        let file = Self::lock(path, &partial)?;
        // What a killed run left here can be written again from its journal.
        file.set_len(0).map_err(failed)?;
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { path: path.to_owned(), replaces: false, partial: Some(partial), file })
    }

    /// The same for a file that can be made again at any time: what was there before is replaced, and who may
    /// read it stays as it was.
    pub fn replacing(path: &Path) -> Result<Self, RecordError> {
        let mut target = Self::create(path)?;
        target.replaces = true;
        if let (Ok(earlier), Some(partial)) = (path.metadata(), &target.partial) {
            let kept = fs::set_permissions(partial, earlier.permissions());
            kept.map_err(|source| RecordError::Write { path: path.to_owned(), source })?;
        }
        Ok(target)
    }

    fn lock(path: &Path, partial: &Path) -> Result<File, RecordError> {
        let failed = |source| RecordError::Write { path: path.to_owned(), source };
        let linked = |what| RecordError::Linked { path: path.to_owned(), partial: partial.to_owned(), what };
        if let Some(what) = leads_elsewhere(partial) {
            return Err(linked(what));
        }
        let file = open_own(partial).map_err(failed)?;
        // It may have become one in the meantime. Nothing was written yet.
        match leads_elsewhere(partial) {
            Some(what) => return Err(linked(what)),
            None if has_other_names(&file) => return Err(linked("another name of a file")),
            None => {}
        }
        match file.try_lock() {
            // Another run may have given the file its place, and its name, between opening and locking.
            Ok(()) if !is_at(&file, partial) => Err(RecordError::Busy { path: path.to_owned() }),
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(RecordError::Busy { path: path.to_owned() }),
            // Some file systems have no locks; a run that cannot be locked is still a run.
            Err(TryLockError::Error(_)) => Ok(file),
        }
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in its place. Where one was before, its new name is returned.
    pub fn commit(mut self) -> Result<Option<PathBuf>, RecordError> {
        let path = self.path.clone();
        let failed = |source| RecordError::Write { path: path.clone(), source };
        self.file.flush().map_err(failed)?;
        let Some(partial) = self.partial.clone() else { return Ok(None) };
        self.file.get_ref().sync_all().map_err(failed)?;
        let earlier = if !self.replaces && self.path.exists() {
            Some(move_aside(&self.path).map_err(failed)?)
        } else {
            None
        };
        fs::rename(&partial, &self.path).map_err(failed)?;
        self.partial = None;
        sync_folder(&self.path);
        Ok(earlier)
    }
}

/// Opens a file for appending, or makes one; not where a link leads that has nothing at its end.
fn open_own(path: &Path) -> io::Result<File> {
    match OpenOptions::new().create_new(true).append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            OpenOptions::new().append(true).open(path)
        }
        opened => opened,
    }
}

/// What lies under a name, where it is not a file.
fn leads_elsewhere(path: &Path) -> Option<&'static str> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Some("a link"),
        Ok(metadata) if !metadata.is_file() => Some("not a file"),
        _ => None,
    }
}

#[cfg(unix)]
fn has_other_names(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 1)
}

#[cfg(not(unix))]
fn has_other_names(_: &File) -> bool {
    false
}

/// A file that is not wanted in the end leaves nothing.
impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(partial) = self.partial.take() {
            let _ = fs::remove_file(partial);
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A name is durable once its folder is; where folders cannot be synced, nothing more can be done.
pub(super) fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// The path with something added to its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Renames a file to the first free name of `NAME.1.EXT`, `NAME.2.EXT`, …
pub(super) fn move_aside(path: &Path) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default();
    let mut number = 1_u32;
    loop {
        let mut name = stem.to_owned();
        name.push(format!(".{number}"));
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        let free = path.with_file_name(name);
        // A link fails where the name is taken, so that two runs never choose the same.
        match fs::hard_link(path, &free) {
            Ok(()) => return fs::remove_file(path).map(|()| free),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            // No hard links here: look before renaming.
            Err(_) if free.exists() => number += 1,
            Err(_) => return fs::rename(path, &free).map(|()| free),
        }
    }
}
