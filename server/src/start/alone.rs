//! One server for one SQLite file: a second one is started by mistake, and would go on without the news of the
//! first until it looks.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::config::{ConfigError, Database};
use crate::store::db::Address;

/// Keeps other servers from a SQLite file as long as this value lives, and no longer than its process. Commands
/// do not ask for it: they work beside a server. On PostgreSQL there may be several servers.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

impl Alone {
    /// Takes the file; what is not there is for others to tell.
    ///
    /// # Errors
    /// In one line, that another server has it, or that it cannot be locked.
    pub fn with(database: &Database) -> Result<Self, ConfigError> {
        let Address::Sqlite(path) = database.address()? else { return Ok(Self { _lock: None }) };
        // Whatever link led there.
        let Ok(path) = path.canonicalize() else { return Ok(Self { _lock: None }) };
        // A file of its own: to close the database's own would take the locks away that SQLite holds on it.
        let mut lock = path.into_os_string();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        match open(&lock).map_err(TryLockError::Error).and_then(|file| file.try_lock().map(|()| file)) {
            Ok(file) => Ok(Self { _lock: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(database.wrong(format!(
                "another roadbook serve has it, and holds {}; stop that one, or give this one another database",
                lock.display()
            ))),
            Err(TryLockError::Error(error)) => Err(database.wrong(format!(
                "{} cannot be locked ({error}); let whoever runs this write it and its folder",
                lock.display()
            ))),
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    // It stays behind, empty: who removed it could remove the one that another server has just locked.
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
