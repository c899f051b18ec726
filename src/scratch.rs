//! A folder for what a run needs and nobody else may read: customers, and an administrator's tokens.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The file that a running program holds locked in its folder.
const LOCK: &str = "lock";

/// A folder that only its user can read. It goes away with this value; one whose program was killed is removed
/// by the next that runs.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes a folder whose name begins so, and removes those that killed programs left.
    ///
    /// # Errors
    /// There is no place for it.
    pub fn new(prefix: &str) -> io::Result<Self> {
        // A sweep of another program may take a folder for left over before it is locked.
        for _ in 0..10 {
            let folder = private_folder(prefix)?;
            let lock = private_file(&folder.path().join(LOCK))?;
            if lock.try_lock().is_ok() && folder.path().join(LOCK).exists() {
                sweep(prefix, folder.path());
                return Ok(Self { folder, _lock: lock });
            }
        }
        Err(io::Error::other("temporary folders vanish as soon as they are made"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes an empty file in it that only its user can read, and tells where.
    ///
    /// # Errors
    /// It is there already, or the disk is full.
    pub fn file(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        private_file(&path)?;
        Ok(path)
    }
}

fn private_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes the folders of programs that were killed: their lock is there, and nobody holds it.
fn sweep(prefix: &str, own: &Path) {
    let Some(entries) = own.parent().and_then(|parent| fs::read_dir(parent).ok()) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path == own || !name.starts_with(prefix) || !is_ours(&path, own) {
            continue;
        }
        // Read only: a foreign file in its place must not be changed.
        let Ok(lock) = File::open(path.join(LOCK)) else { continue };
        match lock.try_lock() {
            // What cannot be removed stays unreadable for others, and the next sweep tries again.
            Ok(()) => drop(fs::remove_dir_all(&path)),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

/// Whether a path is a folder, and no link, of the user who runs this program.
#[cfg(unix)]
fn is_ours(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &Path| path.symlink_metadata().ok().filter(fs::Metadata::is_dir).map(|of| of.uid());
    owner(path).is_some() && owner(path) == owner(own)
}

#[cfg(not(unix))]
fn is_ours(path: &Path, _: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|of| of.is_dir())
}
