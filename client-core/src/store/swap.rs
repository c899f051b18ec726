//! A new file in the place of a damaged one.
//!
//! The new file is made under another name, whole and on disk. One rename then makes it the mark: from there on
//! whoever opens the file finishes the swap first. The damaged file and its log are moved aside, never deleted,
//! and never apart from each other: the log first, so that nobody can open the file without it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Keeps other processes from swapping the same file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Alone(
    // There are no such files in a browser, and the compiler knows.
    #[cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "it is held, never read"))] File,
);

/// Waits until nobody else swaps this file.
pub(crate) fn alone(path: &Path) -> io::Result<Alone> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(beside(path, ".lock"))?;
    file.lock()?;
    Ok(Alone(file))
}

/// Where the new file is to be made; what an earlier try left there is gone.
pub(crate) fn draft(path: &Path) -> io::Result<PathBuf> {
    let draft = beside(path, ".new");
    for end in ["", "-wal", "-shm"] {
        remove(&beside(&draft, end))?;
    }
    Ok(draft)
}

/// The new file is whole: from now on it is the one.
pub(crate) fn mark(path: &Path, _alone: &Alone) -> io::Result<()> {
    act(|| fs::rename(beside(path, ".new"), marked(path)))?;
    sync_folder(path)
}

/// Finishes a swap that was marked, if there is one, and tells where the damaged file is then.
pub(crate) fn finish(path: &Path) -> io::Result<()> {
    // Nearly always there is none: then no lock is taken.
    if marked(path).exists() { finish_alone(path, &alone(path)?).map(drop) } else { Ok(()) }
}

/// As [`finish`], for who is alone already.
pub(crate) fn finish_alone(path: &Path, _alone: &Alone) -> io::Result<PathBuf> {
    let damaged = |number: u32, end: &str| beside(path, &format!(".damaged-{number}{end}"));
    let log = beside(path, "-wal");
    let is_taken =
        |number: u32| damaged(number, "").exists() || log.exists() && damaged(number, "-wal").exists();
    let number = (1..).find(|number| !is_taken(*number)).unwrap_or(u32::MAX);
    // Another process may have finished it while this one waited.
    if !marked(path).exists() {
        return Ok(damaged(number.saturating_sub(1), ""));
    }
    // The mark is still there, so the file at the path is the damaged one, if it is not moved already.
    let aside = if path.exists() {
        if log.exists() {
            // The latest edits may be in the log only.
            act(|| fs::rename(&log, damaged(number, "-wal")))?;
        }
        // It is an index of the log, made anew by the next process that opens the file.
        act(|| remove(&beside(path, "-shm")))?;
        act(|| fs::rename(path, damaged(number, "")))?;
        damaged(number, "")
    } else {
        damaged(number.saturating_sub(1), "")
    };
    act(|| fs::rename(marked(path), path))?;
    sync_folder(path)?;
    Ok(aside)
}

fn marked(path: &Path) -> PathBuf {
    beside(path, ".salvaged")
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Names that changed are on disk when this returns.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Only Unix opens folders.
    if cfg!(unix) { act(|| File::open(folder)?.sync_all()) } else { Ok(()) }
}

pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// One operation on files. Tests end the process before any of them.
fn act(operation: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    #[cfg(test)]
    kill::point()?;
    operation()
}

#[cfg(test)]
pub(crate) mod kill {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Lets this thread do so many operations more; `None`: as many as it likes.
    pub fn after(operations: Option<usize>) {
        LEFT.set(operations);
    }

    pub(super) fn point() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => Err(io::Error::other("killed")),
            left => {
                LEFT.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }
}
